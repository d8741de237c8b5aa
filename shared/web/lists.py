"""Lists in a portal: what is asked in the address, what is shown, and the same as a file.

The address is the truth: a link is a view. ``?sort=-begin_on&state=active&state=paid_up&
begin_on.from=2026-01-01&cols=number,holder`` and nothing kept elsewhere. A view function ends with
``return lists.respond(SPEC, some_listing(db.session))``.
"""

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import Enum
from typing import Any, Final
from urllib.parse import urlencode

from flask import Response, abort, g, request, url_for
from flask_babel.speaklater import LazyString
from werkzeug.datastructures import MultiDict

from shared import labels, workplace
from shared.db import listing as engine
from shared.db import sums
from shared.db.listing import Asked, Column, Condition, Filter, Listing, Operator, Shape
from shared.models.workplace import SavedView
from shared.permissions import Permission
from shared.web import export, formats, reach
from shared.web.database import db
from shared.web.htmx import render

OWN: Final = {"sort", "cols", "col", "after", "part", "format", "selected", "stands"}
Text = LazyString | str


@dataclass(frozen=True)
class Ask:
    """How a filter is asked.

    Attributes:
        label: what it is called.
        codes: the vocabulary whose members are offered.
        choices: or what is offered: (value, text); asked for when the page is made.
        hint: an example of what to type.
    """

    label: Text
    codes: type[Enum] | None = None
    choices: Callable[[], Sequence[tuple[str, Text]]] | None = None
    hint: Text = ""


@dataclass(frozen=True)
class View:
    """A view everybody has: its query string without the leading question mark."""

    key: str
    label: Text
    query: str = ""


@dataclass(frozen=True)
class Bulk:
    """Something done with the chosen rows: they are posted as ``selected`` to an endpoint."""

    endpoint: str
    label: Text
    icon: str
    permission: Permission
    confirm: Text = ""


@dataclass(frozen=True)
class Spec:
    """How a list looks.

    Attributes:
        title: the page's heading.
        template: extends ``kit/list_page.html``.
        labels: of the columns, in the order they are offered.
        shown: the columns shown unless others are chosen.
        sort: what orders it at first; a leading minus turns it.
        asks: how its filters are asked; a filter without one stands in links only.
        codes: the vocabulary of columns of shape CODE.
        words: how a stored word of a column reads, on the page and in a file.
        views: everybody's, the first being all rows.
        opens: endpoint of a row's record (takes ``id``), or a function of the row.
        cells: a template with macros named as columns, for cells of their own: ``(row)``.
        bulk: what can be done with chosen rows.
        narrow: columns that leave first where it is narrow.
        search: the filter the search field fills.
        saves: whether views can be saved (the intranet's).
        empty: what will stand here, and what to do: (title, text).
        export: permission to take it out as a file.
    """

    title: Text
    template: str
    labels: Mapping[str, Text]
    shown: Sequence[str]
    sort: str
    asks: Mapping[str, Ask] = field(default_factory=dict)
    codes: Mapping[str, type[Enum]] = field(default_factory=dict)
    words: Mapping[str, Callable[[Any], Text]] = field(default_factory=dict)
    views: Sequence[View] = ()
    opens: str | Callable[[Any], str] | None = None
    cells: str | None = None
    bulk: Sequence[Bulk] = ()
    narrow: Sequence[str] = ()
    search: str | None = None
    saves: bool = True
    empty: tuple[Text, Text] = ("", "")
    export: Permission | None = Permission.EXPORT


@dataclass(frozen=True)
class Chip:
    """A condition as it is shown, with the address without it."""

    name: str
    label: Text
    operator: Operator
    values: tuple[Text, ...]
    without: str


@dataclass(frozen=True)
class Tab:
    """A view above the list."""

    label: Text
    href: str
    current: bool
    query: str
    view_id: int | None = None
    own: bool = False


class Shown:
    """A list as it is asked for and shown; what the templates read."""

    def __init__(
        self, spec: Spec, listing: Listing, path: str, values: MultiDict[str, str]
    ) -> None:
        self.spec = spec
        self.listing = listing
        self.path = path
        self.args = MultiDict([(k, v) for k, v in values.items(multi=True) if k not in OWN])
        # the chooser's boxes come one by one; addresses name the columns together
        self.chosen = values.get("cols") or ",".join(values.getlist("col")) or None
        for column in listing.columns:  # else an export finds out, at the first row that has one
            told = column.name in spec.codes or column.name in spec.words
            if column.shape is Shape.CODE and column.name in spec.labels and not told:
                raise LookupError(f"{listing.name}: no words for {column.name}")
        self.columns = self._columns(self.chosen)
        self.ordered = values.get("sort") or None
        self.sort, self.descending = self._order(self.ordered or spec.sort)
        self.conditions = self._conditions()
        self.asked = Asked(
            self.sort, self.descending, self.conditions, _uncursor(self._sorted(), values)
        )
        self.page = engine.Page((), None)
        self.totals: sums.Totals | None = None
        self.counts: dict[str, int] = {}
        self.saved: Sequence[SavedView] = ()

    # --- reading the address

    def _columns(self, chosen: str | None) -> tuple[Column, ...]:
        names = [n for n in (chosen or "").split(",") if n in self.spec.labels]
        found = [self.listing.column(n) for n in names or self.spec.shown]
        return tuple(c for c in found if c is not None)

    def _order(self, wanted: str) -> tuple[str, bool]:
        name = wanted.removeprefix("-")
        column = self.listing.column(name)
        if column is None or column.sort is None:
            wanted = self.spec.sort
        return wanted.removeprefix("-"), wanted.startswith("-")

    def _sorted(self) -> Column:
        column = self.listing.column(self.sort)
        assert column is not None, f"{self.listing.name} has no column {self.sort}"
        return column

    def _conditions(self) -> tuple[Condition, ...]:
        found = []
        for key, texts in self.args.lists():
            name, _, operator = key.partition(".")
            asked = self.listing.filter(name)
            if asked is None:
                continue
            default = asked.operators[0] if asked.shape is Shape.TEXT else Operator.IS
            chosen = Operator(operator) if operator in set(Operator) else default
            if values := _parsed(asked, chosen, texts):
                found.append(Condition(name, chosen, values))
        return tuple(found)

    # --- addresses

    def href(self, **changes: str | None) -> str:
        """The address of this list with something changed; None leaves it out."""
        pairs = [(k, v) for k, v in self.args.items(multi=True) if k not in changes]
        kept = {"sort": self.ordered, "cols": self.chosen}
        pairs += [(k, v) for k, v in {**kept, **changes}.items() if v is not None]
        return f"{self.path}?{urlencode(pairs)}" if pairs else self.path

    @property
    def query(self) -> str:
        """The query string of this view."""
        return self.href().partition("?")[2]

    @property
    def more(self) -> str | None:
        """The address of the next rows."""
        return self.href(after=_cursor(self.page.after)) if self.page.after else None

    def sorted_href(self, column: Column) -> str:
        """The address ordered by a column; the other way round when it is already."""
        turned = self.sort == column.name and not self.descending
        return self.href(sort=("-" if turned else "") + column.name)

    def file_href(self, kind: str) -> str:
        """The address of all hits as a file, of the firm and team the page is of."""
        return self.href(format=kind, stands=reach.made_here())

    def row_href(self, row: Any) -> str | None:
        """The address of a row's record."""
        opens = self.spec.opens
        if opens is None:
            return None
        return url_for(opens, id=row.id) if isinstance(opens, str) else opens(row)

    # --- what is shown

    @property
    def chips(self) -> list[Chip]:
        """The conditions, each with the address without it."""
        shown = []
        for condition in self.conditions:
            keys = [
                key
                for key in self.args
                if key.partition(".")[0] == condition.filter
                and (key.partition(".")[2] or condition.operator) == condition.operator
            ]
            ask = self.spec.asks.get(condition.filter)
            texts = tuple(self._value_text(condition, v) for v in condition.values)
            shown.append(
                Chip(
                    condition.filter,
                    ask.label if ask else condition.filter,
                    condition.operator,
                    texts,
                    self.href(**dict.fromkeys(keys)),
                )
            )
        return shown

    def _value_text(self, condition: Condition, value: Any) -> Text:
        ask = self.spec.asks.get(condition.filter)
        asked = self.listing.filter(condition.filter)
        if ask and ask.codes:
            return labels.label(ask.codes, value).text
        if ask and ask.choices:
            return dict(ask.choices()).get(str(value), str(value))
        return export.text_of(asked.shape if asked else Shape.TEXT, value, cents=True)

    @property
    def tabs(self) -> list[Tab]:
        """Everybody's views and the saved ones."""
        here = sorted(MultiDict(self.args).items(multi=True))
        tabs = [self._tab(view.label, view.query, here) for view in self.spec.views]
        for saved in self.saved:
            own = saved.account_id == g.viewer.account_id
            tabs.append(self._tab(saved.name, saved.query, here, saved.id, own=own))
        return tabs

    def _tab(
        self, label: Text, query: str, here: list[tuple[str, str]], view_id: int | None = None,
        *, own: bool = False,
    ) -> Tab:  # fmt: skip
        filters = sorted(p for p in _pairs(query) if p[0] not in OWN)
        href = f"{self.path}?{query}" if query else self.path
        return Tab(label, href, filters == here, query, view_id, own)

    @property
    def is_saved(self) -> bool:
        """Whether what is shown is one of the views."""
        return any(tab.current for tab in self.tabs)

    @property
    def filtered(self) -> bool:
        """Whether anything narrows the list."""
        return bool(self.conditions)

    def codes(self, column: Column, value: object) -> labels.Label:
        """A stored word's label."""
        return labels.label(self.spec.codes[column.name], value)

    @staticmethod
    def code_text(codes: type[Enum], value: object) -> LazyString:
        """What a member of a vocabulary is called."""
        return labels.label(codes, value).text

    def may(self, permission: Permission | None) -> bool:
        """Whether the viewer holds a permission."""
        return permission is None or permission in g.viewer.permissions


def respond(spec: Spec, listing: Listing, **values: Any) -> Response:
    """Answer a list's address: the page, a part of it, or all hits as a file."""
    shown = Shown(spec, listing, request.path, request.args)
    session = db.session()
    wanted_file = request.args.get("format")
    if wanted_file is not None:
        if not shown.may(spec.export):
            abort(403)
        return export.respond(session, shown, wanted_file)
    part = request.args.get("part")
    if part == "totals":
        shown.totals = sums.totals(session, listing, shown.asked)
        return render(spec.template, fragment="totals", shown=shown, **values)
    if spec.saves:
        shown.saved = workplace.views_of(session, listing.name)
    if part == "counts":
        shown.counts = {tab.query: _count(session, shown, tab.query) for tab in shown.tabs}
        return render(spec.template, fragment="views", shown=shown, **values)
    shown.page = engine.page(session, listing, shown.asked)
    fragments = {"list-more": "rows", "list": "list"}
    return render(spec.template, fragments=fragments, shown=shown, **values)


def selected() -> list[int]:
    """The ids of the rows chosen in a list, of a bulk action's request."""
    return [int(text) for text in request.form.getlist("selected") if text.isdecimal()]


def _count(session: Any, shown: Shown, query: str) -> int:
    values = MultiDict(_pairs(query))
    other = Shown(shown.spec, shown.listing, shown.path, values)
    return engine.count(session, shown.listing, other.asked)


def _pairs(query: str) -> list[tuple[str, str]]:
    return [
        (key, value) for key, _, value in (part.partition("=") for part in query.split("&") if part)
    ]


def _parsed(asked: Filter, operator: Operator, texts: Sequence[str]) -> tuple[Any, ...]:
    values = []
    for text in texts:
        try:
            value = engine.parse(asked.shape, text.strip())
        except ValueError:
            continue  # an address typed by hand: what can't be read narrows nothing
        if isinstance(value, datetime) and value.tzinfo is None:
            if operator is Operator.UNTIL and len(text.strip()) <= len("2026-11-30"):
                value = datetime.combine(value, time.max)  # until a day: that day with it
            value = value.replace(tzinfo=formats.zone())  # days are the pool's
        values.append(value)
    return tuple(v for v in values if v != "")


def _cursor(after: tuple[Any, int] | None) -> str | None:
    if after is None:
        return None
    value, number = after
    if isinstance(value, date | datetime):
        value = value.isoformat()
    elif value is not None and not isinstance(value, int | str):
        value = str(value)
    return base64.urlsafe_b64encode(json.dumps([value, number]).encode()).decode()


def _uncursor(column: Column, values: MultiDict[str, str]) -> tuple[Any, int] | None:
    """The row a page begins after; an address that was tampered with begins at the beginning."""
    text = values.get("after")
    if not text:
        return None
    try:
        value, number = json.loads(base64.urlsafe_b64decode(text.encode()))
        assert column.sort is not None
        kind = column.sort_type
        if value is not None and issubclass(kind, datetime | date):
            value = kind.fromisoformat(value)
        elif value is not None:
            value = kind(value)
        return value, int(number)
    except (ValueError, TypeError, AssertionError):
        abort(400)
