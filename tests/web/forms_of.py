"""The forms of a page as a browser would send them, with what stands in them."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

from typing_extensions import override


@dataclass
class Form:
    """A form: where it goes, how, and what it sends as it was served."""

    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.inside: Form | None = None
        self.select = ""
        self.chosen: str | None = None
        self.area: str | None = None
        self.typed = ""

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.inside = Form(given.get("action", ""), given.get("method", "get").lower())
            self.forms.append(self.inside)
        if self.inside is None or "disabled" in given:
            return
        name = given.get("name", "")
        if tag == "input" and name:
            self._input(given, name)
        elif tag == "select":
            self.select, self.chosen = name, None
        elif tag == "option" and self.select and (self.chosen is None or "selected" in given):
            self.chosen = given.get("value", "")
        elif tag == "textarea":
            self.area, self.typed = name, ""

    def _input(self, given: dict[str, str], name: str) -> None:
        assert self.inside is not None
        kind = given.get("type", "text")
        if kind in {"checkbox", "radio"} and "checked" not in given:
            return
        if kind not in {"file", "submit", "button", "reset"}:
            self.inside.fields.append((name, given.get("value", "")))

    @override
    def handle_data(self, data: str) -> None:
        if self.area is not None:
            self.typed += data

    @override
    def handle_endtag(self, tag: str) -> None:
        if self.inside is None:
            return
        if tag == "select" and self.select:
            self.inside.fields.append((self.select, self.chosen or ""))
            self.select = ""
        elif tag == "textarea" and self.area:
            self.inside.fields.append((self.area, self.typed.removeprefix("\n")))
            self.area = None
        elif tag == "form":
            self.inside = None


def forms_of(page: str) -> list[Form]:
    """Every form of a page."""
    reader = _Reader()
    reader.feed(page)
    return reader.forms
