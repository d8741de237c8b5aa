"""Questions on rates, answered by the engine itself: which one would apply, and what remains."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from pool_module.agreements.queries import rates as rate_queries
from pool_module.agreements.queries.choices import get_currency
from pool_module.agreements.rules import Rank, ground_between, margin, rank_in_words
from pool_module.settlement import queries
from pool_module.settlement.engine.pipeline import Frame
from pool_module.settlement.engine.which import Question, ask, highest_rates
from shared.actor import Actor
from shared.db import Session
from shared.vocabulary import RankGround, RateOf

Row = Mapping[Any, Any]
MARGIN_COLUMNS = (
    "product_id", "kind", "agreement_id", "incoming_of", "incoming_rate", "rate_of", "rate",
    "rule_id", "rule",
)  # fmt: skip


@dataclass(frozen=True)
class Candidate:
    """A rule that met the question.

    Attributes:
        rule: with the names of all it points to (``rules_named``).
        rank: what it ranks by.
        lost_by: by which ground the winner beats it; None: it is the winner.
    """

    rule: Row
    rank: Rank
    lost_by: RankGround | None


@dataclass(frozen=True)
class Step:
    """Somebody of the line upward: what he would get, and by which rule.

    Attributes:
        line: producer, level, rule, gross, top, piece, passed_over and so on.
        candidates: the winner first.
    """

    line: Row
    candidates: list[Candidate]


@dataclass(frozen=True)
class Which:
    """The answer: the seller first.

    Attributes:
        steps: the line upward.
        days: at which days rate, level and hierarchy were looked up.
        paid: what the whole line gets of the amounts typed in.
    """

    steps: list[Step]
    days: Row
    paid: Decimal


@dataclass(frozen=True)
class Margin:
    """What comes in and the most that goes out, of one product and kind.

    Attributes:
        rest: incoming less outgoing; None: can't be compared.
        rest_of: what ``rest`` is a part of: the base, or (no incoming rate) what is received.
    """

    product_id: int
    kind: str
    agreement_id: int
    incoming_of: str | None
    incoming_rate: Decimal | None
    rate_of: str | None
    rate: Decimal | None
    rule_id: int | None
    rule: str | None
    currency: str
    rest: Decimal | None
    rest_of: str

    @property
    def negative(self) -> bool:
        """Whether more would go out than comes in."""
        return self.rest is not None and self.rest < 0


def which_rate(session: Session, actor: Actor, question: Question, language: str) -> Which:
    """Which rate would apply to a sale, who above would get what, and why.

    The rules are those of the settlement ("Which rate applies", "One event" 2 and 3), asked by the
    same statements.
    """
    answer = ask(session, _frame(session, actor, question.day), question)
    ids = {rule["rule_id"] for rules in answer.rules.values() for rule in rules}
    named = {
        row["id"]: row for row in rate_queries.rules_named(session, actor, language, sorted(ids))
    }
    steps = [Step(line, _candidates(answer.rules[line["depth"]], named)) for line in answer.lines]
    paid = sum((line["piece"] for line in answer.lines if line["piece"]), Decimal(0))
    return Which(steps, answer.days, paid)


def margins(session: Session, actor: Actor, product_ids: Sequence[int], day: date) -> list[Margin]:
    """Per product and agreed kind: what comes in against the most that goes out on a day.

    Where rules of several kinds of amount apply (of the basis, of what is received, fixed), there
    is a line for each.
    """
    if not product_ids:
        return []
    currency = get_currency(session, actor)
    rows = highest_rates(session, _frame(session, actor, day), product_ids, day, currency)
    found = []
    for row in rows:
        rest, rest_of = _rest(row)
        values = {name: row[name] for name in MARGIN_COLUMNS}
        found.append(Margin(**values, currency=currency, rest=rest, rest_of=rest_of))
    return found


def _rest(row: Row) -> tuple[Decimal | None, str]:
    incoming, rate, rate_of = row["incoming_rate"], row["rate"], row["rate_of"]
    incoming_of = row["incoming_of"] or RateOf.BASIS
    if rate is None:
        return None, incoming_of
    if incoming is not None:
        return margin(incoming, rate, of=rate_of, incoming_of=incoming_of), incoming_of
    return (1 - rate, rate_of) if rate_of == RateOf.RECEIVED else (None, rate_of)


def _frame(session: Session, actor: Actor, day: date) -> Frame:
    moment = queries.now_of(session)
    return Frame(pool_id=actor.pool_id, known_at=moment, through=day, earlier=())


def _candidates(rules: Sequence[Row], named: Mapping[int, Row]) -> list[Candidate]:
    found: list[Candidate] = []
    for rule in rules:
        rank = rank_in_words(rule["rank"])
        ground = ground_between(rules[0]["rank"], rule["rank"]) if found else None
        found.append(Candidate(named[rule["rule_id"]], rank, ground))
    return found
