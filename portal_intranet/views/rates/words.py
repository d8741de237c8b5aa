"""How rates, agreements and products are put into words; templates know these."""

from collections.abc import Mapping
from decimal import Decimal
from enum import Enum
from typing import Any

from flask_babel import gettext
from flask_babel.speaklater import LazyString

from pool_module.agreements.rules import Rank
from portal_intranet.forms.rates import (
    rate_text,
)
from portal_intranet.views.rates.blueprint import blueprint
from shared.labels import Label, label
from shared.vocabulary import (
    Earning,
    Kind,
    ProductState,
    RankGround,
    RateOf,
    ReserveRelease,
    RulePreset,
    RuleScope,
    RuleUnit,
    RuleWho,
)


@blueprint.app_template_global()
def rate_words(rate: Decimal | None, rate_of: str, currency: str | None = None) -> str:
    """A rate as people write it, by what it is a part of."""
    return "–" if rate is None else rate_text(rate, rate_of, currency)


WORDS: dict[str, type[Enum]] = {
    "earning": Earning,
    "ground": RankGround,
    "kind": Kind,
    "preset": RulePreset,
    "rate_of": RateOf,
    "release": ReserveRelease,
    "scope": RuleScope,
    "unit": RuleUnit,
    "who": RuleWho,
}


@blueprint.app_template_global()
def words(vocabulary: str, value: str) -> LazyString:
    """What a stored word of products, agreements and rates is called."""
    return label(WORDS[vocabulary], value).text


@blueprint.app_template_global()
def ground_word(rank: Rank, ground: RankGround) -> LazyString | str:
    """What a rule is by one ground: product, level, global, dated."""
    if ground is RankGround.DATED:
        return gettext("dated") if rank.dated else gettext("undated")
    return words(ground.value, rank.word(ground))


@blueprint.app_template_global()
def product_state(state: str) -> Label:
    """A product's state: its name and tone."""
    return label(ProductState, state)


def title_of(rule: Mapping[Any, Any]) -> str:
    """A rate in words: what it is about, whom it is for."""
    about = rule["product"] or rule["line"] or (rule["insurer"] if rule["insurer_id"] else None)
    whom = rule["producer"] or rule["group"] or rule["level"]
    return " · ".join(
        str(part)
        for part in (
            label(Kind, rule["kind"]).text,
            about or label(RuleScope, RuleScope.ANY).text,
            whom or label(RuleWho, RuleWho.ANYONE).text,
        )
    )
