"""Counts and sums of a database: what a restored one must show again."""

from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
from psycopg import sql

from shared.errors import Refused
from shared.vocabulary import Account

LEFT_OUT = ("web_session",)  # who is logged in: a backup must bring nobody back in
TABLES = """
    SELECT relname FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
        AND relname <> ALL (%s) ORDER BY relname"""
SUMS = """
    SELECT pool_id, run_id, account, currency, count(*), sum(amount)::text FROM posting
    GROUP BY pool_id, run_id, account, currency ORDER BY pool_id, run_id, account, currency"""


@dataclass(frozen=True)
class Figures:
    """What can be compared.

    Attributes:
        revision: the migration the tables stand at.
        rows: each table's number of rows.
        postings: for every run, account and currency, number and sum, as text.
    """

    revision: str
    rows: dict[str, int]
    postings: dict[str, str]

    def differences(self, found: "Figures") -> Iterator[str]:
        """What another database shows instead, as sentences."""
        if self.revision != found.revision:
            yield f"the revision is {found.revision}, not {self.revision}"
        for what, here, there in (
            ("rows of", self.rows, found.rows),
            ("postings of", self.postings, found.postings),
        ):
            for name in sorted({*here, *there}):
                if here.get(name) != there.get(name):
                    yield f"{what} {name}: {there.get(name)}, not {here.get(name)}"


def figures_of(connection: psycopg.Connection) -> Figures:
    """Count a database, as its owner, who sees every row.

    Raises:
        Refused: it has no tables of ours.
    """
    names = [row[0] for row in connection.execute(TABLES, [list(LEFT_OUT)])]
    if "alembic_version" not in names or "posting" not in names:
        raise Refused(
            f"The database {connection.info.dbname} is empty: there is nothing to back up."
        )
    rows = {name: _number(connection, name) for name in names}
    revisions = connection.execute("SELECT version_num FROM alembic_version ORDER BY 1").fetchall()
    postings = {
        f"pool {pool}, run {run}, {Account(account).name.lower()} {currency}": f"{count}: {total}"
        for pool, run, account, currency, count, total in connection.execute(SUMS)
    }
    return Figures("+".join(r[0] for r in revisions), rows, postings)


def _number(connection: psycopg.Connection, table: str) -> int:
    query = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier("public", table))
    row = connection.execute(query).fetchone()
    assert row is not None
    return int(row[0])
