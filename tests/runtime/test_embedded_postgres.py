"""The embedded database starts from whatever it finds, or says in one line why not."""

import os
import shutil
import signal
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from brokerpool.postgres import configuration, database
from brokerpool.postgres.place import Place, place_of
from brokerpool.postgres.server import EmbeddedPostgres
from shared.errors import Refused

Start = Callable[[], EmbeddedPostgres]


@pytest.fixture(scope="module")
def grown(open_folder: Path) -> Place:
    """A stopped database with one table, which the tests copy."""
    place = Place.at(open_folder / "grown")
    server = EmbeddedPostgres(place, durable=False)
    server.start()
    database.ensure(place)
    with psycopg.connect(database.owner_url(place)) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    server.leave()
    return place


@pytest.fixture
def place(grown: Place, open_folder: Path, request: pytest.FixtureRequest) -> Place:
    base = open_folder / request.node.name[:40]
    shutil.copytree(grown.base, base, ignore=shutil.ignore_patterns("sockets"))
    for path in (base / "data", *(base / "data").rglob("*"), base / "server.log"):
        owner = grown.data.stat()
        os.chown(path, owner.st_uid, owner.st_gid)
    return Place.at(base)


@pytest.fixture
def start(place: Place) -> Iterator[Start]:
    """Start a server, as another process would; all are stopped in the end."""
    started: list[EmbeddedPostgres] = []

    def another() -> EmbeddedPostgres:
        server = EmbeddedPostgres(place, durable=False)
        server.start()
        started.append(server)
        return server

    yield another
    for server in started:
        server.leave()


def number(place: Place) -> int:
    with psycopg.connect(database.owner_url(place)) as connection:
        row = connection.execute("SELECT number FROM kept").fetchone()
    assert row is not None
    return int(row[0])


def test_data_survive_stop_and_start(place: Place, start: Start) -> None:
    server = start()
    assert number(place) == 7
    assert server.leave()
    assert server.pid() is None
    start()
    assert number(place) == 7


def test_the_second_attaches_and_the_last_one_stops(place: Place, start: Start) -> None:
    first, second = start(), start()
    assert first.pid() == second.pid()
    assert not first.leave()
    assert number(place) == 7
    assert second.leave()
    assert second.pid() is None


def test_a_killed_server_starts_again(place: Place, start: Start) -> None:
    first = start()
    pid = first.pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    assert (place.data / "postmaster.pid").exists()
    second = start()
    assert second.pid() != pid
    assert number(place) == 7


def test_a_note_whose_number_belongs_to_another_process_is_forgotten(
    place: Place, start: Start
) -> None:
    first = start()
    first.leave()
    (place.data / "postmaster.pid").write_text(f"{os.getpid()}\n{place.data}\n0\n5432\n")
    start()
    assert number(place) == 7


def test_nobody_else_comes_in(place: Place, start: Start) -> None:
    start()
    with psycopg.connect(**configuration.superuser(place)) as connection:
        rules = connection.execute("SELECT DISTINCT auth_method FROM pg_hba_file_rules").fetchall()
        addresses = connection.execute("SHOW listen_addresses").fetchone()
    assert {str(r[0]) for r in rules} == {"peer", "scram-sha-256"}
    assert addresses == ("",)
    assert stat.S_IMODE(place.sockets.stat().st_mode) == 0o700
    assert stat.S_IMODE(place.data.stat().st_mode) == 0o700


def test_it_is_the_database_we_build_on(place: Place, start: Start) -> None:
    start()
    with psycopg.connect(database.owner_url(place)) as connection:
        row = connection.execute(
            "SELECT current_setting('server_version_num')::int / 10000, datlocprovider,"
            " datlocale, current_setting('data_checksums'), current_setting('jit'), rolsuper"
            " FROM pg_database, pg_roles"
            " WHERE datname = current_database() AND rolname = current_user"
        ).fetchone()
    assert row == (18, "b", "C.UTF-8", "on", "off", False)


def test_a_damaged_folder_is_named(place: Place, start: Start) -> None:
    (place.data / "global" / "pg_control").write_bytes(b"")
    with pytest.raises(Refused, match=r"data is damaged .* move the folder away") as refusal:
        start()
    assert "\n" not in str(refusal.value)
    assert str(place.data) in str(refusal.value)


def test_a_folder_that_is_no_database_is_named(place: Place, start: Start) -> None:
    (place.data / "PG_VERSION").unlink()
    with pytest.raises(Refused, match="PG_VERSION is missing"):
        start()


def test_data_of_another_release_are_named(place: Place, start: Start) -> None:
    (place.data / "PG_VERSION").write_text("17\n")
    with pytest.raises(Refused, match="written by PostgreSQL 17, this is 18"):
        start()


def test_an_interrupted_first_start_leaves_nothing_half(open_folder: Path) -> None:
    place = Place.at(open_folder / "interrupted")
    (place.base / "data.new" / "base").mkdir(parents=True)
    server = EmbeddedPostgres(place, durable=False)
    server.start()
    assert server.leave()
    assert not (place.base / "data.new").exists()


def test_a_place_that_can_not_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Refused, match="BROKERPOOL_HOME"):
        EmbeddedPostgres(Place.at(tmp_path / "file" / "postgres")).start()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to switch")
class TestAsRoot:
    def test_a_closed_home_is_left_closed(self, tmp_path: Path) -> None:
        tmp_path.chmod(0o700)
        place = place_of(tmp_path / ".brokerpool")
        assert place.base.is_relative_to("/var/lib/brokerpool")
        assert place.moved_from == tmp_path / ".brokerpool"
        assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700

    def test_an_open_home_keeps_its_database(self, open_folder: Path) -> None:
        assert place_of(open_folder / "home").base == open_folder / "home" / "postgres"

    def test_the_server_is_not_roots(self, start: Start) -> None:
        pid = start().pid()
        assert pid is not None
        assert psutil.Process(pid).uids().effective != 0
