"""A negative balance becomes an item once; what commission covers is set off, the oldest first."""

from datetime import date
from decimal import Decimal

from pool_module.payouts.rules import Open, balance, state_on
from shared.due import ItemState

OLD, NEW = Open(1, Decimal(60)), Open(2, Decimal(40))


def test_only_what_is_new_of_a_debt_becomes_an_item() -> None:
    assert balance(Decimal(-100), []).fresh == 100
    assert balance(Decimal(-130), [OLD, NEW]) == (Decimal(30), ())
    assert balance(Decimal(-100), [OLD, NEW]) == (Decimal(0), ())


def test_what_is_covered_is_set_off_the_oldest_first() -> None:
    assert balance(Decimal(-30), [OLD, NEW]).set_off == (
        Open(1, Decimal(60)),
        Open(2, Decimal(10)),
    )
    assert balance(Decimal(500), [OLD, NEW]).set_off == (OLD, NEW)
    assert balance(Decimal(-70), [OLD, NEW]).set_off == (Open(1, Decimal(30)),)


def test_an_item_is_overdue_the_day_after() -> None:
    day = date(2026, 11, 21)
    assert state_on(None, day, day) is ItemState.OPEN
    assert state_on(None, date(2026, 11, 20), day) is ItemState.OVERDUE
    assert state_on(day, date(2026, 11, 20), day) is ItemState.PAID
