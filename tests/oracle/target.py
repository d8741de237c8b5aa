"""What should stand of one event, with everything known now (settlement rules, "One event")."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from tests.oracle.arithmetic import add_months, cents, complete_months
from tests.oracle.rates import agreement_of, candidates
from tests.oracle.world import Agreement, Cut, Event, Producer, Rule, Shares, World

ZERO = Fraction(0)
ONE = Fraction(1)


@dataclass(frozen=True)
class Piece:
    """What one chain member gets of one seller's share; amounts signed."""

    seller: str
    producer: str
    rule: Rule
    gross: Fraction
    piece: Fraction
    reserve: Fraction


@dataclass(frozen=True)
class Target:
    """What should stand of an event."""

    earned: Fraction
    receivable: Fraction
    margin: Fraction
    pieces: tuple[Piece, ...]

    def of(self, producer: str) -> tuple[Fraction, Fraction]:
        """Return (payable, reserve): the sum over a producer's pieces."""
        own = [piece for piece in self.pieces if piece.producer == producer]
        reserve = sum((piece.reserve for piece in own), ZERO)
        return sum((piece.piece for piece in own), ZERO) - reserve, reserve


@dataclass(frozen=True)
class View:
    """An event seen at the end of ``through``: its terms and its earned fraction."""

    world: World
    event: Event
    agreement: Agreement
    earned: Fraction
    through: date


def sign(event: Event) -> int:
    """Return the sign of the first of received, basis, units that is not 0; 1 if all are."""
    for amount in (event.received, event.basis, event.units):
        if amount != 0:
            return 1 if amount > 0 else -1
    return 1


def split(amount: Fraction, shares: list[Fraction]) -> list[Fraction]:
    """Split by cumulative rounding (step 1): the parts sum to the whole."""
    parts = []
    cumulative = ZERO
    for share in shares:
        before = cents(amount * cumulative)
        cumulative += share
        parts.append(cents(amount * cumulative) - before)
    return parts


def line_above(world: World, seller: str, day: date) -> list[Producer]:
    """Return the seller and everybody above him on a day, those passed over left out."""
    line = []
    code: str | None = seller
    while code is not None:
        producer = world.producers[code]
        if producer.active.at(day) is not False and not producer.house:
            line.append(producer)
        code = producer.parent.at(day)
    return line


def unearned(agreement: Agreement, effective: date, cut: date) -> Fraction:
    """Return the unearned fraction at a cut (step 4)."""
    months = agreement.liability_months
    end = add_months(effective, months)
    if months == 0 or cut >= end:
        return ZERO
    complete = complete_months(effective, cut)
    if complete < agreement.full_liability_months:
        return ONE
    if agreement.earning == "linear_daily":
        return 1 - Fraction((cut - effective).days, (end - effective).days)
    return Fraction(months - complete, months)


def _voids(cuts: list[Cut], through: date) -> bool:
    return any(cut.void and cut.on <= through for cut in cuts)


def earned_fraction(event: Event, agreement: Agreement, through: date) -> Fraction:
    """Return f at the end of ``through`` (step 4)."""
    cuts = event.contract.cuts
    if _voids(cuts, through):
        return ZERO
    first = event.contract.factor_before(event.effective)
    if first == 0:
        return ONE
    earned = ONE
    before = first
    for cut in cuts:
        if event.effective <= cut.on <= through:
            lost = (before - cut.factor) / first
            earned -= lost * unearned(agreement, event.effective, cut.on)
            before = cut.factor
    return earned


def _is_off(event: Event, through: date) -> bool:
    known = [cut for cut in event.contract.cuts if cut.on <= through]
    return _voids(known, through) or (known != [] and known[-1].factor == 0)


def _reserve(view: View, producer: Producer, piece: Fraction) -> Fraction:
    """Return the reserve of one signed piece (step 5)."""
    event, agreement, through = view.event, view.agreement, view.through
    months = agreement.liability_months
    if piece <= 0 or months == 0 or _is_off(event, through):
        return ZERO
    if through >= add_months(event.effective, months):
        return ZERO
    own = producer.reserve.at(event.effective)
    rate = agreement.reserve_rate if own is None else own
    left = ONE
    if agreement.reserve_release == "pro_rata":
        left = Fraction(months - complete_months(event.effective, through), months)
    return cents(piece * rate * left)


def _amounts(event: Event, shares: Shares) -> list[dict[str, Fraction]]:
    """Return, for each share, what a rate may be a part of (step 1)."""
    parts = [share for _, share in shares]
    bases = split(abs(event.basis), parts)
    receiveds = split(abs(event.received), parts)
    return [
        {"basis": basis, "received": received, "unit": abs(event.units) * share, "fixed": share}
        for basis, received, share in zip(bases, receiveds, parts, strict=True)
    ]


def _chain(view: View, seller: str, amounts: dict[str, Fraction]) -> list[Piece]:
    """Go up from a seller; who has the higher gross amount gets the difference (steps 2, 3)."""
    event = view.event
    pieces = []
    top = ZERO
    for producer in line_above(view.world, seller, view.world.reference_day(event, "hierarchy")):
        rules = candidates(view.world, event, producer)
        gross = amounts[rules[0].of] * rules[0].rate if rules else ZERO
        if gross <= top:
            continue
        piece = sign(event) * (cents(gross * view.earned) - cents(top * view.earned))
        reserve = _reserve(view, producer, piece)
        pieces.append(Piece(seller, producer.code, rules[0], gross, piece, reserve))
        top = gross
    return pieces


def target(world: World, event: Event, through: date) -> Target:
    """Return what should stand of an event at the end of ``through``."""
    agreement = agreement_of(world, event)
    view = View(world, event, agreement, earned_fraction(event, agreement, through), through)
    shares = event.contract.shares.at(event.effective)
    assert shares is not None, "a contract has shares on every day"
    pieces: list[Piece] = []
    for (seller, _), amounts in zip(shares, _amounts(event, shares), strict=True):
        if not world.producers[seller].house:
            pieces += _chain(view, seller, amounts)
    receivable = sign(event) * cents(abs(event.received) * view.earned)
    margin = receivable - sum((piece.piece for piece in pieces), ZERO)
    return Target(view.earned, receivable, margin, tuple(pieces))
