"""Applications, written and moved on; one call per intention of a person."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from pool_module.applications import queries, rules
from pool_module.applications.errors import (
    ContractThere,
    Limited,
    MayNotSell,
    NoteMissing,
    NotThatStep,
    UnderReview,
    Unfinished,
)
from pool_module.crm.operations.customers import firm_of
from pool_module.crm.queries import customers, journal
from shared import audit, clock, gates
from shared.actor import Actor
from shared.db import Session, actor_of
from shared.models.contracts import Application, ApplicationChange
from shared.models.pools import Pool
from shared.models.workplace import Notification
from shared.vocabulary import ApplicationState, Door, GateAction, GatePoint


@dataclass(frozen=True)
class Wanted:
    """What an application says.

    ``details`` answers what the line of business asks (``rules.FIELDS``), as text.
    """

    product_id: int
    customer_id: int | None = None
    producer_id: int | None = None
    applied_on: date | None = None
    begin_on: date | None = None
    frequency: str | None = None
    net_premium: Decimal | None = None
    currency: str = "EUR"
    product_version_id: int | None = None
    note: str | None = None
    details: Mapping[str, str] = field(default_factory=dict)


def save_draft(
    session: Session,
    wanted: Wanted,
    *,
    application_id: int | None = None,
    version: int | None = None,
    firm_id: int | None = None,
) -> Application:
    """Write an application down, or change one.

    A firm changes its drafts; staff change what is not decided yet.

    Args:
        session: the transaction.
        wanted: what it says.
        application_id: the one to change; None: a new draft.
        version: as it was shown.
        firm_id: the firm that hands it in; a broker's only one needs no saying.

    Raises:
        NoSuchApplication, NoSuchRecord: it or its customer is not within reach.
        Conflict: somebody was quicker.
        NotThatStep: it is decided, or no longer the firm's to change.
    """
    actor = actor_of(session)
    product = queries.get_product(session, actor, wanted.product_id)
    if wanted.customer_id is not None:
        customers.get_customer(session, actor, wanted.customer_id)
    values = {**asdict(wanted), "insurer_id": product.insurer_id}
    if application_id is None:
        firm_id = firm_of(actor, firm_id)
        _check_open(session, product.insurer_id, firm_id, wanted.producer_id)
        year = clock.today(session.get_one(Pool, actor.pool_id).time_zone).year
        application = Application(
            pool_id=actor.pool_id,
            firm_id=firm_id,
            case_number=queries.next_case_number(session, actor, year),
            state=ApplicationState.DRAFT,
            **values,
        )
        session.add(application)
        session.flush()
        _note(session, application, None)
        new = {"case_number": application.case_number}
        audit.write(session, "application.added", "application", application.id, new=new)
        return application
    application = _open(session, application_id, version, names=tuple(values))
    changeable = {ApplicationState.DRAFT}
    if actor.door is not Door.EXTRANET:
        changeable |= set(rules.OPEN)
        values["firm_id"] = firm_id if firm_id is not None else application.firm_id
    if application.state not in changeable:
        raise NotThatStep
    values["details"] = {**application.details, **wanted.details}
    points = ("insurer_id", "firm_id", "producer_id")
    if any(getattr(application, name) != values.get(name) for name in points if name in values):
        _check_open(
            session,
            product.insurer_id,
            values.get("firm_id", application.firm_id),
            wanted.producer_id,
        )
    _write(session, application, values)
    return application


def submit(
    session: Session,
    application_id: int,
    *,
    today: date,
    version: int | None = None,
    note: str | None = None,
) -> Application:
    """Hand a draft in to the pool.

    Raises:
        NoSuchApplication, Conflict, NotThatStep: see ``move``.
        Unfinished: ``field`` is missing.
        GateClosed: the firm has not proved what it must; every reason is told.
        MayNotSell: the firm may not sell the product today.
    """
    actor = actor_of(session)
    application = _open(session, application_id, version)
    if application.state != ApplicationState.DRAFT:
        raise NotThatStep
    for name in rules.NEEDED:
        if getattr(application, name) is None:
            raise Unfinished(name)
    product = application.product_id
    sells = queries.may_sell(session, actor, application.firm_id, product, today)
    case = gates.Case(application.firm_id, sells, consent=_agreed(session, actor, application))
    gates.pass_through(session, actor, case, GatePoint.SUBMISSION, today)
    if not sells:
        raise MayNotSell(queries.get_product(session, actor, product).name)
    application.submitted_at, application.submitted_by = clock.now(), actor.name
    return _go(session, application, ApplicationState.SUBMITTED, note)


def answer_query(
    session: Session, application_id: int, text: str, *, version: int | None = None
) -> Application:
    """Answer what was asked; the application is with the pool again, which passes it on.

    Raises:
        NoSuchApplication, Conflict, NotThatStep: see ``move``.
        NoteMissing: without a word.
    """
    application = _open(session, application_id, version)
    if application.state != ApplicationState.INSURER_QUERY:
        raise NotThatStep
    if not text.strip():
        raise NoteMissing
    application.query = None
    return _go(session, application, ApplicationState.SUBMITTED, text.strip())


def withdraw(
    session: Session, application_id: int, *, note: str | None = None, version: int | None = None
) -> Application:
    """Take an application back; see ``move``."""
    return move(session, application_id, ApplicationState.WITHDRAWN, note=note, version=version)


def ask_broker(
    session: Session,
    application_id: int,
    text: str,
    documents: Sequence[str] = (),
    *,
    version: int | None = None,
) -> Application:
    """Ask the firm what is missing: a text, and the documents wanted.

    Raises:
        NoSuchApplication, Conflict, NotThatStep: see ``move``.
        NoteMissing: nothing is asked.
    """
    wanted = [name.strip() for name in documents if name.strip()]
    if not text.strip() and not wanted:
        raise NoteMissing
    asked = "\n".join([text.strip(), *(f"• {name}" for name in wanted)]).strip()
    application = _open(session, application_id, version)
    _check_step(session, application, ApplicationState.INSURER_QUERY)
    application.query = asked
    return _go(session, application, ApplicationState.INSURER_QUERY, asked)


def move(
    session: Session,
    application_id: int,
    state: str,
    *,
    note: str | None = None,
    insurer_number: str | None = None,
    version: int | None = None,
) -> Application:
    """Bring an application to a state that may follow (``rules.allowed``).

    Args:
        session: the transaction.
        application_id: which one.
        state: where to.
        note: why; a rejection and a query must say.
        insurer_number: the insurer's number of the case, where it is known now.
        version: as it was shown.

    Raises:
        NoSuchApplication: it is not within reach.
        Conflict: somebody was quicker.
        NotThatStep: the state does not follow from the one it is in.
        NoteMissing: it has to say why.
        ContractThere: a contract was made of it: that is cancelled, not this withdrawn.
        UnderReview: it is held quietly.
    """
    application = _open(session, application_id, version)
    _check_step(session, application, state)
    if application.contract_id is not None:
        raise ContractThere(application.case_number)
    wanted = ApplicationState(state)
    if wanted is ApplicationState.SENT_TO_INSURER:
        check_review(session, application, GatePoint.SUBMISSION)
    if wanted in rules.EXPLAINED and not (note and note.strip()):
        raise NoteMissing
    if insurer_number and insurer_number.strip():
        application.insurer_number = insurer_number.strip()
    application.query = note if wanted is ApplicationState.INSURER_QUERY else None
    return _go(session, application, wanted, note.strip() if note else None)


def check_review(session: Session, application: Application, point: GatePoint) -> None:
    """Refuse to go on with a case that is held quietly; its firm is told nothing of it.

    Raises:
        UnderReview: a check of the firm is being looked into.
    """
    actor = actor_of(session)
    day = clock.today(session.get_one(Pool, actor.pool_id).time_zone)
    found = gates.look(session, actor, gates.Case(application.firm_id), point, day)
    if any(verdict.action is GateAction.SILENT for verdict in found):
        raise UnderReview


def standing(
    session: Session, application: Application, point: GatePoint, day: date
) -> list[gates.Verdict]:
    """What the gates would do to an application at a point, to be seen beforehand."""
    actor = actor_of(session)
    sells = queries.may_sell(session, actor, application.firm_id, application.product_id, day)
    consent = _agreed(session, actor, application)
    case = gates.Case(application.firm_id, sells, consent=consent)
    return gates.look(session, actor, case, point, day)


def hand_over(session: Session, *, from_producer: int, to_producer: int) -> int:
    """Give the open applications of somebody who leaves to a colleague; how many there were."""
    given = queries.open_of(session, actor_of(session), from_producer)
    for application in given:
        application.producer_id = to_producer
        session.flush()
        audit.write(
            session, "application.handed over", "application", application.id,
            old={"producer_id": from_producer}, new={"producer_id": to_producer},
        )  # fmt: skip
    return len(given)


def _agreed(session: Session, actor: Actor, application: Application) -> bool:
    """Whether the customer agreed to his health data being processed, where they are asked."""
    line = queries.gdv_key_of(session, actor, application.product_id)
    if not rules.asks_health(line):
        return True
    return rules.is_yes(application.details.get(rules.Asked.HEALTH_CONSENT.value, ""))


def note(session: Session, application: Application, text: str | None) -> None:
    """Write a line into an application's history; its state stays."""
    _note(session, application, text)


def _check_open(
    session: Session, insurer_id: int, firm_id: int | None, producer_id: int | None
) -> None:
    """Refuse who is limited to divisions or organisations the actor is none of."""
    allowed = queries.is_open(
        session,
        actor_of(session),
        insurer_id=insurer_id,
        firm_id=firm_id,
        producer_id=producer_id,
    )
    if not allowed:
        raise Limited


def _check_step(session: Session, application: Application, state: str) -> None:
    if state not in rules.allowed(application.state, actor_of(session).door):
        raise NotThatStep


def _open(
    session: Session, application_id: int, version: int | None, names: Sequence[str] = ()
) -> Application:
    actor = actor_of(session)
    application = queries.get_application(session, actor, application_id, lock=True)
    stored = {name: getattr(application, name) for name in names}
    journal.check_version(session, actor, application, version, stored)
    return application


def _write(session: Session, application: Application, values: Mapping[str, Any]) -> None:
    before = {name: getattr(application, name) for name in values}
    changed = audit.write_change(
        session,
        "application.changed",
        "application",
        application.id,
        before=before,
        after=values,
    )
    for name in changed:
        setattr(application, name, values[name])
    session.flush()
    session.refresh(application)


def _go(
    session: Session, application: Application, state: ApplicationState, note: str | None
) -> Application:
    before = application.state
    application.state = state
    session.flush()
    _note(session, application, note)
    audit.write(
        session,
        "application.moved",
        "application",
        application.id,
        old={"state": before},
        new={"state": state.value},
    )
    if actor_of(session).door is not Door.EXTRANET:
        _tell_firm(session, application)
    session.refresh(application)
    return application


def _note(session: Session, application: Application, note: str | None) -> None:
    session.add(
        ApplicationChange(
            pool_id=application.pool_id,
            application_id=application.id,
            firm_id=application.firm_id,
            state=application.state,
            note=note,
        )
    )
    session.flush()


_TOLD = {
    ApplicationState.INSURER_QUERY: ("A query on application %(case)s", "warn"),
    ApplicationState.ACCEPTED: ("Application %(case)s is accepted", "ok"),
    ApplicationState.REJECTED: ("Application %(case)s is rejected", "err"),
    ApplicationState.SENT_TO_INSURER: ("Application %(case)s is with the insurer", "info"),
}


def _tell_firm(session: Session, application: Application) -> None:
    text, tone = _TOLD.get(ApplicationState(application.state), ("", ""))
    if text and application.firm_id is not None:
        session.add(
            Notification(
                pool_id=application.pool_id,
                firm_id=application.firm_id,
                text=text,
                values={"case": application.case_number},
                link=f"/applications/{application.id}",
                tone=tone,
            )
        )
        session.flush()
