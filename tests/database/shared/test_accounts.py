"""What a door is told before anybody is known: of its own people, and nothing else."""

from collections.abc import Iterator
from datetime import timedelta

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from shared.db import Engine, accounts, make_engine
from shared.db.accounts import Attempt, SignedIn
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


class TestSeveralFirms:
    """What ``auth_enter`` asks, past what a page offers (the pages: tests/web/test_visits.py)."""

    @pytest.fixture
    def second(self, web_database: Database) -> Iterator[int]:
        with psycopg.connect(web_database.owner_url, autocommit=True) as owner:
            row = owner.execute(
                "INSERT INTO membership (pool_id, account_id, company_id, door, role)"
                " SELECT c.pool_id, a.id, c.id, 'extranet', 'assistant' FROM account a, company c"
                " WHERE a.email = %s AND c.code = 'intranet' RETURNING id",
                [BROKER.email],
            ).fetchone()
            assert row
            yield row[0]
            owner.execute("DELETE FROM web_session WHERE membership_id = %s", [row[0]])
            owner.execute("DELETE FROM membership WHERE id = %s", [row[0]])

    def opened(self, engine: Engine, token: bytes, *, whole: bool = True) -> bytes:
        known = ask(engine, BROKER.email)
        assert known.account_id is not None
        half = token + b" half" if whole else token
        assert accounts.open_web_session(engine, known.account_id, half)
        if whole:
            minutes = timedelta(minutes=30)
            assert accounts.complete_web_session(engine, half, token, rests=minutes, device=token)
        return token

    def enter(self, engine: Engine, token: bytes, fresh: bytes, wanted: int) -> SignedIn | None:
        return accounts.enter(engine, token, fresh, wanted, lambda _: timedelta(minutes=15))

    def test_the_context_is_of_one_firm(self, engines: dict[Door, Engine], second: int) -> None:
        engine = engines[Door.EXTRANET]
        token = self.opened(engine, b"one firm")
        before = accounts.find_signed_in(engine, token)
        assert before is not None
        assert [work.id == second for work in before.works].count(True) == 1
        after = self.enter(engine, token, b"one firm too", second)
        assert after is not None
        assert (len(before.firm_ids), len(after.firm_ids)) == (1, 1)
        assert before.firm_ids != after.firm_ids
        assert after.company_id == after.firm_ids[0]
        assert before.signature != after.signature
        assert (after.role, after.stepped_up_at) == ("assistant", None)
        assert accounts.find_signed_in(engine, token) is None
        # the one that was left is worth nothing, and what it would have led to neither
        assert self.enter(engine, token, b"again", second) is None
        assert accounts.find_signed_in(engine, b"again") is None

    def test_half_a_session_the_other_door_and_a_stranger_go_nowhere(
        self, engines: dict[Door, Engine], second: int
    ) -> None:
        outside, inside = engines[Door.EXTRANET], engines[Door.INTRANET]
        half = self.opened(outside, b"no factor yet", whole=False)
        assert self.enter(outside, half, b"x1", second) is None
        whole = self.opened(outside, b"whole")
        assert self.enter(inside, whole, b"x2", second) is None
        assert self.enter(outside, b"nobody's", b"x3", second) is None
        found = accounts.find_signed_in(outside, whole)
        assert found is not None
        here = next(work.id for work in found.works if work.here)
        assert self.enter(outside, whole, b"x4", here) is None
        assert accounts.find_signed_in(outside, whole) is not None


def ask(engine: Engine, email: str) -> Attempt:
    return accounts.try_password(engine, email, device=b"", address=f"of {email}")


CALLS = {
    "SELECT auth_try('x', '', 'there')": PORTALS,
    "SELECT auth_session('x')": PORTALS,
    "SELECT auth_open_session(1, 'x')": PORTALS,
    "SELECT auth_close_session('x')": PORTALS,
    "SELECT auth_works('x')": PORTALS,
    "SELECT auth_enter('x', 'y', 1)": PORTALS,
    "SELECT auth_rest('x', interval '1 minute')": PORTALS,
    "SELECT enterable(1)": (),
    "SELECT ask_to_let_in(1, 1)": (),
    "SELECT write_added(1, 1)": (),
    "SELECT ring_added(1, 1)": (),
    "SELECT void_links(1)": (),
    "SELECT way_in(1)": (Door.INTRANET,),
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
