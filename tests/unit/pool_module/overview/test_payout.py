"""What comes next, as steps that sum to it; how far a case is."""

from datetime import date
from decimal import Decimal

import pytest

from pool_module.overview.rules.payout import (
    Account,
    Basis,
    Movement,
    Part,
    estimated,
    from_draft,
    last_day_of,
)
from pool_module.overview.rules.stages import Stage, progress_of

MONTH = date(2026, 10, 31)


def account(payable: str, reserve: str = "0", minimum: str = "0", **values: str) -> Account:
    said = {"opening": "0", "adjustments": "0", "withheld": "0", **values}
    return Account(
        currency="EUR",
        opening=Decimal(said["opening"]),
        payable=Decimal(payable),
        reserve=Decimal(reserve),
        adjustments=Decimal(said["adjustments"]),
        withheld=Decimal(said["withheld"]),
        minimum=Decimal(minimum),
    )


def moved(kind: str, amount: str, contracts: int = 1, *, own: bool = True) -> Movement:
    return Movement(kind, own, Decimal(amount), contracts)


def test_steps_sum_to_the_payout_and_the_rest_is_the_structures() -> None:
    movements = [moved("acquisition", "100", 2), moved("recurring", "20"), moved("fee", "5"),
                 moved("acquisition", "-30"), moved("acquisition", "9", own=False)]  # fmt: skip
    coming = from_draft(
        account("105", "10", opening="3", adjustments="-2", withheld="4"), movements, MONTH, None
    )
    steps = {step.part: step.amount for step in coming.steps}
    assert steps == {
        Part.OPENING: 3, Part.ACQUISITION: 100, Part.RECURRING: 20, Part.OTHER: 5,
        Part.STRUCTURE: 20, Part.CLAWBACK: -30, Part.RESERVE: -10, Part.ADJUSTMENTS: -2,
        Part.WITHHELD: -4,
    }  # fmt: skip
    assert coming.amount == coming.balance == sum(steps.values()) == 102


@pytest.mark.parametrize(
    ("values", "hold", "paid"),
    [
        ({"payable": "50"}, False, "50"),
        ({"payable": "50", "minimum": "60"}, False, "0"),
        ({"payable": "50"}, True, "0"),
        ({"payable": "-5"}, False, "0"),
    ],
)
def test_what_is_not_paid_is_carried_forward(
    *,
    values: dict[str, str],
    hold: bool,
    paid: str,
) -> None:
    from dataclasses import replace  # noqa: PLC0415

    given = replace(account(**values), on_hold=hold)
    coming = from_draft(given, [], MONTH, None)
    assert (coming.amount, coming.balance) == (Decimal(paid), Decimal(values["payable"]))


def test_an_estimate_is_the_mean_of_three_on_the_balance_of_today() -> None:
    past = [(account(payable, opening="99"), [moved("recurring", payable)])
            for payable in ("10", "20", "31", "1000")]  # fmt: skip
    coming = estimated(Decimal(-1), past)
    assert coming is not None
    assert (coming.basis, coming.averaged) == (Basis.ESTIMATE, 3)
    assert [(step.part, step.amount) for step in coming.steps] == [
        (Part.OPENING, Decimal(-1)), (Part.RECURRING, Decimal("20.33"))
    ]  # fmt: skip
    assert estimated(Decimal(0), []) is None


def test_a_statements_number_tells_its_last_day() -> None:
    assert last_day_of("2026-02/00012") == date(2026, 2, 28)
    assert last_day_of("2026-10-15/00001") == date(2026, 10, 15)


@pytest.mark.parametrize(
    ("state", "days", "reached", "waiting"),
    [
        ("draft", {}, 0, False),
        ("submitted", {}, 1, False),
        ("insurer_query", {Stage.SUBMITTED: MONTH}, 1, True),
        ("accepted", {Stage.SUBMITTED: MONTH, Stage.ISSUED: MONTH}, 2, False),
        # a premium nobody reported is behind what the insurer settled
        ("accepted", {Stage.ISSUED: MONTH, Stage.INSURER_SETTLED: MONTH}, 4, False),
        ("accepted", {Stage.PAID: MONTH}, 6, False),
    ],
)
def test_how_far_a_case_is(
    state: str,
    days: dict[Stage, date | None],
    reached: int,
    waiting: bool,  # noqa: FBT001
) -> None:
    found = progress_of(state, days)
    assert (found.count, found.waiting) == (reached, waiting)
