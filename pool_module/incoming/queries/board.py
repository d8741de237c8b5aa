"""All that the page of discrepancies shows, asked for at once."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from pool_module.incoming.queries import cases
from pool_module.incoming.queries.cases import CaseFilter
from shared.actor import Actor
from shared.db import Session
from shared.vocabulary import DiscrepancyCause

PAGE: Final = 50
_MONTH: Final = timedelta(days=31)
_WITHOUT_CONTRACT: Final = frozenset(
    {DiscrepancyCause.CONTRACT_NOT_FOUND, DiscrepancyCause.CONTRACT_AMBIGUOUS}
)


@dataclass(frozen=True)
class CauseSum:
    """A cause with what is open of it.

    Attributes:
        amounts: per currency.
    """

    cause: DiscrepancyCause
    cases: int
    amounts: dict[str, Decimal]


@dataclass(frozen=True)
class Board:
    """Open discrepancies by cause, and those of one cause.

    Attributes:
        cause: the one that is shown; None when nothing is open.
        equal: sets of its equal cases, the largest first.
        near: per discrepancy the contracts it may mean.
        more: whether there are further cases behind the last one.
    """

    causes: list[CauseSum]
    cause: DiscrepancyCause | None
    equal: list[dict[str, Any]]
    cases: list[dict[str, Any]]
    near: dict[int, list[dict[str, Any]]]
    sums: list[dict[str, Any]]
    more: bool

    @property
    def open(self) -> int:
        """How many discrepancies are open."""
        return sum(each.cases for each in self.causes)


def board(
    session: Session,
    actor: Actor,
    wanted: CaseFilter,
    *,
    today: date,
    after: int = 0,
    rows_only: bool = False,
) -> Board:
    """The page of discrepancies.

    Args:
        session: the transaction.
        actor: who looks.
        wanted: which ones; without a cause, or with one nothing is open of, the first.
        today: the control sum is of what came in the month before it, or holds something open.
        after: id of the last case shown.
        rows_only: only the next cases of the list.
    """
    if rows_only:
        rows = cases.cases(session, actor, wanted, after=after, most=PAGE + 1)
        near = _near(session, actor, wanted, rows)
        cause = DiscrepancyCause(wanted.cause) if wanted.cause else None
        return Board([], cause, [], rows[:PAGE], near, [], len(rows) > PAGE)
    causes = _causes(session, actor, wanted)
    sums = cases.control_sums(session, actor, since=today - _MONTH, delivery_id=wanted.delivery_id)
    open_ = [each.cause for each in causes]
    if not open_:
        return Board([], None, [], [], {}, sums, more=False)
    asked = wanted.cause
    cause = open_[0] if asked is None or asked not in open_ else DiscrepancyCause(asked)
    wanted = replace(wanted, cause=cause)
    rows = cases.cases(session, actor, wanted, after=after, most=PAGE + 1)
    return Board(
        causes=causes,
        cause=cause,
        equal=cases.equal_cases(session, actor, wanted),
        cases=rows[:PAGE],
        near=_near(session, actor, wanted, rows[:PAGE]),
        sums=sums,
        more=len(rows) > PAGE,
    )


def _causes(session: Session, actor: Actor, wanted: CaseFilter) -> list[CauseSum]:
    found: dict[DiscrepancyCause, CauseSum] = {}
    for row in cases.causes(session, actor, wanted):
        cause = DiscrepancyCause(row["cause"])
        known = found.get(cause, CauseSum(cause, 0, {}))
        amounts = dict(known.amounts)
        if row["amount"] is not None and row["currency"]:
            amounts[row["currency"]] = row["amount"]
        found[cause] = CauseSum(cause, known.cases + row["cases"], amounts)
    return sorted(found.values(), key=lambda each: (-each.cases, each.cause))


def _near(
    session: Session, actor: Actor, wanted: CaseFilter, rows: list[dict[str, Any]]
) -> dict[int, list[dict[str, Any]]]:
    if wanted.cause not in _WITHOUT_CONTRACT or not rows:
        return {}
    return cases.suggestions(session, actor, [row["id"] for row in rows])
