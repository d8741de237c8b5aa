"""Clearance: who clears a customer first has him; a second one needs the first one's word."""

from dataclasses import dataclass

from pool_module.crm.errors import (
    AskedAlready,
    AskedFromHere,
    Decided,
    KnownHere,
    NotYourOwn,
    ReasonMissing,
    TakenElsewhere,
)
from pool_module.crm.operations.customers import Person, add_customer
from pool_module.crm.queries import clearance as queries
from pool_module.crm.queries import customers
from pool_module.crm.queries.customers import Alike
from pool_module.crm.rules.alike import Described
from shared import audit, clock, workplace
from shared.db import Session, actor_of
from shared.models.contracts import Customer
from shared.vocabulary import RequestState

# what the bell says; their translations are marked in the portal's view
APPROVED = "The organisation agrees: you may take its customer in as well."
REFUSED = "The organisation does not agree that you take its customer in as well."


@dataclass(frozen=True)
class Cleared:
    """A customer who is the clearing person's from now on.

    Attributes:
        customer: with executive, team, division and organisation.
        outside: the account executive that was asked for works in another team: he was not
            assigned (AIM-60).
    """

    customer: Customer
    outside: bool


def clear(
    session: Session, person: Person, *, executive_id: int | None, firm_id: int | None = None
) -> Cleared:
    """Take a new customer in: the first to clear him owns him (AIM-59).

    Team, division and organisation are the actor's; the database sees to it.

    Args:
        session: the transaction.
        person: what is kept.
        executive_id: the account that is to look after him.
        firm_id: the broker firm whose customer he is.

    Raises:
        NameMissing: without a name.
        KnownHere: he is a customer of the own organisation.
        TakenElsewhere: he is another organisation's, which has not agreed to a second one.
    """
    actor = actor_of(session)
    described = Described(
        person.last_name, person.first_name, person.legal_person, person.birth_date,
        person.postcode,
    )  # fmt: skip
    same: list[Alike] = [
        each for each in customers.find_alike(session, actor, described) if each.certain
    ]
    if same:
        raise KnownHere(same[0].name)
    outside = False
    if executive_id is not None and actor.team_id is not None:
        outside = not queries.works_in(session, executive_id, actor.team_id)
    customer = add_customer(session, person, firm_id=firm_id)
    customer.executive_id = None if outside else executive_id
    session.flush()
    session.refresh(customer)
    audit.write(
        session, "customer.cleared", "customer", customer.id,
        new={"executive": customer.executive_id, "team": customer.team_id},
    )  # fmt: skip
    return Cleared(customer, outside)


def ask(session: Session, customer_id: int, reason: str) -> int:
    """Ask the organisation a customer belongs to for a second one.

    Raises:
        NoSuchRecord: there is none of this number in another organisation.
        ReasonMissing: without a reason.
        AskedAlready: the own organisation waits for the answer, or it was a good one.
    """
    if not reason.strip():
        raise ReasonMissing
    actor = actor_of(session)
    queries.get_foreign(session, actor, customer_id)
    asked = queries.find_asked(session, actor, customer_id)
    if asked is not None and asked.state != RequestState.REFUSED:
        raise AskedAlready
    made = queries.ask(session, actor, customer_id, reason.strip())
    assert made is not None
    audit.write(session, "asked", "clearance_request", made, new={"reason": reason.strip()})
    return made


def decide(session: Session, request_id: int, state: RequestState) -> None:
    """Let another organisation have a customer of one's own as well, or not; tell who asked.

    Raises:
        NoSuchRecord: there is no such request about a customer within reach.
        Decided: somebody was quicker.
        NotYourOwn: who asked does not decide.
        AskedFromHere: nor who works where it was asked.
    """
    actor = actor_of(session)
    request = queries.get_request(session, actor, request_id)
    if request.state != RequestState.OPEN:
        raise Decided
    if request.recorded_by == actor.name:
        raise NotYourOwn
    if not queries.may_decide(session, actor, request_id):
        raise AskedFromHere
    request.state, request.decided_at, request.decided_by = state, clock.now(), actor.name
    session.flush()
    audit.write(
        session, state.value, "clearance_request", request_id,
        old={"state": RequestState.OPEN.value}, new={"state": state.value},
    )  # fmt: skip
    if request.account_id is not None:
        approved = state is RequestState.APPROVED
        workplace.notify(
            session,
            APPROVED if approved else REFUSED,
            link=f"/clearance/{request.customer_id}",
            tone="ok" if approved else "warn",
            account_id=request.account_id,
        )


__all__ = ["Cleared", "TakenElsewhere", "ask", "clear", "decide"]
