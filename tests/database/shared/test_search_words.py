"""The words the database keeps are the ones ``shared.search_words`` looks up."""

from collections.abc import Callable

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, text

from shared.search_words import CYRILLIC, PLAIN_FROM, number_words, words_of
from shared.vocabulary import Door

ALPHABET = f"abcdefghijklmnopqrstuvwxyzABCÄÖÜẞİßæœþð0123456789'’ʼ-/. {CYRILLIC}ЇЙҐ{PLAIN_FROM}"
NAMES = st.lists(st.none() | st.text(alphabet=ALPHABET, max_size=30), min_size=2, max_size=2)
ASKED = text(
    "SELECT ARRAY(SELECT search_words(:a, :b)) AS words, "
    "ARRAY(SELECT search_numbers(:a, :b)) AS numbers"
)


@settings(
    max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(names=NAMES)
def test_both_languages_make_the_same_words(
    connect: Callable[[Door], Connection], names: list[str | None]
) -> None:
    row = connect(Door.WORKER).execute(ASKED, dict(zip("ab", names, strict=True))).one()
    assert set(row.words) == words_of(*names)
    assert set(row.numbers) == number_words(*names)
