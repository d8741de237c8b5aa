"""The pool a bench works on: made set-based, as the worker's role."""

from datetime import UTC, date, datetime
from functools import cache
from importlib.resources import files

from sqlalchemy import TextClause, text

from shared.db import Session, actor_of

EARLY = datetime(2020, 1, 1, tzinfo=UTC)


def make_pool(session: Session) -> None:
    """Make a pool of 10,000 producers and 500 products under the session's actor."""
    _run(session, "pool", {"early": EARLY})


def add_month(session: Session, day: date, *, first: int, contracts: int, moment: datetime) -> None:
    """Add contracts with two events each, due within four weeks from ``day``.

    Args:
        session: the transaction.
        day: the first due day.
        first: the first contract's id and number.
        contracts: how many; one in ten is shared by two sellers.
        moment: when all of it was recorded.
    """
    values = {"day": day, "first": first, "count": contracts, "moment": moment}
    _run(session, "month", values)


def make_web(session: Session, day: date, *, contracts: int, names: str, moment: datetime) -> None:
    """Add what people look at: customers, contracts, applications, a month of events.

    Args:
        session: the transaction, after ``make_pool``.
        day: the first due day of the month.
        contracts: how many.
        names: JSON of last name, first name, sort key.
        moment: when all of it was recorded.
    """
    values: dict[str, object] = {"day": day, "count": contracts, "names": names, "moment": moment}
    _run(session, "web", values)


@cache
def _statements(name: str) -> tuple[TextClause, ...]:
    source = files(__package__).joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")
    return tuple(text(part) for part in source.split(";\n") if part.strip())


def _run(session: Session, name: str, values: dict[str, object]) -> None:
    parameters = values | {"pool": actor_of(session).pool_id}
    for statement in _statements(name):
        names = statement._bindparams  # noqa: SLF001  -- the parsed names of a text clause
        session.execute(statement, {n: parameters[n] for n in names})
