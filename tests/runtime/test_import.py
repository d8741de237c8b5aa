"""``brokerpool import`` from the command line, on a database of its own."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from brokerpool.cli import main
from pool_module.hierarchy import operations as hierarchy
from pool_module.incoming.operations import discrepancies
from shared.actor import Actor
from shared.db import make_engine, open_session
from shared.vocabulary import Door
from tests.servers import Database
from tests.unit.pool_module.incoming.formats.deliveries import FIXTURES

GDV = FIXTURES / "gdv" / "gdv_bestand_inkasso_provision_iso8859-1_crlf.gdv"
STATEMENT = FIXTURES / "statements" / "statement_pool_wifo_shape_cp1252.csv"
NOWHERE = {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing"}


def run(*arguments: str | Path, **environment: str) -> Result:
    return CliRunner().invoke(
        main, ["import", *map(str, arguments)], env={**NOWHERE, **environment}
    )


def test_a_dry_run_needs_neither_database_nor_insurer() -> None:
    done = run("gdv", GDV, "--insurer", "NOBODY", "--dry-run", "--json")
    assert done.exit_code == 0
    said = json.loads(done.stdout)
    assert (said["contracts"], said["commission"], said["records"]) == (5, "1425.17", 34)
    assert said["by_line"]["030"] == {"contracts": 1, "net_premium": "126.80"}


def test_a_dry_run_of_a_statement() -> None:
    done = run("statement", STATEMENT, "--insurer", "NOBODY", "--dry-run", "--json")
    assert json.loads(done.stdout) == {
        "format": "csv",
        "encoding": "cp1252",
        "rows": 5,
        "gross": "397.00",
        "reserve": "37.09",
        "net": "352.50",
        "warnings": [],
    }


def test_a_dry_run_for_people() -> None:
    done = run("gdv", GDV, "--insurer", "NOBODY", "--dry-run")
    assert "contracts: 5" in done.stdout
    assert "net_premium: 1726.80" in done.stdout


def test_a_dry_run_with_columns_named() -> None:
    columns = ["--column", "Vertrag=contract_number", "--column", "Netto=net"]
    done = run("statement", STATEMENT, "--insurer", "X", "--dry-run", "--json", *columns)
    assert json.loads(done.stdout)["gross"] is None


@pytest.mark.parametrize("dry", [[], ["--dry-run"]], ids=["real", "dry"])
@pytest.mark.parametrize("kind", ["gdv", "statement"])
@pytest.mark.parametrize("content", [b"", b"\x00\x01garbage", None, "folder"])
def test_what_is_no_such_file_is_one_line_and_exit_2(
    dry: list[str], kind: str, content: bytes | str | None, tmp_path: Path
) -> None:
    path = tmp_path / "x"
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif content:
        path.mkdir()
    done = run(kind, path, "--insurer", "X", *dry)
    assert done.exit_code == 2
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""


@pytest.mark.parametrize("column", ["Vertrag", "=net", "Vertrag=nothing", "Vertrag=net"])
def test_a_column_that_says_nothing_is_refused(column: str) -> None:
    done = run("statement", STATEMENT, "--insurer", "X", "--dry-run", "--column", column)
    assert done.exit_code == 2
    assert done.stderr.count("\n") == 1


class TestOnADatabase:
    @pytest.fixture
    def environment(self, own_database: Database, tmp_path: Path) -> dict[str, str]:
        with psycopg.connect(own_database.owner_url) as owner:
            owner.execute(
                "INSERT INTO pool (code, name) VALUES ('P', 'Pool') ON CONFLICT DO NOTHING"
            )
            owner.execute(
                "INSERT INTO insurer (pool_id, code, name) SELECT id, 'ALPHA', 'Alpha' FROM pool "
                "ON CONFLICT DO NOTHING"
            )
        urls = {f"DATABASE_URL_{door.name}": own_database.door_url(door) for door in Door}
        return {
            **urls,
            "DATABASE_URL": own_database.owner_url,
            "BROKERPOOL_HOME": str(tmp_path),
        }

    def result(self, environment: dict[str, str], *arguments: str | Path) -> Any:
        done = run(*arguments, "--insurer", "ALPHA", "--json", "--as", "Olena", **environment)
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)

    def test_an_import_and_the_same_again(self, environment: dict[str, str]) -> None:
        first = self.result(environment, "gdv", GDV)
        assert first["contracts"] == {"new": 5, "changed": 0, "unchanged": 0, "missing": 0}
        assert first["discrepancies"] == {"producer_unknown": 5, "agreement_missing": 6}
        again = self.result(environment, "gdv", GDV)
        assert again["contracts"] == {"new": 0, "changed": 0, "unchanged": 5, "missing": 0}
        assert (again["known"], again["discrepancies"]) == (6, {})

    def test_a_statement_with_a_mapping(self, environment: dict[str, str]) -> None:
        first = self.result(environment, "statement", STATEMENT, "--mapping", "wifo")
        assert first["discrepancies"] == {"contract_not_found": 5}
        kept = run(
            "statement", STATEMENT, "--insurer", "ALPHA", "--mapping", "wifo", "--dry-run",
            "--json", **environment,
        )  # fmt: skip
        assert json.loads(kept.stdout)["gross"] == "397.00"
        unknown = run(
            "statement", STATEMENT, "--insurer", "ALPHA", "--mapping", "no", "--dry-run",
            **environment,
        )  # fmt: skip
        assert (unknown.exit_code, unknown.stderr) == (2, "brokerpool: ALPHA has no mapping no.\n")

    def test_staff_settle_what_an_import_left(self, environment: dict[str, str]) -> None:
        self.result(environment, "gdv", GDV)
        with psycopg.connect(environment["DATABASE_URL"]) as owner:
            found = owner.execute("SELECT id FROM pool").fetchone()
        assert found
        actor = Actor(Door.INTRANET, found[0], None, "Clerk")
        engine = make_engine(environment["DATABASE_URL_INTRANET"])
        with open_session(engine, actor) as session:
            producer = hierarchy.add_producer(session, actor, code="A")
            mapped = discrepancies.map_agency_number(
                session, actor, "ALPHA", "4711000001", producer, today=date(2026, 11, 20)
            )
            missing = session.execute(
                text("SELECT id FROM discrepancy WHERE cause = 'agreement_missing'")
            )
            ids = list(missing.scalars())
            booked = discrepancies.accept(session, actor, ids, today=date(2026, 11, 20))
            session.commit()
        engine.dispose()
        assert (mapped["contracts"], booked["event"]) == (5, 6)

    def test_for_people(self, environment: dict[str, str]) -> None:
        done = run("gdv", GDV, "--insurer", "ALPHA", **environment)
        assert "Contracts:" in done.stdout
        assert "Commission:" in done.stdout

    def test_an_unknown_insurer(self, environment: dict[str, str]) -> None:
        done = run("gdv", GDV, "--insurer", "BETA", **environment)
        assert (done.exit_code, done.stderr) == (2, "brokerpool: The pool has no insurer BETA.\n")
