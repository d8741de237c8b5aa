"""What somebody typed into the search: where to look, and for which words, number, amount."""

import re
from dataclasses import dataclass
from typing import Final

from shared.search_words import number_key, split

PRODUCERS: Final = frozenset({"producer"})
CONTRACTS: Final = frozenset({"contract"})
AMOUNTS: Final = frozenset({"line"})
COMMANDS: Final = frozenset({"command"})
EVERYTHING: Final = frozenset(
    {
        "producer", "contract", "customer", "application", "insurer", "product", "statement",
        "line", "command",
    }
)  # fmt: skip
PREFIXES: Final = {"@": PRODUCERS, "#": CONTRACTS, "€": AMOUNTS, "₴": AMOUNTS, ">": COMMANDS}
LEAST: Final = 2  # characters before anything is looked up
LONGEST: Final = 100
MOST_WORDS: Final = 6

_CURRENCY: Final = re.compile(r"€|₴|\b(?:eur|uah|грн)\b\.?", re.IGNORECASE)
_AMOUNT: Final = re.compile(r"^[+\-−–]?\s*(\d[\d.,'’\s]*)$")
_FRACTION: Final = re.compile(r"[.,](\d{1,2})$")


@dataclass(frozen=True)
class Asked:
    """What a text asks for.

    Attributes:
        text: as typed, without the prefix.
        kinds: where to look.
        words: plain words, all of which a name has to begin with, the most telling first.
        number: the whole as a number without separators; empty when it holds no digit.
        cents: an amount, without its sign; None when it is none.
    """

    text: str
    kinds: frozenset[str]
    words: tuple[str, ...]
    number: str
    cents: int | None

    @property
    def is_empty(self) -> bool:
        """Whether there is too little to look for."""
        return len("".join(self.words)) < LEAST and self.cents is None


def asked(typed: str) -> Asked:
    """Read what was typed: a prefix (@ # € >) narrows it, everything else is looked up as it is."""
    text = typed.strip()[:LONGEST]
    kinds = PREFIXES.get(text[:1], EVERYTHING)
    rest = text if kinds is EVERYTHING else text[1:].strip()
    words = dict.fromkeys(split(rest))
    key = number_key(rest)
    return Asked(
        text=rest,
        kinds=kinds,
        words=tuple(sorted(words, key=len, reverse=True))[:MOST_WORDS],
        number=key if any(c.isdigit() for c in key) else "",
        cents=cents_of(rest, certain=kinds is AMOUNTS),
    )


def cents_of(text: str, *, certain: bool = False) -> int | None:
    """An amount in cents, however its groups and decimals are written.

    Args:
        text: ``1.367,04``, ``1,367.04``, ``€ 1367,04``, ``−1 367,04 грн``.
        certain: whether it is an amount even without decimals and currency.
    """
    bare, currencies = _CURRENCY.subn("", text)
    found = _AMOUNT.match(bare.strip())
    if found is None:
        return None
    digits = found[1].strip()
    fraction = _FRACTION.search(digits)
    if not (fraction or currencies or certain):
        return None
    whole = digits[: fraction.start()] if fraction else digits
    units = int(re.sub(r"\D", "", whole) or "0")
    # bigint's cents: what is longer is no amount anybody was paid
    return (
        units * 100 + int(fraction[1].ljust(2, "0") if fraction else 0) if units < 10**12 else None
    )


def marked(name: str, words: tuple[str, ...]) -> list[tuple[str, bool]]:
    """A name in pieces, each with whether it is what was looked for."""
    pieces: list[tuple[str, bool]] = []
    at = 0
    for found in re.finditer(r"[^\W_]+", name):
        plain = "".join(split(found[0]))
        fitting = [word for word in words if plain.startswith(word)]
        if fitting:
            end = found.start() + min(len(fitting[0]), len(found[0]))
            pieces += [(name[at : found.start()], False), (name[found.start() : end], True)]
            at = end
    return [(text, hit) for text, hit in [*pieces, (name[at:], False)] if text]
