"""Which agreement holds: the narrowest wins as a whole (product, line, insurer)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from pool_module.incoming.rules.line import Terms


@dataclass(frozen=True, slots=True)
class AgreementRow:
    """A standing agreement; exactly one of product, line and insurer is given."""

    kind: str
    product_id: int | None
    line_id: int | None
    insurer_id: int | None
    from_day: date | None
    to_day: date | None
    terms: Terms


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a contract's product stands."""

    product_id: int
    line_id: int
    insurer_id: int


def agreement_of(rows: Iterable[AgreementRow], kind: str, scope: Scope, day: date) -> Terms | None:
    """The terms that hold for a kind on a day; None where nothing is agreed."""
    best: AgreementRow | None = None
    for row in rows:
        if row.kind != kind or not holds(row.from_day, row.to_day, day):
            continue
        if _fits(row, scope) and (best is None or _rank(row) > _rank(best)):
            best = row
    return best.terms if best else None


def holds(from_day: date | None, to_day: date | None, day: date) -> bool:
    """Whether [from, to) holds a day; None is unbounded."""
    return (from_day is None or from_day <= day) and (to_day is None or day < to_day)


def _fits(row: AgreementRow, scope: Scope) -> bool:
    return (
        row.product_id == scope.product_id
        or row.line_id == scope.line_id
        or row.insurer_id == scope.insurer_id
    )


def _rank(row: AgreementRow) -> int:
    return 3 if row.product_id is not None else 2 if row.line_id is not None else 1
