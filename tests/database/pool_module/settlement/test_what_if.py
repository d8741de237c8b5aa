"""What if: the preview of a change is what the next settlement books because of it, to the cent.

On random trees: the next period is settled twice in savepoints, without the change and with it;
their difference over the events booked before is the preview.
"""

import json
import os
import secrets
from datetime import date
from decimal import Decimal
from random import Random

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from brokerpool.commands.scenario import play as play_scenario
from pool_module.hierarchy.errors import CycleRefused, NothingChanges
from pool_module.hierarchy.operations import changes
from pool_module.hierarchy.rules import Change
from pool_module.settlement import queries
from pool_module.settlement.operations import runs
from pool_module.settlement.operations.what_if import WhatIf, what_if
from shared.actor import Actor
from shared.db import Session
from shared.vocabulary import ActivityStatus, ChangeKind
from tests.oracle.strategies import scenarios

EXAMPLES = 400 if os.environ.get("BROKERPOOL_PROOF") == "1" else 6
SEED = int(os.environ.get("BROKERPOOL_SEED") or secrets.randbelow(2**32))
Booked = dict[tuple[int, int, int], Decimal]


def settle_next(session: Session, actor: Actor, through: date) -> Booked:
    """Calculate the next period and give what it books of events settled before."""
    last = queries.find_last_closed(session, actor)
    assert last is not None
    run = runs.begin(session, actor, through)
    while runs.calculate_next(session, actor, run.id) is not None:
        pass
    runs.finish(session, actor, run.id)
    rows = session.execute(
        text("""
            SELECT p.event_id, p.producer_id, p.account, sum(p.amount)
            FROM posting p JOIN event e ON e.pool_id = p.pool_id AND e.id = p.event_id
            WHERE p.pool_id = :pool AND p.run_id = :run
                AND e.due <= :through AND e.recorded_at <= :known
            GROUP BY 1, 2, 3"""),
        {"pool": actor.pool_id, "run": run.id, "through": last.through, "known": last.known_at},
    )
    return {(row[0], row[1], row[2]): row[3] for row in rows}


def settled_in_vain(session: Session, actor: Actor, through: date, change: Change | None) -> Booked:
    with session.begin_nested() as savepoint:
        if change is not None:
            changes.record(session, actor, change)
        booked = settle_next(session, actor, through)
        savepoint.rollback()
    session.expire_all()
    return booked


def draw_change(session: Session, actor: Actor, random: Random) -> Change | None:
    """Some change of somebody, from some day."""
    producers = session.execute(
        text("SELECT id FROM producer WHERE pool_id = :p ORDER BY id"), {"p": actor.pool_id}
    ).scalars()
    levels = session.execute(
        text("SELECT id FROM career_level WHERE pool_id = :p ORDER BY id"), {"p": actor.pool_id}
    ).scalars()
    people, plan = list(producers), list(levels)
    kind = random.choice(list(ChangeKind))
    day = date(2023, 1, 1).replace(month=random.randint(1, 12), year=random.randint(2020, 2025))
    who = random.choice(people)
    change = Change(
        kind,
        who,
        day,
        "because",
        parent_id=random.choice([None, *people]) if kind is ChangeKind.PLACEMENT else None,
        level_id=random.choice(plan) if kind is ChangeKind.CAREER and plan else None,
        status=random.choice(list(ActivityStatus)) if kind is ChangeKind.STATUS else None,
    )
    if kind is ChangeKind.CAREER and not plan:
        return None
    try:
        changes.check(session, actor, change)
    except (CycleRefused, NothingChanges):
        return None
    return change


def as_booked(found: WhatIf) -> Booked:
    """The preview as postings: what is held back on an account of its own."""
    booked: Booked = {}
    for line in found.lines:
        held = line.reserve_new - line.reserve_old
        booked[line.event_id, line.producer_id, line.account] = line.difference - held
        booked[line.event_id, line.producer_id, 3] = held
    return {key: amount for key, amount in booked.items() if amount}


def holds(session: Session, actor: Actor, random: Random) -> int:
    """Preview some changes and compare each with the settlements; gives the lines seen."""
    seen = 0
    for _ in range(2):
        change = draw_change(session, actor, random)
        if change is None:
            continue
        found = what_if(session, actor, [change])
        session.expire_all()
        assert found.events_off_balance() == []
        without = settled_in_vain(session, actor, found.through, None)
        with_it = settled_in_vain(session, actor, found.through, change)
        really = {
            key: with_it.get(key, Decimal(0)) - without.get(key, Decimal(0))
            for key in with_it.keys() | without.keys()
        }
        assert as_booked(found) == {k: amount for k, amount in really.items() if amount}, change
        seen += len(found.lines)
    return seen


@seed(SEED)
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    phases=[Phase.generate, Phase.shrink],
)
@given(scenario=scenarios(), number=st.integers(0, 2**16))
def test_the_preview_is_what_the_next_settlement_books(
    scenario: dict[str, object], number: int, scenario_engine: Engine
) -> None:
    def look(session: Session, actor: Actor) -> None:
        holds(session, actor, Random(number))  # noqa: S311  -- drawn, not secret

    play_scenario(scenario_engine, json.dumps(scenario, ensure_ascii=False), look=look)
