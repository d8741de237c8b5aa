"""A name is found however it is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.search_words import (
    CYRILLIC,
    PLAIN_FROM,
    after,
    forms_of,
    number_words,
    split,
    words_of,
)

LETTERS = st.text(alphabet=f"abcdefghijklmnopqrstuvwxyzß'’ʼ- {CYRILLIC}{PLAIN_FROM}", max_size=24)


def is_found(typed: str, name: str) -> bool:
    kept = words_of(name)
    return all(
        any(word.startswith(form) for form in forms_of(part) for word in kept)
        for part in split(typed)
    )


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("müller", "Müller"),
        ("mueller", "Müller"),
        ("muller", "Müller"),
        ("MÜLLER", "Mueller"),
        ("groß", "Gross"),
        ("gross", "Groß"),
        ("Scha", "Schäfer"),
        ("schaef", "Schäfer"),
        ("Shevchenko", "Шевченко"),
        ("Schewtschenko", "Шевченко"),
        ("Schewt", "Шевченко"),
        ("Шевч", "Shevchenko"),
        ("Шевченко", "Schewtschenko"),
        ("Shevchenko", "Schewtschenko"),
        ("kowalenko", "Коваленко"),
        ("Kovalenko", "Kowalenko"),
        ("demjanjuk", "Дем’янюк"),
        ("демянюк", "Дем'янюк"),
        ("Дем\u02bcян", "Дем’янюк"),
        ("Yuliya", "Юлія"),
        ("Julia", "Юлія"),
        ("Харків", "Kharkiv"),
        ("ozturk", "Öztürk"),
        ("obrien", "O'Brien"),
        ("miriam kess", "Kessler-Schmidt, Miriam"),
        ("schmidt kessler", "Kessler-Schmidt"),
    ],
)
def test_it_is_found(typed: str, name: str) -> None:
    assert is_found(typed, name)


@pytest.mark.parametrize(
    ("typed", "name"), [("meier", "Müller"), ("шевченко", "Коваленко"), ("esse", "Kessler")]
)
def test_it_is_another(typed: str, name: str) -> None:
    assert not is_found(typed, name)


@given(name=LETTERS, data=st.data())
def test_the_beginning_of_a_word_finds_it_in_its_own_script(name: str, data: st.DataObject) -> None:
    for word in split(name):
        typed = word[: data.draw(st.integers(1, len(word)))]
        kept = words_of(name)
        assert any(w.startswith(f) for f in forms_of(typed) for w in kept)


@pytest.mark.parametrize("typed", ["EK7490563", "ek-7490-563", "EK 7490/563", "7490563"])
def test_a_number_is_found_without_its_separators(typed: str) -> None:
    assert number_words(typed) & number_words("EK-7490-563")


@pytest.mark.parametrize(("word", "within"), [("kess", True), ("kessler", True), ("kesz", False)])
def test_a_range_ends_behind_its_prefix(word: str, *, within: bool) -> None:
    assert ("kess" <= word < after("kess")) is within
