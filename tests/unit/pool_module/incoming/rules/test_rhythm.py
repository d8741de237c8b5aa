"""How often an insurer delivers, told by when he did: x came, . nothing."""

import pytest

from pool_module.incoming.rules.rhythm import MonthState, gap_of, states_of

LETTERS = {
    MonthState.CAME: "x",
    MonthState.BOOKED: "b",
    MonthState.MISSING: "!",
    MonthState.DUE: "?",
    MonthState.NONE: ".",
}


@pytest.mark.parametrize(
    ("came", "states"),
    [
        ("xxxxxxxxxxxxx", "xxxxxxxxxxxxx"),
        ("xxxxxx.xxxxx.", "xxxxxx!xxxxx?"),  # monthly: one is missing, this month's is due
        ("x..x..x..x..x", "x..x..x..x..x"),
        ("x..x..x.....x", "x..x..x..!..x"),  # every quarter
        ("............x", "............x"),  # one tells nothing
        ("......x......", "......x......"),
        (".............", "............."),
    ],
)
def test_states(came: str, states: str) -> None:
    files = [letter == "x" for letter in came]
    found = states_of(files, [False] * len(files))
    assert "".join(LETTERS[state] for state in found) == states


def test_what_was_booked_before_files_were_kept_counts() -> None:
    found = states_of([False, False, False, False], [True, True, False, False])
    assert "".join(LETTERS[state] for state in found) == "bb!?"


def test_the_months_between() -> None:
    assert gap_of([True, False, True, False, True]) == 2
    assert gap_of([True]) is None
