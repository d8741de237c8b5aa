"""What a commission statement says, as data. Amounts are in the statement's one currency."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from pool_module.settlement.documents.parties import Issuer, Payee
from shared.money import CENT, ZERO
from shared.vocabulary import Kind, Language, RateOf


class Contradiction(ValueError):  # noqa: N818  -- names what is wrong with the data
    """The figures of a paper don't add up; it must not be issued."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """The rate of the rule that won.

    ``basis`` and ``received``: a fraction (0.035 is 3.5 %); ``unit``: money per unit; ``fixed``:
    money.
    """

    of: RateOf
    value: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """Why a line changes what an earlier statement said.

    Attributes:
        cause: a sentence in the statement's language, e.g. the cancellation, its date and reason.
        period_from: first day of the period that is corrected.
        period_through: its last day.
        statement_number: the statement that carried the line, where there was one.
    """

    cause: str
    period_from: date
    period_through: date
    statement_number: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A line of the statement: one producer's part of one commission event.

    Attributes:
        base: what the rate applies to: money, or the number of units; none for ``fixed``.
        share: the seller's share of the contract, 1 for the whole.
        difference_from: the producer below whose part is deducted; none for an own sale.
        own_too: beside that difference he has a share of his own in the contract.
        amount: the piece.
        reserve: what of it goes into the reserve (+) or comes out of it (−).
        payable: ``amount − reserve``.
        liability_end: the day the cancellation liability ends; none without liability.
        rate: the rule's; none where no statement told it.
        correction: set on every line of the block of corrections and on no other.
    """

    contract: str
    holder: str
    product: str
    insurer: str
    kind: Kind
    event: str
    effective: date
    producer: str
    rate: Rate | None
    amount: Decimal
    payable: Decimal
    base: Decimal | None = None
    share: Decimal = Decimal(1)
    level: str | None = None
    difference_from: str | None = None
    own_too: bool = False
    reserve: Decimal = ZERO
    liability_end: date | None = None
    correction: Correction | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjustment:
    """A booking made by hand, for or against (−) the payee."""

    on: date
    text: str
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Withholding:
    """A tax or levy the payer keeps back.

    Attributes:
        code: short code, e.g. ``pdfo``.
        name: what the payee reads, e.g. ``ПДФО``.
        rate: a fraction, 0.18 for 18 %.
        base: what it is taken of, never negative.
        amount: what is kept back, never negative.
    """

    code: str
    name: str
    rate: Decimal
    base: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class ReserveAccount:
    """The cancellation reserve before and after; the movements are those of the lines."""

    opening: Decimal
    closing: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementData:
    """A commission statement (HGB § 87c(1)); the figures are checked against each other.

    Attributes:
        issued: the issue date; also date and time stamp of the file.
        entries: this period's lines.
        releases: what only comes out of the reserve, shown as a block of its own.
        corrections: lines that correct earlier periods, shown as a block of their own.
        payout: what is transferred.
        closing: the balance carried forward.
        hold_reason: why the payout is held, in the statement's language; none when it is not.
        minimum_payout: below it a balance is carried forward; none where there is no minimum.
        notes: texts the payer must print, e.g. the exemption of UStG § 4 Nr. 11. Given by the
            caller because the tax treatment is the payee's, not the country's.

    Raises:
        Contradiction: a sum differs from its parts, or a line is in the wrong block.
    """

    issuer: Issuer
    payee: Payee
    language: Language
    number: str
    period_from: date
    period_through: date
    issued: date
    currency: str
    opening: Decimal
    payout: Decimal
    closing: Decimal
    reserve_account: ReserveAccount
    entries: tuple[Entry, ...] = ()
    releases: tuple[Entry, ...] = ()
    corrections: tuple[Entry, ...] = ()
    adjustments: tuple[Adjustment, ...] = ()
    withholdings: tuple[Withholding, ...] = ()
    hold_reason: str | None = None
    minimum_payout: Decimal | None = None
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _check_blocks(self)
        _check_sums(self)

    @property
    def lines(self) -> tuple[Entry, ...]:
        """All blocks, this period's first."""
        return self.entries + self.releases + self.corrections

    @property
    def accrued(self) -> Decimal:
        """What came in: payable of all lines, and the adjustments."""
        return total(line.payable for line in self.lines) + total(
            adjustment.amount for adjustment in self.adjustments
        )

    @property
    def withheld(self) -> Decimal:
        """All taxes and levies kept back."""
        return total(withholding.amount for withholding in self.withholdings)

    @property
    def balance(self) -> Decimal:
        """What stands before the payout."""
        return self.opening + self.accrued - self.withheld

    @property
    def reserve_withheld(self) -> Decimal:
        """What this statement's lines put into the reserve (≥ 0)."""
        return total(max(line.reserve, ZERO) for line in self.lines)

    @property
    def reserve_released(self) -> Decimal:
        """What this statement's lines take out of the reserve (≥ 0)."""
        return total(max(-line.reserve, ZERO) for line in self.lines)


def total(amounts: Iterable[Decimal]) -> Decimal:
    """Sum amounts; nothing is 0.00."""
    return sum(amounts, ZERO)


def _check_blocks(data: StatementData) -> None:
    if any(line.correction for line in data.entries + data.releases):
        raise Contradiction("a line of this period names a correction")
    if not all(line.correction for line in data.corrections):
        raise Contradiction("a correction does not say what it corrects")
    if any(line.amount or line.reserve >= 0 for line in data.releases):
        raise Contradiction("a release is more than what comes out of the reserve")


def _check_sums(data: StatementData) -> None:
    """Statement closing = next opening only holds when every statement adds up."""
    for line in data.lines:
        if line.payable != line.amount - line.reserve:
            raise Contradiction(f"payable of {line.event} is not amount − reserve")
        if line.amount != line.amount.quantize(CENT):
            raise Contradiction(f"amount of {line.event} has more than two decimals")
    if data.closing != data.balance - data.payout:
        raise Contradiction("the closing balance is not the balance less the payout")
    moved = data.reserve_withheld - data.reserve_released
    if data.reserve_account.closing != data.reserve_account.opening + moved:
        raise Contradiction("the reserve's closing is not its opening and the lines' movements")
