"""What a firm is told of its money, as the extranet's role."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Session

from pool_module.overview.queries import book, consequences, payout
from pool_module.overview.rules.payout import Basis, Part
from shared.actor import Actor
from shared.db.listing import Asked, Condition, Operator, page
from shared.db.sums import totals
from tests.factories.brokers import Brokers

Behind = Callable[[Actor], Session]
MARCH = date(2026, 3, 31)


def test_the_next_payout_is_the_drafts_and_its_steps_sum_to_it(
    brokers: Brokers, behind_door: Behind
) -> None:
    actor = brokers.actor()
    (money,) = payout.next_payouts(behind_door(actor), actor)
    coming = money.coming
    assert (coming.basis, coming.through) == (Basis.DRAFT, MARCH)
    steps = {step.part: (step.amount, step.contracts) for step in coming.steps}
    # E5: 80.00 · 0.5; C-3 cancelled after one of twelve months: 120.00 · 11/12 of E2 comes back
    assert steps[Part.RECURRING] == (Decimal("40.00"), 1)
    assert steps[Part.CLAWBACK] == (Decimal("-110.00"), 1)
    assert steps[Part.RESERVE] == (Decimal("12.00"), 0)  # held of E2, now set free
    assert sum(step.amount for step in coming.steps) == coming.balance == Decimal("-58.00")
    assert coming.amount == 0  # carried forward, never collected
    assert [amount for _, amount in money.history] == [Decimal("180.00"), Decimal("148.00")]


def test_what_stands_above_is_the_structures(brokers: Brokers, behind_door: Behind) -> None:
    actor = brokers.actor("Adler")
    (money,) = payout.next_payouts(behind_door(actor), actor)
    parts = {step.part for step in money.coming.steps}
    assert Part.STRUCTURE in parts
    assert Part.RECURRING not in parts
    assert payout.draft_lines(behind_door(actor), actor) == []


def test_what_a_conversion_brings(brokers: Brokers, behind_door: Behind) -> None:
    actor = brokers.actor()
    session = behind_door(actor)
    found = consequences.consequences_of(
        session, actor, brokers.contracts["C-1"], date(2026, 3, 15)
    )
    assert found.stops == {"EUR": Decimal("40.00")}  # E3, the only recurring line of twelve months
    (line,) = found.liability
    # 200.00 over twelve months, two complete; 20.00 of it held
    assert (line.open, line.reserve) == (Decimal("166.67"), Decimal("20.00"))
    assert found.until == date(2027, 1, 10)
    assert found.next_due_on == date(2027, 1, 10)
    assert found.as_json()["until"] == "2027-01-10"


def test_the_book_counts_what_is_in_force(brokers: Brokers, behind_door: Behind) -> None:
    actor = brokers.actor()
    session = behind_door(actor)
    found = book.book_of(session, actor)
    assert [(t.currency, t.contracts, t.value) for t in found.totals] == [
        ("EUR", 1, Decimal("1200.00"))
    ]
    for dimension in book.DIMENSIONS:
        rows = book.book_by(session, actor, dimension)
        assert [(row.contracts, row.value) for row in rows] == [(1, Decimal("1200.00"))]
        # the drill-down's list has the same sum
        asked = Asked(
            "begin_on",
            conditions=(
                Condition(dimension, Operator.IS, (rows[0].id,)),
                Condition("state", Operator.IS, tuple(book.IN_FORCE)),
            ),
        )
        summed = totals(session, book.firm_contract_list(session, actor), asked)
        assert summed.sums["net_premium"] == {"EUR": Decimal("1200.00")}


def test_a_list_is_the_firms_alone_and_is_searched(brokers: Brokers, behind_door: Behind) -> None:
    actor = brokers.actor()
    session = behind_door(actor)
    listing = book.firm_contract_list(session, actor)
    found = page(session, listing, Asked("holder"))
    assert [row.number for row in found.rows] == ["C-3", "C-1"]
    for typed, numbers in (("özt", ["C-1"]), ("OZT", ["C-1"]), ("c3", ["C-3"]), ("Yıl", [])):
        asked = Asked("holder", conditions=(Condition("q", Operator.STARTS, (typed,)),))
        assert [row.number for row in page(session, listing, asked).rows] == numbers
