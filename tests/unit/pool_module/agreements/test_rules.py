"""Ranks in words, and what is left of a rule that is ended."""

from datetime import date
from decimal import Decimal

import pytest

from pool_module.agreements.rules import (
    Rank,
    days_before,
    ground_between,
    margin,
    rank_in_words,
    state_on,
)
from shared.vocabulary import RankGround, RuleScope, RuleState, RuleUnit, RuleWho


def day(month: int | None) -> date | None:
    return None if month is None else date(2026, month, 1)


@pytest.mark.parametrize(
    ("rank", "words"),
    [
        (0, Rank(RuleScope.ANY, RuleWho.ANYONE, RuleUnit.GLOBAL, dated=False)),
        (2101, Rank(RuleScope.LINE, RuleWho.LEVEL, RuleUnit.GLOBAL, dated=True)),
        (3321, Rank(RuleScope.PRODUCT, RuleWho.PRODUCER, RuleUnit.DIVISION, dated=True)),
        (1210, Rank(RuleScope.INSURER, RuleWho.GROUP, RuleUnit.ORGANISATION, dated=False)),
    ],
)
def test_a_rank_in_words(rank: int, words: Rank) -> None:
    assert rank_in_words(rank) == words


@pytest.mark.parametrize(
    ("winner", "loser", "ground"),
    [
        (3000, 2321, RankGround.SCOPE),
        (2300, 2221, RankGround.WHO),
        (2120, 2111, RankGround.UNIT),
        (2101, 2100, RankGround.DATED),
    ],
)
def test_the_first_difference_decides(winner: int, loser: int, ground: RankGround) -> None:
    assert ground_between(winner, loser) == ground


# (the rule, the day it ends, days taken by dated rules of its key, what is left)
ENDED = [
    ((1, None), 6, [], [(1, 6)]),
    ((1, None), 6, [(3, 4)], [(1, 3), (4, 6)]),
    ((1, None), 6, [(3, 9)], [(1, 3)]),
    ((1, None), 6, [(1, 3)], [(3, 6)]),
    ((1, None), 6, [(8, 9)], [(1, 6)]),
    ((1, None), 1, [], []),
    ((7, None), 6, [], []),
    ((None, None), 6, [(3, 4)], [(None, 3), (4, 6)]),
    ((1, 4), 6, [], [(1, 4)]),
    ((1, 9), 6, [], [(1, 6)]),
]


@pytest.mark.parametrize(("rule", "ends", "taken", "left"), ENDED)
def test_what_is_left_of_an_ended_rule(
    rule: tuple[int | None, int | None],
    ends: int,
    taken: list[tuple[int, int]],
    left: list[tuple[int | None, int]],
) -> None:
    found = days_before(
        (day(rule[0]), day(rule[1])),
        date(2026, ends, 1),
        [(day(start), day(end)) for start, end in taken],
    )
    assert found == [(day(start), day(end)) for start, end in left]


def test_states() -> None:
    june = date(2026, 6, 1)
    assert state_on((day(1), None), june, withdrawn=False) is RuleState.ACTIVE
    assert state_on((day(7), None), june, withdrawn=False) is RuleState.UPCOMING
    assert state_on((day(1), day(6)), june, withdrawn=False) is RuleState.ENDED
    assert state_on((day(1), None), june, withdrawn=True) is RuleState.WITHDRAWN


def test_margins_compare_what_can_be_compared() -> None:
    forty, thirty = Decimal("0.040"), Decimal("0.030")
    assert margin(forty, thirty, of="basis", incoming_of="basis") == Decimal("0.010")
    assert margin(thirty, forty, of="basis", incoming_of="basis") == Decimal("-0.010")
    assert margin(forty, Decimal("0.75"), of="received", incoming_of="basis") == Decimal("0.01")
    assert margin(forty, Decimal(9), of="fixed", incoming_of="basis") is None
