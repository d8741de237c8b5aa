"""An application register to an insurer, as GDV."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from pool_module.incoming.errors import NotWhole
from pool_module.incoming.formats.gdv.register import (
    Register,
    RegisterApplication,
    RegisterParty,
    write_register,
)
from pool_module.incoming.operations import journal, registers
from pool_module.incoming.queries import applications as queries
from pool_module.incoming.queries import registers as pools
from shared.actor import Actor
from shared.db import Session
from shared.models.contracts import Application, Customer
from shared.models.products import LineOfBusiness

_FIRM, _NOBODY = "3", "0"


@dataclass(frozen=True)
class Written:
    """A register, and the applications it holds by their ids, in its order."""

    content: bytes
    application_ids: list[int]


def write(
    session: Session,
    actor: Actor,
    insurer_code: str,
    application_ids: Collection[int],
    *,
    agency_number: str,
    today: date,
) -> Written:
    """Write applications for an insurer as a GDV file, which the reader reads back.

    The reply repeats the case number, so it finds its application again.

    Raises:
        NotWhole: an application lacks what the file must say.
        DoesNotFit: a value does not fit its field (Cyrillic letters, too long); ``field`` names it.
        InsurerUnknown: the pool has no such insurer.
    """
    known = registers.load(session, actor, insurer_code)
    rows = queries.get_for_register(session, actor, known.insurer_id, application_ids)
    register = Register(
        insurer_number=queries.find_vu_number(session, actor, known.insurer_id) or "",
        sender=pools.get_pool(session, actor).name,
        recipient=insurer_code,
        agency_number=agency_number,
        created_from=today,
        created_to=today,
        applications=tuple(_application(*row, today) for row in rows),
    )
    content = write_register(register)
    ids = [application.id for application, _, _ in rows]
    subject = "insurer", known.insurer_id
    journal.note(session, actor, "register.written", subject, applications=ids, bytes=len(content))
    return Written(content, ids)


def _application(
    application: Application, customer: Customer | None, line: LineOfBusiness, today: date
) -> RegisterApplication:
    if customer is None:
        raise NotWhole(application.case_number, "customer")
    details = application.details
    begin = details.get("begin") or None
    return RegisterApplication(
        line=line.gdv_key or "000",
        contract_number=details.get("contract_number") or "",
        transaction=application.broker_number or application.case_number,
        posted_on=today,
        parties=(_party(customer),),
        order_number=details.get("order_number") or "",
        begin=date.fromisoformat(begin) if begin else None,
        frequency=details.get("frequency") or "",
        currency=application.currency,
        net_premium=application.net_premium,
        application_date=application.applied_on,
        broker_mark=details.get("broker_mark") or "",
    )


def _party(customer: Customer) -> RegisterParty:
    return RegisterParty(
        name_1=customer.last_name,
        name_3=customer.first_name or "",
        salutation=_FIRM if customer.legal_person else _NOBODY,
        title=customer.title or "",
        country=customer.country or "D",
        postcode=customer.postcode or "",
        city=customer.city or "",
        street=customer.street or "",
        birth_date=customer.birth_date,
        customer_number_broker=str(customer.id),
    )
