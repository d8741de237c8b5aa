"""A delivered clawback and our own are never both taken: settled through the real engine.

The case: 120.00 acquisition under 60 months of liability, concluded on 1 January 2026, cancelled on
1 July 2026: 6 of 60 months are earned, 108.00 go back to the insurer, 80 % of it by the producer.
"""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from pool_module.contracts import operations as contracts
from pool_module.incoming.operations import discrepancies
from tests.database.pool_module.incoming.office import TODAY, Office, commission, contract

PAID = commission("120.00", booked=date(2026, 1, 31))
TAKEN_BACK = commission("-108.00", posting="41", booked=date(2026, 7, 31))
ENDED = contract(status="4", exit_reason="01", exit_date=date(2026, 7, 1))
CANCELLED = date(2026, 7, 1)

Step = Callable[[Office], object]


def cut_by_clerk(office: Office) -> None:
    contracts.cut(office.session, office.actor, office.contract(), CANCELLED)


def cut_by_delivery(office: Office) -> None:
    office.deliver(ENDED)


def line(office: Office) -> None:
    office.deliver(*TAKEN_BACK)


def both_in_one_delivery(office: Office) -> None:
    office.deliver(ENDED, *TAKEN_BACK)


def recheck(office: Office) -> None:
    discrepancies.recheck(office.session, office.actor, "ALPHA", today=TODAY)


def record_cut(office: Office) -> None:
    ids = office.open_ids("clawback_without_cancellation")
    discrepancies.record_cuts(office.session, office.actor, ids, today=TODAY, day=CANCELLED)


@pytest.mark.parametrize(
    "steps",
    [
        (line, cut_by_delivery),
        (cut_by_delivery, line),
        (cut_by_clerk, line),
        (line, cut_by_clerk, recheck),
        (line, record_cut),
        (both_in_one_delivery,),
    ],
    ids=lambda steps: "-".join(step.__name__ for step in steps),
)
def test_money_is_taken_once_whatever_comes_first(steps: tuple[Step, ...], office: Office) -> None:
    office.ready().deliver(contract(), *PAID)
    first = office.settle(date(2026, 6, 30))
    assert first == {
        "receivable": Decimal("-120.00"),
        "payable": Decimal("96.00"),
        "margin": Decimal("24.00"),
    }
    for step in steps:
        step(office)
    assert office.open_causes() == []
    assert len(office.events()) == 1
    assert office.settle(date(2026, 7, 31)) == {
        "receivable": Decimal("108.00"),
        "payable": Decimal("-86.40"),
        "margin": Decimal("-21.60"),
    }
    assert office.settle(date(2026, 8, 31)) == {}


def test_all_of_it_in_the_first_delivery(office: Office) -> None:
    office.ready().deliver(ENDED, *PAID, *TAKEN_BACK)
    assert office.open_causes() == []
    assert office.settle(date(2026, 7, 31))["receivable"] == Decimal("-12.00")


def test_a_line_alone_takes_nothing(office: Office) -> None:
    office.ready().deliver(contract(), *PAID)
    office.settle(date(2026, 6, 30))
    line(office)
    assert office.open_causes() == ["clawback_without_cancellation"]
    assert office.settle(date(2026, 7, 31)) == {}


def test_delivered_in_two_lines_it_is_weighed_together(office: Office) -> None:
    office.ready().deliver(contract(), *PAID)
    office.deliver(*commission("-100.00", posting="41"))
    office.deliver(ENDED)
    assert office.open_causes() == ["clawback_differs"]
    office.deliver(*commission("-8.00", posting="41"))
    assert office.open_causes() == []


def test_more_than_a_cent_apart_differs_and_ours_stands(office: Office) -> None:
    office.ready().deliver(contract(), *PAID)
    office.deliver(ENDED, *commission("-108.02", posting="41"))
    found = office.select("SELECT cause, expected, delivered FROM discrepancy WHERE pool_id=:pool")
    assert found == [("clawback_differs", Decimal("-108.00"), Decimal("-108.02"))]
    discrepancies.accept(
        office.session, office.actor, office.open_ids("clawback_differs"), today=TODAY
    )
    assert len(office.events()) == 1
    assert office.settle(date(2026, 7, 31))["receivable"] == Decimal("-12.00")


def test_a_cent_apart_agrees(office: Office) -> None:
    office.ready().deliver(contract(), *PAID)
    office.deliver(ENDED, *commission("-108.01", posting="41"))
    assert office.open_causes() == []


def test_a_commission_from_before_our_time_is_taken_back_once_accepted(office: Office) -> None:
    """Nothing of ours takes it: it becomes a negative event the cut does not touch."""
    office.ready().deliver(ENDED, *TAKEN_BACK)
    assert office.open_causes() == ["clawback_differs"]
    discrepancies.accept(
        office.session, office.actor, office.open_ids("clawback_differs"), today=TODAY
    )
    assert office.settle(date(2026, 7, 31))["receivable"] == Decimal("108.00")


def test_a_manual_correction_is_an_event_whatever_is_cut(office: Office) -> None:
    office.ready().deliver(ENDED, *PAID, *commission("-3.00", posting="90", kind="5"))
    assert [amount for _, _, amount in office.events()] == [Decimal("120.00"), Decimal("-3.00")]


def test_reinstated_the_insurer_pays_back_and_so_do_we_once(office: Office) -> None:
    office.ready().deliver(contract(), *PAID)
    both_in_one_delivery(office)
    office.settle(date(2026, 7, 31))
    office.deliver(contract(), *commission("108.00", posting="40", booked=date(2026, 8, 31)))
    assert office.open_causes() == []
    assert len(office.events()) == 1
    assert office.settle(date(2026, 8, 31))["receivable"] == Decimal("-108.00")


def test_paid_back_while_we_hold_it_cancelled_waits_for_the_reinstatement(office: Office) -> None:
    office.ready().deliver(contract(), *PAID)
    cut_by_clerk(office)
    line(office)
    office.deliver(*commission("108.00", posting="40", booked=date(2026, 8, 31)))
    assert office.open_causes() == ["clawback_differs"]
    contracts.reinstate(office.session, office.actor, office.contract())
    recheck(office)
    assert office.open_causes() == []
    assert len(office.events()) == 1


@pytest.mark.parametrize("kind", ["1", "7"])
def test_void_takes_everything_back_once(kind: str, office: Office) -> None:
    """Recurring has no liability, so its line back is an event; void makes both of them nothing."""
    office.ready().deliver(contract(), *commission("12.00", kind=kind, booked=date(2026, 1, 31)))
    office.settle(date(2026, 6, 30))
    revoked = contract(status="4", exit_reason="40", exit_date=date(2026, 7, 1))
    office.deliver(revoked, *commission("-12.00", kind=kind, booked=date(2026, 7, 31)))
    assert office.open_causes() == []
    assert office.settle(date(2026, 7, 31))["receivable"] == Decimal("12.00")


@pytest.mark.parametrize("months", [1, 12, 60])
@pytest.mark.parametrize("earning", ["linear_monthly", "linear_daily"])
@pytest.mark.parametrize("full", [0, 3])
@pytest.mark.parametrize("cuts", [("0",), ("0.6",), ("0.6", "0.25"), ("0.6", "0")])
def test_what_we_expect_is_what_the_engine_books(
    months: int, earning: str, full: int, cuts: tuple[str, ...], office: Office
) -> None:
    from pool_module.incoming.queries.clawbacks import clawback_states  # noqa: PLC0415

    office.know_producer()
    office.agree("acquisition", months, earning=earning, full_liability_months=full)
    office.deliver(contract(), *commission("119.99", booked=date(2026, 1, 31)))
    office.settle(date(2026, 1, 31))
    held = office.contract()
    for month, factor in zip((3, 8), cuts, strict=False):
        day = date(2026, month, 17)
        contracts.cut(office.session, office.actor, held, day, factor=Decimal(factor))
    states = clawback_states(office.session, office.actor, [held.id])
    [change] = [row["change"] for row in states if row["kind"] == "acquisition"]
    booked = office.settle(date(2026, 12, 31)).get("receivable", Decimal(0))
    assert change == -booked
