"""A register of applications, written for its insurer and noted with each of them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from pool_module.applications import operations as applications
from pool_module.applications.queries import carrier_codes
from pool_module.incoming.errors import NothingToSend, SeveralCodes, SeveralInsurers
from pool_module.incoming.operations import register
from pool_module.incoming.queries import applications as queries
from shared.db import Session, actor_of
from shared.vocabulary import ApplicationState


@dataclass(frozen=True)
class Sent:
    """A register as it goes to an insurer."""

    content: bytes
    insurer: str
    application_ids: list[int]


def send_register(session: Session, application_ids: Collection[int], *, today: date) -> Sent:
    """Write applications as GDV for the one insurer they go to; those handed in are sent now.

    Raises:
        NothingToSend: none was chosen, or none is within reach.
        SeveralInsurers: a register goes to one.
        SeveralCodes: it carries one agency number; divisions and teams have their own.
        NotWhole, DoesNotFit: an application lacks what the file must say, or does not fit it.
    """
    actor = actor_of(session)
    chosen = queries.get_insurers_of(session, actor, application_ids)
    codes = {row.code for row in chosen}
    if not codes:
        raise NothingToSend
    if len(codes) > 1:
        raise SeveralInsurers
    (code,) = codes
    known = carrier_codes(session, actor, [row.id for row in chosen])
    numbers = {known[row.id].code if row.id in known else None for row in chosen}
    if len(numbers) > 1:
        raise SeveralCodes
    number = numbers.pop() or queries.find_agency_number(
        session, actor, chosen[0].insurer_id, today
    )
    written = register.write(
        session,
        actor,
        code,
        [row.id for row in chosen],
        agency_number=number or "",
        today=today,
    )
    for row in chosen:
        if row.state == ApplicationState.SUBMITTED:
            applications.move(session, row.id, ApplicationState.SENT_TO_INSURER)
    return Sent(written.content, code, written.application_ids)
