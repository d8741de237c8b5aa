"""Rights given and taken: they hold at once, say why, and never lock everybody out."""

from collections.abc import Iterator

import pytest

from admin_module.permissions import operations, queries
from admin_module.permissions.errors import GiverPays, NobodyLeft, NoSuchRight, ReasonMissing
from shared.db import accounts
from shared.models.access import CompanyModule
from shared.models.pools import Company
from shared.permissions import Permission, Role
from shared.vocabulary import Door
from tests.database.pool_module.range_pool import RangePool, range_pool
from tests.servers import Database

APPROVE, EDIT = Permission.SETTLEMENT_APPROVE, Permission.PERMISSIONS_EDIT


@pytest.fixture
def pool(own_database: Database) -> Iterator[RangePool]:
    """An administrator at the pool, an assistant at a firm."""
    with range_pool(own_database) as made:
        with made.at(made.actor(Door.WORKER, "founder")) as session:
            house = Company(pool_id=made.pool_id, code="POOL", name="Nordlicht", kind="pool")
            session.add(house)
            session.flush()
            firm = made.id("company", "Kiefer")
            for door, role, company in (
                (Door.INTRANET, Role.ADMIN, house.id),
                (Door.EXTRANET, Role.ASSISTANT, firm),
            ):
                account = accounts.create_account(
                    session, email=f"{role}@x.example", name=role, password_hash="x", language="de"
                )
                accounts.create_membership(
                    session, account_id=account, company_id=company, door=door, role=role
                )
        yield made


def change(
    pool: RangePool, role: Role, right: Permission, place: str, *, allowed: bool | None
) -> None:
    with pool.at(pool.actor()) as session:
        operations.change(session, role, right, place, allowed=allowed, reason="Brief vom 3.11.")


def stored(pool: RangePool) -> list[tuple[object, ...]]:
    found = pool.select(
        "SELECT scope, allowed, reason, recorded_by, superseded_by FROM role_permission "
        "WHERE pool_id = :pool ORDER BY id"
    )
    return [tuple(row) for row in found]


def test_a_right_is_given_taken_and_inherited_again(pool: RangePool) -> None:
    key = f"c{pool.id('company', 'Kiefer')}"
    contracts = Permission.OWN_CONTRACTS
    change(pool, Role.ASSISTANT, contracts, key, allowed=False)
    change(pool, Role.ASSISTANT, contracts, key, allowed=False)  # clicked twice
    change(pool, Role.ASSISTANT, contracts, "kfirm", allowed=True)
    change(pool, Role.ASSISTANT, contracts, key, allowed=None)
    reason = "Brief vom 3.11."
    assert stored(pool) == [
        (key, False, reason, "Jana", "Jana"),
        ("kfirm", True, reason, "Jana", None),
    ]
    with pool.at(pool.actor()) as session:
        assert queries.words_of(session) == {("assistant", "own_contracts", "kfirm"): True}
        history = queries.history_of(session, "assistant", "own_contracts")
        assert [row["company"] for row in history] == [None, "Kiefer GmbH"]
        told = pool.select(
            "SELECT new FROM audit_entry WHERE pool_id = :pool AND subject = 'role_permission'"
        )
        assert len(told) == 3
        assert told[0].new["reason"] == reason


def test_people_are_counted_not_named(pool: RangePool) -> None:
    with pool.at(pool.actor()) as session:
        holders = {(h.role, h.kind, h.people) for h in queries.holders_of(session)}
    assert holders == {("admin", "pool", 1), ("assistant", "firm", 1)}


@pytest.mark.parametrize("place", ["*", "kpool"])
def test_the_last_one_who_gives_rights_keeps_them(pool: RangePool, place: str) -> None:
    with pytest.raises(NobodyLeft):
        change(pool, Role.ADMIN, EDIT, place, allowed=False)
    assert stored(pool) == []


def test_what_is_refused(pool: RangePool) -> None:
    with pytest.raises(GiverPays):
        change(pool, Role.ADMIN, APPROVE, "*", allowed=True)
    with pool.at(pool.actor()) as session:
        for role, right, place in (
            ("king", "export", "*"),
            ("clerk", "fly", "*"),
            ("clerk", "export", "kking"),
            ("clerk", "export", "c999999"),
            ("clerk", "export", "x"),
        ):
            with pytest.raises(NoSuchRight):
                operations.change(session, role, right, place, allowed=True, reason="weil")
        with pytest.raises(ReasonMissing):
            operations.change(session, "clerk", "export", "*", allowed=False, reason="  ")


def test_modules_that_are_off_are_known(pool: RangePool) -> None:
    firm = pool.id("company", "Kiefer")
    with pool.at(pool.actor()) as session:
        session.add(
            CompanyModule(pool_id=pool.pool_id, company_id=firm, module="pool", enabled=False)
        )
        session.flush()
        assert queries.modules_off(session) == {firm: {"pool"}}
