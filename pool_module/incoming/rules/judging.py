"""What becomes of a line once its contract is known (settlement rules, "From a delivery …").

Clawbacks are not judged here: they are weighed together, see ``clawbacks``.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from pool_module.incoming.rules.line import (
    CENT,
    UNIT_FACTORS,
    Candidate,
    Line,
    Outcome,
    Terms,
    Verdict,
    discrepancy,
)
from shared.money import round_cents
from shared.vocabulary import ContractState, DiscrepancyCause, Kind


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of a line's contract when the line is judged.

    Attributes:
        terms: the agreement of kind and product on the effective day; None = missing.
        has_shares: somebody can be paid.
        twin: another delivery booked the same kind and amount on the same day.
    """

    contract: Candidate
    terms: Terms | None
    has_shares: bool
    twin: bool = False


def is_empty(line: Line) -> bool:
    """Whether a line books nothing by its nature: no money, or the insurer's own reserve."""
    return line.kind is None or not line.amount


def effective_day(line: Line, contract: Candidate, today: date) -> date:
    """Contract start for acquisition, else start of the period (for dynamic: of the increase)."""
    began = contract.begin_on if line.kind == Kind.ACQUISITION else None
    return began or line.period_from or line.booked_on or contract.begin_on or today


def is_claim(line: Line, terms: Terms | None) -> bool:
    """Whether a line takes back what a cut takes back: evidence, never an event."""
    under_liability = terms is not None and terms.liability_months > 0
    return line.amount < 0 and under_liability and not line.correction


def judge(
    line: Line, standing: Standing, today: date, accepted: Collection[str] = ()
) -> Verdict | None:
    """Decide a line; None for a clawback, which is weighed with the others of its contract.

    Args:
        line: the line, not empty.
        standing: its contract and what holds for it.
        today: stands in where the line has no booking date.
        accepted: causes a person has taken upon himself.
    """
    contract_id = standing.contract.contract_id
    found = _doubt(line, standing)
    if found and found.cause not in accepted:
        return found
    if _wrong_currency(line, standing.contract):  # nothing is converted: it can't be accepted
        cause = DiscrepancyCause.AMOUNT_NOT_BASE_TIMES_RATE
        return discrepancy(cause, contract_id, currency=line.currency)
    open_doubts = [d for d in _figures(line, standing) if d.cause not in accepted]
    if open_doubts:
        return open_doubts[0]
    if is_claim(line, standing.terms):
        return None
    if not standing.has_shares:  # booked now, all of it would stay in the pool's margin
        cause = DiscrepancyCause.PRODUCER_UNKNOWN
        return discrepancy(cause, contract_id, agency_number=line.agency_number)
    return Verdict(
        Outcome.EVENT,
        contract_id,
        effective=effective_day(line, standing.contract, today),
        due=line.booked_on or today,
    )


def _doubt(line: Line, standing: Standing) -> Verdict | None:
    contract_id = standing.contract.contract_id
    if standing.twin:
        return discrepancy(DiscrepancyCause.BOOKED_TWICE, contract_id)
    # a broker took it over: what recurs is no longer ours, what was concluded still is
    if standing.contract.state == ContractState.CONVERTED and line.kind == Kind.RECURRING:
        return discrepancy(DiscrepancyCause.CONTRACT_CONVERTED, contract_id)
    if standing.terms is None:
        return discrepancy(DiscrepancyCause.AGREEMENT_MISSING, contract_id, kind=line.kind)
    return None


def _wrong_currency(line: Line, contract: Candidate) -> bool:
    return bool(line.currency) and line.currency != contract.currency


def _figures(line: Line, standing: Standing) -> list[Verdict]:
    contract_id = standing.contract.contract_id
    doubts = []
    if line.storno and line.amount > 0 and not line.correction:
        cause = DiscrepancyCause.AMOUNT_NOT_BASE_TIMES_RATE
        doubts.append(discrepancy(cause, contract_id, sign="coded as taken back, but positive"))
    product = base_times_rate(line)
    if product is not None and abs(product - abs(line.amount)) > CENT:
        cause = DiscrepancyCause.AMOUNT_NOT_BASE_TIMES_RATE
        doubts.append(discrepancy(cause, contract_id, expected=_signed(product, line)))
    agreed = _agreed(line, standing.terms)
    if agreed is not None and abs(agreed - abs(line.amount)) > CENT:
        cause = DiscrepancyCause.RATE_DIFFERS
        doubts.append(discrepancy(cause, contract_id, expected=_signed(agreed, line)))
    return doubts


def base_times_rate(line: Line) -> Decimal | None:
    """The amount base and rate give, unsigned; None where the line does not say them."""
    factor = UNIT_FACTORS.get(line.rate_unit or "")
    if not line.base or not line.rate or factor is None:
        return None
    return round_cents(abs(Fraction(line.base) * Fraction(line.rate) * Fraction(factor)))


def _agreed(line: Line, terms: Terms | None) -> Decimal | None:
    """What the agreement lets expect of a line, unsigned."""
    if terms is None or terms.incoming_rate is None or not line.base:
        return None
    if terms.incoming_of not in {None, "basis"} or line.correction or line.amount < 0:
        return None
    return round_cents(abs(Fraction(line.base) * Fraction(terms.incoming_rate)))


def _signed(amount: Decimal, line: Line) -> Decimal:
    return amount.copy_sign(line.amount)
