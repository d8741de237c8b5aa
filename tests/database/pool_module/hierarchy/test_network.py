"""The network of any day as known at any moment; histories; two days compared."""

import json
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import create_engine, make_url, text

from brokerpool.commands.scenario import play as play_scenario
from pool_module.hierarchy import operations as hierarchy
from pool_module.hierarchy import queries as hierarchy_queries
from pool_module.hierarchy.operations import changes, keeping
from pool_module.hierarchy.queries import lists, records
from pool_module.hierarchy.rules import Change
from pool_module.overview.queries import network, tree
from pool_module.overview.rules.trees import Node, Wanted
from pool_module.settlement import queries
from shared.actor import Actor
from shared.db import Session
from shared.db.facts import stretch
from shared.db.listing import Asked, page
from shared.errors import Conflict
from shared.models.hierarchy import Producer
from shared.vocabulary import ActivityStatus, ChangeKind, Door, ProducerKind
from tests.database.pool_module.settlement.small_pool import FACTS

Look = Callable[[Session, Actor], None]
Within = Callable[[Look], None]
SUMMER, WINTER = date(2026, 7, 1), date(2026, 12, 1)


@pytest.fixture
def within(door_url: Callable[[Door], str]) -> Within:
    """The small pool, January settled, within a transaction that is thrown away."""
    steps = [*FACTS, {"settle": {"through": "2026-01-31"}}]
    source = json.dumps({"name": "small", "currency": "EUR", "steps": steps})

    def play(look: Look) -> None:
        url = make_url(door_url(Door.WORKER)).set(drivername="postgresql+psycopg")
        engine = create_engine(url)
        try:
            play_scenario(engine, source, look=look)
        finally:
            engine.dispose()

    return play


def producer(session: Session, actor: Actor, code: str) -> Producer:
    found = hierarchy_queries.find_producer(session, actor, code)
    assert found is not None
    return found


def seen(session: Session, actor: Actor, day: date, known: datetime) -> dict[str, Node]:
    wanted = Wanted(top=True)
    found = tree.read_tree(session, actor, tree.Asked(day, known, wanted, inactive=True))
    return {node.member.code: node for node in found.tree.nodes}


def test_the_tree_shows_rates_differences_and_production(within: Within) -> None:
    def look(session: Session, actor: Actor) -> None:
        found = seen(session, actor, date(2026, 6, 1), queries.now_of(session))
        adler, berg = found["Adler"], found["Berg"]
        assert (adler.depth, berg.depth) == (1, 2)
        assert (adler.rate, adler.difference) == (Decimal("0.03"), Decimal("0.01"))
        assert (berg.rate, berg.difference) == (Decimal("0.02"), None)
        assert berg.own == {"EUR": Decimal("400.00")}
        assert adler.own == {}
        assert adler.structure == berg.structure == berg.own

    within(look)


def test_as_of_a_day_and_as_known_at_a_moment(within: Within) -> None:
    def look(session: Session, actor: Actor) -> None:
        before = queries.now_of(session)
        berg = producer(session, actor, "Berg")
        change = Change(ChangeKind.PLACEMENT, berg.id, SUMMER, "own team", parent_id=None)
        changes.record(session, actor, change)
        after = queries.now_of(session)
        assert seen(session, actor, WINTER, after)["Berg"].depth == 1
        assert seen(session, actor, date(2026, 6, 30), after)["Berg"].depth == 2
        assert seen(session, actor, WINTER, before)["Berg"].depth == 2

    within(look)


def test_two_days_compared(within: Within) -> None:
    def look(session: Session, actor: Actor) -> None:
        adler, berg = producer(session, actor, "Adler"), producer(session, actor, "Berg")
        carl = hierarchy.add_producer(session, actor, code="Carl")
        hierarchy.place(session, actor, carl, adler, stretch(SUMMER, None))
        hierarchy.promote(session, actor, berg, "L2", stretch(SUMMER, None))
        hierarchy.place(session, actor, berg, carl, stretch(SUMMER, None))
        gone = Change(ChangeKind.STATUS, adler.id, SUMMER, "left", status=ActivityStatus.TERMINATED)
        changes.record(session, actor, gone)
        found = network.compare(
            session, actor, (date(2026, 6, 1), WINTER), known=queries.now_of(session), language="en"
        )
        what = {each.code: each.moved.what for each in found}
        assert what == {"Adler": ("closed",), "Carl": ("new",), "Berg": ("moved", "level")}
        (moved,) = (each for each in found if each.code == "Berg")
        assert (moved.first_parent, moved.second_parent) == ("Adler", "Carl")
        assert (moved.first_level, moved.second_level) == ("L1", "L2")

    within(look)


def test_the_history_keeps_what_was_replaced_with_who_and_why(within: Within) -> None:
    def look(session: Session, actor: Actor) -> None:
        berg = producer(session, actor, "Berg")
        hierarchy.promote(session, actor, berg, "L2", stretch(SUMMER, None), reason="exam passed")
        session.execute(text("UPDATE career_level SET name_uk = 'Рівень 2' WHERE code = 'L2'"))
        shown = network.get_record(session, actor, berg.id, WINTER, "uk")
        assert shown.level == "Рівень 2"
        career = [v for v in shown.history if v.kind == "career"]
        assert [(v.value, v.standing, v.reason) for v in career] == [
            ("Рівень 2", True, "exam passed"), ("L1", True, None), ("L1", False, None)
        ]  # fmt: skip
        assert shown.now.parent == "Adler"
        found = page(
            session, lists.career_list(session, "uk"), Asked("recorded_at", descending=True)
        )
        # the rest of the old level, cut up, is no change
        assert [row.level for row in found.rows if row.producer == "Berg"] == ["Рівень 2", "L1"]

    within(look)


def test_only_the_active_take_new_business(within: Within) -> None:
    def look(session: Session, actor: Actor) -> None:
        berg = producer(session, actor, "Berg")
        pause = Change(ChangeKind.STATUS, berg.id, SUMMER, "ill", status=ActivityStatus.PAUSED)
        changes.record(session, actor, pause)
        assert records.active_on(session, actor, berg.id, date(2026, 6, 30))
        assert not records.active_on(session, actor, berg.id, SUMMER)
        shown = network.get_record(session, actor, berg.id, WINTER, "en")
        assert (shown.state, shown.takes_business) == (ActivityStatus.PAUSED, False)
        back = Change(ChangeKind.STATUS, berg.id, WINTER, "well", status=ActivityStatus.ACTIVE)
        changes.record(session, actor, back)
        assert records.active_on(session, actor, berg.id, WINTER)

    within(look)


def test_who_saved_first_wins_the_other_sees_both(within: Within) -> None:
    def look(session: Session, actor: Actor) -> None:
        made = keeping.create(
            session,
            actor,
            keeping.Details(code="K1", kind=ProducerKind.GROUP, name="Gruppe Nord"),
        )
        assert (made.kind, made.name) == ("group", "Gruppe Nord")
        known = keeping.stored(session, actor, made)
        first = keeping.Details(code="K1", kind=ProducerKind.GROUP, name="Gruppe Nordwest",
                                firm_id=known.firm_id, payee_id=known.payee_id)  # fmt: skip
        version = made.version
        keeping.edit(session, actor, made.id, first, version=version)
        session.expire_all()
        with pytest.raises(Conflict) as conflict:
            keeping.edit(session, actor, made.id, first, version=version)
        assert conflict.value.stored["name"] == "Gruppe Nordwest"
        assert conflict.value.who == actor.name

    within(look)
