"""Records: what stands beside a list and on its own page is the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, request
from flask_babel.speaklater import LazyString

from shared.web.htmx import render

Text = LazyString | str
TAGS = {"ok": "ok", "warn": "warn", "err": "err", "run": "info", "off": ""}


@dataclass(frozen=True)
class Part:
    """A tab of a record: ``?tab=key``."""

    key: str
    label: Text
    count: int | None = None


@dataclass(frozen=True)
class Record:
    """The head of a record.

    Attributes:
        href: its own address.
        title: what people call it.
        list_title: the list it is of.
        list_href: where that stands.
        code: its number, as people read it.
        sub: a line below the title (may be markup).
        state: in words, with ``tone``.
        tone: ok, warn, err, run, off; empty: no state is shown.
        tabs: its parts; the first one unless the address names another.
    """

    href: str
    title: str
    list_title: Text
    list_href: str
    code: str = ""
    sub: Text = ""
    state: Text = ""
    tone: str = ""
    tabs: Sequence[Part] = ()

    @property
    def tag_kind(self) -> str:
        """The state's tag."""
        return TAGS.get(self.tone, "")

    @property
    def tab(self) -> str:
        """The key of the part that is shown."""
        keys = [part.key for part in self.tabs]
        asked = request.args.get("tab", "")
        return asked if asked in keys else (keys[0] if keys else "")

    def tab_items(self, target: str) -> list[dict[str, object]]:
        """The tabs as the kit's macro takes them; they swap ``target``."""
        return [
            {
                "label": part.label,
                "href": f"{self.href}?tab={part.key}",
                "current": part.key == self.tab,
                "count": part.count,
                "attrs": {
                    "hx-get": f"{self.href}?tab={part.key}",
                    "hx-target": f"#{target}",
                    "hx-swap": "innerHTML",
                },
            }
            for part in self.tabs
        ]


def respond(template: str, record: Record, status: int = 200, **values: Any) -> Response:
    """Answer a record's address: its page, the drawer beside a list, or the part of a tab.

    Args:
        template: extends ``kit/record.html``.
        record: its head.
        status: as of ``render``.
        values: what its body shows.
    """
    fragments = {"drawer": "aside", "record-body": "body"}
    return render(template, status, fragments=fragments, record=record, **values)
