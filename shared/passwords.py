"""Which passwords are too easily guessed: the commonest, patterns, and what stands around a person.

NIST SP 800-63B-4: length counts, composition does not; what everybody would try first is refused.
The commonest stand in ``commonest.txt`` as words: a password that is one or several of them with
digits and signs around is one of millions somebody tries first, whatever its length.
"""

import re
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Final

SHORTEST: Final = 12
LONGEST: Final = 128
WORDS: Final = "commonest.txt"
MOST_WORDS: Final = 4
FEW_SIGNS: Final = 4
LITTLE: Final = 4  # so many signs beside words or rows make nothing better
LEFT: Final = 8  # so many must be left without the words that stand around a person
KEYS: Final = (
    "abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertzuiopü", "qwertyuiop", "asdfghjklöä",
    "yxcvbnm", "zxcvbnm", "1qaz2wsx3edc4rfv5tgb6zhn7ujm", "1q2w3e4r5t6z7u8i9o0p",
    "1q2w3e4r5t6y7u8i9o0p", "йцукенгшщзхї", "фівапролджє", "ячсмитьбю",
    "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя",
)  # fmt: skip
LEET: Final = str.maketrans("013457@$!", "oieastasi")


def weakness(password: str, around: Iterable[str] = ()) -> str | None:
    """Why a password is not taken: short, long, common or near; None when it is.

    Args:
        password: as it was typed; any sign may stand in it.
        around: what stands around the person: names of him, his firm, his pool, products.
    """
    if len(password) < SHORTEST:
        return "short"
    if len(password) > LONGEST:
        return "long"
    typed = password.casefold()
    if _is_near(typed, around):
        return "near"
    plain = re.sub(r"[\s_.-]", "", typed)
    return "common" if _is_pattern(plain) or _is_words(plain) else None


def _is_near(typed: str, around: Iterable[str]) -> bool:
    """Whether hardly anything is left without the words around a person."""
    words = {
        part
        for word in around
        for part in re.split(r"[\W_]+", word.casefold())
        if len(part) >= LITTLE
    }
    left = typed
    for word in sorted(words, key=len, reverse=True):
        left = left.replace(word, "")
    return left != typed and len(re.sub(r"[\W_]", "", left)) < LEFT


def _is_pattern(plain: str) -> bool:
    """One sign again and again, a short piece repeated, rows of the keyboard or the alphabet."""
    if len(set(plain)) <= FEW_SIGNS:
        return True
    if any(plain == (plain[:size] * len(plain))[: len(plain)] for size in range(1, 5)):
        return True
    left, at = "", 0
    while at < len(plain):
        row = _row_at(plain, at)
        left += "" if row else plain[at]
        at += row or 1
    return len(left) < LITTLE


def _row_at(plain: str, at: int) -> int:
    """How many signs from here follow each other on a row, there or back; 0: fewer than four."""
    for size in range(min(len(plain) - at, 30), LITTLE - 1, -1):
        piece = plain[at : at + size]
        if any(piece in keys or piece[::-1] in keys for keys in KEYS):
            return size
    return 0


def _is_words(plain: str) -> bool:
    """Whether it is made of the commonest words, with digits and signs around or between."""
    core = re.sub(r"^[\W\d]+|[\W\d]+$", "", plain)
    tries = (core, core.translate(LEET), re.sub(r"[\W\d]", "", plain))
    return any(_words_from(text, MOST_WORDS) for text in tries)


def _words_from(text: str, most: int) -> bool:
    if not text:
        return True
    if most == 0:
        return False
    known = commonest()
    return any(
        text[:size] in known and _words_from(text[size:], most - 1)
        for size in range(len(text), 1, -1)
    )


@cache
def commonest() -> frozenset[str]:
    """The words of the commonest passwords."""
    text = files("shared").joinpath(WORDS).read_text(encoding="utf-8")
    return frozenset(w for line in text.splitlines() if line[:1] != "#" for w in line.split())
