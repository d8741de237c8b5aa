"""``brokerpool statements``: the papers of a period in a folder, as many times as one likes."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from brokerpool.cli import main
from pool_module.settlement.formats.scenario import read_scenario
from pool_module.settlement.operations.scenario import ScenarioRun
from shared.actor import Actor
from shared.db import make_engine, open_session
from shared.vocabulary import Door
from tests.database.pool_module.settlement.small_pool import FACTS
from tests.servers import Database

JANUARY = {"settle": {"through": "2026-01-31"}}


class TestStatements:
    @pytest.fixture(autouse=True)
    def _settled(
        self, own_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A pool that closed January; nothing is issued yet."""
        url = own_database.door_url(Door.WORKER)
        monkeypatch.setenv("DATABASE_URL", own_database.owner_url)
        monkeypatch.setenv("DATABASE_URL_WORKER", url)
        monkeypatch.setenv("BROKERPOOL_HOME", str(tmp_path / "home"))
        steps = [*FACTS, JANUARY]
        plan = read_scenario(json.dumps({"name": "Nord", "currency": "EUR", "steps": steps}))
        actor = Actor(Door.WORKER, 1, None, "test")
        engine = make_engine(url)
        with open_session(engine, actor) as session, session.begin():
            ScenarioRun(session, actor, plan).play()
        engine.dispose()

    def test_papers_of_a_period(self, tmp_path: Path) -> None:
        out = tmp_path / "out"
        first = run("--period", "2026-01", "--out", out, "--format", "both", "--json")
        assert first.exit_code == 0, first.output
        assert [one["file"] for one in json.loads(first.stdout)] == [
            "Adler_2026-01-00001.csv",
            "Adler_2026-01-00001.pdf",
            "Berg_2026-01-00002.csv",
            "Berg_2026-01-00002.pdf",
        ]
        before = {path.name: path.read_bytes() for path in out.iterdir()}
        assert run("--period", "2026-01", "--out", out, "--format", "both").exit_code == 0
        assert {path.name: path.read_bytes() for path in out.iterdir()} == before
        one = run("--period", "2026-01", "--out", tmp_path / "one", "--payee", "Berg")
        assert one.stdout == f"Statements: 1, files: 1, in {tmp_path / 'one'}\n"
        assert_refused(run("--period", "2026-02", "--out", out), "no closed period 2026-02")
        stranger = run("--period", "2026-01", "--out", out, "--payee", "Zorn")
        assert_refused(stranger, "There is no statement of Zorn for 2026-01")
        in_the_way = run("--period", "2026-01", "--out", out / "Berg_2026-01-00002.pdf")
        assert_refused(in_the_way, "is no folder that can be written")


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["statements", *map(str, arguments)])


def assert_refused(result: Result, said: str) -> None:
    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stderr.count("\n") == 1
