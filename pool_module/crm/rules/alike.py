"""Who may be the same person: a name however it is written, and a birth date or postcode."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from shared import search_words

# of a name, and of no one person: titles, and what stands before a last name
PARTICLES = frozenset(
    map(search_words.folded, ("dr", "prof", "dipl", "ing", "med", "von", "van", "de", "zu", "der"))
)


@dataclass(frozen=True)
class Described:
    """What is known of somebody."""

    last_name: str
    first_name: str | None = None
    legal_person: bool = False
    birth_date: date | None = None
    postcode: str | None = None


def same_name(one: Described, other: Described) -> bool:
    """Whether two names can be one: ß or ss, Шевченко or Shevchenko, first name first or last.

    A first name that is missing or an initial on either side says nothing.
    """
    if one.legal_person or other.legal_person:
        mine, yours = _words(one), _words(other)
        return bool(mine and yours) and (mine <= yours or yours <= mine)
    if _lasting(one) & _lasting(other):
        return _first_fits(one.first_name, other.first_name)
    crossed = _forms(one.last_name) & _forms(other.first_name)
    return bool(crossed and _forms(one.first_name) & _forms(other.last_name))


def is_alike(one: Described, other: Described) -> bool:
    """Whether two can be the same: one name, and birth date or postcode do not speak against it."""
    if not same_name(one, other):
        return False
    if one.birth_date and other.birth_date:
        return one.birth_date == other.birth_date
    if one.postcode and other.postcode:
        return _bare(one.postcode) == _bare(other.postcode)
    return True


def is_certain(one: Described, other: Described) -> bool:
    """Whether they are the same beyond reasonable doubt: name and birth date."""
    return (
        is_alike(one, other) and one.birth_date is not None and one.birth_date == other.birth_date
    )


def stands_for(one: Described, other: Described, *, born_the_same_day: bool) -> bool:
    """Whether a second record of somebody needs the word of who has the first (AIM-59).

    Born the same day, the name may be longer, shorter or double; else a first name says it too.
    """
    if not same_name(one, other):
        return False
    if born_the_same_day or one.legal_person or other.legal_person:
        return True
    crossed = _forms(one.last_name) & _forms(other.first_name)
    return bool(crossed or _forms(one.first_name) & _forms(other.first_name))


def _first_fits(mine: str | None, yours: str | None) -> bool:
    ours, theirs = search_words.split(mine), search_words.split(yours)
    if not ours or not theirs:
        return True
    if any(len(words[0]) == 1 for words in (ours, theirs)):
        return search_words.folded(ours[0])[:1] == search_words.folded(theirs[0])[:1]
    return bool(_forms(mine) & _forms(yours))


def _forms(name: str | None) -> frozenset[str]:
    return frozenset(search_words.folded(word) for word in search_words.split(name)) - {""}


def _lasting(described: Described) -> frozenset[str]:
    """The words of a last name that tell one from another."""
    forms = _forms(described.last_name)
    return forms - PARTICLES or forms


def _words(described: Described) -> frozenset[str]:
    """The words of a firm's name; what kind of firm it is tells none from another."""
    words: Sequence[str] = search_words.split(f"{described.last_name} {described.first_name or ''}")
    kinds = {"gmbh", "ag", "kg", "ohg", "gbr", "ug", "co", "mbh", "тов", "пп", "ат", "фоп", "llc"}
    return frozenset(search_words.folded(word) for word in words if word not in kinds)


def _bare(postcode: str) -> str:
    return "".join(c for c in postcode if c.isalnum()).casefold()
