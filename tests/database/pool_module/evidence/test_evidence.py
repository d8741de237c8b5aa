"""An auditor's samples on a settled, issued month: sources, hashes, and the period as files."""

import csv
import io
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from hashlib import sha256
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from pool_module.evidence import operations, queries
from pool_module.evidence.errors import NoSuchSample, NumberUnknown
from pool_module.evidence.queries import tables
from shared.db import make_engine
from shared.vocabulary import Door
from tests.database.pool_module.settlement.issued import IssuedPool, issued
from tests.database.pool_module.settlement.small_pool import FACTS

DAY = date(2026, 2, 10)
SETTLED = {"name": "Nord", "currency": "EUR",
           "steps": [*FACTS, {"settle": {"through": "2026-01-31"}}]}  # fmt: skip


@pytest.fixture(scope="module")
def pool(
    door_url: Callable[[Door], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[IssuedPool]:
    engine = make_engine(door_url(Door.WORKER))
    with issued(engine, SETTLED, tmp_path_factory.mktemp("files")) as made:
        made.issue("Berg")
        yield made
    engine.dispose()


def test_the_same_seed_draws_the_same_lines(pool: IssuedPool) -> None:
    run = pool.runs[-1]
    first = queries.drawn(pool.session, pool.actor, run.id, "abc", 8)
    again = queries.drawn(pool.session, pool.actor, run.id, "abc", 8)
    assert [row["id"] for row in first] == [row["id"] for row in again]
    assert {row["payee"] for row in first} == {"Adler", "Berg"}


def test_a_line_leads_to_rule_version_and_approver(pool: IssuedPool) -> None:
    (line, *_) = queries.drawn(pool.session, pool.actor, pool.runs[-1].id, "abc", 8)
    found = operations.follow(pool.session, pool.actor, line["statement_id"], line["id"], DAY)
    assert found.why.entry.contract == "C-1"
    assert found.rule is not None
    assert found.rule["recorded_by"] == "issuing"
    assert found.run.calculated_by != found.run.approved_by
    assert found.number == line["number"]


def test_a_closed_statement_is_unchanged_until_a_byte_of_it_is_not(pool: IssuedPool) -> None:
    statement = pool.statement_of("Berg")
    found = operations.verify(pool.session, pool.actor, pool.root, statement)
    assert found.unchanged
    assert {held.paper.kind for held in found.held} == {"statement", "csv"}
    (file,) = (p for p in pool.root.rglob(found.held[0].paper.sha256))
    before = file.read_bytes()
    file.chmod(0o600)
    file.write_bytes(before + b" ")
    changed = operations.verify(pool.session, pool.actor, pool.root, statement)
    assert [held.same for held in changed.held].count(False) == 1
    assert not changed.unchanged
    file.unlink()
    gone = operations.verify(pool.session, pool.actor, pool.root, statement)
    assert None in {held.found for held in gone.held}
    file.write_bytes(before)
    unissued = operations.verify(pool.session, pool.actor, pool.root, pool.statement_of("Adler"))
    assert (unissued.unchanged, unissued.sums, unissued.adds_up) == (False, True, True)


def test_a_statement_is_found_by_its_number(pool: IssuedPool) -> None:
    statement = pool.statement_of("Berg")
    number = operations.verify(pool.session, pool.actor, pool.root, statement).number
    assert operations.number_to_id(pool.session, pool.actor, f" {number} ") == statement
    with pytest.raises(NumberUnknown):
        operations.number_to_id(pool.session, pool.actor, "2020-01/00001")


def test_a_period_is_taken_out_with_what_describes_it(pool: IssuedPool) -> None:
    said: list[tuple[int, int]] = []

    def told(done: int, size: int) -> bool:
        said.append((done, size))
        return True

    run = pool.runs[-1]
    document = operations.export_period(pool.session, pool.actor, pool.root, run.id, told)
    assert document is not None
    assert said[-1][0] == said[-1][1] == len(tables.WANTED)
    _, content = operations.open_export(pool.session, pool.actor, pool.root, document.id)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = set(archive.namelist())
        assert names == {f"{t.name}.csv" for t in tables.WANTED} | {"index.xml", "README.txt"}
        described = ET.fromstring(archive.read("index.xml"))  # noqa: S314  -- our own
        readme = archive.read("README.txt").decode()
        for table in described.iter("Table"):
            file = archive.read(str(table.findtext("URL")))
            rows = list(csv.reader(io.StringIO(file.decode()), delimiter=";"))
            columns = [c.findtext("Name") for c in table.iter("VariableColumn")]
            assert rows[0] == columns
            assert sha256(file).hexdigest() in readme
        lines = archive.read("statement_line.csv").decode().splitlines()
        assert len(lines) == 3
        ledger = list(csv.DictReader(
            io.StringIO(archive.read("posting.csv").decode()), delimiter=";"
        ))  # fmt: skip
    assert sum(round(float(row["amount"]) * 100) for row in ledger) == 0
    exported = queries.exports(pool.session, pool.actor)
    assert [row["id"] for row in exported] == [document.id]


def test_an_export_stops_when_it_is_asked_to(pool: IssuedPool, tmp_path: Path) -> None:
    run = pool.runs[-1]
    made = operations.export_period(
        pool.session, pool.actor, tmp_path, run.id, lambda done, _: done < 3
    )
    assert made is None
    assert list(tmp_path.rglob("*")) == []


def test_there_is_no_such_period(pool: IssuedPool) -> None:
    with pytest.raises(NoSuchSample):
        operations.check_period(pool.session, pool.actor, 999_999)
    with pytest.raises(NoSuchSample):
        operations.open_export(pool.session, pool.actor, pool.root, 999_999)
    room = operations.enter(pool.session, pool.actor, run_id=None, seed="x", lines=False)
    assert room.chosen is not None
    assert room.lines == ()
