"""A broker takes a contract into his own keeping: two rows, and the pool sees one of them."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from pool_module.contracts.errors import NoSuchContract, NotConvertible, SeenChanged
from pool_module.contracts.operations import conversion, own
from pool_module.contracts.queries import conversions
from pool_module.contracts.queries import own as queries
from shared.actor import Actor
from shared.db.listing import Asked, page
from shared.errors import Conflict
from shared.models.contracts import Contract, Conversion, Customer
from tests.factories.brokers import Brokers

Behind = Callable[[Actor], Session]
DAY = date(2026, 3, 20)
TOLD = {"owed": "166.67", "until": "2027-01-10"}


def convert(session: Session, brokers: Brokers, actor: Actor, number: str = "C-1") -> int:
    contract = conversions.find_pool_contract(session, actor, brokers.contracts[number])
    version = contract.version if contract else 1
    done = conversion.convert(
        session, actor, brokers.contracts[number], version=version, day=DAY, told=TOLD
    )
    session.flush()
    return done.private_contract_id


def test_two_rows(brokers: Brokers, behind_door: Behind) -> None:
    actor = brokers.actor()
    session = behind_door(actor)
    copy = convert(session, brokers, actor)
    session.expire_all()
    kept = session.get_one(Contract, (brokers.pool_id, brokers.contracts["C-1"]))
    assert (kept.state, kept.converted_on) == ("converted", DAY)
    mine = session.get_one(Contract, (brokers.pool_id, copy))
    assert (mine.private, mine.state, mine.number) == (True, "active", "C-1")
    assert (mine.own_product, mine.net_premium) == ("Vision", Decimal("1200.00"))
    assert mine.converted_from_id == kept.id
    holder = session.get_one(Customer, (brokers.pool_id, mine.holder_id))
    assert (holder.private, holder.last_name) == (True, "Öztürk")
    assert holder.id != kept.holder_id
    assert len(queries.premiums_of(session, actor, copy)) == 1
    written = session.query(Conversion).one()
    assert written.consequences == TOLD
    assert written.account_id == actor.account_id
    assert written.recorded_by == actor.name


def test_a_second_tap_finds_the_first(brokers: Brokers, behind_door: Behind) -> None:
    actor = brokers.actor()
    session = behind_door(actor)
    copy = convert(session, brokers, actor)
    again = conversion.convert(
        session, actor, brokers.contracts["C-1"], version=1, day=DAY, told=TOLD
    )
    assert (again.private_contract_id, again.again) == (copy, True)
    assert session.query(Conversion).count() == 1


def test_what_can_not_be_converted(brokers: Brokers, behind_door: Behind) -> None:
    actor = brokers.actor()
    session = behind_door(actor)
    with pytest.raises(NoSuchContract):
        convert(session, brokers, actor, "C-2")  # of another firm
    with pytest.raises(NotConvertible):
        convert(session, brokers, actor, "C-3")  # cancelled
    with pytest.raises(SeenChanged):
        conversion.convert(session, actor, brokers.contracts["C-1"], version=99, day=DAY, told=TOLD)


def test_the_function_itself_refuses_a_foreign_contract(
    brokers: Brokers, behind_door: Behind
) -> None:
    actor = brokers.actor("Adler")
    session = behind_door(actor)
    copy = Contract(
        pool_id=brokers.pool_id, firm_id=brokers.firms["Adler"], private=True, number="X",
        number_key="X", converted_from_id=brokers.contracts["C-1"],
    )  # fmt: skip
    session.add(copy)
    session.flush()
    marked = conversions.mark_converted(
        session, actor, brokers.contracts["C-1"], copy.id, version=1, day=DAY, told=TOLD
    )
    assert marked is None
    assert session.execute(text("SELECT count(*) FROM conversion")).scalar_one() == 0


@pytest.mark.parametrize("who", ["staff", "job"])
def test_the_pool_sees_nothing_of_what_is_the_brokers_own(brokers: Brokers, who: str) -> None:
    from shared.db import make_engine, open_session  # noqa: PLC0415

    actor, other = brokers.actor(), getattr(brokers, who)()
    mine = make_engine(brokers.database.door_url(actor.door))
    with open_session(mine, actor) as session:
        customer = Customer(
            pool_id=brokers.pool_id, firm_id=brokers.firms["Berg"], private=True, last_name=who
        )
        session.add(customer)
        session.flush()
        wanted = own.OwnContract(holder_id=customer.id, number=f"OWN-{who}")
        contract = own.add_own(session, actor, brokers.firms["Berg"], wanted)
        ids = contract.id, customer.id
        session.commit()
    theirs = make_engine(brokers.database.door_url(other.door))
    with open_session(theirs, other) as session:
        assert session.get(Contract, (brokers.pool_id, ids[0])) is None
        assert session.get(Customer, (brokers.pool_id, ids[1])) is None
        assert session.query(Contract).count() == 3
    mine.dispose()
    theirs.dispose()


def test_an_own_contract_is_kept_by_its_firm_alone(brokers: Brokers, behind_door: Behind) -> None:
    actor = brokers.actor("Adler")
    session = behind_door(actor)
    customer = Customer(
        pool_id=brokers.pool_id, firm_id=brokers.firms["Adler"], private=True, last_name="Weiß"
    )
    session.add(customer)
    session.flush()
    wanted = own.OwnContract(holder_id=customer.id, number="K 12/3", own_product="Hausrat")
    made = own.add_own(session, actor, brokers.firms["Adler"], wanted)
    assert made.number_key == "K123"
    listed = page(session, queries.own_contract_list(session, actor), Asked("begin_on"))
    assert [row.number for row in listed.rows] == ["K 12/3"]
    changed = own.change_own(session, actor, made.id, wanted, version=made.version)
    with pytest.raises(Conflict):
        own.change_own(session, actor, made.id, wanted, version=changed.version - 1)
    pool_customer = session.query(Customer).filter_by(private=False).first()
    assert pool_customer is not None
    with pytest.raises(NoSuchContract):  # an own contract is of an own customer
        own.add_own(
            session,
            actor,
            brokers.firms["Adler"],
            own.OwnContract(holder_id=pool_customer.id, number="K"),
        )
    assert queries.find_own(session, brokers.actor(), made.id) is None
