"""Delivered clawbacks against our own: both can't be taken.

All clawbacks of a contract and kind, delivered in one line or in several, are weighed together
against the change of receivable its cuts cause. What agrees is evidence and books nothing.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from pool_module.incoming.rules.line import CENT, Line, Outcome, Verdict, discrepancy
from shared.money import ZERO
from shared.vocabulary import DiscrepancyCause

CLAWBACK_CAUSES = frozenset(
    {DiscrepancyCause.CLAWBACK_DIFFERS, DiscrepancyCause.CLAWBACK_WITHOUT_CANCELLATION}
)


@dataclass(frozen=True, slots=True)
class ClawbackState:
    """What stands for a contract and kind.

    Attributes:
        change: what its cuts change of the receivable of its events; 0 or negative.
        evidence: the sum of lines already taken as evidence.
        events: how many events of the kind there are.
        last_cut: day of the latest cut; None = never cut. ``off``: nothing is in force after it.
    """

    change: Decimal = ZERO
    evidence: Decimal = ZERO
    events: int = 0
    last_cut: date | None = None
    off: bool = False


def weigh(
    lines: list[Line],
    contract_id: int,
    state: ClawbackState,
    today: date,
    accepted: Collection[str] = (),
) -> list[Verdict]:
    """Decide the clawbacks of a contract and kind together, one verdict per line."""
    delivered = sum((line.amount for line in lines), ZERO)
    expected = state.change - state.evidence
    if state.last_cut is not None and abs(delivered - expected) <= CENT:
        return [Verdict(Outcome.EVIDENCE, contract_id, expected=expected)] * len(lines)
    if state.last_cut is None:
        cause = DiscrepancyCause.CLAWBACK_WITHOUT_CANCELLATION
    else:
        cause = DiscrepancyCause.CLAWBACK_DIFFERS
    if cause in accepted:
        return [_taken_upon(line, contract_id, state, today) for line in lines]
    found = discrepancy(cause, contract_id, expected=expected, together=str(delivered))
    return [found] * len(lines)


def takes_back_evidence(line: Line, state: ClawbackState) -> Verdict | None:
    """What a positive line says where clawbacks were delivered before; None = nothing of it.

    An insurer who reinstates pays the clawback back, and so does our reinstatement: the line is
    evidence too. On a contract that is still off, somebody has to look.
    """
    if not state.evidence or line.amount <= 0 or line.correction:
        return None
    expected = state.change - state.evidence
    if abs(line.amount - expected) <= CENT:
        return Verdict(Outcome.EVIDENCE, expected=expected)
    if state.off:
        return discrepancy(DiscrepancyCause.CLAWBACK_DIFFERS, expected=expected)
    return None


def _taken_upon(line: Line, contract_id: int, state: ClawbackState, today: date) -> Verdict:
    """A clawback somebody accepted as delivered.

    Where we have events of the kind, our own clawback takes the money, so the line stays evidence.
    Where we have none (the commission came before the pool used this program) it is a negative
    event, dated behind the last cut, which therefore does not touch it.
    """
    if state.events:
        return Verdict(Outcome.EVIDENCE, contract_id)
    day = line.booked_on or today
    if state.last_cut is not None and day <= state.last_cut:
        day = state.last_cut + timedelta(days=1)
    return Verdict(Outcome.EVENT, contract_id, effective=day, due=line.booked_on or today)
