"""Parameters and regional defaults: of an organisation, else of the pool, else as they were."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest

from admin_module.parameters import operations, queries
from admin_module.parameters.errors import NoSuchParameter, NumberOutOfLimits, WordUnknown
from pool_module.crm.operations.threads import open_thread
from pool_module.overview.queries.work import work
from shared.models.pools import Organisation, Pool
from shared.parameters import Parameter, Regional, parameter, parameters, regional
from shared.permissions import Permission
from shared.vocabulary import Door
from tests.database.pool_module.range_pool import RangePool, range_pool
from tests.servers import Database

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
DAYS = Parameter.RENEWAL_DAYS
WAIT = Parameter.BANK_WAITING_DAYS


@pytest.fixture
def ranged(own_database: Database) -> Iterator[RangePool]:
    with range_pool(own_database) as pool:
        yield pool


def organisation(ranged: RangePool) -> int:
    """The layer is on, with one organisation."""
    with ranged.at(ranged.actor(Door.WORKER)) as session:
        session.get_one(Pool, ranged.pool_id).organisations_on = True
        made = Organisation(pool_id=ranged.pool_id, name="Nord")
        session.add(made)
        session.flush()
        return made.id


def test_the_narrowest_value_holds(ranged: RangePool) -> None:
    with ranged.at(ranged.actor()) as session:
        assert parameter(session, DAYS) == 90
        north = organisation(ranged)
        operations.set_parameter(session, DAYS, None, 5)
        assert (parameter(session, DAYS), parameter(session, DAYS, north)) == (5, 5)
        operations.set_parameter(session, DAYS, north, 8)
        assert (parameter(session, DAYS), parameter(session, DAYS, north)) == (5, 8)
        here = queries.get_setting(session, DAYS, north)
        assert (here.own, here.pool, here.differs, here.differs_from_pool) == (8, 5, True, True)
        operations.set_parameter(session, DAYS, north, None)
        assert parameter(session, DAYS, north) == 5
        assert not queries.get_setting(session, DAYS, north).differs_from_pool
    told = ranged.select(
        "SELECT new FROM audit_entry WHERE pool_id = :pool AND subject = 'parameter_value'"
    )
    assert [row.new["value"] for row in told] == [5, 8, None]
    # a broker's submission asks the same
    with ranged.at(ranged.actor(Door.EXTRANET, firm=1)) as session:
        assert parameters(session)[DAYS] == 5


def test_what_is_the_whole_pools_is_not_an_organisations(ranged: RangePool) -> None:
    """Accounts wait in the database, by the pool's own row: both say the same."""
    north = organisation(ranged)
    with ranged.at(ranged.actor()) as session:
        operations.set_parameter(session, WAIT, None, 8)
        with pytest.raises(NoSuchParameter):
            operations.set_parameter(session, WAIT, north, 4)
    assert ranged.select("SELECT bank_wait_days FROM pool WHERE id = :pool")[0][0] == 8
    with ranged.at(ranged.actor()) as session:
        operations.set_parameter(session, WAIT, None, None)
    assert ranged.select("SELECT bank_wait_days FROM pool WHERE id = :pool")[0][0] == 3


def test_values_are_of_their_type_and_within_limits(ranged: RangePool) -> None:
    with ranged.at(ranged.actor()) as session:
        for wrong in (-1, 31, True, "3"):
            with pytest.raises(NumberOutOfLimits):
                operations.set_parameter(session, WAIT, None, wrong)
        with pytest.raises(WordUnknown):
            operations.set_parameter(session, Parameter.PAYABLE_BASIS, None, "tomorrow")
        with pytest.raises(NoSuchParameter):
            operations.set_parameter(session, "colour", None, 1)
        with pytest.raises(NoSuchParameter):  # there are no organisations
            operations.set_parameter(session, WAIT, 1, 4)
        assert parameter(session, WAIT) == 3


def test_regions_ask_what_they_asked_until_somebody_sets_them(ranged: RangePool) -> None:
    with ranged.at(ranged.actor()) as session:
        assert regional(session, "DE-HH") == Regional(licence_needed=True, form_set="standard")
        north = organisation(ranged)
        own = Regional(licence_needed=False, form_set="extended")
        operations.set_region(session, "DE-HH", north, own)
        assert regional(session, "DE-HH", north) == own
        assert regional(session, "DE-HH") == Regional()
        assert sum(one.differs for one in queries.regions(session, north)) == 1
        operations.set_region(session, "DE-HH", north, None)
        assert regional(session, "DE-HH", north) == Regional()
        with pytest.raises(NoSuchParameter):
            operations.set_region(session, "DE-XX", None, own)
        with pytest.raises(WordUnknown):
            operations.set_region(session, "UA-46", None, Regional(form_set="none"))


def test_the_work_list_waits_as_long_as_the_pool_says(ranged: RangePool) -> None:
    """A message of today is due as many days later as the pool says."""
    firm = ranged.id("company", "Kiefer")
    with ranged.at(ranged.actor(Door.EXTRANET, "Olena", firm=firm)) as session:
        open_thread(session, author="Olena", title="Wann?", body="Wann kommt das Geld?", now=NOW)
    with ranged.at(ranged.actor()) as session:
        asked = {"today": NOW.date(), "permissions": frozenset({Permission.MESSAGES_WRITE})}
        (before,) = work(session, **asked)  # type: ignore[arg-type]
        operations.set_parameter(session, Parameter.ANSWER_DAYS, None, 9)
        (after,) = work(session, **asked)  # type: ignore[arg-type]
    assert (before.due, after.due) == (date(2026, 11, 23), date(2026, 11, 30))
