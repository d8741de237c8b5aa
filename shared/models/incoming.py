"""Deliveries of insurers: files, lines, discrepancies, and how their numbers map to ours."""

from datetime import date, datetime

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from shared.models.base import (
    Base,
    BigId,
    BigPoolRow,
    Fact,
    Json,
    Money,
    PoolRow,
    Rate,
    Recorded,
    key_of,
    link,
    no_overlap,
    of_pool,
)


class Delivery(PoolRow, Recorded, Base):
    """A file as it came."""

    __tablename__ = "delivery"
    __table_args__ = (
        of_pool(),
        *link("insurer_id", "insurer"),
        Index("ix_delivery_sha256", "pool_id", "insurer_id", "sha256"),
    )
    insurer_id: Mapped[int]
    format: Mapped[str]
    file_name: Mapped[str]
    sha256: Mapped[str]
    encoding: Mapped[str | None]
    state: Mapped[str] = mapped_column(server_default="imported")
    counts: Mapped[Json] = mapped_column(server_default="{}")


class DeliveryLine(BigPoolRow, Recorded, Base):
    """A commission line as delivered; ``source_key`` makes a second import change nothing."""

    __tablename__ = "delivery_line"
    __table_args__ = (
        UniqueConstraint("pool_id", "source_key"),
        *link("delivery_id", "delivery"),
        *link("contract_id", "contract"),
        *link("event_id", "event"),
    )
    delivery_id: Mapped[int]
    source_key: Mapped[str]
    row_number: Mapped[int]
    outcome: Mapped[str]
    kind: Mapped[str | None]
    contract_number: Mapped[str | None]
    number_key: Mapped[str | None]
    line_key: Mapped[str | None]
    product_name: Mapped[str | None]
    agency_number: Mapped[str | None]
    booked_on: Mapped[date | None]
    period_from: Mapped[date | None]
    period_to: Mapped[date | None]
    base: Mapped[Money | None]
    rate: Mapped[Rate | None]
    rate_unit: Mapped[str | None]
    gross: Mapped[Money | None]
    reserve: Mapped[Money | None]
    net: Mapped[Money | None]
    currency: Mapped[str | None]
    contract_id: Mapped[BigId | None]
    event_id: Mapped[BigId | None]
    raw: Mapped[Json] = mapped_column(server_default="{}")


class Discrepancy(BigPoolRow, Recorded, Base):
    """Why a delivered line could not simply be booked; open until resolved."""

    __tablename__ = "discrepancy"
    __table_args__ = (
        *link("delivery_line_id", "delivery_line"),
        *link("contract_id", "contract"),
        Index("ix_discrepancy_state", "pool_id", "state", "cause"),
    )
    delivery_line_id: Mapped[BigId | None]
    contract_id: Mapped[BigId | None]
    cause: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="open")
    blocking: Mapped[bool] = mapped_column(server_default="true")
    expected: Mapped[Money | None]
    delivered: Mapped[Money | None]
    details: Mapped[Json] = mapped_column(server_default="{}")
    resolution: Mapped[str | None]
    resolved_by: Mapped[str | None]
    resolved_at: Mapped[datetime | None]


class AgencyNumber(PoolRow, Fact, Base):
    """Which producer an insurer means by its number, day by day."""

    __tablename__ = "agency_number"
    __table_args__ = (
        *link("insurer_id", "insurer"),
        *link("producer_id", "producer"),
        no_overlap("agency_number"),
    )
    insurer_id: Mapped[int]
    number: Mapped[str]
    number_key: Mapped[str]
    producer_id: Mapped[int]
    key: Mapped[str] = mapped_column(key_of("insurer_id::text || '/' || number_key"))


class ImportMapping(PoolRow, Recorded, Base):
    """How an insurer's columns are read, kept under a name."""

    __tablename__ = "import_mapping"
    __table_args__ = (
        *link("insurer_id", "insurer"),
        UniqueConstraint("pool_id", "insurer_id", "name"),
    )
    insurer_id: Mapped[int]
    name: Mapped[str]
    mapping: Mapped[Json]


class RawRecord(BigPoolRow, Base):
    """A record of a delivery we keep without reading it, for the round trip."""

    __tablename__ = "raw_record"
    __table_args__ = (*link("delivery_id", "delivery"), *link("contract_id", "contract"))
    delivery_id: Mapped[int]
    contract_id: Mapped[BigId | None]
    record_type: Mapped[str]
    lines: Mapped[list[str]] = mapped_column(JSONB)
