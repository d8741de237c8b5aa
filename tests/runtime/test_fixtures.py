"""The test run's own ground: who the sessions are, and what stays behind."""

from collections.abc import Callable

import psycopg
import pytest
from redis import Redis
from sqlalchemy import Connection, text

from shared.vocabulary import Door
from tests.servers import Database


@pytest.mark.parametrize("door", Door)
def test_a_door_logs_in_as_a_powerless_member_of_its_group(
    connect: Callable[[Door], Connection], door: Door
) -> None:
    row = (
        connect(door)
        .execute(
            text(
                "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb,"
                " pg_has_role('brokerpool_' || :door, 'USAGE') AS member,"
                " has_database_privilege(current_database(), 'TEMPORARY') AS temporary"
                " FROM pg_roles WHERE rolname = session_user"
            ),
            {"door": door.value},
        )
        .one()
    )
    powers = (row.rolsuper, row.rolbypassrls, row.rolcreaterole, row.rolcreatedb)
    assert powers == (False, False, False, False)
    assert row.member
    assert row.temporary == (door is not Door.EXTRANET)


def test_a_login_is_asked_for_its_password(own_database: Database) -> None:
    url = own_database.door_url(Door.EXTRANET).replace(":", ":wrong", 2).replace(":wrong", ":", 1)
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(url)


def test_databases_are_closed_to_the_public(own_database: Database) -> None:
    with psycopg.connect(own_database.owner_url) as connection:
        row = connection.execute(
            "SELECT has_database_privilege('public', current_database(), 'CONNECT')"
        ).fetchone()
    assert row == (False,)


def test_redis_starts_empty(redis_url: str) -> None:
    with Redis.from_url(redis_url) as client:
        assert client.keys() == []
        client.set("kept", 7)
        assert client.get("kept") == b"7"
