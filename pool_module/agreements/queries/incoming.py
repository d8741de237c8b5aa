"""Reading agreements: what comes in, and how it is earned and reserved."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, and_, case, func, or_, select

from pool_module.agreements.errors import NoSuchAgreement
from pool_module.agreements.rules import AgreementValues
from pool_module.products.queries.range import line_name
from shared.actor import Actor
from shared.db import Session
from shared.db.listing import Column, Filter, Listing, Operator, Shape
from shared.models.products import Agreement, Insurer, LineOfBusiness, Product
from shared.scope import open_insurer, open_range
from shared.vocabulary import RuleScope, RuleState

LINKS = (
    (Product, Agreement.product_id),
    (LineOfBusiness, Agreement.line_id),
    (Insurer, Agreement.insurer_id),
)
SCOPE = case(
    (Agreement.product_id.is_not(None), RuleScope.PRODUCT.value),
    (Agreement.line_id.is_not(None), RuleScope.LINE.value),
    else_=RuleScope.INSURER.value,
)
LAST_DAY = func.upper(Agreement.valid) - 1


def _state_of(day: date) -> ColumnElement[str]:
    return case(
        (Agreement.superseded_at.is_not(None), RuleState.WITHDRAWN.value),
        (func.upper(Agreement.valid) <= day, RuleState.ENDED.value),
        (func.lower(Agreement.valid) > day, RuleState.UPCOMING.value),
        else_=RuleState.ACTIVE.value,
    )


def _scope_name(language: str) -> ColumnElement[Any]:
    return func.coalesce(
        Product.name,
        case((Agreement.line_id.is_not(None), line_name(language)), else_=Insurer.name),
    )


def agreement_list(session: Session, actor: Actor, day: date, language: str) -> Listing:
    """The pool's standing agreements; ended ones too."""
    assert session.info["actor"] == actor
    source = select().select_from(Agreement)
    for model, column in LINKS:
        joined: Any = model
        source = source.outerjoin(
            joined, and_(joined.pool_id == Agreement.pool_id, joined.id == column)
        )
    name, state = _scope_name(language), _state_of(day)

    def named(_: Operator, values: Sequence[Any]) -> ColumnElement[bool]:
        return or_(*(name.icontains(v, autoescape=True) for v in values))

    def at_insurer(_: Operator, values: Sequence[Any]) -> ColumnElement[bool]:
        return or_(Agreement.insurer_id.in_(values), Product.insurer_id.in_(values))

    def standing(_: Operator, values: Sequence[Any]) -> ColumnElement[bool]:
        alive = state.in_((RuleState.ACTIVE, RuleState.UPCOMING))
        return alive if values[0] else ~alive

    about = func.coalesce(Agreement.insurer_id, Product.insurer_id)
    return Listing(
        name="agreements",
        source=source.where(
            Agreement.pool_id == actor.pool_id,
            Agreement.superseded_at.is_(None),
            open_insurer(about),
        ),
        id=Agreement.id,
        columns=(
            Column("scope", SCOPE, Shape.CODE, sort=SCOPE),
            Column("scope_name", name, Shape.TEXT, sort=func.lower(name)),
            Column("kind", Agreement.kind, Shape.CODE, sort=Agreement.kind),
            Column(
                "incoming_rate", Agreement.incoming_rate, Shape.RATE, sort=Agreement.incoming_rate
            ),
            Column("incoming_of", Agreement.incoming_of, Shape.CODE),
            Column(
                "liability_months",
                Agreement.liability_months,
                Shape.COUNT,
                sort=Agreement.liability_months,
            ),
            Column("full_liability_months", Agreement.full_liability_months, Shape.COUNT),
            Column("earning", Agreement.earning, Shape.CODE),
            Column("reserve_rate", Agreement.reserve_rate, Shape.RATE, sort=Agreement.reserve_rate),
            Column("reserve_release", Agreement.reserve_release, Shape.CODE),
            Column(
                "valid_from",
                func.lower(Agreement.valid),
                Shape.DAY,
                sort=func.lower(Agreement.valid),
            ),
            Column("valid_until", LAST_DAY, Shape.DAY, sort=LAST_DAY),
            Column("state", state, Shape.CODE, sort=state),
        ),
        filters=(
            Filter("q", name, Shape.TEXT, condition=named),
            Filter("kind", Agreement.kind, Shape.CODE),
            Filter("insurer", Agreement.insurer_id, Shape.COUNT, condition=at_insurer),
            Filter("product", Agreement.product_id, Shape.COUNT),
            Filter("line", Agreement.line_id, Shape.COUNT),
            Filter("scope", SCOPE, Shape.CODE),
            Filter("state", state, Shape.CODE),
            Filter("active", Agreement.id, Shape.FLAG, condition=standing),
        ),
        extra={"product_id": Agreement.product_id},
    )


def get_agreement(
    session: Session, actor: Actor, agreement_id: int, *, lock: bool = False
) -> Agreement:
    """An agreement by its number; ``lock`` holds it until the end of the transaction.

    Raises:
        NoSuchAgreement: there is none within reach: the pool's, of an insurer open to the actor.
    """
    asked = select(Agreement).where(
        Agreement.pool_id == actor.pool_id, Agreement.id == agreement_id, open_range(Agreement)
    )
    asked = asked.with_for_update().execution_options(populate_existing=True) if lock else asked
    found = session.scalars(asked).one_or_none()
    if found is None:
        raise NoSuchAgreement
    return found


def timeline_of(
    session: Session, actor: Actor, agreement: Agreement, language: str
) -> Sequence[RowMapping]:
    """All that stands or stood for the kind and scope of an agreement, the newest first.

    Rows: all columns of the agreement with start, end, scope, scope_name.
    """
    same = [
        getattr(Agreement, name).is_not_distinct_from(getattr(agreement, name))
        for name in ("kind", "product_id", "line_id", "insurer_id")
    ]
    return _rows(session, actor, language, *same)


def agreements_of_product(
    session: Session, actor: Actor, product_id: int, language: str
) -> Sequence[RowMapping]:
    """Standing agreements that can hold for a product: its own, its line's, its insurer's."""
    here = (
        select(Product)
        .where(Product.pool_id == actor.pool_id, Product.id == product_id)
        .subquery("here")
    )
    wanted = or_(
        Agreement.product_id == select(here.c.id).scalar_subquery(),
        Agreement.line_id == select(here.c.line_id).scalar_subquery(),
        Agreement.insurer_id == select(here.c.insurer_id).scalar_subquery(),
    )
    return _rows(session, actor, language, wanted, Agreement.superseded_at.is_(None))


def agreements_of_insurer(
    session: Session, actor: Actor, insurer_id: int, language: str
) -> Sequence[RowMapping]:
    """Standing agreements with an insurer: as a whole and for its products."""
    wanted = or_(Agreement.insurer_id == insurer_id, Product.insurer_id == insurer_id)
    return _rows(session, actor, language, wanted, Agreement.superseded_at.is_(None))


def find_standing(session: Session, actor: Actor, values: AgreementValues) -> int | None:
    """The number of the agreement that stands on the first day of some values."""
    same = [
        getattr(Agreement, name).is_not_distinct_from(getattr(values, name))
        for name in ("kind", "product_id", "line_id", "insurer_id")
    ]
    return session.scalars(
        select(Agreement.id).where(
            Agreement.pool_id == actor.pool_id,
            Agreement.superseded_at.is_(None),
            Agreement.valid.op("@>")(values.start),
            *same,
        )
    ).one_or_none()


def _rows(
    session: Session, actor: Actor, language: str, *wanted: ColumnElement[bool]
) -> Sequence[RowMapping]:
    asked = select(
        Agreement.id, Agreement.kind, Agreement.product_id, Agreement.line_id,
        Agreement.insurer_id, Agreement.liability_months, Agreement.full_liability_months,
        Agreement.earning, Agreement.reserve_rate, Agreement.reserve_release,
        Agreement.incoming_of, Agreement.incoming_rate, Agreement.reason,
        Agreement.recorded_at, Agreement.recorded_by, Agreement.superseded_at,
        Agreement.superseded_by,
        func.lower(Agreement.valid).label("start"), func.upper(Agreement.valid).label("end"),
        SCOPE.label("scope"), _scope_name(language).label("scope_name"),
    ).select_from(Agreement)  # fmt: skip
    for model, column in LINKS:
        joined: Any = model
        asked = asked.outerjoin(
            joined, and_(joined.pool_id == Agreement.pool_id, joined.id == column)
        )
    asked = asked.where(Agreement.pool_id == actor.pool_id, *wanted).order_by(
        Agreement.superseded_at.is_not(None),
        SCOPE.desc(),
        Agreement.kind,
        func.lower(Agreement.valid).desc().nulls_last(),
        Agreement.id.desc(),
    )
    return session.execute(asked).mappings().all()
