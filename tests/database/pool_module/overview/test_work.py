"""What needs somebody, from every room, by the day it is due; never what one may not do."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from pool_module.overview.queries.work import work
from pool_module.overview.rules import due
from shared import clock
from shared.models.workplace import Task
from shared.parameters import Parameter, parameters
from shared.permissions import Permission, Role, permissions_of
from shared.vocabulary import Door
from tests.database.pool_module.overview.conftest import POOL, Overview
from tests.factories.days import zone_of_another_day

TODAY = date(2026, 11, 21)
EVERYTHING = frozenset(Permission)
OpenSession = Callable[..., Session]


def kinds(session: Session, permissions: frozenset[Permission], *, team: bool = False) -> list[str]:
    return [job.kind for job in work(session, today=TODAY, permissions=permissions, team=team)]


def test_applications_wait_for_who_may_move_them(session_of: OpenSession) -> None:
    session = session_of()
    assert kinds(session, permissions_of(Role.CLERK)).count("to_send") == 2
    assert "to_send" not in kinds(session, permissions_of(Role.AUDITOR))


def test_days_are_counted_from_the_pools_day(session_of: OpenSession) -> None:
    session, zone = session_of(Door.WORKER), zone_of_another_day()
    session.execute(text("UPDATE pool SET time_zone = :zone"), {"zone": zone})
    session.execute(text("UPDATE application SET recorded_at = :now"), {"now": clock.now()})
    wanted = {
        job.due for job in work(session, today=TODAY, permissions={Permission.APPLICATIONS_EDIT})
    }
    days = int(parameters(session)[Parameter.SEND_DAYS])
    assert wanted == {clock.today(zone) + timedelta(days=days)}


def test_a_task_of_nobody_is_everybodys(session_of: OpenSession) -> None:
    session = session_of()
    session.add(Task(pool_id=POOL, title="Whoever has time", due_on=TODAY))
    session.flush()
    assert kinds(session, EVERYTHING).count("task") == 1
    assert kinds(session, EVERYTHING, team=True).count("task") == 1


def test_an_insurer_whose_month_is_missing(session_of: OpenSession, overview: Overview) -> None:
    session = session_of()
    sent = text(
        "WITH file AS (INSERT INTO delivery (pool_id, insurer_id, format, file_name, sha256, "
        "recorded_at) VALUES (:pool, :insurer, 'statement', :name, :name, :day) RETURNING id) "
        "INSERT INTO delivery_line (pool_id, delivery_id, source_key, row_number, outcome, "
        "booked_on) SELECT :pool, id, :name, 1, 'noted', :day FROM file"
    )
    here = {"pool": POOL, "insurer": overview.ids["insurer"]}
    for month in (7, 8, 9):
        session.execute(sent, {**here, "name": f"month {month}", "day": date(2026, month, 6)})
    (missing,) = [
        job for job in work(session, today=TODAY, permissions=EVERYTHING) if job.kind == "delivery"
    ]
    told = (missing.insurer, missing.number, missing.due)
    assert told == ("Aquila Leben", "2026-10", date(2026, 11, 15))
    session.execute(sent, {**here, "name": "october", "day": date(2026, 10, 7)})
    assert "delivery" not in kinds(session, EVERYTHING)


def test_the_most_urgent_comes_first_and_what_has_no_day_last(session_of: OpenSession) -> None:
    session = session_of()
    for days in (3, None, -2):
        day = None if days is None else TODAY + timedelta(days=days)
        session.add(Task(pool_id=POOL, title="Task", due_on=day))
    session.flush()
    due = [job.due for job in work(session, today=TODAY, permissions=EVERYTHING)]
    known = [day for day in due if day is not None]
    assert known == sorted(known)
    assert due[-1] is None


@pytest.mark.parametrize(
    ("day", "tone"),
    [(None, "off"), (-1, "err"), (0, "warn"), (3, "warn"), (4, "off")],
)
def test_how_urgent_it_looks(day: int | None, tone: str) -> None:
    assert due.tone(None if day is None else TODAY + timedelta(days=day), TODAY) == tone
