"""The A/P order of three steps and the A/R order of eight: who wins, when it is due, and why."""

from datetime import date

import pytest

from pool_module.agreements.rules.terms import (
    ORDERS,
    Item,
    Resolution,
    Terms,
    TermsRow,
    due_date,
    resolve,
)
from shared.due import ItemSide, StepVerdict, TermsBasis, TermsParty, TermsStep

DAY = date(2026, 11, 21)
NORTH, SOUTH = 1, 2
SYSTEM = Terms(30, TermsBasis.ISSUE)
COMPANY, PRODUCER, TEAM = TermsParty
PAYABLE = Item(side=ItemSide.PAYABLE, arose_on=DAY, organisation_id=NORTH)
RECEIVABLE = Item(
    side=ItemSide.RECEIVABLE, arose_on=DAY, organisation_id=NORTH, producer=True, team=True
)


def row(
    number: int, party: TermsParty, where: int | None = None, *, over: bool = False
) -> TermsRow:
    """Terms of as many days as their number, on both sides."""
    terms = Terms(number, TermsBasis.ISSUE)
    return TermsRow(number, party, where, payable=terms, receivable=terms, overrides=over)


# the rows of a full set, the weakest first; a producer has terms with or without the override
TEAM_DEFAULT = row(7, TEAM)
PLAIN = row(6, PRODUCER)
PLAIN_HERE = row(5, PRODUCER, NORTH)
ANYWHERE = row(4, COMPANY)
HERE = row(3, COMPANY, NORTH)
FIRST = row(2, PRODUCER, over=True)
FIRST_HERE = row(1, PRODUCER, NORTH, over=True)


@pytest.mark.parametrize(
    ("step", "rows"),
    [
        (TermsStep.COMPANY_ORGANISATION, [HERE, ANYWHERE]),
        (TermsStep.COMPANY, [ANYWHERE, row(9, COMPANY, SOUTH)]),
        (TermsStep.SYSTEM, [FIRST, PLAIN_HERE, TEAM_DEFAULT]),
    ],
)
def test_each_of_the_three_steps_of_a_payable_wins(step: TermsStep, rows: list[TermsRow]) -> None:
    found = resolve(PAYABLE, rows, SYSTEM)
    assert found.step is step
    assert [reason.step for reason in found.reasons] == list(ORDERS[ItemSide.PAYABLE])


@pytest.mark.parametrize(
    ("step", "rows"),
    [
        (
            TermsStep.PRODUCER_ORGANISATION_OVERRIDES,
            [TEAM_DEFAULT, ANYWHERE, HERE, FIRST, FIRST_HERE],
        ),
        (TermsStep.PRODUCER_OVERRIDES, [TEAM_DEFAULT, ANYWHERE, HERE, FIRST]),
        (TermsStep.COMPANY_ORGANISATION, [TEAM_DEFAULT, PLAIN, PLAIN_HERE, ANYWHERE, HERE]),
        (TermsStep.COMPANY, [TEAM_DEFAULT, PLAIN, PLAIN_HERE, ANYWHERE]),
        (TermsStep.PRODUCER_ORGANISATION, [TEAM_DEFAULT, PLAIN, PLAIN_HERE]),
        (TermsStep.PRODUCER, [TEAM_DEFAULT, PLAIN]),
        (TermsStep.TEAM, [TEAM_DEFAULT]),
        (TermsStep.SYSTEM, []),
    ],
)
def test_each_of_the_eight_steps_of_a_receivable_wins(
    step: TermsStep, rows: list[TermsRow]
) -> None:
    found = resolve(RECEIVABLE, rows, SYSTEM)
    assert found.step is step
    order = ORDERS[ItemSide.RECEIVABLE]
    assert [reason.step for reason in found.reasons] == list(order)
    assert len(order) == 8
    # the number of the row is the number of the step that asks for it
    if found.terms_id is not None:
        assert found.terms_id == order.index(step) + 1
        assert found.terms.days == found.terms_id


def verdicts(found: Resolution) -> list[StepVerdict]:
    return [reason.verdict for reason in found.reasons]


def test_every_step_says_why() -> None:
    found = resolve(RECEIVABLE, [TEAM_DEFAULT, PLAIN, FIRST_HERE, ANYWHERE], SYSTEM)
    assert verdicts(found) == [
        StepVerdict.WON,
        StepVerdict.NO_OVERRIDE,
        StepVerdict.NOTHING_AGREED,
        StepVerdict.OUTRANKED,
        StepVerdict.OVERRIDES,
        StepVerdict.OUTRANKED,
        StepVerdict.OUTRANKED,
        StepVerdict.OUTRANKED,
    ]
    bare = Item(side=ItemSide.RECEIVABLE, arose_on=DAY)
    assert verdicts(resolve(bare, [], SYSTEM)) == [
        StepVerdict.NO_PRODUCER,
        StepVerdict.NO_PRODUCER,
        StepVerdict.NO_ORGANISATION,
        StepVerdict.NOTHING_AGREED,
        StepVerdict.NO_PRODUCER,
        StepVerdict.NO_PRODUCER,
        StepVerdict.NO_TEAM,
        StepVerdict.WON,
    ]


def test_the_override_moves_the_same_terms_before_the_company() -> None:
    """AIM-38: ticked, the row of step 6 becomes the row of step 2."""
    plain, ticked = row(6, PRODUCER), row(6, PRODUCER, over=True)
    assert resolve(RECEIVABLE, [HERE, plain], SYSTEM).step is TermsStep.COMPANY_ORGANISATION
    assert resolve(RECEIVABLE, [HERE, ticked], SYSTEM).step is TermsStep.PRODUCER_OVERRIDES


def test_a_side_that_is_not_agreed_asks_on() -> None:
    half = TermsRow(3, COMPANY, NORTH, payable=Terms(3, TermsBasis.ISSUE))
    assert resolve(PAYABLE, [half], SYSTEM).step is TermsStep.COMPANY_ORGANISATION
    assert resolve(RECEIVABLE, [half, ANYWHERE], SYSTEM).step is TermsStep.COMPANY


@pytest.mark.parametrize(
    ("basis", "period_end", "due"),
    [
        (TermsBasis.ISSUE, None, date(2026, 12, 1)),
        (TermsBasis.MONTH_END, None, date(2026, 12, 10)),
        (TermsBasis.PERIOD_END, date(2026, 10, 31), date(2026, 11, 10)),
        (TermsBasis.PERIOD_END, None, date(2026, 12, 10)),
    ],
)
def test_days_count_from_their_basis(basis: TermsBasis, period_end: date | None, due: date) -> None:
    item = Item(side=ItemSide.PAYABLE, arose_on=DAY, period_end=period_end)
    assert due_date(item, Terms(10, basis)) == due
