"""What if: the books as they would be, had something been so; nothing of it is kept.

The change is recorded as a fact within a savepoint and computed with the run's own pipeline, once
without and once with it; the savepoint is thrown away. So the preview of a change into a closed
period is what the next settlement books, and "if I were level 4" is the same question.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from pool_module.hierarchy.operations import changes
from pool_module.hierarchy.queries import structure
from pool_module.hierarchy.rules import Change
from pool_module.settlement import queries
from pool_module.settlement.engine import what_if as engine
from pool_module.settlement.engine.pipeline import Frame
from pool_module.settlement.engine.runs import NEVER, Since
from pool_module.settlement.rules.what_if import Line
from shared.actor import Actor
from shared.db import Session
from shared.periods import add_months

Said = Callable[[int, int], None]


@dataclass(frozen=True)
class WhatIf:
    """What a change would change.

    Attributes:
        lines: every amount that differs.
        known_at: what was known when it was computed.
        through: the day of the settlement that would book it.
        last_run_id: the closed run it stands on.
        watched: producers whose facts it rests on.
    """

    lines: list[Line]
    known_at: datetime
    through: date
    last_run_id: int | None
    watched: tuple[int, ...] = field(default=())

    def events_off_balance(self) -> list[int]:
        """Events whose differences don't sum to zero over payees and pool: the check of G11."""
        sums: dict[tuple[int, str], Decimal] = {}
        for line in self.lines:
            key = (line.event_id, line.currency)
            sums[key] = sums.get(key, Decimal(0)) + line.difference
        return sorted({event for (event, _), rest in sums.items() if rest != 0})


def what_if(
    session: Session,
    actor: Actor,
    wanted: Sequence[Change],
    *,
    upcoming: bool = False,
    said: Said = lambda _done, _size: None,
) -> WhatIf:
    """Compute what changes of the hierarchy would change in the books.

    Args:
        session: a transaction of the worker; it keeps nothing of it.
        actor: in whose pool.
        wanted: the changes, recorded one after the other.
        upcoming: also events of the producers' structures that no settlement has looked at yet.
        said: is told how many of how many packets are computed; may raise to stop.

    Raises:
        Refused: a change can't be recorded (a cycle, for example).
    """
    last = queries.find_last_closed(session, actor)
    booked = Since(last.through, last.known_at) if last else NEVER
    through = next_through(session, actor, last.through if last else None, wanted)
    watched = _watched(session, actor, wanted)
    known_at = _moment(session, actor)
    earlier = queries.closed_runs(session, actor)
    before = Frame(actor.pool_id, known_at, through, earlier)
    with session.begin_nested() as savepoint:
        for change in wanted:
            changes.record(session, actor, change)
        after = Frame(actor.pool_id, queries.now_of(session), through, earlier)
        lines = engine.compare(
            session, before, after, booked, watched=watched, upcoming=upcoming, said=said
        )
        savepoint.rollback()
    return WhatIf(lines, known_at, through, last.id if last else None, watched)


def next_through(
    session: Session, actor: Actor, last: date | None, wanted: Sequence[Change] = ()
) -> date:
    """The last day of the period that is settled next: the open one's, else the month's end."""
    period = queries.find_open_period(session, actor)
    if period is not None and (last is None or period.last_day > last):
        return period.last_day
    if last is None:
        last = min((change.from_day for change in wanted), default=date(2000, 1, 1))
        return _month_end(last)
    return _month_end(last + timedelta(days=1))


def _watched(session: Session, actor: Actor, wanted: Sequence[Change]) -> tuple[int, ...]:
    everybody: set[int] = set()
    for change in wanted:
        lines = structure.lines_of(
            session, actor, change.producer_id, change.parent_id, change.from_day
        )
        everybody |= set(lines.everybody)
    return tuple(sorted(everybody))


def _moment(session: Session, actor: Actor) -> datetime:
    """The moment up to which facts are known, without keeping others from recording theirs."""
    with session.begin_nested() as brief:
        moment = queries.fix_moment(session, actor)
        brief.rollback()
    return moment


def _month_end(day: date) -> date:
    first = day.replace(day=1)
    return add_months(first, 1) - timedelta(days=1)
