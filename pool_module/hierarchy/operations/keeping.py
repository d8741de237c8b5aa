"""A producer's master data: taken in, and changed by whoever saw the latest version."""

from dataclasses import asdict, dataclass

from pool_module.hierarchy import queries
from pool_module.hierarchy.errors import CodeTaken
from pool_module.hierarchy.operations import change_payee
from pool_module.hierarchy.queries import records
from shared import audit, gates
from shared.actor import Actor
from shared.db import Session
from shared.errors import Conflict
from shared.models.hierarchy import Producer, ProducerPayee
from shared.models.pools import Company, Person
from shared.sorting import sort_key
from shared.vocabulary import ProducerKind


@dataclass(frozen=True, kw_only=True)
class Details:
    """What a form says of a producer.

    Attributes:
        code: his number within the pool.
        name: of a company; of a person it is made of first and last name.
        kind: a person, or a company's level.
        firm_id: the firm he belongs to; None: a company of his own comes into being.
        payee_id: the company that is paid for him; None: his firm.
        first_name: of a person.
        last_name: of a person.
        email: where he is written to.
        phone: where he is called.
        country: of a company that comes into being.
        house: his share stays in the pool's margin.
    """

    code: str
    kind: ProducerKind
    name: str = ""
    firm_id: int | None = None
    payee_id: int | None = None
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    phone: str = ""
    country: str = "DE"
    house: bool = False

    @property
    def shown_name(self) -> str:
        """What he is called everywhere."""
        if self.kind is ProducerKind.PERSON:
            return f"{self.last_name}, {self.first_name}" if self.first_name else self.last_name
        return self.name


def create(session: Session, actor: Actor, details: Details) -> Producer:
    """Take a producer in; he stands nowhere in the tree yet.

    Raises:
        CodeTaken: the number is another one's.
        FirmUnknown: there is no such firm.
        NoCommission: the firm, or who would be paid, is an insurance adviser.
    """
    if queries.find_producer(session, actor, details.code) is not None:
        raise CodeTaken(details.code)
    firm = _firm(session, actor, details)
    gates.no_adviser(session, actor, company_ids=[firm.id, details.payee_id or firm.id])
    producer = Producer(
        pool_id=actor.pool_id,
        code=details.code,
        name=details.shown_name,
        sort_key=_sort_key(details),
        house=details.house,
        kind=details.kind,
        firm_id=firm.id,
        person_id=_person(session, actor, details, firm.id),
    )
    session.add(producer)
    session.flush()
    session.add(
        ProducerPayee(
            pool_id=actor.pool_id,
            producer_id=producer.id,
            company_id=details.payee_id or firm.id,
        )
    )
    session.flush()
    audit.write(session, "created", "producer", producer.id, new=_told(details))
    return producer


def edit(
    session: Session, actor: Actor, producer_id: int, details: Details, *, version: int
) -> None:
    """Change a producer's master data.

    Args:
        session: the transaction.
        actor: who edits.
        producer_id: whom.
        details: as the form says; a person stays a person.
        version: of what the form was filled from.

    Raises:
        Conflict: somebody saved meanwhile.
        CodeTaken: the number is another one's.
        ProducerUnknown: there is no such producer.
    """
    producer = records.get_producer(session, actor, producer_id, lock=True)
    old = stored(session, actor, producer)
    if producer.version != version:
        last = records.last_saved(session, actor, producer_id)
        raise Conflict(
            _told(old),
            who=last.recorded_by if last else producer.recorded_by,
            when=last.recorded_at if last else producer.recorded_at,
            version=producer.version,
        )
    other = queries.find_producer(session, actor, details.code)
    if other is not None and other.id != producer_id:
        raise CodeTaken(details.code)
    producer.code = details.code
    producer.name = details.shown_name
    producer.sort_key = _sort_key(details)
    producer.house = details.house
    producer.kind = details.kind
    if producer.person_id is not None:
        person = records.get_person(session, actor, producer.person_id)
        person.first_name, person.last_name = details.first_name, details.last_name
        person.email, person.phone = details.email or None, details.phone or None
        person.sort_key = producer.sort_key
    session.flush()
    payee = details.payee_id or details.firm_id
    if payee is not None and payee != old.payee_id:
        change_payee(session, actor, producer, records.get_firm(session, actor, payee).code)
    if details.firm_id is not None and details.firm_id != producer.firm_id:
        producer.firm_id = records.get_firm(session, actor, details.firm_id).id
    session.flush()
    audit.write(session, "edited", "producer", producer_id, old=_told(old), new=_told(details))


def stored(session: Session, actor: Actor, producer: Producer) -> Details:
    """A producer's master data as they are stored, to fill the form from."""
    person = (
        records.get_person(session, actor, producer.person_id)
        if producer.person_id is not None
        else None
    )
    kind = ProducerKind(producer.kind)
    return Details(
        code=producer.code,
        kind=kind,
        name=producer.name,
        firm_id=producer.firm_id,
        payee_id=queries.find_payee(session, actor, producer.id),
        first_name=person.first_name if person else "",
        last_name=person.last_name if person else producer.name,
        email=(person.email or "") if person else "",
        phone=(person.phone or "") if person else "",
        house=producer.house,
    )


def _firm(session: Session, actor: Actor, details: Details) -> Company:
    if details.firm_id is not None:
        return records.get_firm(session, actor, details.firm_id)
    company = Company(
        pool_id=actor.pool_id,
        code=details.code,
        name=details.shown_name,
        sort_key=_sort_key(details),
        kind="partner" if details.kind is ProducerKind.PERSON else details.kind,
        natural_person=details.kind is ProducerKind.PERSON,
        country=details.country,
        currency="UAH" if details.country == "UA" else "EUR",
        language="uk" if details.country == "UA" else "de",
        email=details.email or None,
        phone=details.phone or None,
    )
    session.add(company)
    session.flush()
    return company


def _person(session: Session, actor: Actor, details: Details, firm_id: int) -> int | None:
    if details.kind is not ProducerKind.PERSON:
        return None
    person = Person(
        pool_id=actor.pool_id,
        company_id=firm_id,
        first_name=details.first_name,
        last_name=details.last_name,
        sort_key=_sort_key(details),
        email=details.email or None,
        phone=details.phone or None,
    )
    session.add(person)
    session.flush()
    return person.id


def _sort_key(details: Details) -> str:
    if details.kind is ProducerKind.PERSON:
        return sort_key(details.last_name, details.first_name)
    return sort_key(details.name)


def _told(details: Details) -> dict[str, object]:
    return asdict(details)
