"""Lists over any room's rows: filtered, ordered, paged by key, counted, summed per currency.

A room says what its rows are (a scoped select) and which values they have; this module asks for a
page of them. No OFFSET: a page begins after the last row of the one before, at the same cost.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    SQLColumnExpression,
    and_,
    bindparam,
    false,
    func,
    or_,
    select,
    tuple_,
)
from sqlalchemy.orm import Session
from sqlalchemy.types import NullType

PAGE = 50
COUNTED = 9_999  # views in tabs are counted up to here: "9,999+"


class Shape(StrEnum):
    """What a value is: how it is written, filtered and ordered."""

    TEXT = "text"
    ID = "id"  # a number or code people read
    MONEY = "money"
    RATE = "rate"
    SHARE = "share"
    COUNT = "count"
    DAY = "day"
    MOMENT = "moment"
    CODE = "code"  # a stored word with a label
    FLAG = "flag"


class Operator(StrEnum):
    """How a filter compares."""

    IS = "is"
    NOT = "not"
    FROM = "from"
    UNTIL = "until"
    STARTS = "starts"


# what values are whose type the database alone knows: of lower() and its like
SHAPED: Mapping[Shape, type] = {
    Shape.DAY: date,
    Shape.MOMENT: datetime,
    Shape.COUNT: int,
    Shape.MONEY: Decimal,
    Shape.RATE: Decimal,
    Shape.SHARE: Decimal,
}
RANGES = (Shape.DAY, Shape.MONEY, Shape.MOMENT, Shape.RATE)


# a column of a model, or an expression
Value = SQLColumnExpression[Any]


@dataclass(frozen=True)
class Gathered:
    """Rows of another table whose sum a value is: over many hits they are joined, not looked up.

    Attributes:
        table: whose rows.
        on: which of them belong to a row of the list.
        value: what is added up.
    """

    table: Any
    on: ColumnElement[bool]
    value: Value


@dataclass(frozen=True)
class Column:
    """A value of each row.

    Attributes:
        name: what it is called in addresses and of rows.
        value: what is selected; money is a Decimal.
        shape: what it is.
        sort: what orders by it; None: it can't be ordered by. Money: a stored bigint of cents.
        currency: of money.
        total: whether it is summed over all hits, per currency.
        gathered: what ``value`` adds up for each row, if it reads another table for that.
    """

    name: str
    value: Value
    shape: Shape = Shape.TEXT
    sort: Value | None = None
    currency: Value | None = None
    total: bool = False
    gathered: Gathered | None = None

    @property
    def sort_type(self) -> type:
        """What the values are that order by it; of what a function gives, the shape tells."""
        kind = cast("ColumnElement[Any]", self.sort).type
        return SHAPED.get(self.shape, str) if isinstance(kind, NullType) else kind.python_type


@dataclass(frozen=True)
class Filter:
    """Something rows can be narrowed by.

    Attributes:
        name: in addresses.
        on: what is compared; money: the stored cents; text: a stored, normalised key.
        shape: which operators there are: ranges for days, money and moments; starts for text.
        key: brings what was typed into the form of ``on`` (text).
        condition: what it asks instead of comparing ``on``: the operator and values in, a clause
            out.
    """

    name: str
    on: Value
    shape: Shape
    key: Callable[[str], str] | None = None
    condition: Callable[[Operator, Sequence[Any]], ColumnElement[bool]] | None = None

    @property
    def operators(self) -> tuple[Operator, ...]:
        """The operators that make sense."""
        if self.shape in RANGES:
            return (Operator.FROM, Operator.UNTIL, Operator.IS)
        if self.shape is Shape.TEXT:
            return (Operator.STARTS,)
        return (Operator.IS,) if self.shape is Shape.FLAG else (Operator.IS, Operator.NOT)


@dataclass(frozen=True)
class Condition:
    """A filter as asked: several values are alternatives; conditions hold together."""

    filter: str
    operator: Operator
    values: tuple[Any, ...]


@dataclass(frozen=True)
class Asked:
    """Which rows, in which order, after which one.

    Attributes:
        sort: a column's name.
        descending: the other way round.
        conditions: what holds of the rows.
        after: value of the sort column and id of the last row shown; None: from the beginning.
        size: rows of a page.
    """

    sort: str
    descending: bool = False
    conditions: tuple[Condition, ...] = ()
    after: tuple[Any, int] | None = None
    size: int = PAGE


@dataclass(frozen=True)
class Listing:
    """A list's rows, before anything is asked of them.

    Attributes:
        name: of the list, in addresses and saved views.
        source: FROM, JOIN and WHERE, scoped to the actor, without columns.
        id: the row's number, unique within the source.
        columns: its values.
        filters: what narrows it.
        extra: more values of each row, for links.
    """

    name: str
    source: Select[Any]
    id: Value
    columns: tuple[Column, ...]
    filters: tuple[Filter, ...] = ()
    extra: Mapping[str, Value] = field(default_factory=dict)

    def column(self, name: str) -> Column | None:
        """A column by its name."""
        return next((c for c in self.columns if c.name == name), None)

    def filter(self, name: str) -> Filter | None:
        """A filter by its name."""
        return next((f for f in self.filters if f.name == name), None)


@dataclass(frozen=True)
class Page:
    """Some rows, and whether more follow."""

    rows: Sequence[Row[Any]]
    after: tuple[Any, int] | None


def page(session: Session, listing: Listing, asked: Asked) -> Page:
    """Read one page: one statement, two where rows without a sort value follow."""
    after = asked.after
    among_missing = after is not None and after[0] is None
    # rising along a falling index: those with a value first, those without by a second statement
    apart = not asked.descending and not among_missing and _falls(listing, asked)
    wanted = _PRESENT if apart else _ALL
    found = list(session.execute(_ordered(listing, asked, wanted).limit(_length(asked))))
    left_out = apart or (after is not None and not among_missing)
    if left_out and len(found) <= asked.size:
        # rows whose sort value is missing come last; a row comparison leaves them out
        rest = _ordered(listing, asked, _MISSING).limit(asked.size + 1 - len(found))
        found += session.execute(rest)
    more = len(found) > asked.size
    rows = found[: asked.size]
    return Page(rows, (rows[-1].sorted_by, rows[-1].id) if more else None)


def _length(asked: Asked) -> Any:
    """How many rows to read: one more tells whether another page follows.

    Written out where nothing is filtered: so PostgreSQL sees that one plan serves every such page,
    and keeps it. With filters the values decide how to read, and it plans each time.
    """
    return bindparam(None, asked.size + 1, literal_execute=not asked.conditions)


def every(session: Session, listing: Listing, asked: Asked) -> Iterator[Row[Any]]:
    """Read all hits, in order, a thousand at a time: memory stays flat."""
    ordered = _ordered(listing, asked)
    yield from session.execute(ordered, execution_options={"yield_per": 1000})


def count(session: Session, listing: Listing, asked: Asked) -> int:
    """Count hits up to ``COUNTED`` + 1."""
    inner = narrowed(listing, asked).with_only_columns(listing.id).limit(COUNTED + 1)
    counted: int = session.execute(select(func.count()).select_from(inner.subquery())).scalar_one()
    return counted


# which rows, by their sort value
_ALL, _PRESENT, _MISSING = "all", "present", "missing"


def _ordered(listing: Listing, asked: Asked, part: str = _ALL) -> Select[Any]:
    column = listing.column(asked.sort)
    assert column is not None, f"there is no column {asked.sort}"
    assert column.sort is not None, f"{asked.sort} orders nothing"
    values: list[Any] = [c.value.label(c.name) for c in listing.columns]
    values += [
        c.currency.label(f"{c.name}_currency") for c in listing.columns if c.currency is not None
    ]
    extra: list[Any] = [value.label(name) for name, value in listing.extra.items()]
    query = narrowed(listing, asked).with_only_columns(
        listing.id.label("id"), *values, *extra, column.sort.label("sorted_by")
    )
    key, number = column.sort, listing.id
    if part != _ALL:
        query = query.where(key.is_not(None) if part == _PRESENT else key.is_(None))
    query = _following(query, asked, key, number, part)
    ways = (key.desc(), number.desc()) if asked.descending else (key.asc(), number.asc())
    if part == _PRESENT:
        ways = (ways[0].nulls_first(), ways[1])
    elif _may_be_missing(key):
        ways = (ways[0].nulls_last(), ways[1])
    return query.order_by(*ways)


def _following(query: Select[Any], asked: Asked, key: Any, number: Any, part: str) -> Select[Any]:
    """What comes after the last row shown."""
    if asked.after is None:
        return query
    value, last = asked.after
    if value is None:
        here = number < last if asked.descending else number > last
        return query.where(key.is_(None), here)
    if part == _MISSING:
        return query
    rows, shown = tuple_(key, number), tuple_(value, last)
    return query.where(rows < shown if asked.descending else rows > shown)


def _falls(listing: Listing, asked: Asked) -> bool:
    """Whether an index keeps the sort column falling, rows without a value last.

    Read backwards it begins with those: so rising along it takes the others by themselves.
    """
    column = listing.column(asked.sort)
    key: Any = getattr(column.sort if column else None, "expression", None)
    indexes = getattr(getattr(key, "table", None), "indexes", ())
    wanted = f"{getattr(key, 'name', '')} DESC NULLS LAST"
    return any(str(part) == wanted for index in indexes for part in index.expressions)


def _may_be_missing(key: Any) -> bool:
    """Whether values can be null; else one index serves both ways, as NULLS LAST would hinder."""
    return bool(getattr(getattr(key, "expression", key), "nullable", True))


def narrowed(listing: Listing, asked: Asked) -> Select[Any]:
    """The rows that are asked for, without order, columns and page."""
    clauses = [clause for c in asked.conditions if (clause := _clause(listing, c)) is not None]
    return listing.source.where(and_(*clauses)) if clauses else listing.source


def _clause(listing: Listing, condition: Condition) -> ColumnElement[bool] | None:
    asked = listing.filter(condition.filter)
    if asked is None or not condition.values:
        return None
    if asked.condition is not None:
        return asked.condition(condition.operator, condition.values)
    on, values = asked.on, condition.values
    if asked.shape is Shape.FLAG:
        return on.is_(bool(values[0]))
    compared: dict[Operator, Callable[[], ColumnElement[bool]]] = {
        Operator.IS: lambda: on.in_(values),
        Operator.NOT: lambda: or_(on.not_in(values), on.is_(None)),
        Operator.FROM: lambda: on.__ge__(values[0]),
        Operator.UNTIL: lambda: on.__le__(values[0]),
        Operator.STARTS: lambda: _starts(on, asked.key, values),
    }
    return compared[condition.operator]()


def _starts(
    on: Value, key: Callable[[str], str] | None, values: Sequence[str]
) -> ColumnElement[bool]:
    """A prefix as a range: LIKE is not leakproof and would read the whole pool."""
    keys = [key(v) if key else v for v in values]
    ranges = [and_(on >= k, on < _behind(k)) for k in keys if k]
    return or_(*ranges) if ranges else false()


def _behind(prefix: str) -> str:
    """The first text, by code point, that does not start with ``prefix``."""
    last = ord(prefix[-1])
    return prefix[:-1] + chr(last + 1 if last != 0xD7FF else 0xE000)


PARSERS: dict[Shape, Callable[[str], Any]] = {
    Shape.COUNT: int,
    Shape.MONEY: lambda text: int((Decimal(text) * 100).to_integral_value()),
    Shape.RATE: Decimal,
    Shape.SHARE: Decimal,
    Shape.DAY: date.fromisoformat,
    Shape.MOMENT: datetime.fromisoformat,
    Shape.FLAG: lambda text: text == "yes",
}


def parse(shape: Shape, text: str) -> Any:
    """Read a value out of an address; money as cents.

    Raises:
        ValueError: it is none of this shape.
    """
    try:
        return PARSERS.get(shape, str)(text)
    except InvalidOperation as error:
        raise ValueError(text) from error
