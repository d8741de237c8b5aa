"""What rates there are, which one would apply, and where they have gaps."""

from functools import partial
from typing import Final

from flask import request, url_for
from flask_babel import lazy_gettext as _
from werkzeug.wrappers import Response

from pool_module.agreements.queries import gaps
from pool_module.agreements.queries import rates as queries
from pool_module.agreements.queries.choices import choices, get_producer_called, some_producers
from pool_module.agreements.rules import state_in
from pool_module.products.queries import range as range_queries
from pool_module.settlement.operations.rates import which_rate
from portal_intranet.forms.range import range_choices
from portal_intranet.forms.rates import (
    ONE_DAY,
    WhichForm,
    rate_text,
)
from portal_intranet.views.rates.blueprint import blueprint
from portal_intranet.views.rates.words import title_of
from shared import workplace
from shared.db import actor_of
from shared.errors import Refused
from shared.labels import label
from shared.permissions import Permission
from shared.vocabulary import (
    Kind,
    RateOf,
    RulePreset,
    RuleScope,
    RuleState,
    RuleUnit,
    RuleWho,
)
from shared.web import editing, lists, records, refusals
from shared.web.access import personal, requires
from shared.web.database import db
from shared.web.editing import Saved
from shared.web.fields import today
from shared.web.htmx import render
from shared.web.languages import current_language
from shared.web.lists import Ask, Bulk, Spec, View
from shared.web.records import Record

ACTIVE_ONLY: Final = "rates.active_only"
STATES: Final = ("state", "active", "day")


RATES = Spec(
    title=_("Rates"),
    template="rates/index.html",
    labels={
        "code": _("Code"),
        "kind": _("Kind"),
        "scope_name": _("About"),
        "who_name": _("For"),
        "unit_name": _("Organisation or division"),
        "rate": _("Rate"),
        "rate_of": _("Part of"),
        "valid_from": _("Effective from"),
        "valid_until": _("Expires on"),
        "preset": _("Type"),
        "state": _("Status"),
        "scope": _("Level of scope"),
        "who": _("Level of person"),
        "recorded_at": _("Saved on"),
        "recorded_by": _("Saved by"),
    },
    shown=(
        "code", "kind", "scope_name", "who_name", "rate", "rate_of", "valid_from", "valid_until",
        "state",
    ),
    sort="code",
    asks={
        "q": Ask(_("Code, product, line, producer")),
        "kind": Ask(_("Kind"), codes=Kind),
        "insurer": Ask(_("Insurer"), choices=partial(range_choices, "insurer")),
        "product": Ask(_("Product"), choices=partial(range_choices, "product")),
        "line": Ask(_("Line of business"), choices=partial(range_choices, "line")),
        "scope": Ask(_("Level of scope"), codes=RuleScope),
        "who": Ask(_("Level of person"), codes=RuleWho),
        "unit": Ask(_("Organisation or division"), codes=RuleUnit),
        "preset": Ask(_("Type"), codes=RulePreset),
        "state": Ask(_("Status"), codes=RuleState),
        "expiring": Ask(_("Ends within 60 days")),
        "valid_from": Ask(_("Effective from")),
        "day": Ask(_("Holds on")),
    },
    codes={
        "kind": Kind,
        "scope": RuleScope,
        "who": RuleWho,
        "rate_of": RateOf,
        "preset": RulePreset,
        "state": RuleState,
    },
    views=(
        View("all", _("All")),
        View("agent", _("Agent rates"), "preset=agent"),
        View("dated", _("Dated rates"), "preset=dated"),
        View("default", _("Default rates"), "preset=default"),
        View("expiring", _("Ending soon"), "expiring=yes"),
    ),
    opens="rates.show",
    cells="rates/cells.html",
    bulk=(
        Bulk("rates.inactivate", _("Inactivate"), "player-pause", Permission.RATES_EDIT),
        Bulk("rates.activate", _("Activate"), "player-play", Permission.RATES_EDIT),
    ),
    narrow=("rate_of", "valid_from", "unit_name"),
    search="q",
    empty=(_("No rate yet"), _("Here stands what the pool pays out, of every rank.")),
)  # fmt: skip


@blueprint.get("/rates")
@requires(Permission.RATES_READ)
def index() -> Response:
    """Show the rates; only active ones where the reader wants it so."""
    session = db.session()
    only = _active_only() and not _asks_for_state()
    listing = queries.rate_list(
        session, actor_of(session), today(), current_language(), active_only=only
    )
    return lists.respond(RATES, listing, active_only=only, asks_for_state=_asks_for_state())


@blueprint.post("/rates/active-only")
@requires(Permission.RATES_READ)
@personal
def show_active_only() -> Response:
    """Remember for the reader whether only active rates are shown."""
    session = db.session()
    workplace.choose(session, ACTIVE_ONLY, value=request.form.get("value") == "yes")
    return editing.done(Saved(url_for("rates.index")))


@blueprint.get("/rates/<int:id>")
@requires(Permission.RATES_READ)
def show(id: int) -> Response:  # noqa: A002  -- the kit's name of a record's number
    """Show a rate; nothing of it can be changed here."""
    session = db.session()
    rule = queries.get_rule_named(session, actor_of(session), current_language(), id)
    state = label(RuleState, state_in(rule, today()))
    record = Record(
        href=url_for("rates.show", id=id),
        title=title_of(rule),
        list_title=RATES.title,
        list_href=url_for("rates.index"),
        code=rule["code"],
        sub=rate_text(rule["rate"], rule["rate_of"], rule["currency"]),
        state=state.text,
        tone=state.tone,
    )
    return records.respond(
        "rates/show.html", record, rule=rule, one_day=ONE_DAY, kinds=Kind, label=label,
        scopes=RuleScope, whos=RuleWho, units=RuleUnit, parts=RateOf, presets=RulePreset,
    )  # fmt: skip


@blueprint.get("/rates/which")
@requires(Permission.RATES_READ)
def which() -> Response:
    """Show which rate would apply, which ones lost and why, and what everybody above would get."""
    session = db.session()
    actor, language = actor_of(session), current_language()
    form = WhichForm(request.args)
    rows = range_queries.product_names(session, actor)
    people = choices(session, actor, language)
    form.product.choices = [(row["id"], f"{row['insurer']} · {row['name']}") for row in rows]
    form.organisation.choices = [(0, "–")] + [(o["id"], o["name"]) for o in people.organisations]
    form.division.choices = [(0, "–")] + [(d["id"], d["name"]) for d in people.divisions]
    form.owners = people.owners
    answer = None
    status = 200
    if "producer" in request.args:
        status = 422
        if form.validate():
            try:
                producer = get_producer_called(session, actor, form.producer.data or "")
                answer = which_rate(session, actor, form.question(producer["id"]), language)
                status = 200
            except Refused as refusal:
                form.producer.errors = [*form.producer.errors, refusals.said(refusal)]
    else:
        form.day.data = today()
    return render(
        "rates/which.html", status, form=form, answer=answer, label=label, kinds=Kind,
        suggested=some_producers(session, actor), scopes=RuleScope, whos=RuleWho, units=RuleUnit,
        one_day=ONE_DAY,
    )  # fmt: skip


@blueprint.get("/rates/gaps")
@requires(Permission.RATES_READ)
def find_gaps() -> Response:
    """Show who has no rate, which rates never apply and which run out."""
    session = db.session()
    actor, language, day = actor_of(session), current_language(), today()
    unreachable = gaps.unreachable_rules(session, actor, day)
    ending = gaps.rules_running_out(session, actor, day)
    ids = [number for number, _ in unreachable] + ending
    rules = queries.rules_named(session, actor, language, ids, limited=True)
    named = {row["id"]: row for row in rules}
    return render(
        "rates/gaps.html",
        missing=gaps.products_without_rule(session, actor, day),
        unreachable=[(named[number], why) for number, why in unreachable if number in named],
        ending=[named[number] for number in ending if number in named],
        bare=range_queries.without_agreement(session, actor),
        kinds=Kind,
        label=label,
        one_day=ONE_DAY,
        title=title_of,
    )


def _active_only() -> bool:
    return bool(workplace.settings_of(db.session()).get(ACTIVE_ONLY, True))


def _asks_for_state() -> bool:
    return any(key.partition(".")[0] in STATES for key in request.args)
