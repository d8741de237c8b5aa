"""Forty ways to ask a table without a WHERE: whose rows come back, or are changed, is the wall's.

Each form is asked of every table a door may read (or write), as somebody of one firm and as staff.
Nothing of the neighbour's, of the stranger's pool, or (for staff) of a broker's own may show.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import (
    CursorResult,
    String,
    Table,
    and_,
    case,
    cast,
    column,
    delete,
    exists,
    false,
    func,
    insert,
    literal,
    literal_column,
    not_,
    or_,
    select,
    text,
    true,
    tuple_,
    union,
    union_all,
    update,
)  # fmt: skip
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.exc import DBAPIError, InvalidRequestError
from sqlalchemy.orm import Session, aliased, make_transient_to_detached
from sqlalchemy.orm.exc import StaleDataError

from shared.db import make_engine, open_session
from shared.models import Base
from shared.vocabulary import Door
from tests.factories.town import ADLER, BERG, FAR, Row, Town

Keys = set[tuple[Any, ...]]
REFUSALS = {"42501", "23503", "0A000"}
MODELS = {str(m.local_table): m.class_ for m in Base.registry.mappers}
LOOKED: dict[Door, int] = dict.fromkeys(Door, 0)


@dataclass
class Asking:
    """Somebody asks a table.

    Attributes:
        mine: keys of what he may see.
        theirs: rows that are not his.
        readable: the columns his role may read.
        outside: whether he is a broker.
    """

    session: Session
    table: Table
    mine: Keys
    theirs: list[Row]
    readable: list[str]
    outside: bool

    @property
    def model(self) -> Any:
        return MODELS[self.table.name]

    @property
    def key(self) -> list[Any]:
        return list(self.table.primary_key.columns)

    def keys_of(self, rows: Any) -> Keys:
        return {tuple(row) for row in rows}

    def keys(self, statement: Any) -> Keys:
        return self.keys_of(self.session.execute(statement).all())

    def objects(self, found: Any) -> Keys:
        return {tuple(getattr(o, c.key) for c in self.key) for o in found}

    def named(self, source: Any) -> list[Any]:
        return [source.c[c.name] for c in self.key]

    @property
    def picked(self) -> str:
        return ", ".join(c.name for c in self.key)


Form = Callable[[Asking], Keys | int | None]


def entity(a: Asking) -> Keys:
    return a.objects(a.session.scalars(select(a.model)).all())


def legacy_query(a: Asking) -> Keys:
    return a.objects(a.session.query(a.model).all())


def columns(a: Asking) -> Keys:
    return a.keys(select(*a.key))


def core_select(a: Asking) -> Keys:
    return a.keys(select(*a.key).select_from(a.table))


def plain_text(a: Asking) -> Keys:
    return a.keys(text(f"SELECT {a.picked} FROM {a.table.name}"))


def injected(a: Asking) -> Keys:
    return a.keys(text(f"SELECT {a.picked} FROM {a.table.name} WHERE 1 = 0 OR 1 = 1 --"))


def from_statement(a: Asking) -> Keys:
    listed = ", ".join(a.readable)
    found = select(a.model).from_statement(text(f"SELECT {listed} FROM {a.table.name}"))
    return a.objects(a.session.scalars(found).all())


def or_true(a: Asking) -> Keys:
    return a.keys(select(*a.key).where(or_(a.key[0] == -1, true())))


def negated(a: Asking) -> Keys:
    return a.keys(select(*a.key).where(not_(and_(a.key[0] == -1, true()))))


def alias(a: Asking) -> Keys:
    other = aliased(a.model)
    return a.keys(select(*(getattr(other, c.key) for c in a.key)))


def joined(a: Asking) -> Keys:
    left, right = a.table.alias("l"), a.table.alias("r")
    return a.keys(select(*a.named(right)).select_from(left).join(right, true()))


def outer_joined(a: Asking) -> Keys:
    left, right = a.table.alias("l"), a.table.alias("r")
    on = left.c[a.key[-1].name] == right.c[a.key[-1].name]
    return a.keys(select(*a.named(right)).select_from(left.outerjoin(right, on, full=False)))


def natural(a: Asking) -> Keys:
    using = a.picked
    found = f"SELECT {using} FROM {a.table.name} l JOIN {a.table.name} r USING ({using})"
    return a.keys(text(found))


def subquery(a: Asking) -> Keys:
    inner = select(*a.key).subquery()
    return a.keys(select(*inner.c))


def membership(a: Asking) -> Keys:
    inner = a.table.alias("i")
    return a.keys(select(*a.key).where(tuple_(*a.key).in_(select(*a.named(inner)))))


def outside(a: Asking) -> Keys:
    inner = a.table.alias("i")
    none = select(*a.named(inner)).where(false())
    return a.keys(select(*a.key).where(tuple_(*a.key).not_in(none)))


def there_is(a: Asking) -> int:
    met = 0
    for row in a.theirs[:3]:
        same = and_(*(c == row[c.name] for c in a.key))
        met += bool(a.session.execute(select(exists().where(same))).scalar_one())
    return met


def scalar_subquery(a: Asking) -> Keys:
    whole = select(func.count()).select_from(a.table).scalar_subquery()
    return a.keys(select(*a.key).where(whole > 0))


def united(a: Asking) -> Keys:
    return a.keys(union(select(*a.key), select(*a.key)))


def united_all(a: Asking) -> Keys:
    return a.keys(union_all(select(*a.key), select(*a.key)))


def excepted(a: Asking) -> Keys:
    nothing = select(*a.key).where(false())
    return a.keys(select(*a.key).except_(nothing))


def common_table(a: Asking) -> Keys:
    found = select(*a.key).cte("found")
    return a.keys(select(*found.c))


def kept_table(a: Asking) -> Keys:
    found = f"WITH x AS MATERIALIZED (SELECT {a.picked} FROM {a.table.name}) SELECT * FROM x"
    return a.keys(text(found))


def recursive(a: Asking) -> Keys:
    found = (f"WITH RECURSIVE x AS (SELECT {a.picked} FROM {a.table.name} UNION "
             f"SELECT {', '.join('t.' + c.name for c in a.key)} FROM {a.table.name} t, x) "
             "SELECT * FROM x")  # fmt: skip
    return a.keys(text(found))


def lateral(a: Asking) -> Keys:
    one = select(literal(1).label("one")).subquery()
    found = select(*a.key).lateral("found")
    return a.keys(select(*found.c).select_from(one).join(found, true()))


def windowed(a: Asking) -> Keys:
    count = func.count().over()
    rows = a.session.execute(select(*a.key, count)).all()
    assert all(row[-1] == len(rows) for row in rows)
    return {tuple(row[:-1]) for row in rows}


def counted(a: Asking) -> int:
    found: int = a.session.execute(select(func.count()).select_from(a.table)).scalar_one()
    return found - len(a.mine)


def summed(a: Asking) -> int:
    last = a.key[-1]
    if not isinstance(last.type.python_type(), int):
        return 0
    highest = a.session.execute(select(func.max(last))).scalar_one()
    return 0 if highest == max((k[-1] for k in a.mine), default=None) else 1


def grouped(a: Asking) -> Keys:
    return a.keys(select(*a.key).group_by(*a.key).having(func.count() > 0))


def distinct_rows(a: Asking) -> Keys:
    return a.keys(select(*a.key).distinct())


def aggregated(a: Asking) -> Keys:
    told = func.array_agg(cast(func.row(*a.key), String))
    found = a.session.execute(select(told)).scalar_one() or []
    return set() if len(found) == len(a.mine) else {("too many",)}


def conditional(a: Asking) -> int:
    shown = case((true(), 1), else_=0)
    return int(a.session.execute(select(func.coalesce(func.sum(shown), 0)).select_from(a.table))
               .scalar_one()) - len(a.mine)  # fmt: skip


def got(a: Asking) -> int:
    a.session.expunge_all()
    return sum(
        a.session.get(a.model, tuple(row[c.name] for c in a.key)) is not None
        for row in a.theirs[:3]
    )


def refreshed(a: Asking) -> int:
    a.session.expunge_all()
    met = 0
    for row in a.theirs[:2]:
        guessed = a.model(**{c.key: row[c.name] for c in a.key})
        make_transient_to_detached(guessed)
        a.session.add(guessed)
        try:
            a.session.refresh(guessed)
        except InvalidRequestError:
            a.session.expunge(guessed)
        else:
            met += 1
    return met


def identity_map(a: Asking) -> int:
    """What is in the map of somebody else's session is not in this one's."""
    a.session.expunge_all()
    list(a.session.scalars(select(a.model)))
    return len(a.objects(a.session.identity_map.values()) - a.mine)


def copied(a: Asking) -> Keys:
    raw: Any = a.session.connection().connection.driver_connection
    with raw.cursor() as cursor, cursor.copy(f"COPY (SELECT {a.picked} FROM {a.table.name}) "
                                             "TO STDOUT") as stream:  # fmt: skip
        lines = [bytes(piece) for piece in stream]
    return set() if len(lines) == len(a.mine) else {("lines", len(lines), len(a.mine))}


def cursor(a: Asking) -> Keys:
    a.session.execute(text(f"DECLARE spy CURSOR FOR SELECT {a.picked} FROM {a.table.name}"))
    found = a.keys(text("FETCH ALL FROM spy"))
    a.session.execute(text("CLOSE spy"))
    return found


def sampled(a: Asking) -> Keys:
    return a.keys(text(f"SELECT {a.picked} FROM {a.table.name} TABLESAMPLE SYSTEM (100)"))


def locked(a: Asking) -> Keys:
    return a.keys(select(*a.key).with_for_update())


def without_the_wall(a: Asking) -> Keys:
    a.session.execute(text("SET LOCAL row_security = off"))
    return a.keys(select(*a.key))


def bulk_update(a: Asking) -> int:
    return _changed(a, update(a.model).values({_neutral(a): _same(a)}))


def core_update(a: Asking) -> int:
    return _changed(a, update(a.table).values({_neutral(a): _same(a)}))


def update_returning(a: Asking) -> Keys:
    found = update(a.table).values({_neutral(a): _same(a)}).returning(*a.key)
    return a.keys_of(a.session.execute(found).all())


def update_from(a: Asking) -> int:
    other = a.table.alias("o")
    change = update(a.table).values({_neutral(a): _same(a)})
    return _changed(a, change.where(a.key[-1] == other.c[a.key[-1].name]))


def bulk_delete(a: Asking) -> int:
    return _changed(a, delete(a.model))


def delete_using(a: Asking) -> int:
    done = a.session.execute(text(f"DELETE FROM {a.table.name} USING {a.table.name} o"))
    assert isinstance(done, CursorResult)
    return max(0, done.rowcount - len(a.mine))


def insert_elsewhere(a: Asking) -> int:
    return _written(a, [insert(a.table).values(_copy(a, row)) for row in a.theirs[:2]])


def insert_from_select(a: Asking) -> int:
    names = [c.name for c in a.table.columns if c.computed is None and c.name != "id"]
    chosen: Any = select(*(literal_column(str(a.theirs[0]["pool_id"])).label("pool_id")
                      if n == "pool_id" else column(n) for n in names))  # fmt: skip
    made = insert(a.table).from_select(names, chosen.select_from(a.table).limit(1))
    if not a.mine or "pool_id" not in names or not _strange(a):
        return 0
    return _written(a, [made])


def upserted(a: Asking) -> int:
    row = _copy(a, a.theirs[0], same=True)
    change = pg_insert(a.table).values(row)
    if a.table.primary_key.columns:
        names = [c.name for c in a.key]
        change = change.on_conflict_do_update(index_elements=names,
                                              set_={_neutral(a): row.get(_neutral(a))})  # fmt: skip
    return _written(a, [change])


def moved(a: Asking) -> int:
    """An object of one's own gets another's firm, or another's pool."""
    # staff may give a row to another firm of the pool; nobody gives one to another pool
    name = "firm_id" if "firm_id" in a.table.columns and a.outside else "pool_id"
    values = {row[name] for row in a.theirs if row.get(name)} - {k[0] for k in a.mine}
    if name not in a.table.columns or not a.mine or not values:
        return 0
    done = a.session.execute(update(a.table).values({name: min(values)}))
    assert isinstance(done, CursorResult)
    return done.rowcount


def merged(a: Asking) -> int:
    a.session.expunge_all()
    row = a.theirs[0]
    a.session.merge(a.model(**{c.key: row[c.name] for c in a.table.columns if c.computed is None}))
    a.session.flush()
    return 1


def _neutral(a: Asking) -> str:
    """A column the role may change, set to itself."""
    found = [c.name for c in a.table.columns if c.computed is None and c not in set(a.key)
             and _may(a, c.name, "UPDATE") and c.name in a.readable]  # fmt: skip
    return found[0] if found else a.key[-1].name


def _same(a: Asking) -> Any:
    return a.table.columns[_neutral(a)]


def _may(a: Asking, name: str, right: str) -> bool:
    asked = text("SELECT has_column_privilege(:t, :c, :r)")
    return bool(a.session.execute(asked, {"t": a.table.name, "c": name, "r": right}).scalar_one())


def _changed(a: Asking, change: Any) -> int:
    done = a.session.execute(change.execution_options(synchronize_session=False))
    assert isinstance(done, CursorResult)
    return max(0, done.rowcount - len(a.mine))


def _written(a: Asking, statements: list[Any]) -> int:
    for statement in statements:
        a.session.execute(statement)
    return len(statements)


def _strange(a: Asking) -> bool:
    return a.theirs[0].get("pool_id") not in {k[0] for k in a.mine}


def _copy(a: Asking, row: Row, *, same: bool = False) -> Row:
    """Another's row once more, under a number of its own unless the same is asked for."""
    own = {} if same else {"id": 1_900_000_000} if "id" in a.table.columns else {}
    given = {c.name: row[c.name] for c in a.table.columns if c.computed is None}
    return given | own


READING: tuple[Form, ...] = (
    entity, legacy_query, columns, core_select, plain_text, injected, from_statement, or_true,
    negated, alias, joined, outer_joined, natural, subquery, membership, outside, there_is,
    scalar_subquery, united, united_all, excepted, common_table, kept_table, recursive, lateral,
    windowed, counted, summed, grouped, distinct_rows, aggregated, conditional, got, refreshed,
    identity_map, copied, cursor, sampled, locked, without_the_wall,
)  # fmt: skip
WRITING: tuple[Form, ...] = (
    bulk_update, core_update, update_returning, update_from, bulk_delete, delete_using,
    insert_elsewhere, insert_from_select, upserted, moved, merged,
)  # fmt: skip


@pytest.fixture(scope="module")
def at(town: Town) -> Iterator[Callable[[Door], list[Asking]]]:
    """Somebody at a door in front of every table he may read; what he does is undone."""
    engines = {d: make_engine(town.database.door_url(d)) for d in (Door.INTRANET, Door.EXTRANET)}
    connections = {d: e.connect() for d, e in engines.items()}

    def asking(door: Door) -> list[Asking]:
        connection = connections[door]
        if connection.in_transaction():
            connection.rollback()
        connection.begin()
        session = open_session(connection, town.actor("broker" if door is Door.EXTRANET else
                                                      "admin"))  # fmt: skip
        return [a for t in Base.metadata.sorted_tables if (a := _asking(town, door, session, t))]

    yield asking
    for connection in connections.values():
        connection.close()
    for engine in engines.values():
        engine.dispose()


def _asking(town: Town, door: Door, session: Session, table: Table) -> Asking | None:
    readable = session.execute(
        text("SELECT attname FROM pg_attribute WHERE attrelid = CAST(:table AS regclass)"
             " AND attnum > 0 AND NOT attisdropped"
             " AND has_column_privilege(attrelid, attnum, 'SELECT')"),
        {"table": table.name},
    ).scalars().all()  # fmt: skip
    if not readable or table.name == "insurer_identity":
        return None
    here, own = town.rows, town.private
    if door is Door.EXTRANET:
        theirs = [here[ADLER], own.get(ADLER, {}), here[FAR]]
    else:
        theirs = [own.get(ADLER, {}), own.get(BERG, {}), here[FAR]]
    hidden = [row for side in theirs for row in side.get(table.name, [])]
    names = [c.name for c in table.primary_key.columns]
    whole = session.execute(select(*table.primary_key.columns)).all()
    mine = {tuple(row) for row in whole} - {tuple(row[n] for n in names) for row in hidden}
    if not hidden:
        return None
    return Asking(session, table, mine, hidden, list(readable), door is Door.EXTRANET)


@pytest.mark.parametrize("door", [Door.EXTRANET, Door.INTRANET])
@pytest.mark.parametrize("form", READING, ids=lambda f: f.__name__)
def test_a_forgotten_where_shows_nothing(
    at: Callable[[Door], list[Asking]], form: Form, door: Door
) -> None:
    leaks, looked = [], 0
    for asking in at(door):
        mark = asking.session.begin_nested()
        try:
            found = form(asking)
        except DBAPIError as error:
            # a role that may only read can lock nothing, and a wall is not switched off
            found = None
            if getattr(error.orig, "sqlstate", "") not in REFUSALS:
                raise
        finally:
            mark.rollback()
        looked += 1
        leaked = found if isinstance(found, int) else len((found or set()) - asking.mine)
        if leaked:
            leaks.append((asking.table.name, leaked))
    LOOKED[door] += looked
    assert leaks == []
    assert looked > 20


@pytest.mark.parametrize("door", [Door.EXTRANET, Door.INTRANET])
@pytest.mark.parametrize("form", WRITING, ids=lambda f: f.__name__)
def test_a_forgotten_where_changes_nothing(
    at: Callable[[Door], list[Asking]], form: Form, door: Door
) -> None:
    leaks, looked = [], 0
    for asking in at(door):
        mark = asking.session.begin_nested()
        try:
            found = form(asking)
        except (DBAPIError, StaleDataError):
            found = None  # by a grant, a policy, a key or a guard: nothing was written
        finally:
            mark.rollback()
        looked += 1
        leaked = found if isinstance(found, int) else len((found or set()) - asking.mine)
        if leaked:
            leaks.append((asking.table.name, leaked))
    LOOKED[door] += looked
    assert leaks == []
    assert looked > 20


def test_the_forms_are_counted(record_property: Callable[[str, object], None]) -> None:
    forms, asked = len(READING) + len(WRITING), sum(LOOKED.values())
    record_property("figures", f"forms: {forms} of ORM and SQL, asked {asked} times, 0 leaks")
