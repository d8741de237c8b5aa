"""What a door is told before anybody is known: of its own people, and nothing else."""

from collections.abc import Iterator

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from shared.db import Engine, accounts, make_engine
from shared.db.accounts import Attempt
from shared.vocabulary import Door
from tests.servers import Database
from tests.web.portals import BROKER, STAFF, Person

PORTALS = (Door.INTRANET, Door.EXTRANET)


@pytest.fixture(scope="module")
def engines(web_database: Database) -> Iterator[dict[Door, Engine]]:
    made = {door: make_engine(web_database.door_url(door)) for door in Door}
    yield made
    for engine in made.values():
        engine.dispose()


@pytest.mark.parametrize("door", PORTALS)
@pytest.mark.parametrize("person", [STAFF, BROKER], ids=lambda p: p.door)
class TestPortals:
    def test_credentials_are_of_ones_own_people(
        self, engines: dict[Door, Engine], door: Door, person: Person
    ) -> None:
        found = ask(engines[door], person.email)
        assert (found.account_id is not None) == (person.door is door)

    def test_sessions_are_of_ones_own_people(
        self, engines: dict[Door, Engine], door: Door, person: Person
    ) -> None:
        known = ask(engines[person.door], person.email)
        assert known.account_id is not None
        token = f"{door} {person.email}".encode()
        opened = accounts.open_web_session(engines[door], known.account_id, token)
        assert opened == (person.door is door)
        for asking in PORTALS:
            who = accounts.find_signed_in(engines[asking], token)
            assert (who is not None) == (opened and asking is door)
            if who is not None:
                assert who.email == person.email
                assert who.actor(door).pool_id == who.pool_id
                assert bool(who.actor(door).firm_ids) == (door is Door.EXTRANET)

    def test_a_door_ends_its_own_sessions_only(
        self, engines: dict[Door, Engine], door: Door, person: Person
    ) -> None:
        known = ask(engines[person.door], person.email)
        assert known.account_id is not None
        token = f"ends {door} {person.email}".encode()
        accounts.open_web_session(engines[person.door], known.account_id, token)
        accounts.close_web_session(engines[door], token)
        ended = accounts.find_signed_in(engines[person.door], token) is None
        assert ended == (person.door is door)


def ask(engine: Engine, email: str) -> Attempt:
    return accounts.try_password(engine, email, device=b"", address=f"of {email}")


CALLS = {
    "SELECT auth_try('x', '', 'there')": PORTALS,
    "SELECT auth_session('x')": PORTALS,
    "SELECT auth_open_session(1, 'x')": PORTALS,
    "SELECT auth_close_session('x')": PORTALS,
    "SELECT create_account('a@b', 'c', 'd', 'de')": (Door.WORKER,),
    "SELECT create_membership(1, 1, 'intranet', 'admin')": (Door.WORKER,),
    "SELECT all_pools()": (Door.WORKER,),
}


@pytest.mark.parametrize("door", Door)
@pytest.mark.parametrize("call", CALLS)
def test_who_may_ask_what(engines: dict[Door, Engine], door: Door, call: str) -> None:
    with engines[door].connect() as connection:
        if door not in CALLS[call]:
            with pytest.raises(ProgrammingError, match="permission denied for function"):
                connection.execute(text(call))
        else:
            connection.execute(text("SELECT set_config('app.pool_id', '1', true)"))
            mark = connection.begin_nested()
            try:
                connection.execute(text(call))
            except Exception as error:  # noqa: BLE001  -- only the right is asked for here
                assert "permission denied" not in str(error)  # noqa: PT017
            mark.rollback()
