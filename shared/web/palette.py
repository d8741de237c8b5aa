"""What the search shows: groups of hits, each a link, for the palette and for its page."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from flask import current_app, url_for
from flask_babel.speaklater import LazyString

from shared.search_words import forms_of, split
from shared.web.navigation import Group

Text = LazyString | str
Pieces = Sequence[tuple[str, bool]]


@dataclass(frozen=True)
class Shown:
    """A hit.

    Attributes:
        id: unique on the page.
        href: where it leads.
        pieces: its name, each piece with whether it is what was typed.
        sub: what tells it from others.
        icon: a symbol of the kit.
        figure: an amount.
        keys: what goes there without the palette.
    """

    id: str
    href: str
    pieces: Pieces
    sub: str = ""
    icon: str = ""
    figure: str = ""
    keys: Sequence[str] = ()


@dataclass(frozen=True)
class Shelf:
    """Hits of one kind under their title."""

    id: str
    title: Text
    hits: Sequence[Shown]


MOST_COMMANDS: Final = 8


def commands(
    typed: str, menu: Iterable[Mapping[str, object]], more: Sequence[Group]
) -> list[Shown]:
    """Entries of the menu and further ones whose words begin with what was typed.

    Args:
        typed: the words; empty takes all.
        menu: as ``shared.web.navigation.menu`` makes it.
        more: what is no place but something to do, already narrowed to what the viewer may.
    """
    entries = [item for group in menu for item in _items(group)]
    for group in more:
        entries += [
            {"label": i.label, "href": url_for(i.endpoint), "icon": i.icon, "go": i.go}
            for i in group.items
            if i.endpoint in current_app.view_functions
        ]
    wanted = split(typed)
    fitting = [e for e in entries if fits(wanted, str(e["label"]))]
    return [
        Shown(
            id=f"command-{number}",
            href=str(entry["href"]),
            pieces=[(str(entry["label"]), False)],
            icon=str(entry["icon"]),
            keys=("G", str(entry["go"])) if entry.get("go") else (),
        )
        for number, entry in enumerate(fitting[: MOST_COMMANDS if wanted else None])
    ]


def fits(wanted: Sequence[str], name: str) -> bool:
    """Whether each word typed begins a word of the name."""
    words = split(name)
    return all(
        any(word.startswith(form) for word in words for form in forms_of(one)) for one in wanted
    )


def _items(group: Mapping[str, object]) -> list[dict[str, object]]:
    found = group["items"]
    assert isinstance(found, list)
    return found
