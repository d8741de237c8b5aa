"""Producers and what is known of them, day by day (settlement rules, "Facts")."""

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shared.models.base import (
    Base,
    Fact,
    PoolRow,
    Rate,
    Recorded,
    Versioned,
    changes_of,
    key_of,
    link,
    no_overlap,
    of_pool,
    one_standing,
)


class CareerLevel(PoolRow, Recorded, Base):
    """A level of the career plan; ``rank`` orders them upwards."""

    __tablename__ = "career_level"
    __table_args__ = (of_pool(), UniqueConstraint("pool_id", "code"))
    code: Mapped[str]
    name: Mapped[str | None]
    name_de: Mapped[str | None]
    name_uk: Mapped[str | None]
    name_en: Mapped[str | None]
    rank: Mapped[int] = mapped_column(server_default="0")


class CommissionGroup(PoolRow, Recorded, Base):
    """A rate group of producers."""

    __tablename__ = "commission_group"
    __table_args__ = (of_pool(), UniqueConstraint("pool_id", "code"))
    code: Mapped[str]
    name: Mapped[str | None]


class Producer(PoolRow, Recorded, Base):
    """A person or firm in the tree. ``house``: its share stays in the pool's margin."""

    __tablename__ = "producer"
    __table_args__ = (
        of_pool(),
        UniqueConstraint("pool_id", "code"),
        *link("person_id", "person"),
        *link("firm_id", "company"),
    )
    code: Mapped[str]
    name: Mapped[str]
    sort_key: Mapped[str] = mapped_column(server_default="")
    house: Mapped[bool] = mapped_column(server_default="false")
    kind: Mapped[str] = mapped_column(server_default="person")
    person_id: Mapped[int | None]
    firm_id: Mapped[int | None]
    version: Mapped[int] = mapped_column(server_default="1")


class ProducerPayee(PoolRow, Versioned, Base):
    """Who is paid for a producer; a new payee holds for events not yet booked for him."""

    __tablename__ = "producer_payee"
    __table_args__ = (
        *link("producer_id", "producer"),
        *link("company_id", "company"),
        one_standing("producer_payee", "producer_id"),
        *changes_of("producer_payee"),
    )
    producer_id: Mapped[int]
    company_id: Mapped[int]


class Placement(PoolRow, Fact, Base):
    """Who stands above a producer."""

    __tablename__ = "placement"
    __table_args__ = (
        *link("producer_id", "producer"),
        *link("parent_id", "producer"),
        no_overlap("placement"),
        *changes_of("placement"),
    )
    producer_id: Mapped[int]
    parent_id: Mapped[int]
    key: Mapped[str] = mapped_column(key_of("producer_id::text"))


class Career(PoolRow, Fact, Base):
    """The level a producer has reached."""

    __tablename__ = "career"
    __table_args__ = (
        *link("producer_id", "producer"),
        *link("level_id", "career_level"),
        no_overlap("career"),
        *changes_of("career"),
    )
    producer_id: Mapped[int]
    level_id: Mapped[int]
    key: Mapped[str] = mapped_column(key_of("producer_id::text"))


class ProducerStatus(PoolRow, Fact, Base):
    """Whether a producer is active; without a row he is. ``state`` says how, where known."""

    __tablename__ = "producer_status"
    __table_args__ = (
        *link("producer_id", "producer"),
        no_overlap("producer_status"),
        *changes_of("producer_status"),
        CheckConstraint(
            "state IS NULL OR state = 'active' AND active "
            "OR state IN ('paused','terminated','deceased') AND NOT active",
            name="state",
        ),
    )
    producer_id: Mapped[int]
    active: Mapped[bool]
    state: Mapped[str | None]
    key: Mapped[str] = mapped_column(key_of("producer_id::text"))


class ProducerGroup(PoolRow, Fact, Base):
    """The rate group of a producer; at most one per day."""

    __tablename__ = "producer_group"
    __table_args__ = (
        *link("producer_id", "producer"),
        *link("group_id", "commission_group"),
        no_overlap("producer_group"),
        *changes_of("producer_group"),
    )
    producer_id: Mapped[int]
    group_id: Mapped[int]
    key: Mapped[str] = mapped_column(key_of("producer_id::text"))


class ProducerReserve(PoolRow, Fact, Base):
    """A reserve rate of the producer's own; it overrides the agreement's."""

    __tablename__ = "producer_reserve"
    __table_args__ = (
        *link("producer_id", "producer"),
        no_overlap("producer_reserve"),
        *changes_of("producer_reserve"),
    )
    producer_id: Mapped[int]
    rate: Mapped[Rate]
    key: Mapped[str] = mapped_column(key_of("producer_id::text"))
