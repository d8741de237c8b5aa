"""Who was there on a day: the day is the pool's."""

from datetime import timedelta

from pool_module.hierarchy.queries.structure import places_of
from shared import clock
from shared.db import actor_of
from shared.models.hierarchy import Producer
from shared.models.pools import Pool
from shared.vocabulary import Door
from tests.database.pool_module.casework import POOL, Desk
from tests.factories.days import zone_of_another_day


class TestDays:
    def test_who_was_recorded_today_was_not_there_yesterday(self, desk: Desk) -> None:
        zone = zone_of_another_day()
        with desk.at(Door.WORKER, "worker") as session:
            session.get_one(Pool, POOL).time_zone = zone
            made = Producer(pool_id=POOL, code="NEW", name="New", firm_id=desk.firm_id)
            session.add(made)
            session.flush()
            actor, day, now = actor_of(session), clock.today(zone), clock.now()
            there = places_of(session, actor, day, now)
            before = places_of(session, actor, day - timedelta(days=1), now)
            number = made.id
            session.rollback()
        assert number in there
        assert number not in before
