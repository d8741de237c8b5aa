"""A statement that contradicts itself can't be made."""

from dataclasses import replace
from decimal import Decimal

import pytest

from pool_module.settlement.documents.payout_steps import Bar, bars, steps_to_balance
from pool_module.settlement.documents.statement_data import Contradiction, ReserveAccount
from tests.factories import statement_documents as samples


def test_the_balance_is_opening_and_accrued_less_withheld() -> None:
    data = samples.ukrainian_statement()
    assert data.accrued == Decimal("14431.10")
    assert data.withheld == Decimal("3319.16")
    assert data.balance == data.payout == Decimal("11111.94")


def test_figures_that_do_not_add_up_are_refused() -> None:
    data = samples.statement()
    with pytest.raises(Contradiction, match="closing"):
        replace(data, closing=Decimal("0.01"))
    with pytest.raises(Contradiction, match="reserve"):
        replace(data, reserve_account=ReserveAccount(opening=data.opening, closing=data.opening))
    wrong = replace(data.entries[0], payable=Decimal("579.61"))
    with pytest.raises(Contradiction, match="E-2026-10-00001"):
        replace(data, entries=(wrong, *data.entries[1:]))
    fine = replace(data.entries[0], amount=Decimal("644.001"), payable=Decimal("579.601"))
    with pytest.raises(Contradiction, match="decimals"):
        replace(data, entries=(fine, *data.entries[1:]))


def test_corrections_stand_in_their_own_block() -> None:
    with pytest.raises(Contradiction, match="correction"):
        samples.statement(entries=samples.clawbacks())
    with pytest.raises(Contradiction, match="corrects"):
        samples.statement(corrections=samples.entries(1))


def test_steps_lead_from_opening_to_balance() -> None:
    data = samples.negative_statement()
    steps = steps_to_balance(data)
    assert sum(step.change for step in steps) == data.balance
    assert [step.label for step in steps] == [
        "Saldovortrag",
        "Courtage der Periode",
        "Korrekturen früherer Perioden",
        "Reserveeinbehalt",
        "Reserveauflösung",
        "Manuelle Buchungen",
    ]


def test_bars_lie_within_the_box() -> None:
    placed = bars(steps_to_balance(samples.negative_statement()))
    assert placed[0] == Bar(start=0, width=1000)
    assert all(bar.start >= 0 and bar.start + bar.width <= 1001 for bar in placed)
    assert bars([]) == []
