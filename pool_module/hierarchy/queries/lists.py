"""Lists of producers and of what happened in the tree (features DLG-26, ECS-02, ECS-33)."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, literal, or_, select
from sqlalchemy.orm import aliased

from shared import scope
from shared.db import Session, actor_of
from shared.db.listing import Column, Filter, Listing, Operator, Shape
from shared.models.hierarchy import (
    Career,
    CareerLevel,
    CommissionGroup,
    Placement,
    Producer,
    ProducerGroup,
    ProducerStatus,
)
from shared.models.pools import Company
from shared.models.search import called
from shared.vocabulary import Language


def level_name(language: Language) -> ColumnElement[str]:
    """A career level's name in a reader's language; else the name it has, else its code."""
    own = {
        "de": CareerLevel.name_de,
        "uk": CareerLevel.name_uk,
        "en": CareerLevel.name_en,
    }[language]
    return func.coalesce(own, CareerLevel.name, CareerLevel.code)


def producer_list(session: Session, day: date, language: Language) -> Listing:
    """Everybody of the pool's network with place, level and state on a day."""
    pool = actor_of(session).pool_id
    parent = aliased(Producer)

    def standing(fact: Any) -> ColumnElement[bool]:
        return and_(
            fact.pool_id == pool,
            fact.producer_id == Producer.id,
            fact.superseded_at.is_(None),
            fact.valid.op("@>")(day),
        )

    state = func.coalesce(
        ProducerStatus.state,
        case((ProducerStatus.active.is_(False), literal("paused")), else_=literal("active")),
    )
    source = (
        select()
        .select_from(Producer)
        .outerjoin(Company, and_(Company.pool_id == pool, Company.id == Producer.firm_id))
        .outerjoin(Placement, standing(Placement))
        .outerjoin(parent, and_(parent.pool_id == pool, parent.id == Placement.parent_id))
        .outerjoin(Career, standing(Career))
        .outerjoin(
            CareerLevel, and_(CareerLevel.pool_id == pool, CareerLevel.id == Career.level_id)
        )
        .outerjoin(ProducerStatus, standing(ProducerStatus))
        .outerjoin(ProducerGroup, standing(ProducerGroup))
        .outerjoin(
            CommissionGroup,
            and_(CommissionGroup.pool_id == pool, CommissionGroup.id == ProducerGroup.group_id),
        )
        .where(Producer.pool_id == pool, scope.open_company(Producer.firm_id))
    )
    return Listing(
        name="producers",
        source=source,
        id=Producer.id,
        columns=(
            Column("name", Producer.name, sort=Producer.sort_key),
            Column("code", Producer.code, Shape.ID, sort=Producer.code),
            Column("kind", Producer.kind, Shape.CODE),
            Column("firm", Company.name, sort=Company.sort_key),
            Column("country", Company.country, Shape.ID, sort=Company.country),
            Column("parent", parent.name, sort=parent.sort_key),
            Column("level", level_name(language), sort=CareerLevel.rank),
            Column("group", func.coalesce(CommissionGroup.name, CommissionGroup.code)),
            Column("state", state, Shape.CODE),
        ),
        extra={"parent_id": Placement.parent_id, "firm_id": Producer.firm_id},
        filters=(
            Filter("q", Producer.sort_key, Shape.TEXT, condition=_called),
            Filter("state", state, Shape.CODE),
            Filter("kind", Producer.kind, Shape.CODE),
            Filter("country", Company.country, Shape.CODE),
            Filter("firm", Producer.firm_id, Shape.COUNT),
            Filter("parent", Placement.parent_id, Shape.COUNT),
            Filter("level", Career.level_id, Shape.COUNT),
        ),
    )


def career_list(session: Session, language: Language) -> Listing:
    """Every career change ever recorded: from when, booked when, by whom, why (ECS-33).

    What an overwriting merely cut up, the same level over days it held before, is no change.
    """
    pool = actor_of(session).pool_id
    older = aliased(Career)
    cut_up = (
        select(literal(1))
        .where(
            older.pool_id == pool,
            older.producer_id == Career.producer_id,
            older.level_id == Career.level_id,
            older.superseded_at == Career.recorded_at,
            older.valid.op("@>")(Career.valid),
        )
        .exists()
    )
    source = (
        select()
        .select_from(Career)
        .join(Producer, and_(Producer.pool_id == pool, Producer.id == Career.producer_id))
        .join(CareerLevel, and_(CareerLevel.pool_id == pool, CareerLevel.id == Career.level_id))
        .where(Career.pool_id == pool, ~cut_up, scope.open_company(Producer.firm_id))
    )
    standing = Career.superseded_at.is_(None)

    def held(_: Operator, values: Sequence[Any]) -> ColumnElement[bool]:
        return standing if bool(values[0]) else ~standing

    return Listing(
        name="careers",
        source=source,
        id=Career.id,
        columns=(
            Column("producer", Producer.name, sort=Producer.sort_key),
            Column("code", Producer.code, Shape.ID, sort=Producer.code),
            Column("level", level_name(language), sort=CareerLevel.rank),
            Column("first", func.lower(Career.valid), Shape.DAY, sort=func.lower(Career.valid)),
            Column("recorded_at", Career.recorded_at, Shape.MOMENT, sort=Career.recorded_at),
            Column("recorded_by", Career.recorded_by),
            Column("reason", Career.reason),
            Column("standing", standing, Shape.FLAG),
        ),
        extra={"producer_id": Career.producer_id},
        filters=(
            Filter("first", func.lower(Career.valid), Shape.DAY),
            Filter("recorded_at", Career.recorded_at, Shape.MOMENT),
            Filter("level", Career.level_id, Shape.COUNT),
            Filter("producer", Career.producer_id, Shape.COUNT),
            Filter("standing", standing, Shape.FLAG, condition=held),
        ),
    )


def _called(_: Operator, values: Sequence[str]) -> ColumnElement[bool]:
    return or_(*(called(v, "producer", Producer.pool_id, Producer.id) for v in values))
