"""Applications: the list, one case with its names, its steps, what may be sold."""

from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import Row, and_, func, select, text
from sqlalchemy.orm import Session

from pool_module.applications.errors import NoSuchApplication
from pool_module.applications.rules import OPEN
from pool_module.products.errors import NoSuchProduct
from pool_module.products.queries import selling
from shared import scope
from shared.actor import Actor
from shared.db import actor_of
from shared.db.listing import Column, Filter, Listing, Operator, Shape
from shared.models.contracts import Application, ApplicationChange, Contract, Customer
from shared.models.hierarchy import Producer
from shared.models.pools import Company
from shared.models.products import Insurer, LineOfBusiness, Product
from shared.vocabulary import ApplicationState, Door


@dataclass(frozen=True)
class Case:
    """An application with the names of what it points to; who is out of reach has none."""

    application: Application
    product: Product
    line: LineOfBusiness
    insurer: Insurer
    customer: Customer | None
    firm: str | None
    producer: str | None
    contract_number: str | None


def application_list(session: Session, actor: Actor, today: date) -> Listing:
    """The applications of the pool, or of a firm."""
    assert actor_of(session) == actor
    name = func.concat_ws(", ", Customer.last_name, Customer.first_name)
    source = (
        select()
        .select_from(Application)
        .join(
            Product,
            and_(Product.pool_id == Application.pool_id, Product.id == Application.product_id),
        )
        .join(
            Insurer,
            and_(Insurer.pool_id == Application.pool_id, Insurer.id == Application.insurer_id),
        )
        .outerjoin(
            Customer,
            and_(Customer.pool_id == Application.pool_id, Customer.id == Application.customer_id),
        )
        .outerjoin(
            Company,
            and_(Company.pool_id == Application.pool_id, Company.id == Application.firm_id),
        )
        .where(*_scope(actor))
    )
    is_open = Application.state.in_(OPEN)
    return Listing(
        name="applications",
        source=source,
        id=Application.id,
        columns=(
            Column("case_number", Application.case_number, Shape.ID, sort=Application.case_number),
            Column("holder", name, Shape.TEXT),
            Column("product", Product.name, Shape.TEXT),
            Column("insurer", Insurer.name, Shape.TEXT),
            Column("firm", Company.name, Shape.TEXT),
            Column("state", Application.state, Shape.CODE),
            Column("applied_on", Application.applied_on, Shape.DAY, sort=Application.applied_on),
            Column("begin_on", Application.begin_on, Shape.DAY, sort=Application.begin_on),
            Column(
                "net_premium",
                Application.net_premium,
                Shape.MONEY,
                currency=Application.currency,
                total=True,
            ),
            Column("recorded_at", Application.recorded_at, Shape.MOMENT, sort=Application.id),
        ),
        extra={
            "currency": Application.currency,
            "contract_id": Application.contract_id,
            "customer_id": Application.customer_id,
        },
        filters=(
            Filter("state", Application.state, Shape.CODE),
            Filter("insurer", Application.insurer_id, Shape.COUNT),
            Filter("product", Application.product_id, Shape.COUNT),
            Filter("firm", Application.firm_id, Shape.COUNT),
            Filter("applied_on", Application.applied_on, Shape.DAY),
            Filter("q", Application.case_number, Shape.TEXT, key=str.upper),
            Filter("open", is_open, Shape.FLAG),
            Filter(
                "older",
                Application.id,
                Shape.COUNT,
                condition=lambda _, days: and_(
                    is_open, Application.applied_on < today - timedelta(days=max(days[0], 0))
                ),
            ),
            Filter(
                "without_contract",
                Application.id,
                Shape.FLAG,
                condition=lambda _, asked: _without_contract(wanted=bool(asked[0])),
            ),
            Filter("mine", Application.id, Shape.FLAG, condition=_is_mine(actor)),
        ),
    )


def get_application(
    session: Session, actor: Actor, application_id: int, *, lock: bool = False
) -> Application:
    """An application; ``lock`` has others wait who want to change it too.

    Raises:
        NoSuchApplication: there is none within reach.
    """
    query = select(Application).where(*_scope(actor), Application.id == application_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = session.scalars(query).one_or_none()
    if found is None:
        raise NoSuchApplication
    return found


def get_case(session: Session, actor: Actor, application_id: int) -> Case:
    """An application with its names, in one statement.

    Raises:
        NoSuchApplication: there is none within reach.
    """
    producer = (
        select(Producer.name)
        .where(Producer.pool_id == Application.pool_id, Producer.id == Application.producer_id)
        .correlate(Application)
        .scalar_subquery()
    )
    row = session.execute(
        select(
            Application, Product, LineOfBusiness, Insurer, Customer, Company.name, Contract.number,
            producer,
        )
        .join(
            Product,
            and_(Product.pool_id == Application.pool_id, Product.id == Application.product_id),
        )
        .join(
            LineOfBusiness,
            and_(LineOfBusiness.pool_id == Product.pool_id, LineOfBusiness.id == Product.line_id),
        )
        .join(
            Insurer,
            and_(Insurer.pool_id == Application.pool_id, Insurer.id == Application.insurer_id),
        )
        .outerjoin(
            Customer,
            and_(Customer.pool_id == Application.pool_id, Customer.id == Application.customer_id),
        )
        .outerjoin(
            Company,
            and_(Company.pool_id == Application.pool_id, Company.id == Application.firm_id),
        )
        .outerjoin(
            Contract,
            and_(Contract.pool_id == Application.pool_id, Contract.id == Application.contract_id),
        )
        .where(*_scope(actor), Application.id == application_id)
    ).one_or_none()  # fmt: skip
    if row is None:
        raise NoSuchApplication
    application, product, line, insurer, customer, firm, number, name = row
    return Case(application, product, line, insurer, customer, firm, name, number)


def changes(session: Session, actor: Actor, application_id: int) -> Sequence[ApplicationChange]:
    """The steps of an application, the newest first; out of reach there are none."""
    query = select(ApplicationChange).where(
        ApplicationChange.pool_id == actor.pool_id,
        ApplicationChange.application_id == application_id,
    )
    if actor.door is Door.EXTRANET:
        query = query.where(ApplicationChange.firm_id.in_(actor.firm_ids))
    return session.scalars(query.order_by(ApplicationChange.id.desc())).all()


@dataclass(frozen=True)
class CarrierCode:
    """The number an insurer knows the pool by in a case, and whose number it is (AIM-16, 22)."""

    code: str
    unit: str
    name: str


# the team's goes before the division's; a case without a unit has its firm's, where it has one
CARRIER_CODES: Final = text("""
    SELECT a.id, coalesce(t.code, d.code) AS code,
        CASE WHEN t.code IS NOT NULL THEN 'team' ELSE 'division' END AS unit,
        CASE WHEN t.code IS NOT NULL THEN team.name ELSE division.name END AS name
    FROM application a
    LEFT JOIN LATERAL (
        SELECT min(m.division_id) AS division_id FROM master_access m
        WHERE m.pool_id = a.pool_id AND m.company_id = a.firm_id AND m.superseded_at IS NULL
        HAVING count(*) = 1
    ) own ON true
    LEFT JOIN carrier_code t ON t.pool_id = a.pool_id AND t.insurer_id = a.insurer_id
        AND t.team_id = a.team_id AND t.superseded_at IS NULL
    LEFT JOIN team ON team.pool_id = a.pool_id AND team.id = a.team_id
    LEFT JOIN division ON division.pool_id = a.pool_id
        AND division.id = coalesce(a.division_id, own.division_id)
    LEFT JOIN carrier_code d ON d.pool_id = a.pool_id AND d.insurer_id = a.insurer_id
        AND d.division_id = division.id AND d.superseded_at IS NULL
    WHERE a.pool_id = :pool AND a.id = ANY(CAST(:ids AS bigint[]))
        AND coalesce(t.code, d.code) IS NOT NULL""")


def carrier_codes(session: Session, actor: Actor, ids: Collection[int]) -> dict[int, CarrierCode]:
    """The carrier codes of applications by their ids; who has none is not in it. Staff asks."""
    rows = session.execute(CARRIER_CODES, {"pool": actor.pool_id, "ids": list(ids)})
    return {row.id: CarrierCode(row.code, row.unit, row.name) for row in rows}


def may_sell(
    session: Session, actor: Actor, firm_id: int | None, product_id: int, day: date
) -> bool:
    """Whether a firm may sell a product on a day; what belongs to no firm is the pool's own."""
    if firm_id is None:
        return True
    with suppress(NoSuchProduct):  # its insurer is limited to others by now
        return selling.may_sell(session, actor, firm_id, product_id, day).allowed
    return False


def sellable(session: Session, actor: Actor, firm_id: int | None, day: date) -> list[Row[Any]]:
    """The products a firm may sell on a day: id, name, insurer_id, insurer, gdv_key, line.

    Without a firm all that are offered.
    """
    query = (
        select(
            Product.id,
            Product.name,
            Product.insurer_id,
            Insurer.name.label("insurer"),
            LineOfBusiness.gdv_key,
            LineOfBusiness.code.label("line"),
        )
        .join(Insurer, and_(Insurer.pool_id == Product.pool_id, Insurer.id == Product.insurer_id))
        .join(
            LineOfBusiness,
            and_(LineOfBusiness.pool_id == Product.pool_id, LineOfBusiness.id == Product.line_id),
        )
        .where(
            Product.pool_id == actor.pool_id,
            Product.state == "active",
            ~Product.catch_all,
            scope.open_insurer(Product.insurer_id),
        )
        .order_by(Insurer.name, Product.name, Product.id)
    )
    if firm_id is not None:
        query = query.where(Product.id.in_(selling.sellable_ids(session, actor, firm_id, day)))
    return list(session.execute(query))


def gdv_key_of(session: Session, actor: Actor, product_id: int) -> str | None:
    """The GDV key of a product's line of business."""
    return session.execute(
        select(LineOfBusiness.gdv_key)
        .join(
            Product,
            and_(LineOfBusiness.pool_id == Product.pool_id, LineOfBusiness.id == Product.line_id),
        )
        .where(Product.pool_id == actor.pool_id, Product.id == product_id)
    ).scalar_one_or_none()


def open_of(session: Session, actor: Actor, producer_id: int) -> Sequence[Application]:
    """A producer's applications that are not decided yet."""
    open_states = ("draft", "submitted", "sent_to_insurer", "insurer_query")
    query = select(Application).where(
        Application.pool_id == actor.pool_id,
        Application.producer_id == producer_id,
        Application.state.in_(open_states),
    )
    if actor.door is Door.EXTRANET:
        query = query.where(Application.firm_id.in_(actor.firm_ids))
    return session.scalars(query.order_by(Application.id)).all()


def get_product(session: Session, actor: Actor, product_id: int) -> Product:
    """A product of the range.

    Raises:
        NoSuchApplication: there is none.
    """
    found = session.scalars(
        select(Product).where(Product.pool_id == actor.pool_id, Product.id == product_id)
    ).one_or_none()
    if found is None:
        raise NoSuchApplication
    return found


def is_open(
    session: Session,
    actor: Actor,
    *,
    insurer_id: int,
    firm_id: int | None,
    producer_id: int | None,
) -> bool:
    """Whether insurer, broker firm and producer are for the actor's division or organisation too.

    Master data sets (AIM-28 to 32): who is limited to others is refused, however he was named.
    """
    if actor.door is Door.EXTRANET:  # it reads no producers
        asked = select(scope.open_insurer(insurer_id), scope.open_company(firm_id))
    else:
        firm_of_producer = (
            select(Producer.firm_id)
            .where(Producer.pool_id == actor.pool_id, Producer.id == producer_id)
            .scalar_subquery()
        )
        asked = select(
            and_(scope.open_insurer(insurer_id), scope.open_company(firm_id)),
            scope.open_company(firm_of_producer),
        )
    return all(session.execute(asked).one())


def firms(session: Session, actor: Actor) -> list[Row[Any]]:
    """The broker firms within reach: id, name."""
    query = select(Company.id, Company.name).where(
        Company.pool_id == actor.pool_id, Company.kind == "firm", scope.open_company(Company.id)
    )
    if actor.door is Door.EXTRANET:
        query = query.where(Company.id.in_(actor.firm_ids))
    return list(session.execute(query.order_by(Company.sort_key, Company.name, Company.id)))


def producers(session: Session, actor: Actor, firm_id: int | None = None) -> list[Row[Any]]:
    """Producers, of a firm or all within reach: id, name, code, firm_id."""
    query = select(Producer.id, Producer.name, Producer.code, Producer.firm_id).where(
        Producer.pool_id == actor.pool_id, scope.open_company(Producer.firm_id)
    )
    if firm_id is not None:
        query = query.where(Producer.firm_id == firm_id)
    return list(session.execute(query.order_by(Producer.sort_key, Producer.name, Producer.id)))


def next_case_number(session: Session, actor: Actor, year: int) -> str:
    """A number no other case of the pool has or had; it stays with the case at every stage."""
    assert actor.pool_id
    drawn: int = session.execute(text("SELECT nextval('case_number_seq')")).scalar_one()
    return f"V-{year}-{drawn:06d}"


def _without_contract(*, wanted: bool) -> Any:
    accepted = Application.state == ApplicationState.ACCEPTED
    missing = Application.contract_id.is_(None)
    return and_(accepted, missing if wanted else ~missing)


def _is_mine(actor: Actor) -> Any:
    """The actor took the last word in it, or began it."""

    def condition(_: Operator, asked: Sequence[Any]) -> Any:
        steps = (
            select(ApplicationChange.id)
            .where(
                ApplicationChange.pool_id == Application.pool_id,
                ApplicationChange.application_id == Application.id,
                ApplicationChange.recorded_by == actor.name,
            )
            .correlate(Application)
            .exists()
        )
        return steps if asked[0] else ~steps

    return condition


def _scope(actor: Actor) -> list[Any]:
    """A firm sees its own, staff the pool's."""
    if actor.door is Door.EXTRANET:
        return [Application.pool_id == actor.pool_id, Application.firm_id.in_(actor.firm_ids)]
    return [Application.pool_id == actor.pool_id, *scope.of_organisation(actor, Application)]
