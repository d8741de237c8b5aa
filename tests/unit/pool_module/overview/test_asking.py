"""What is typed into the search means."""

import pytest

from pool_module.overview.rules.asking import asked, cents_of, marked


@pytest.mark.parametrize(
    ("typed", "cents"),
    [
        ("1.367,04", 136704), ("1,367.04", 136704), ("1367,04 €", 136704), ("€ 1367.04", 136704),
        ("−1 367,04 грн", 136704), ("-12,5", 1250), ("€1.367", 136700), ("412,80", 41280),
        ("1367", None), ("20418", None), ("AN-61877", None), ("Müller 12,50", None), ("", None),
    ],
)  # fmt: skip
def test_amounts(typed: str, cents: int | None) -> None:
    assert cents_of(typed) == cents


def test_a_prefix_narrows() -> None:
    assert asked("@ Kess").kinds == {"producer"}
    assert asked("#EK-7490/5").number == "ek74905"
    assert asked("€ 1367").cents == 136700
    assert asked("> neu").kinds == {"command"}


def test_the_most_telling_word_comes_first() -> None:
    assert asked("anna Schäfer").words == ("schafer", "anna")


@pytest.mark.parametrize("typed", ["", "k", " ", "@", "@k", "-"])
def test_too_little(typed: str) -> None:
    assert asked(typed).is_empty


def test_what_was_typed_is_marked() -> None:
    assert marked("Kessler, Miriam", ("kess",)) == [("Kess", True), ("ler, Miriam", False)]
    assert marked("Anna Müller", ("mull", "an")) == [
        ("An", True), ("na ", False), ("Müll", True), ("er", False),
    ]  # fmt: skip
