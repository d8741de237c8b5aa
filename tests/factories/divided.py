"""The town with two organisations: what is Adler's belongs to the south, where all the staff works.

Everything else names no organisation, so it is the default one's: for somebody of the south it is
another organisation's.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy import Connection, Table, TextClause, text

from shared.db import make_engine
from shared.models import Base
from shared.vocabulary import Door
from tests.factories import rows
from tests.factories.town import ADLER, BERG, POOL, Row, Town

CANARY: Final = re.compile(r"zq[a-z]+[0-9a-f]+q[0-9a-f]+q")
# everything an organisation keeps to itself; beside the columns of each, a unit's
WALLED: Final = (
    "customer", "contract", "application", "premium_due", "application_change", "discrepancy",
    "delivery_line", "raw_record", "message", "thread", "task", "document", "audit_entry",
    "statement_line",
)  # fmt: skip
NORTH, SOUTH = "N", "S"  # the default organisation, and Adler's
UNITS: Final = ("organisation_id", "division_id", "team_id")
# about nothing, or about something everybody sees: here all of them are about the firm's contract
LOOSE: Final = ("thread", "task", "audit_entry")
LINES_OF: Final = ("delivery_line", "discrepancy", "raw_record")
# beside them, what hangs on a customer or a contract of one, and is told with it
HANGING: Final = {"clearance_request": "customer", "conversion": "contract"}
# what names no organisation and is not about any of these is everybody's
KINDS: Final = (
    "customer", "contract", "application", "application_change", "premium_due", "statement_line",
    "thread", "message", "task", "document",
)  # fmt: skip

# a line is of the organisation its contract is of, whoever is paid for it
LINES: Final = """
    UPDATE statement_line l SET organisation_id = c.organisation_id
    FROM event e JOIN contract c ON c.pool_id = e.pool_id AND c.id = e.contract_id
    WHERE e.pool_id = l.pool_id AND e.id = l.event_id AND l.pool_id = :pool
    RETURNING l.id, l.organisation_id"""


def divide(town: Town) -> None:
    """Enable the layer and move house, past every guard."""
    engine = make_engine(town.database.owner_url)
    with engine.begin() as connection, rows.guards_off(connection):
        for firm in (BERG, ADLER):  # there may be one row only: what is seen by nobody else
            _about_a_contract(connection, town, firm)
        south = _south(connection, town.pool_id)
        for table in WALLED:
            units = [c for c in UNITS if c in Base.metadata.tables[table].columns]
            alone = ", ".join(f"{unit} = NULL" for unit in units)
            moved = ", ".join(f"{unit} = :{unit}" for unit in units)
            here = {"pool": town.pool_id, "ids": [r["id"] for r in town.rows[ADLER].get(table, [])]}
            connection.execute(text(f"UPDATE {table} SET {alone} WHERE pool_id = :pool"), here)
            connection.execute(
                text(f"UPDATE {table} SET {moved} WHERE pool_id = :pool AND id = ANY(:ids)"),
                here | south,
            )
        _sort_lines(connection, town)
        _seat(connection, town, SOUTH)
    engine.dispose()


def kept_in_the_north(town: Town) -> set[str]:
    """The canaries of what the default organisation keeps to itself: nobody of the south reads one.

    What is about nothing of an organisation (a product's leaflet, a line without a contract) is
    everybody's and has none of them.
    """
    words: set[str] = set()
    silent = []
    engine = make_engine(town.database.owner_url)
    with engine.connect() as connection:
        for table in (*WALLED, *HANGING):
            columns = Base.metadata.tables[table].columns
            of, kept = f"{table} x", "x.organisation_id IS NULL"
            if table in HANGING:
                above = HANGING[table]
                of += f" JOIN {above} p ON p.pool_id = x.pool_id AND p.id = x.{above}_id"
                kept = "p.organisation_id IS NULL"
            elif table == "message":
                of += " JOIN thread p ON p.pool_id = x.pool_id AND p.id = x.thread_id"
                kept += " AND p.subject = ANY(:kinds)"
            elif "subject" in columns:
                kept += " AND x.subject = ANY(:kinds)"
            elif table in LINES_OF:
                kept += " AND x.contract_id IS NOT NULL"
            rows_of = f"SELECT x::text FROM {of} WHERE x.pool_id = :pool AND {kept}"
            here = {"pool": town.pool_id, "kinds": list(KINDS)}
            found = connection.execute(text(rows_of), here).scalars().all()
            silent += [] if found else [table]
            words.update(word for row in found for word in CANARY.findall(row.lower()))
    engine.dispose()
    assert silent == [], f"the north keeps no {silent}"
    return words & set(town.told)


def _about_a_contract(connection: Connection, town: Town, firm: str) -> None:
    """What could be everybody's is one organisation's: about a contract of the firm."""
    contract = town.rows[firm]["contract"][0]["id"]
    changes = {table: {"subject": "contract", "subject_id": contract} for table in LOOSE}
    of_contract = {table: {"contract_id": contract} for table in LINES_OF}
    for name, changed in {**changes, **of_contract}.items():
        table = Base.metadata.tables[name]
        mine = town.rows[firm].setdefault(name, [])
        pools = town.rows[POOL].get(name, [])
        if not mine and pools:
            mine.append(pools.pop())
        elif not mine:  # the other firm has the only one
            mine.append(_copied(connection, town, table))
        if name == "discrepancy":
            changed |= {"delivery_line_id": town.rows[firm]["delivery_line"][0]["id"]}
        for row in mine:
            row.update(changed)
            here = (table.c.pool_id == town.pool_id) & (table.c.id == row["id"])
            connection.execute(table.update().where(here).values(changed))


def _copied(connection: Connection, town: Town, table: Table) -> Row:
    """Adler's own of what there is one of, with canaries of its own."""
    values = dict(town.rows[BERG][table.name][0])
    for column in table.columns:
        value = values[column.name]
        if column.name == "id" or column.computed is not None:
            del values[column.name]
        elif isinstance(value, str) and column.name == "source_key":
            values[column.name] = f"{value} of adler"
        elif isinstance(value, str) and (found := CANARY.search(value)):
            word = re.sub("^zq[a-z]+?(?=[0-9])", "zqadler", found[0])
            values[column.name] = value.replace(found[0], word)
            town.told[word] = (ADLER, table.name, column.name)
    made = connection.execute(table.insert().values(values).returning(table))
    return dict(made.mappings().one())


def _sort_lines(connection: Connection, town: Town) -> None:
    """Say of each line whose it is: Adler is paid for Berg's contracts too."""
    of = {
        row.id: ADLER if row.organisation_id else BERG
        for row in connection.execute(text(LINES), {"pool": town.pool_id})
    }
    lines = [row for firm in (ADLER, BERG) for row in town.rows[firm].get("statement_line", [])]
    for firm in (ADLER, BERG):
        town.rows[firm]["statement_line"] = [row for row in lines if of.get(row["id"]) == firm]


def _south(connection: Connection, pool_id: int) -> dict[str, int]:
    """A default organisation and the south, each with a division and a team; those of the south."""
    here = {"pool": pool_id}
    connection.execute(text("UPDATE pool SET organisations_on = true WHERE id = :pool"), here)
    connection.execute(
        text("UPDATE organisation SET is_default = false WHERE pool_id = :pool"), here
    )
    ids: dict[str, int] = {}
    for name in (NORTH, SOUTH):
        of: int | bool = name == NORTH
        for unit, column in (("organisation", "is_default"), ("division", "organisation_id"),
                             ("team", "division_id")):  # fmt: skip
            values = here | {"name": name, "of": of}
            of = ids[f"{unit}_id"] = connection.execute(_insert(unit, column), values).scalar_one()
    return ids


def _insert(table: str, of: str) -> TextClause:
    return text(
        f"INSERT INTO {table} (pool_id, name, {of}, recorded_by)"
        " VALUES (:pool, :name, :of, 'tests') RETURNING id"
    )


@contextmanager
def seated(town: Town, organisation: str) -> Iterator[None]:
    """All the staff works in an organisation, and in the south again afterwards."""
    _seat_all(town, organisation)
    try:
        yield
    finally:
        _seat_all(town, SOUTH)


def _seat_all(town: Town, organisation: str) -> None:
    engine = make_engine(town.database.owner_url)
    with engine.begin() as connection:
        _seat(connection, town, organisation)
    engine.dispose()


def _seat(connection: Connection, town: Town, organisation: str) -> None:
    """All the staff works in the one team of an organisation and nowhere else."""
    team = text("SELECT id FROM team WHERE pool_id = :pool AND name = :name")
    here = {"pool": town.pool_id, "door": Door.INTRANET, "name": organisation}
    here["team"] = connection.execute(team, here).scalar_one()
    connection.execute(text("DELETE FROM membership_team WHERE pool_id = :pool"), here)
    connection.execute(
        text(
            "INSERT INTO membership_team (pool_id, membership_id, team_id, is_default, recorded_by)"
            " SELECT pool_id, id, :team, true, 'tests' FROM membership"
            " WHERE pool_id = :pool AND door = :door"
        ),
        here,
    )
    connection.execute(
        text("UPDATE web_session SET team_id = :team WHERE pool_id = :pool AND door = :door"), here
    )
