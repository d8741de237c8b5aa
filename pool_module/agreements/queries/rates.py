"""Reading rate rules."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    RowMapping,
    Select,
    and_,
    case,
    func,
    literal,
    null,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from pool_module.agreements.errors import NoSuchRule
from pool_module.agreements.rules import RuleValues
from pool_module.products.queries.range import line_name
from shared.actor import Actor
from shared.db import Session
from shared.db.listing import Column, Filter, Listing, Operator, Shape
from shared.models.hierarchy import CareerLevel, CommissionGroup, Producer
from shared.models.pools import Division, Organisation
from shared.models.products import Insurer, LineOfBusiness, Product, Rule
from shared.scope import open_producer, open_range
from shared.vocabulary import RulePreset, RuleScope, RuleState, RuleUnit, RuleWho

SOON = timedelta(days=60)
LEVEL_NAMES = {
    "de": CareerLevel.name_de,
    "uk": CareerLevel.name_uk,
    "en": CareerLevel.name_en,
}
LINKS = (
    (Product, Rule.product_id),
    (LineOfBusiness, Rule.line_id),
    (Insurer, Rule.insurer_id),
    (Producer, Rule.producer_id),
    (CommissionGroup, Rule.group_id),
    (CareerLevel, Rule.level_id),
    (Organisation, Rule.organisation_id),
    (Division, Rule.division_id),
)
SCOPE = case(
    (Rule.product_id.is_not(None), RuleScope.PRODUCT.value),
    (Rule.line_id.is_not(None), RuleScope.LINE.value),
    (Rule.insurer_id.is_not(None), RuleScope.INSURER.value),
    else_=RuleScope.ANY.value,
)
WHO = case(
    (Rule.producer_id.is_not(None), RuleWho.PRODUCER.value),
    (Rule.group_id.is_not(None), RuleWho.GROUP.value),
    (Rule.level_id.is_not(None), RuleWho.LEVEL.value),
    else_=RuleWho.ANYONE.value,
)
UNIT = case(
    (Rule.division_id.is_not(None), RuleUnit.DIVISION.value),
    (Rule.organisation_id.is_not(None), RuleUnit.ORGANISATION.value),
    else_=RuleUnit.GLOBAL.value,
)
PRESET = case(
    (or_(Rule.producer_id.is_not(None), Rule.group_id.is_not(None)), RulePreset.AGENT.value),
    (~func.upper_inf(Rule.valid), RulePreset.DATED.value),
    else_=RulePreset.DEFAULT.value,
)
LAST_DAY = func.upper(Rule.valid) - 1


def level_name(language: str) -> ColumnElement[str]:
    """A level's name in a language, else its one name, else its code."""
    return func.coalesce(
        LEVEL_NAMES.get(language, CareerLevel.name_en), CareerLevel.name, CareerLevel.code
    )


def state_of(day: date) -> ColumnElement[str]:
    """What has become of a rule, as of a day (``rules.state_on`` for all rows at once)."""
    return case(
        (Rule.superseded_at.is_not(None), RuleState.WITHDRAWN.value),
        (func.upper(Rule.valid) <= day, RuleState.ENDED.value),
        (func.lower(Rule.valid) > day, RuleState.UPCOMING.value),
        else_=RuleState.ACTIVE.value,
    )


def rate_list(
    session: Session, actor: Actor, day: date, language: str, *, active_only: bool = False
) -> Listing:
    """The pool's rate rules of every rank.

    Args:
        session: the transaction.
        actor: whose pool.
        day: as of which a rule is active, upcoming or ended.
        language: of the names of lines and levels.
        active_only: leave out ended and withdrawn ones.
    """
    assert session.info["actor"] == actor
    source = select().select_from(Rule).where(*_within(actor))
    for model, column in LINKS:
        joined: Any = model
        source = source.outerjoin(joined, and_(joined.pool_id == Rule.pool_id, joined.id == column))
    scope_name = func.coalesce(
        Product.name, case((Rule.line_id.is_not(None), line_name(language)), else_=Insurer.name)
    )
    who_name = func.coalesce(
        Producer.name,
        CommissionGroup.name,
        CommissionGroup.code,
        case((Rule.level_id.is_not(None), level_name(language)), else_=null()),
    )
    unit_name = func.coalesce(Division.name, Organisation.name)
    state = state_of(day)
    if active_only:
        source = source.where(state.in_((RuleState.ACTIVE, RuleState.UPCOMING)))
    return Listing(
        name="rates",
        source=source,
        id=Rule.id,
        columns=(
            Column("code", Rule.code, Shape.ID, sort=Rule.code),
            Column("kind", Rule.kind, Shape.CODE, sort=Rule.kind),
            Column("scope", SCOPE, Shape.CODE, sort=SCOPE),
            Column("scope_name", scope_name, Shape.TEXT, sort=func.lower(scope_name)),
            Column("who", WHO, Shape.CODE, sort=WHO),
            Column("who_name", who_name, Shape.TEXT, sort=func.lower(who_name)),
            Column("unit_name", unit_name, Shape.TEXT, sort=unit_name),
            Column("rate_of", Rule.rate_of, Shape.CODE, sort=Rule.rate_of),
            Column("rate", Rule.rate, Shape.RATE, sort=Rule.rate),
            Column("valid_from", func.lower(Rule.valid), Shape.DAY, sort=func.lower(Rule.valid)),
            Column("valid_until", LAST_DAY, Shape.DAY, sort=LAST_DAY),
            Column("preset", PRESET, Shape.CODE, sort=PRESET),
            Column("state", state, Shape.CODE, sort=state),
            Column("recorded_at", Rule.recorded_at, Shape.MOMENT, sort=Rule.recorded_at),
            Column("recorded_by", Rule.recorded_by, Shape.TEXT),
        ),
        filters=_filters(day, state, (scope_name, who_name)),
        extra={
            "currency": Rule.currency,
            "unit": UNIT,
            "product_id": Rule.product_id,
            "line_id": Rule.line_id,
            "insurer_id": Rule.insurer_id,
            "producer_id": Rule.producer_id,
        },
    )


def _filters(
    day: date, state: ColumnElement[str], names: tuple[ColumnElement[Any], ...]
) -> tuple[Filter, ...]:
    of_product = aliased(Product)

    def named(_: Operator, values: Sequence[Any]) -> ColumnElement[bool]:
        columns = (Rule.code, *names)
        return or_(*(c.icontains(v, autoescape=True) for v in values for c in columns))

    def standing(_: Operator, values: Sequence[Any]) -> ColumnElement[bool]:
        alive = state.in_((RuleState.ACTIVE, RuleState.UPCOMING))
        return alive if values[0] else ~alive

    def expiring(_: Operator, values: Sequence[Any]) -> ColumnElement[bool]:
        soon = and_(
            Rule.superseded_at.is_(None),
            func.upper(Rule.valid) > day,
            func.upper(Rule.valid) <= day + SOON,
        )
        return soon if values[0] else ~soon

    def holding(_: Operator, values: Sequence[Any]) -> ColumnElement[bool]:
        days = or_(*(Rule.valid.contains(value) for value in values))
        return and_(Rule.superseded_at.is_(None), days)

    def at_insurer(operator: Operator, values: Sequence[Any]) -> ColumnElement[bool]:
        products = select(of_product.id).where(
            of_product.pool_id == Rule.pool_id, of_product.insurer_id.in_(values)
        )
        there = or_(Rule.insurer_id.in_(values), Rule.product_id.in_(products))
        return ~func.coalesce(there, literal(False)) if operator is Operator.NOT else there  # noqa: FBT003

    return (
        Filter("q", Rule.code, Shape.TEXT, condition=named),
        Filter("kind", Rule.kind, Shape.CODE),
        Filter("insurer", Rule.insurer_id, Shape.COUNT, condition=at_insurer),
        Filter("product", Rule.product_id, Shape.COUNT),
        Filter("line", Rule.line_id, Shape.COUNT),
        Filter("producer", Rule.producer_id, Shape.COUNT),
        Filter("group", Rule.group_id, Shape.COUNT),
        Filter("level", Rule.level_id, Shape.COUNT),
        Filter("scope", SCOPE, Shape.CODE),
        Filter("who", WHO, Shape.CODE),
        Filter("unit", UNIT, Shape.CODE),
        Filter("rate_of", Rule.rate_of, Shape.CODE),
        Filter("preset", PRESET, Shape.CODE),
        Filter("state", state, Shape.CODE),
        Filter("active", Rule.id, Shape.FLAG, condition=standing),
        Filter("expiring", Rule.id, Shape.FLAG, condition=expiring),
        Filter("day", func.lower(Rule.valid), Shape.DAY, condition=holding),
        Filter("valid_from", func.lower(Rule.valid), Shape.DAY),
        Filter("valid_until", LAST_DAY, Shape.DAY),
    )


def rules_named(
    session: Session, actor: Actor, language: str, ids: Sequence[int], *, limited: bool = False
) -> Sequence[RowMapping]:
    """Rules with the names of all they point to, by code; ``limited``: those within reach.

    Rows: id, code, kind, rate_of, rate, currency, start, end, product_id … division_id, scope,
    who, unit, preset, product, insurer, line, producer, group, level, organisation, division,
    superseded_at, superseded_by, recorded_at, recorded_by, reason, copied_from_id, copied_from,
    successor_id, successor.
    """
    near = _within(actor) if limited else []
    asked = _named_rules(actor, language).where(Rule.id.in_(ids), *near)
    return session.execute(asked).mappings().all()


def get_rule(session: Session, actor: Actor, rule_id: int, *, lock: bool = False) -> Rule:
    """A rule by its number; ``lock`` holds it until the end of the transaction.

    Raises:
        NoSuchRule: there is none within reach.
    """
    asked = select(Rule).where(*_within(actor), Rule.id == rule_id)
    asked = asked.with_for_update().execution_options(populate_existing=True) if lock else asked
    found = session.scalars(asked).one_or_none()
    if found is None:
        raise NoSuchRule
    return found


def get_rule_named(session: Session, actor: Actor, language: str, rule_id: int) -> RowMapping:
    """A rule as ``rules_named`` gives it.

    Raises:
        NoSuchRule: there is none within reach.
    """
    found = rules_named(session, actor, language, [rule_id], limited=True)
    if not found:
        raise NoSuchRule
    return found[0]


def rules_of_product(
    session: Session, actor: Actor, language: str, product_id: int, day: date
) -> Sequence[RowMapping]:
    """Standing rules that can apply to a product on a day or later, the highest rank first."""
    here = (
        select(Product)
        .where(Product.pool_id == actor.pool_id, Product.id == product_id)
        .subquery("here")
    )
    asked = (
        _named_rules(actor, language)
        .join(
            here,
            or_(
                Rule.product_id == here.c.id,
                Rule.line_id == here.c.line_id,
                Rule.insurer_id == here.c.insurer_id,
                and_(
                    Rule.product_id.is_(None),
                    Rule.line_id.is_(None),
                    Rule.insurer_id.is_(None),
                ),
            ),
        )
        .where(
            Rule.superseded_at.is_(None),
            or_(func.upper_inf(Rule.valid), func.upper(Rule.valid) > day),
        )
        .order_by(None)
        .order_by(Rule.kind, Rule.product_id, Rule.line_id, Rule.insurer_id, Rule.code)
    )
    return session.execute(asked).mappings().all()


def dated_siblings(session: Session, actor: Actor, rule: Rule) -> Sequence[Rule]:
    """Standing dated rules of the same kind, scope, who and organisation as an undated one."""
    same = [
        getattr(Rule, name).is_not_distinct_from(getattr(rule, name))
        for name in (
            "kind", "product_id", "line_id", "insurer_id", "producer_id", "group_id", "level_id",
            "organisation_id", "division_id",
        )
    ]  # fmt: skip
    return session.scalars(
        select(Rule).where(
            Rule.pool_id == actor.pool_id,
            Rule.superseded_at.is_(None),
            ~func.upper_inf(Rule.valid),
            Rule.id != rule.id,
            *same,
        )
    ).all()


def codes_like(session: Session, actor: Actor, code: str) -> frozenset[str]:
    """The codes that are ``code`` or begin with it and a slash, withdrawn ones too."""
    return frozenset(
        session.scalars(
            select(Rule.code).where(
                Rule.pool_id == actor.pool_id,
                or_(Rule.code == code, Rule.code.startswith(f"{code}/", autoescape=True)),
            )
        )
    )


def product_codes(session: Session, actor: Actor, ids: Sequence[int]) -> dict[int, str]:
    """The codes of products of the pool."""
    asked = select(Product.id, Product.code).where(
        Product.pool_id == actor.pool_id, Product.id.in_(ids)
    )
    return {row.id: row.code for row in session.execute(asked.order_by(Product.code))}


def code_of(session: Session, actor: Actor, values: RuleValues, kind: str) -> str:
    """A code for a rule that has none: kind, what it is about, whom it is for."""
    parts = [kind]
    for model, number in (
        (Product, values.product_id),
        (LineOfBusiness, values.line_id),
        (Insurer, values.insurer_id),
        (Producer, values.producer_id),
        (CommissionGroup, values.group_id),
        (CareerLevel, values.level_id),
    ):
        if number is not None:
            named: Any = model
            asked = select(named.code).where(named.pool_id == actor.pool_id, named.id == number)
            parts.append(session.execute(asked).scalar_one())
    if values.division_id or values.organisation_id:
        parts.append(
            f"{'D' if values.division_id else 'O'}{values.division_id or values.organisation_id}"
        )
    return "-".join(parts)


def _within(actor: Actor) -> list[ColumnElement[bool]]:
    """The pool's rules, but those about an insurer or a firm that is limited to others."""
    return [
        Rule.pool_id == actor.pool_id, open_range(Rule), open_producer(Rule, Rule.producer_id)
    ]  # fmt: skip


def _named_rules(actor: Actor, language: str) -> Select[Any]:
    origin, successor = aliased(Rule), aliased(Rule)
    of_product = aliased(Insurer)
    asked = select(
        Rule.id, Rule.code, Rule.kind, Rule.rate_of, Rule.rate, Rule.currency,
        func.lower(Rule.valid).label("start"), func.upper(Rule.valid).label("end"),
        Rule.product_id, Rule.line_id, Rule.insurer_id, Rule.producer_id, Rule.group_id,
        Rule.level_id, Rule.organisation_id, Rule.division_id,
        SCOPE.label("scope"), WHO.label("who"), UNIT.label("unit"), PRESET.label("preset"),
        Product.name.label("product"),
        func.coalesce(Insurer.name, of_product.name).label("insurer"),
        case((Rule.line_id.is_not(None), line_name(language))).label("line"),
        Producer.name.label("producer"), Producer.code.label("producer_code"),
        func.coalesce(CommissionGroup.name, CommissionGroup.code).label("group"),
        case((Rule.level_id.is_not(None), level_name(language))).label("level"),
        Organisation.name.label("organisation"), Division.name.label("division"),
        Rule.superseded_at, Rule.superseded_by, Rule.recorded_at, Rule.recorded_by, Rule.reason,
        Rule.copied_from_id, origin.code.label("copied_from"),
        (origin.superseded_at == Rule.recorded_at).label("replaces"),
        successor.id.label("successor_id"), successor.code.label("successor"),
    ).select_from(Rule)  # fmt: skip
    for model, column in LINKS:
        joined: Any = model
        asked = asked.outerjoin(joined, and_(joined.pool_id == Rule.pool_id, joined.id == column))
    last = (
        select(func.max(successor.id))
        .where(
            successor.pool_id == Rule.pool_id,
            successor.copied_from_id == Rule.id,
            successor.recorded_at == Rule.superseded_at,
        )
        .correlate(Rule)
        .scalar_subquery()
    )
    return (
        asked.outerjoin(
            of_product,
            and_(of_product.pool_id == Rule.pool_id, of_product.id == Product.insurer_id),
        )
        .outerjoin(origin, and_(origin.pool_id == Rule.pool_id, origin.id == Rule.copied_from_id))
        .outerjoin(successor, and_(successor.pool_id == Rule.pool_id, successor.id == last))
        .where(Rule.pool_id == actor.pool_id)
        .order_by(Rule.code)
    )
