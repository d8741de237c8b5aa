"""The town with two organisations: what is Adler's belongs to the south, where all the staff works.

Everything else names no organisation, so it is the default one's: for somebody of the south it is
another organisation's.
"""

from typing import Final

from sqlalchemy import Connection, TextClause, text

from shared.db import make_engine
from shared.models import Base
from shared.vocabulary import Door
from tests.factories import rows
from tests.factories.town import ADLER, BERG, POOL, Town

# everything an organisation keeps to itself; beside the columns of each, a unit's
WALLED: Final = (
    "customer", "contract", "application", "premium_due", "application_change", "discrepancy",
    "delivery_line", "raw_record", "message", "thread", "task", "document", "audit_entry",
    "statement_line",
)  # fmt: skip
UNITS: Final = ("organisation_id", "division_id", "team_id")
# about nothing, or about something everybody sees: here all of them are about the firm's contract
LOOSE: Final = ("thread", "task", "audit_entry")

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
        _seat(connection, town, south["team_id"])
    engine.dispose()


def _about_a_contract(connection: Connection, town: Town, firm: str) -> None:
    """What could be everybody's is one organisation's: about a contract of the firm."""
    contract = town.rows[firm]["contract"][0]["id"]
    changes = {table: {"subject": "contract", "subject_id": contract} for table in LOOSE}
    for name, changed in {**changes, "discrepancy": {"contract_id": contract}}.items():
        table = Base.metadata.tables[name]
        mine = town.rows[firm].setdefault(name, [])
        pools = town.rows[POOL].get(name, [])
        if not mine and pools:
            mine.append(pools.pop())
        for row in mine:
            row.update(changed)
            here = (table.c.pool_id == town.pool_id) & (table.c.id == row["id"])
            connection.execute(table.update().where(here).values(changed))


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
    """A default organisation, and the south with a division and a team."""
    here = {"pool": pool_id}
    connection.execute(text("UPDATE pool SET organisations_on = true WHERE id = :pool"), here)
    connection.execute(
        text("UPDATE organisation SET is_default = false WHERE pool_id = :pool"), here
    )
    connection.execute(_insert("organisation", "is_default"), here | {"name": "N", "of": True})
    ids: dict[str, int] = {}
    ids["organisation_id"] = connection.execute(
        _insert("organisation", "is_default"), here | {"name": "S", "of": False}
    ).scalar_one()
    ids["division_id"] = connection.execute(
        _insert("division", "organisation_id"), here | {"name": "S", "of": ids["organisation_id"]}
    ).scalar_one()
    ids["team_id"] = connection.execute(
        _insert("team", "division_id"), here | {"name": "S", "of": ids["division_id"]}
    ).scalar_one()
    return ids


def _insert(table: str, of: str) -> TextClause:
    return text(
        f"INSERT INTO {table} (pool_id, name, {of}, recorded_by)"
        " VALUES (:pool, :name, :of, 'tests') RETURNING id"
    )


def _seat(connection: Connection, town: Town, team_id: int) -> None:
    """All the staff works in the south and nowhere else."""
    here = {"pool": town.pool_id, "team": team_id, "door": Door.INTRANET}
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
