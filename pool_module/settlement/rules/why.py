"""Why an amount is what it is: one structure in values and codes, for both portals.

The words are the templates'. Every figure is a booked one or the engine's own; what is added up
here is held to the books by tests: the pieces are what was received, the versions are the entry.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from shared.money import ZERO, round_cents

Row = Mapping[Any, Any]
# what a rule's rank is made of (settlement rules, "Which rate applies"), most telling first
RANKS: Final = (
    (1000, ("any", "insurer", "line", "product")),
    (100, ("anyone", "level", "group", "producer")),
    (10, ("global", "organisation", "division")),
    (1, ("undated", "dated")),
)


@dataclass(frozen=True)
class Key:
    """What names an entry of the books: what a run moved for a producer and an event."""

    run_id: int
    event_id: int
    producer_id: int


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What is explained: a producer's part of an event in one settlement.

    Attributes:
        amount: what moved for him: ``payable`` and ``reserve`` together.
        correction: it changes what an earlier settlement booked; ``cause…`` says why.
    """

    run_id: int
    event_id: int
    producer_id: int
    producer: str
    payable: Decimal
    reserve: Decimal
    currency: str
    contract_id: int
    contract: str
    holder: str
    product: str
    insurer: str
    kind: str
    ref: str
    effective: date
    due: date
    period: str
    level: str | None = None
    rate_of: str | None = None
    rate: Decimal | None = None
    base: Decimal | None = None
    share: Decimal | None = None
    own_sale: bool = False
    difference_from: str | None = None
    liability_end: date | None = None
    correction: bool = False
    cause: str | None = None
    cause_on: date | None = None
    cause_factor: Decimal | None = None
    cause_text: str | None = None
    corrects_from: date | None = None
    corrects_through: date | None = None
    corrects_number: str | None = None
    statement_id: int | None = None
    statement_number: str | None = None
    line_id: int | None = None

    @property
    def amount(self) -> Decimal:
        """What moved for the producer, the reserve with it."""
        return self.payable + self.reserve


@dataclass(frozen=True)
class Income:
    """What the insurer paid for the event, as far as the reader may see it."""

    basis: Decimal | None
    units: Decimal | None
    received: Decimal


@dataclass(frozen=True)
class Source:
    """The row of the insurer's file an event came by."""

    delivery_id: int | None
    file: str
    row: int
    booked_on: date | None
    came: datetime
    base: Decimal | None
    rate: Decimal | None
    rate_unit: str | None
    gross: Decimal | None


@dataclass(frozen=True)
class Piece:
    """A part of what was received: ``own``, ``structure``, ``reserve`` or ``pool``.

    Attributes:
        name: whose; None where the reader is not told.
        of_received: its part of what was received; None where that is nothing, or not shown.
    """

    role: str
    name: str | None
    amount: Decimal
    of_received: Decimal | None


@dataclass(frozen=True)
class Step:
    """A step of the reckoning, in the order of ``STEPS``; ``amount`` is what it comes to."""

    kind: str
    amount: Decimal
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Rule:
    """The rate that applied."""

    id: int
    code: str
    rate_of: str
    rate: Decimal
    begins: date | None
    ends: date | None
    scope: str
    who: str


@dataclass(frozen=True)
class Lost:
    """A rate that met the question too, and in what it was the weaker one."""

    code: str
    rate_of: str
    rate: Decimal
    was: str
    winner_was: str


@dataclass(frozen=True)
class Member:
    """Somebody of a share's line upwards, as the engine saw him."""

    position: int
    depth: int
    producer: str
    share: Decimal
    level: str | None
    rule: str | None
    rate_of: str | None
    rate: Decimal | None
    gross: Decimal | None
    top: Decimal | None
    piece: Decimal | None
    reserve: Decimal | None
    passed_over: str | None


@dataclass(frozen=True)
class Version:
    """What one settlement booked of the entry, and what stood for it then."""

    period: str
    through: date
    payable: Decimal
    reserve: Decimal
    stands: Decimal


@dataclass(frozen=True)
class Fact:
    """A fact recorded since the settlement before that touches the event."""

    fact: str
    subject: str
    value: str
    begins: date | None
    recorded_at: datetime
    recorded_by: str
    reason: str | None


@dataclass(frozen=True)
class AtRisk:
    """What is given back if the contract were cancelled on a day, and what the reserve covers."""

    end: date
    day: date
    amount: Decimal
    covered: Decimal

    @property
    def owed(self) -> Decimal:
        """What would have to be paid beyond the reserve."""
        return self.amount - self.covered


@dataclass(frozen=True)
class Why:
    """An amount and all that led to it; see docs/why.md."""

    entry: Entry
    income: Income | None
    source: Source | None
    pieces: tuple[Piece, ...]
    steps: tuple[Step, ...]
    rule: Rule | None
    lost: tuple[Lost, ...]
    members: tuple[Member, ...]
    versions: tuple[Version, ...]
    facts: tuple[Fact, ...]
    at_risk: AtRisk | None


def day_of(value: str | None) -> date | None:
    """A day as the database writes it."""
    return date.fromisoformat(value) if value else None


def income_of(answer: Row) -> Income | None:
    """What came in for the event, as booked up to now; None where it is not shown."""
    if not answer["shown"]:
        return None
    event = answer["event"]
    return Income(event["basis"], event["units"], Decimal(answer["kept"]["received"]))


def source_of(answer: Row) -> Source | None:
    """The row of a file the event came by."""
    row = answer["source"]
    if row is None:
        return None
    return Source(
        row["delivery_id"],
        row["file"],
        row["row"],
        day_of(row["booked_on"]),
        datetime.fromisoformat(row["came"]),
        row["base"],
        row["rate"],
        row["rate_unit"],
        row["gross"],
    )


def rule_of(answer: Row) -> Rule | None:
    """The rate that applied."""
    row = answer["rule"]
    if row is None:
        return None
    return Rule(
        row["id"],
        row["code"],
        row["rate_of"],
        Decimal(row["rate"]),
        day_of(row["begins"]),
        day_of(row["ends"]),
        row["scope"],
        row["who"],
    )


def pieces_of(answer: Row, producer_id: int) -> tuple[Piece, ...]:
    """Who has what of an event: booked by this settlement and all before it."""
    whole = Decimal(answer["kept"]["received"]) if answer["shown"] else ZERO
    payable: dict[tuple[str, str | None], Decimal] = {}
    reserve = ZERO
    for row in answer["booked"]:
        mine = row["producer_id"] == producer_id
        key = ("own" if mine else "structure", row["producer"])
        payable[key] = payable.get(key, ZERO) + Decimal(row["payable"])
        if row["own"]:
            reserve += Decimal(row["reserve"])
        else:  # of others one sum is all there is to see
            payable[key] += Decimal(row["reserve"])
    parts = [(*key, amount) for key, amount in sorted(payable.items(), key=_own_first) if amount]
    if reserve:
        parts.append(("reserve", None, reserve))
    if answer["shown"] and Decimal(answer["kept"]["margin"]):
        parts.append(("pool", None, Decimal(answer["kept"]["margin"])))
    return tuple(Piece(r, n, amount, amount / whole if whole else None) for r, n, amount in parts)


def versions_of(answer: Row, producer_id: int) -> tuple[Version, ...]:
    """What each settlement booked for the producer, the oldest first."""
    stands = ZERO
    versions = []
    for row in answer["booked"]:
        if row["producer_id"] == producer_id:
            payable, reserve = Decimal(row["payable"]), Decimal(row["reserve"])
            stands += payable + reserve
            through = date.fromisoformat(row["through"])
            versions.append(Version(row["period"], through, payable, reserve, stands))
    return tuple(versions)


def steps_of(
    entry: Entry, answer: Row, versions: tuple[Version, ...], rule: Rule | None
) -> tuple[Step, ...]:
    """The reckoning, from what the insurer paid to what was booked."""
    steps = []
    if answer["shown"] and answer["event"]["received"] is not None:
        event = answer["event"]
        values = {"basis": event["basis"], "units": event["units"], "source": source_of(answer)}
        steps.append(Step("income", Decimal(event["received"]), values))
    stands = versions[-1].stands if versions else entry.amount
    exact_gross = _gross(entry)
    if exact_gross is not None:
        gross = round_cents(exact_gross)
        values = {
            "rate": entry.rate, "rate_of": entry.rate_of, "base": entry.base,
            "share": entry.share, "level": entry.level, "rule": rule,
        }  # fmt: skip
        steps.append(Step("rate", gross, values))
        earned = _earned(answer, entry.producer_id)
        part = round_cents(exact_gross * Fraction(*earned)) if earned else gross
        if earned:
            values = {"part": Decimal(earned[0]) / earned[1], "end": entry.liability_end}
            steps.append(Step("earned", part, values))
        if entry.difference_from is not None or part != stands:
            steps.append(Step("difference", stands - part, {"below": entry.difference_from}))
    before = stands - entry.amount
    if before:
        steps.append(Step("booked", -before, {"period": versions[-2].period}))
    if entry.reserve:
        steps.append(Step("reserve", -entry.reserve, {"end": entry.liability_end}))
    steps.append(Step("result", entry.payable, {}))
    return tuple(steps)


def lost_of(rules: Iterable[Row]) -> tuple[Lost, ...]:
    """The rules that met a question, the winner first, without him: and why they lost."""
    met = list(rules)
    return tuple(
        Lost(r["code"], r["rate_of"], r["rate"], *_difference(met[0]["rank"], r["rank"]))
        for r in met[1:]
    )


def _difference(winner: int, loser: int) -> tuple[str, str]:
    """The first thing two ranks differ in: what the loser was, and what the winner was."""
    for step, names in RANKS:
        had, has = (loser // step) % 10, (winner // step) % 10
        if had != has:
            return names[had], names[has]
    return "same", "same"


def _gross(entry: Entry) -> Fraction | None:
    if entry.rate is None:
        return None
    if entry.rate_of == "fixed":
        return Fraction(entry.share or 1) * Fraction(entry.rate)
    return Fraction(entry.base) * Fraction(entry.rate) if entry.base is not None else None


def _earned(answer: Row, producer_id: int) -> tuple[int, int] | None:
    """The part that is earned, where it is not all."""
    rows = [r for r in answer["booked"] if r["producer_id"] == producer_id]
    last = rows[-1] if rows else None
    if last is None or last["earned_of"] is None or last["earned"] == last["earned_of"]:
        return None
    return int(last["earned"]), int(last["earned_of"])


def _own_first(item: tuple[tuple[str, str | None], Decimal]) -> tuple[bool, str]:
    (role, name), _ = item
    return role != "own", name or ""
