"""Names and numbers as people type them: the words a thing is found by.

A name is found however it is written: Müller by *mueller* and *muller*, Шевченко by *Shevchenko*
and *Schewtschenko*, Дем’янюк whatever its apostrophe. So a word is kept in two or three forms (as
it stands without accents; folded, where spellings of one sound meet; a Cyrillic one as Germans
transliterate it), and what is typed is looked up by its own forms. Every form grows letter by
letter with what is typed, so a beginning of the word is a beginning of its form.

The database keeps the words by triggers with the same rules in SQL (migration ``search``); a test
holds the two to each other.
"""

import re
import unicodedata
from typing import Final

# accents and their kin, letter by letter; an umlaut loses its dots here, its e in ``folded``
PLAIN_FROM: Final = (
    "àáâãäåāăąçćĉċčďđèéêëēĕėęěĝğġģĥħìíîïĩīĭįıĵķĺļľłñńņňòóôõöøōŏőŕŗřśŝşšșţťțùúûüũūŭůűųŵýÿŷźżž"
)
PLAIN_TO: Final = (
    "aaaaaaaaacccccddeeeeeeeeegggghhiiiiiiiiijkllllnnnnooooooooorrrssssstttuuuuuuuuuuwyyyzzz"
)
PLAIN_PAIRS: Final = (("ß", "ss"), ("æ", "ae"), ("œ", "oe"), ("þ", "th"), ("ð", "d"))
APOSTROPHES: Final = "'’ʼ‘ʹ`´ʻ＇"
CYRILLIC: Final = "абвгґдеєёжзиіїйклмнопрстуфхцчшщьъыэюя"
# as folded Latin: y and j have become i, kh has become h
LATIN: Final = "a b v h g d e ie e zh z i i i i k l m n o p r s t u f h ts ch sh shch - - i e iu ia"
# as Germans write it
GERMAN: Final = (
    "a b w h g d e je jo sch s y i ji j k l m n o p r s t u f ch z tsch sch schtsch - - y e ju ja"
)
# spellings of one sound, longest first
FOLDS: Final = (
    ("schtsch", "shch"), ("tsch", "ch"), ("sch", "sh"), ("kh", "h"), ("ae", "a"), ("oe", "o"),
    ("ue", "u"), ("ss", "s"), ("w", "v"), ("y", "i"), ("j", "i"),
)  # fmt: skip


def _letters(spelled: str) -> dict[int, str]:
    return str.maketrans(dict(zip(CYRILLIC, spelled.replace("-", "").split(" "), strict=True)))


_LATIN: Final = _letters(LATIN)
_GERMAN: Final = _letters(GERMAN)
_PLAIN: Final = str.maketrans(
    dict(zip(PLAIN_FROM, PLAIN_TO, strict=True))
    | dict(PLAIN_PAIRS)
    | dict.fromkeys(APOSTROPHES, "")
)
_APART: Final = re.compile(r"[\W_]+")
_IS_CYRILLIC: Final = re.compile(f"[{CYRILLIC}]")
_IS_II: Final = re.compile("i{2,}")
_TO_DIGITS: Final = re.compile(r"^[^0-9]+")


def words_of(*names: str | None) -> frozenset[str]:
    """The words names are kept under, in all their forms."""
    return frozenset(f for name in names for word in split(name) for f in _kept(word) if f)


def number_words(*numbers: str | None) -> frozenset[str]:
    """The words numbers are kept under: without separators, and without the letters before."""
    keys = {number_key(number) for number in numbers}
    return frozenset(keys | {_TO_DIGITS.sub("", key) for key in keys}) - {""}


def forms_of(word: str) -> tuple[str, ...]:
    """The forms by which a typed word (one of ``split``'s) is looked up, the plainest first."""
    return tuple(form for form in dict.fromkeys((word, folded(word))) if form)


def split(text: str | None) -> list[str]:
    """The plain words of a text in their order: lower case, no accents, no apostrophes."""
    return [word for word in _APART.split(plain(text)) if word]


def plain(text: str | None) -> str:
    """A text in lower case, without accents and apostrophes."""
    lowered = unicodedata.normalize("NFC", text or "").replace("İ", "i").lower()
    return lowered.translate(_PLAIN)


def number_key(number: str | None) -> str:
    """A number as it is compared: letters and digits alone."""
    return _APART.sub("", plain(number))


def folded(word: str) -> str:
    """A plain word with spellings of one sound made one; Cyrillic becomes Latin."""
    latin = word.translate(_LATIN)
    for spelling, sound in FOLDS:
        latin = latin.replace(spelling, sound)
    return _IS_II.sub("i", latin)


def after(prefix: str) -> str:
    """The first text behind all that begin with ``prefix``, by code point: the end of a range."""
    return f"{prefix[:-1]}{chr(ord(prefix[-1]) + 1)}"


def _kept(word: str) -> tuple[str, ...]:
    german = (word.translate(_GERMAN),) if _IS_CYRILLIC.search(word) else ()
    return (word, folded(word), *german)
