"""Which passwords are refused, and that good ones are not."""

import pytest

from shared.passwords import weakness

AROUND = (
    "Frauke Petersen",
    "frauke.petersen@nordlicht.example",
    "Nordlicht",
    "Ostsee Versicherung",
)


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("elf Zeichen", "short"), ("x" * 129, "long"), ("password1234!", "common"),
        ("P@ssw0rd1234", "common"), ("Passwort2026!!", "common"), ("iloveyouforever", "common"),
        ("qwertzuiop123", "common"), ("йцукенгшщз12", "common"), ("123456789012", "common"),
        ("aaaaaaaaaaaaa", "common"), ("abcabcabcabc", "common"), ("1qaz2wsx3edc", "common"),
        ("пароль12345678", "common"), ("correct horse battery staple", "common"),
        ("Sommer 2026 !!!", "common"), ("nordlicht-petersen-2026", "near"),
        ("Ostsee-Frauke-1", "near"), ("Frauke.Petersen!", "near"),
    ],
)  # fmt: skip
def test_what_is_tried_first_is_refused(password: str, why: str) -> None:
    assert weakness(password, AROUND) == why


@pytest.mark.parametrize(
    "password",
    ["drei Lampen summen leise", "vT8#kkz0!pQm", "x" * 60 + "Kanne Teich Ruder 9",
     "Ґанок рипить о п'ятій", "Petersens Katze jagt um Mitternacht Fliegen", " \t führende Leere "],
)  # fmt: skip
def test_what_is_not_is_taken(password: str) -> None:
    assert weakness(password, AROUND) is None
