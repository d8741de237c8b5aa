"""Customers, added and changed."""

from dataclasses import asdict, dataclass
from datetime import date

from pool_module.crm.errors import NameMissing, TakenElsewhere, WhichFirm
from pool_module.crm.queries import clearance, journal
from pool_module.crm.queries import customers as queries
from pool_module.crm.rules.alike import Described
from shared import audit
from shared.actor import Actor
from shared.db import Session, actor_of
from shared.models.contracts import Customer
from shared.sorting import sort_key
from shared.vocabulary import Door

DESCRIBING = ("last_name", "first_name", "birth_date")  # by them somebody is known elsewhere


@dataclass(frozen=True)
class Person:
    """What is kept of a customer; of a company the last name is all of its name."""

    last_name: str
    first_name: str | None = None
    legal_person: bool = False
    title: str | None = None
    birth_date: date | None = None
    street: str | None = None
    postcode: str | None = None
    city: str | None = None
    country: str | None = None
    email: str | None = None
    phone: str | None = None
    note: str | None = None


def add_customer(
    session: Session, person: Person, *, firm_id: int | None = None, private: bool = False
) -> Customer:
    """Add a customer.

    Args:
        session: the transaction.
        person: what is kept.
        firm_id: the broker firm whose customer he is; default: the actor's only firm.
        private: the firm's own, whom the pool does not see.

    Raises:
        NameMissing: without a name.
        WhichFirm: the actor works for several firms, or for none of that number.
        TakenElsewhere: another organisation of the pool has him and has not agreed to a second.
    """
    actor = actor_of(session)
    values = _neat(person)
    if actor.door is Door.INTRANET and not private:
        _check_nobodys(session, person)
    customer = Customer(
        pool_id=actor.pool_id,
        firm_id=firm_of(actor, firm_id),
        private=private,
        sort_key=sort_key(person.last_name, person.first_name),
        **values,
    )
    session.add(customer)
    session.flush()
    audit.write(session, "customer.added", "customer", customer.id, new={"name": person.last_name})
    return customer


def change_customer(
    session: Session, customer_id: int, person: Person, *, version: int | None
) -> Customer:
    """Change what is kept of a customer.

    Raises:
        NoSuchRecord: there is none within reach.
        NameMissing: without a name.
        Conflict: somebody saved since ``version`` was shown.
        TakenElsewhere: he would become another organisation's customer, see ``add_customer``.
    """
    actor = actor_of(session)
    values = _neat(person)
    customer = queries.get_customer(session, actor, customer_id, lock=True)
    before = {name: getattr(customer, name) for name in values}
    journal.check_version(session, actor, customer, version, before)
    described = any(before[name] != values[name] for name in DESCRIBING)
    if described and actor.door is Door.INTRANET and not customer.private:
        _check_nobodys(session, person)
    changed = audit.write_change(
        session, "customer.changed", "customer", customer.id, before=before, after=values
    )
    for name in changed:
        setattr(customer, name, values[name])
    if {"last_name", "first_name"} & set(changed):
        customer.sort_key = sort_key(person.last_name, person.first_name)
    session.flush()
    session.refresh(customer)
    return customer


def firm_of(actor: Actor, firm_id: int | None) -> int | None:
    """The firm something new belongs to: a broker's is his own, staff say it or leave it open.

    Raises:
        WhichFirm: a broker of several firms did not say, or named another's.
    """
    if actor.door is not Door.EXTRANET:
        return firm_id
    if firm_id is None and len(actor.firm_ids) == 1:
        return next(iter(actor.firm_ids))
    if firm_id not in actor.firm_ids:
        raise WhichFirm
    return firm_id


def _check_nobodys(session: Session, person: Person) -> None:
    """Refuse a member of staff a customer of another organisation (AIM-59)."""
    described = Described(
        person.last_name, person.first_name, person.legal_person, person.birth_date, person.postcode
    )
    others = clearance.twins(session, actor_of(session), described)
    if others:
        raise TakenElsewhere(others[0])


def _neat(person: Person) -> dict[str, object]:
    """The values without blanks around them; empty ones are none."""
    values = {
        name: (value.strip() or None) if isinstance(value, str) else value
        for name, value in asdict(person).items()
    }
    if not values["last_name"]:
        raise NameMissing
    return values
