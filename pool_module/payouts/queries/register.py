"""The register of items as people read it: the list, one item, and those of a thing."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, and_, case, func, or_, select, text
from sqlalchemy.orm import aliased

from pool_module.payouts.errors import NoSuchItem
from shared.actor import Actor
from shared.db import Session, actor_of
from shared.db.listing import Column, Filter, Listing, Operator, Shape
from shared.due import ItemState
from shared.models.ledger import Statement
from shared.models.pools import Company, Division, Organisation, Team
from shared.models.products import Insurer
from shared.models.terms import Invoice
from shared.scope import open_company, open_insurer
from shared.vocabulary import Door

Firm = aliased(Company)
PARTY = func.coalesce(Company.name, Insurer.name)
REST = Invoice.amount - Invoice.settled


def invoice_list(session: Session, day: date) -> Listing:
    """All items of the pool, of every team; as of a day they are open, overdue or paid."""
    actor, of = actor_of(session), Invoice
    state = _state(day)

    def called(_: Operator, values: Sequence[Any]) -> ColumnElement[bool]:
        return or_(
            *(
                column.icontains(value.strip(), autoescape=True)
                for value in values
                for column in (PARTY, of.number)
            )
        )

    return Listing(
        name="invoices",
        source=_joined().where(*_within(actor)),
        id=of.id,
        columns=(
            Column("number", of.number, Shape.ID, sort=of.number),
            Column("side", of.side, Shape.CODE, sort=of.side),
            Column("party", PARTY, Shape.TEXT, sort=func.lower(PARTY)),
            Column("team", Team.name, Shape.TEXT, sort=func.coalesce(Team.name, "")),
            Column("organisation", Organisation.name, Shape.TEXT),
            Column("amount", of.amount, Shape.MONEY, of.amount_cents, of.currency, total=True),
            Column("rest", REST, Shape.MONEY, None, of.currency, total=True),
            Column("arose_on", of.arose_on, Shape.DAY, sort=of.arose_on),
            Column("due_on", of.due_on, Shape.DAY, sort=of.due_on),
            Column("step", of.step, Shape.CODE, sort=of.step),
            Column("settled_on", of.settled_on, Shape.DAY),
            Column("state", state, Shape.CODE, sort=state),
        ),
        filters=(
            Filter("q", of.number, Shape.TEXT, condition=called),
            Filter("side", of.side, Shape.CODE),
            Filter("state", state, Shape.CODE),
            Filter("team", of.team_id, Shape.COUNT),
            Filter("organisation", of.organisation_id, Shape.COUNT),
            Filter("company", of.company_id, Shape.COUNT),
            Filter("insurer", of.insurer_id, Shape.COUNT),
            Filter("step", of.step, Shape.CODE),
            Filter("currency", of.currency, Shape.ID),
            Filter("amount", of.amount_cents, Shape.MONEY),
            Filter("arose_on", of.arose_on, Shape.DAY),
            Filter("due_on", of.due_on, Shape.DAY),
        ),
    )


def get_item(session: Session, actor: Actor, item_id: int) -> RowMapping:
    """An item with the names of all it points to.

    Raises:
        NoSuchItem: there is none within reach.
    """
    of = Invoice
    row = (
        session.execute(
            _joined()
            .outerjoin(Firm, and_(Firm.pool_id == of.pool_id, Firm.id == of.producer_firm_id))
            .outerjoin(
                Statement, and_(Statement.pool_id == of.pool_id, Statement.id == of.statement_id)
            )
            .where(*_within(actor), of.id == item_id)
            .with_only_columns(
                of.id, of.number, of.side, of.currency, of.amount, of.settled, REST.label("rest"),
                of.arose_on, of.due_on, of.step, of.days, of.counted_from, of.terms_id, of.reasons,
                of.settled_on, of.settled_by, of.company_id, of.insurer_id, of.statement_id,
                of.delivery_id, of.recorded_at, PARTY.label("party"), Firm.name.label("producer"),
                Team.name.label("team"), Organisation.name.label("organisation"),
                Division.remit_to, Statement.number.label("statement"),
            )
        )
        .mappings()
        .one_or_none()
    )  # fmt: skip
    if row is None:
        raise NoSuchItem
    return row


def has_open_party(session: Session, actor: Actor, item: RowMapping) -> bool:
    """Whether the firm or insurer of an item is there for the actor, whom no limit hides items."""
    companies, _, insurers = session.execute(
        text("SELECT app_hidden(:pool, :account, :team, '')"),
        {"pool": actor.pool_id, "account": actor.account_id, "team": actor.team_id},
    ).scalar_one().partition("|")  # fmt: skip
    hidden, number = (
        (insurers, item["insurer_id"]) if item["insurer_id"] else (companies, item["company_id"])
    )
    return str(number) not in hidden.split(",")


def items_of_statement(session: Session, actor: Actor, statement_id: int) -> Sequence[RowMapping]:
    """What is due of a statement (one item or none): id, number, side, due_on, settled_on, step."""
    return _items(session, actor, Invoice.statement_id == statement_id)


def items_of_delivery(session: Session, actor: Actor, delivery_id: int) -> Sequence[RowMapping]:
    """What is due of a delivery, as ``items_of_statement`` gives it."""
    return _items(session, actor, Invoice.delivery_id == delivery_id)


def team_choices(session: Session, actor: Actor) -> Sequence[tuple[str, str]]:
    """All teams, to filter by: number and name with the division."""
    rows = session.execute(
        select(Team.id, Team.name, Division.name)
        .join(Division, and_(Division.pool_id == Team.pool_id, Division.id == Team.division_id))
        .where(Team.pool_id == actor.pool_id)
        .order_by(Division.name, Team.name)
    )
    return [(str(number), f"{division} · {name}") for number, name, division in rows]


def _within(actor: Actor) -> list[ColumnElement[bool]]:
    """The pool's items, but those of an insurer or a firm that is limited to others."""
    of = Invoice
    return [
        of.pool_id == actor.pool_id, open_company(of.company_id), open_insurer(of.insurer_id)
    ]  # fmt: skip


def _items(session: Session, actor: Actor, here: ColumnElement[bool]) -> Sequence[RowMapping]:
    of = Invoice
    mine = [of.pool_id == actor.pool_id, here]
    if actor.door is Door.EXTRANET:
        mine.append(of.firm_id.in_(actor.firm_ids))
    return (
        session.execute(
            select(
                of.id, of.number, of.side, of.amount, of.currency, of.due_on, of.settled_on,
                of.step, of.days, of.counted_from,
            )
            .where(*mine)
            .order_by(of.id)
        )
        .mappings()
        .all()
    )  # fmt: skip


def _joined() -> Any:
    of = Invoice
    source = select().select_from(of)
    for model, column in (
        (Company, of.company_id),
        (Insurer, of.insurer_id),
        (Team, of.team_id),
        (Organisation, of.organisation_id),
    ):
        joined: Any = model
        source = source.outerjoin(joined, and_(joined.pool_id == of.pool_id, joined.id == column))
    return source.outerjoin(
        Division, and_(Division.pool_id == Team.pool_id, Division.id == Team.division_id)
    )


def _state(day: date) -> ColumnElement[str]:
    return case(
        (Invoice.settled_on.is_not(None), ItemState.PAID.value),
        (Invoice.due_on < day, ItemState.OVERDUE.value),
        else_=ItemState.OPEN.value,
    )
