"""Overwriting dated facts (settlement rules, "Facts").

A timeline is written as what holds from when to when, months of 2026; ``-`` is without end.
"""

from collections.abc import Callable, Iterator
from datetime import date

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from shared.actor import Actor
from shared.db import open_session
from shared.db.facts import fact_moment, overwrite, stretch, supersede
from shared.models.hierarchy import Career, ProducerPayee
from shared.vocabulary import Door
from tests.database.conftest import Estates
from tests.factories.rows import Estate

Steps = list[str]
Line = tuple[Steps, str, Steps]
# what is written after what: (the timeline before, what is overwritten, the timeline after)
TIMELINES: list[Line] = [
    ([], "A 1..4", ["A 1..4"]),
    (["A 1..4"], "B 4..6", ["A 1..4", "B 4..6"]),
    (["A 1..6"], "B 3..4", ["A 1..3", "B 3..4", "A 4..6"]),
    (["A 1..6"], "B 1..3", ["B 1..3", "A 3..6"]),
    (["A 1..6"], "B 3..6", ["A 1..3", "B 3..6"]),
    (["A 1..6"], "B 1..6", ["B 1..6"]),
    (["A 2..4"], "B 1..6", ["B 1..6"]),
    (["A 1..3", "B 3..6"], "C 2..4", ["A 1..2", "C 2..4", "B 4..6"]),
    (["A 1..2", "B 2..3", "C 3..4"], "D 1..4", ["D 1..4"]),
    (["A -..-"], "B 3..4", ["A -..3", "B 3..4", "A 4..-"]),
    # an open one overwrites what was written for later days
    (["A 1..2", "B 5..6"], "C 3..-", ["A 1..2", "C 3..-"]),
    (["A 3..-"], "B 1..-", ["B 1..-"]),
    (["A 3..-"], "B -..4", ["B -..4", "A 4..-"]),
    (["A -..-"], "B -..-", ["B -..-"]),
]


def days_of(step: str) -> Range[date]:
    start, _, end = step.split()[1].partition("..")
    return stretch(_day(start), _day(end))


def _day(month: str) -> date | None:
    return None if month == "-" else date(2026, int(month), 1)


@pytest.fixture(scope="module")
def pool(estates: Estates) -> Estate:
    return estates.ours


@pytest.fixture
def session(stand: Callable[[Door | str], Connection], pool: Estate) -> Iterator[Session]:
    """A worker's session in our pool, whose producer has no level; nothing of it stays."""
    connection = stand(Door.WORKER)
    with open_session(connection, Actor(Door.WORKER, pool.pool_id, None, "anna")) as opened:
        supersede(opened, Career, fact_moment(opened), {"producer_id": pool.rows["producer"]["id"]})
        yield opened
    connection.rollback()


@pytest.fixture
def write(session: Session, pool: Estate) -> Callable[[str], None]:
    """Overwrite the level of our producer: ``B 3..4`` is level B in March."""

    def written(step: str) -> None:
        level = session.execute(
            text(
                "INSERT INTO career_level (pool_id, code) VALUES (:pool, :code)"
                " ON CONFLICT (pool_id, code) DO UPDATE SET code = excluded.code RETURNING id"
            ),
            {"pool": pool.pool_id, "code": step[0]},
        ).scalar_one()
        row = {"level_id": level, "reason": f"because of {step[0]}"}
        subject = {"producer_id": pool.rows["producer"]["id"]}
        overwrite(session, Career, subject, days_of(step), [row])

    return written


def timeline(session: Session, pool: Estate, known: str = "now") -> Steps:
    """What stands for our producer, or what was known of him at a moment."""
    where = "c.superseded_at IS NULL"
    if known != "now":
        later = f"c.superseded_at IS NULL OR c.superseded_at > '{known}'"
        where = f"c.recorded_at <= '{known}' AND ({later})"
    found = session.execute(
        text(
            "SELECT l.code, lower(c.valid) AS start, upper(c.valid) AS finish FROM career c"
            " JOIN career_level l ON l.pool_id = c.pool_id AND l.id = c.level_id"
            f" WHERE c.producer_id = :producer AND l.code <> :mine AND {where}"
            " ORDER BY lower(c.valid) NULLS FIRST"
        ),
        {"producer": pool.rows["producer"]["id"], "mine": pool.rows["career_level"]["code"]},
    )
    return [f"{r.code} {_month(r.start)}..{_month(r.finish)}" for r in found]


def _month(day: date | None) -> str:
    return str(day.month) if day else "-"


@pytest.mark.parametrize("line", TIMELINES, ids=str)
class TestOverwriting:
    def test_what_stands(
        self,
        session: Session,
        pool: Estate,
        write: Callable[[str], None],
        line: Line,
    ) -> None:
        before, step, after = line
        for each in (*before, step):
            write(each)
        assert timeline(session, pool) == after

    def test_what_was_known_before_stays_known(
        self,
        session: Session,
        pool: Estate,
        write: Callable[[str], None],
        line: Line,
    ) -> None:
        before, step, after = line
        for each in before:
            write(each)
        known = session.execute(text("SELECT clock_timestamp()")).scalar_one()
        write(step)
        assert timeline(session, pool, str(known)) == before
        assert timeline(session, pool) == after


def test_who_and_when_is_written(
    session: Session, pool: Estate, write: Callable[[str], None]
) -> None:
    write("A 1..6")
    write("B 3..4")
    rows = session.execute(
        text(
            "SELECT recorded_by, superseded_by, superseded_at, recorded_at, reason FROM career"
            " WHERE producer_id = :producer AND reason IS NOT NULL ORDER BY recorded_at, id"
        ),
        {"producer": pool.rows["producer"]["id"]},
    ).all()
    first, *later = rows
    assert {row.recorded_by for row in rows} == {"anna"}
    assert first.superseded_by == "anna"
    # what replaces is recorded in the very moment in which the old is superseded
    assert {row.recorded_at for row in later} == {first.superseded_at}
    # what remains of the old keeps its reason
    assert sorted(row.reason for row in later) == ["because of A", "because of A", "because of B"]


def test_another_subject_is_left_alone(
    session: Session, pool: Estate, write: Callable[[str], None]
) -> None:
    neighbour = text(
        "SELECT count(*) FROM career WHERE superseded_at IS NULL AND producer_id <> :producer"
    )
    mine = {"producer": pool.rows["producer"]["id"]}
    before = session.execute(neighbour, mine).scalar_one()
    write("A -..-")
    assert session.execute(neighbour, mine).scalar_one() == before == 1


def test_superseding_counts_the_standing_rows(session: Session, pool: Estate) -> None:
    subject = {"producer_id": pool.rows["producer"]["id"]}
    moment = fact_moment(session)
    assert supersede(session, ProducerPayee, moment, subject) == 1
    assert supersede(session, ProducerPayee, moment, subject) == 0
