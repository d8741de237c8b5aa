"""When an item is due: which terms win, and why the others do not.

A payable asks three steps, a receivable eight; the first one that holds terms gives them. A
producer's terms with the override come before the company's, without it after them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from shared.due import ItemSide, StepVerdict, TermsBasis, TermsParty, TermsStep
from shared.periods import add_months

ORDERS: Final[Mapping[ItemSide, tuple[TermsStep, ...]]] = {
    ItemSide.PAYABLE: (
        TermsStep.COMPANY_ORGANISATION,
        TermsStep.COMPANY,
        TermsStep.SYSTEM,
    ),
    ItemSide.RECEIVABLE: (
        TermsStep.PRODUCER_ORGANISATION_OVERRIDES,
        TermsStep.PRODUCER_OVERRIDES,
        TermsStep.COMPANY_ORGANISATION,
        TermsStep.COMPANY,
        TermsStep.PRODUCER_ORGANISATION,
        TermsStep.PRODUCER,
        TermsStep.TEAM,
        TermsStep.SYSTEM,
    ),
}


@dataclass(frozen=True)
class Terms:
    """So many days after a day."""

    days: int
    basis: TermsBasis


@dataclass(frozen=True)
class TermsRow:
    """Active terms as they are stored; a side that is None is not agreed there.

    Attributes:
        id: of the row.
        party: whose terms they are.
        organisation_id: where they hold; None: in every organisation.
        payable: when the pool pays.
        receivable: when the pool is paid.
        overrides: a producer's terms that come before the company's.
    """

    id: int
    party: TermsParty
    organisation_id: int | None = None
    payable: Terms | None = None
    receivable: Terms | None = None
    overrides: bool = False

    def of(self, side: ItemSide) -> Terms | None:
        """The terms of a side."""
        return self.payable if side is ItemSide.PAYABLE else self.receivable


@dataclass(frozen=True)
class Item:
    """What asks for its terms.

    Attributes:
        side: who owes it.
        arose_on: the day it arose.
        period_end: the last day of the period it settles; None: of its month.
        organisation_id: whose business it is; None: there are no organisations.
        producer: whether it is the business of one firm.
        team: whether a team looks after its company.
    """

    side: ItemSide
    arose_on: date
    period_end: date | None = None
    organisation_id: int | None = None
    producer: bool = False
    team: bool = False


@dataclass(frozen=True)
class StepReason:
    """What a step of the order had to say."""

    step: TermsStep
    verdict: StepVerdict
    terms: Terms | None = None
    terms_id: int | None = None


@dataclass(frozen=True)
class Resolution:
    """The terms of an item, and what every step had to say."""

    step: TermsStep
    terms: Terms
    terms_id: int | None
    due_on: date
    reasons: tuple[StepReason, ...]


@dataclass(frozen=True, kw_only=True)
class TermsValues:
    """Payment terms as they are to be; one of company, insurer and team is named."""

    party: TermsParty
    company_id: int | None = None
    insurer_id: int | None = None
    team_id: int | None = None
    organisation_id: int | None = None
    payable_days: int | None = None
    payable_from: TermsBasis = TermsBasis.ISSUE
    receivable_days: int | None = None
    receivable_from: TermsBasis = TermsBasis.ISSUE
    overrides: bool = False
    active: bool = True


@dataclass(frozen=True)
class _Ask:
    """What a step looks for."""

    party: TermsParty
    organised: bool = False
    override: bool | None = None


_ASKS: Final[Mapping[TermsStep, _Ask]] = {
    TermsStep.PRODUCER_ORGANISATION_OVERRIDES: _Ask(
        TermsParty.PRODUCER, organised=True, override=True
    ),
    TermsStep.PRODUCER_OVERRIDES: _Ask(TermsParty.PRODUCER, override=True),
    TermsStep.COMPANY_ORGANISATION: _Ask(TermsParty.COMPANY, organised=True),
    TermsStep.COMPANY: _Ask(TermsParty.COMPANY),
    TermsStep.PRODUCER_ORGANISATION: _Ask(TermsParty.PRODUCER, organised=True, override=False),
    TermsStep.PRODUCER: _Ask(TermsParty.PRODUCER, override=False),
    TermsStep.TEAM: _Ask(TermsParty.TEAM),
}


def resolve(item: Item, rows: Sequence[TermsRow], system: Terms) -> Resolution:
    """Find the terms of an item: the first step of its order that holds some.

    Args:
        item: what asks.
        rows: the active terms of its company, its producer and its team.
        system: the pool's own terms, when nobody agreed on any.
    """
    reasons = tuple(_reasons(item, rows, system))
    won = next(reason for reason in reasons if reason.verdict is StepVerdict.WON)
    assert won.terms is not None, "who wins has terms"
    return Resolution(won.step, won.terms, won.terms_id, due_date(item, won.terms), reasons)


def due_date(item: Item, terms: Terms) -> date:
    """The day an item is due by its terms."""
    month_end = add_months(item.arose_on.replace(day=1), 1) - timedelta(days=1)
    start = {
        TermsBasis.ISSUE: item.arose_on,
        TermsBasis.MONTH_END: month_end,
        TermsBasis.PERIOD_END: item.period_end or month_end,
    }[terms.basis]
    return start + timedelta(days=terms.days)


def _reasons(item: Item, rows: Sequence[TermsRow], system: Terms) -> Iterator[StepReason]:
    won = False
    for step in ORDERS[item.side]:
        said = _asked(step, item, rows, system)
        if said.verdict is StepVerdict.WON:
            if won:
                said = StepReason(step, StepVerdict.OUTRANKED, said.terms, said.terms_id)
            won = True
        yield said


def _asked(step: TermsStep, item: Item, rows: Sequence[TermsRow], system: Terms) -> StepReason:
    """What a step would say if it were the first."""
    if step is TermsStep.SYSTEM:
        return StepReason(step, StepVerdict.WON, system)
    ask = _ASKS[step]
    if absent := _absent(ask, item):
        return StepReason(step, absent)
    where = item.organisation_id if ask.organised else None
    row = next((r for r in rows if r.party is ask.party and r.organisation_id == where), None)
    terms = row.of(item.side) if row else None
    if row is None or terms is None:
        return StepReason(step, StepVerdict.NOTHING_AGREED)
    if ask.override is not None and ask.override != row.overrides:
        verdict = StepVerdict.OVERRIDES if row.overrides else StepVerdict.NO_OVERRIDE
        return StepReason(step, verdict, terms, row.id)
    return StepReason(step, StepVerdict.WON, terms, row.id)


def _absent(ask: _Ask, item: Item) -> StepVerdict | None:
    if ask.party is TermsParty.PRODUCER and not item.producer:
        return StepVerdict.NO_PRODUCER
    if ask.party is TermsParty.TEAM and not item.team:
        return StepVerdict.NO_TEAM
    if ask.organised and item.organisation_id is None:
        return StepVerdict.NO_ORGANISATION
    return None
