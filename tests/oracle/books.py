"""Settling: the difference between what should stand and what is booked.

Settlement rules, "The one idea" and "A settlement".
"""

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from tests.oracle.arithmetic import amount_text, cents
from tests.oracle.target import target
from tests.oracle.timeline import covers
from tests.oracle.world import Adjustment, World

ZERO = Fraction(0)


@dataclass(frozen=True)
class Entry:
    """One booked difference of an event and producer."""

    event: str
    producer: str
    payee: str
    payable: Fraction
    reserve: Fraction


@dataclass
class Movement:
    """What a settlement brings one payee."""

    entries: list[Entry] = field(default_factory=list)
    adjustments: Fraction = ZERO


@dataclass
class Books:
    """What was booked so far; entries are only ever added."""

    entries: list[Entry] = field(default_factory=list)
    receivable: dict[str, Fraction] = field(default_factory=dict)
    margin: dict[str, Fraction] = field(default_factory=dict)
    adjustments_taken: set[int] = field(default_factory=set)
    closing: dict[str, Fraction] = field(default_factory=dict)

    def of_producer(self, event: str, producer: str) -> list[Entry]:
        """Return what was booked for an event and producer, in order."""
        return [one for one in self.entries if (one.event, one.producer) == (event, producer)]

    def producers_of(self, event: str) -> set[str]:
        """Return for whom something of an event was booked."""
        return {one.producer for one in self.entries if one.event == event}

    def reserve_of(self, payee: str) -> Fraction:
        """Return a payee's reserve."""
        return sum((one.reserve for one in self.entries if one.payee == payee), ZERO)


def _differences(
    world: World, books: Books, through: date
) -> tuple[list[Entry], Fraction, Fraction]:
    """Book every event due: return the new entries and the movements of receivable and margin."""
    entries = []
    receivable = margin = ZERO
    for event in world.events.values():
        if event.due > through:
            continue
        stands = target(world, event, through)
        receivable += stands.receivable - books.receivable.get(event.ref, ZERO)
        margin += stands.margin - books.margin.get(event.ref, ZERO)
        books.receivable[event.ref] = stands.receivable
        books.margin[event.ref] = stands.margin
        producers = {piece.producer for piece in stands.pieces} | books.producers_of(event.ref)
        for producer in producers:
            booked = books.of_producer(event.ref, producer)
            payable, reserve = stands.of(producer)
            payable -= sum((one.payable for one in booked), ZERO)
            reserve -= sum((one.reserve for one in booked), ZERO)
            payee = booked[0].payee if booked else world.producers[producer].payee
            if payable != 0 or reserve != 0:
                entries.append(Entry(event.ref, producer, payee, payable, reserve))
    books.entries += entries
    return entries, receivable, margin


def _take_adjustments(world: World, books: Books, through: date) -> list[Adjustment]:
    """Take each adjustment dated up to ``through`` once."""
    taken = []
    for number, adjustment in enumerate(world.adjustments):
        if adjustment.on <= through and number not in books.adjustments_taken:
            books.adjustments_taken.add(number)
            taken.append(adjustment)
    return taken


def _statement(
    world: World, books: Books, through: date, payee: str, movement: Movement
) -> dict[str, Any]:
    opening = books.closing.get(payee, ZERO)
    accrued = sum((one.payable for one in movement.entries), ZERO) + movement.adjustments
    withheld = {
        code: cents(max(accrued, ZERO) * rate)
        for code, rate in world.withholdings.get(payee, {}).items()
    }
    balance = opening + accrued - sum(withheld.values(), ZERO)
    on_hold = any(covers(start, end, through) for start, end in world.holds.get(payee, []))
    pays = balance > 0 and balance >= world.minimum_payout and not on_hold
    payout = balance if pays else ZERO
    books.closing[payee] = balance - payout
    return {
        "payee": payee,
        "opening": amount_text(opening),
        "adjustments": amount_text(movement.adjustments),
        "withheld": {code: amount_text(amount) for code, amount in withheld.items()},
        "entries": [
            {
                "event": one.event,
                "producer": one.producer,
                "payable": amount_text(one.payable),
                "reserve": amount_text(one.reserve),
            }
            for one in sorted(movement.entries, key=lambda one: (one.event, one.producer))
        ],
        "payout": amount_text(payout),
        "closing": amount_text(balance - payout),
        "reserve_closing": amount_text(books.reserve_of(payee)),
    }


def settle(world: World, books: Books, through: date) -> dict[str, Any]:
    """Settle through a day: book all differences, return the settlement as scenarios print it."""
    entries, receivable, margin = _differences(world, books, through)
    movements = {payee: Movement() for payee, closing in books.closing.items() if closing != 0}
    for entry in entries:
        movements.setdefault(entry.payee, Movement()).entries.append(entry)
    for adjustment in _take_adjustments(world, books, through):
        movements.setdefault(adjustment.payee, Movement()).adjustments += adjustment.amount
    return {
        "through": through.isoformat(),
        "pool_margin": amount_text(margin),
        "receivable": amount_text(receivable),
        "statements": [
            _statement(world, books, through, payee, movements[payee])
            for payee in sorted(movements)
        ],
    }
