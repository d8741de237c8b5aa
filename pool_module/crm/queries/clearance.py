"""Clearance: whether a customer is known anywhere in the pool, and who asked about whose.

Of other organisations the database itself answers, with name, state and since when (AIM-56 to 58):
nothing else of them comes this far.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar

from sqlalchemy import Row, func, select, text
from sqlalchemy.orm import Session

from pool_module.crm.errors import NoSuchRecord
from pool_module.crm.rules.alike import Described, stands_for
from shared import scope
from shared.actor import Actor
from shared.models.contracts import Contract, Customer, Event
from shared.models.search import called
from shared.models.units import ClearanceRequest
from shared.search_words import folded, split

MOST = 24  # the database tells fifty at most
Hit = TypeVar("Hit")
# a row that is not to be seen is another organisation's: then the own one asked; ``works`` is where
# a person works, and which of it is his place now
REQUESTS = text("""
    WITH home AS (
        SELECT o.id FROM organisation o WHERE o.pool_id = :pool AND o.is_default
    ), works AS (
        SELECT d.organisation_id AS id, t.id = CAST(:team AS int) AS here
        FROM team t JOIN division d ON d.pool_id = t.pool_id AND d.id = t.division_id
        WHERE t.pool_id = :pool AND works_in_team(CAST(:person AS int), t.id)
    )
    SELECT r.*, c.id IS NOT NULL
            AND coalesce(c.organisation_id, 0) = ANY (CAST(:within AS int[])) AS opens,
        q.id IS NULL OR coalesce(q.organisation_id, 0) = ANY (CAST(:within AS int[]))
            AS asked_here,
        r.owned AND (EXISTS (SELECT FROM works w WHERE w.here
                AND w.id = coalesce(c.organisation_id, (SELECT id FROM home)))
            OR NOT EXISTS (SELECT FROM works w
                WHERE w.id = coalesce(q.organisation_id, (SELECT id FROM home)))) AS decides
    FROM clearance_requests(false) r
    LEFT JOIN customer c ON c.pool_id = :pool AND c.id = r.customer_id
    LEFT JOIN clearance_request q ON q.pool_id = :pool AND q.id = r.id
    WHERE CAST(:one AS bigint) IS NULL OR r.id = :one
    ORDER BY r.state = 'open' DESC, r.id DESC LIMIT 200""")


@dataclass(frozen=True)
class Foreign:
    """A customer of another organisation: all that is told of him."""

    id: int
    name: str
    state: str
    since: date


@dataclass(frozen=True)
class Hits(Generic[Hit]):
    """The first of those who were found; ``more``: there are others, which are not told."""

    rows: Sequence[Hit]
    more: bool


def _cut(rows: Sequence[Hit]) -> Hits[Hit]:
    """So many as are shown, of one more that was asked for."""
    return Hits(rows[:MOST], len(rows) > MOST)


def own_hits(session: Session, actor: Actor, typed: str) -> Hits[Row[Any]]:
    """Customers within reach whose name has the typed words.

    Rows: id, name, birth_date, city, since, executive_id, contracts, premium, commission (both of
    contracts in the pool's hands, by currency as text).
    """
    of_customer = (Contract.pool_id == Customer.pool_id, Contract.holder_id == Customer.id)

    def total(amount: Any, query: Any) -> Any:
        by_currency = query.add_columns(func.sum(amount).label("amount")).group_by(
            Contract.currency
        )
        inner = by_currency.correlate(Customer).lateral()
        return select(func.jsonb_object_agg(inner.c.currency, inner.c.amount)).scalar_subquery()

    held = select(Contract.currency).where(*of_customer, ~Contract.private)
    earned = held.join(
        Event, (Event.pool_id == Contract.pool_id) & (Event.contract_id == Contract.id)
    )
    contracts = (
        select(func.count()).select_from(Contract).where(*of_customer).correlate(Customer)
    ).scalar_subquery()
    found = session.execute(
        select(
            Customer.id,
            func.concat_ws(", ", Customer.last_name, Customer.first_name).label("name"),
            Customer.birth_date,
            Customer.city,
            Customer.recorded_at.label("since"),
            Customer.executive_id,
            contracts.label("contracts"),
            total(Contract.net_premium, held).label("premium"),
            total(Event.received, earned).label("commission"),
        )
        .where(
            Customer.pool_id == actor.pool_id,
            ~Customer.private,
            *scope.of_organisation(actor, Customer),
            called(typed, "customer", Customer.pool_id, Customer.id),
        )
        .order_by(Customer.sort_key, Customer.id)
        .limit(MOST + 1)
    ).all()
    return _cut(found)


def foreign_hits(session: Session, actor: Actor, typed: str) -> Hits[Foreign]:
    """Customers of other organisations whose name has the typed words."""
    assert actor.pool_id
    words = [word for word in map(folded, split(typed)) if word]
    rows = session.execute(
        text("SELECT * FROM clearance_hits(CAST(:words AS text[]), :most)"),
        {"words": words, "most": MOST + 1},
    )
    return _cut([Foreign(row.id, row.name, row.state, row.since) for row in rows] if words else [])


def get_foreign(session: Session, actor: Actor, customer_id: int) -> Foreign:
    """A customer of another organisation: name, state, since when.

    Raises:
        NoSuchRecord: there is none of this number in another organisation.
    """
    assert actor.pool_id
    row = session.execute(
        text("SELECT * FROM clearance_hit(:customer)"), {"customer": customer_id}
    ).one_or_none()
    if row is None:
        raise NoSuchRecord
    return Foreign(row.id, row.name, row.state, row.since)


def twins(session: Session, actor: Actor, person: Described) -> list[str]:
    """The names of who may be the same in another organisation that agreed to no second one."""
    words = [
        word for word in map(folded, split(f"{person.last_name} {person.first_name or ''}")) if word
    ]
    if actor.organisation_ids is None or not words:
        return []
    rows = session.execute(
        text("SELECT * FROM clearance_twins(CAST(:names AS text[]), CAST(:born AS date))"),
        {"names": words, "born": person.birth_date},
    )
    return [
        ", ".join(filter(None, (row.last_name, row.first_name)))
        for row in rows
        if row.whole
        or stands_for(
            person,
            Described(row.last_name, row.first_name, row.legal_person),
            born_the_same_day=row.dated,
        )
    ]


def works_in(session: Session, account_id: int, team_id: int) -> bool:
    """Whether a member of staff works in a team."""
    found: bool = session.execute(
        text("SELECT works_in_team(CAST(:person AS int), :team)"),
        {"person": account_id, "team": team_id},
    ).scalar_one()
    return found


def ask(session: Session, actor: Actor, customer_id: int, reason: str) -> int | None:
    """Write a request to the organisation of a customer, and tell it; None: he is of none."""
    made: int | None = session.execute(
        text("SELECT ask_clearance(:customer, :person, :why)"),
        {"customer": customer_id, "person": actor.account_id, "why": reason},
    ).scalar_one()
    return made


def requests(session: Session, actor: Actor, within: Collection[int]) -> Sequence[Row[Any]]:
    """What is asked of the actor's organisations, and what they ask, what waits first.

    Args:
        session: the transaction; it may see past the wall.
        actor: who.
        within: organisations whose records he opens all the same, 0 for what names none.

    Rows: id, customer_id, name, asked_by, organisation, reason, state, asked_at, owned, owner,
    opens (the customer is within), asked_here (his own organisation asks: it may read how it
    stands), decides (``may_decide``).
    """
    return session.execute(REQUESTS, _asked(actor, within)).all()


def may_decide(session: Session, actor: Actor, request_id: int) -> bool:
    """Whether a request within reach is the actor's to decide, as far as where he works goes.

    Who works in the organisation that asks decides only in his place in the one that owns.
    """
    rows = session.execute(REQUESTS, _asked(actor, (), request_id)).all()
    return any(row.decides for row in rows)


def _asked(actor: Actor, within: Collection[int], one: int | None = None) -> dict[str, Any]:
    return {
        "pool": actor.pool_id, "person": actor.account_id, "team": actor.team_id,
        "within": sorted(within), "one": one,
    }  # fmt: skip


def find_asked(session: Session, actor: Actor, customer_id: int) -> Row[Any] | None:
    """What the own organisation asked last about another's customer, as ``requests`` tells it."""
    assert actor.pool_id
    return session.execute(
        text("""
            SELECT * FROM clearance_requests(false)
            WHERE customer_id = :customer AND NOT owned ORDER BY id DESC LIMIT 1"""),
        {"customer": customer_id},
    ).one_or_none()


def get_request(session: Session, actor: Actor, request_id: int) -> ClearanceRequest:
    """A request the actor may decide: about a customer within reach.

    Raises:
        NoSuchRecord: there is none.
    """
    found = session.scalars(
        select(ClearanceRequest)
        .where(ClearanceRequest.pool_id == actor.pool_id, ClearanceRequest.id == request_id)
        .with_for_update()
    ).one_or_none()
    if found is None:
        raise NoSuchRecord
    return found
