"""Deliveries of insurers: files, lines, discrepancies, and how their numbers map to ours."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from shared.models.base import (
    Base,
    BigId,
    BigPoolRow,
    Fact,
    Json,
    Money,
    Noted,
    Organised,
    PoolRow,
    Rate,
    Recorded,
    key_of,
    link,
    no_overlap,
    of_organisation,
    of_pool,
)


class Delivery(PoolRow, Recorded, Base):
    """A file as it came; ``gross`` sums its lines where they are of one ``currency``."""

    __tablename__ = "delivery"
    __table_args__ = (
        of_pool(),
        *link("insurer_id", "insurer"),
        Index("ix_delivery_sha256", "pool_id", "insurer_id", "sha256"),
        Index("ix_delivery_recorded_at", "pool_id", "recorded_at", "id"),
    )
    insurer_id: Mapped[int]
    format: Mapped[str]
    file_name: Mapped[str]
    sha256: Mapped[str]
    encoding: Mapped[str | None]
    state: Mapped[str] = mapped_column(server_default="imported")
    counts: Mapped[Json] = mapped_column(server_default="{}")
    line_count: Mapped[int | None]
    gross: Mapped[Money | None]
    currency: Mapped[str | None]


class DeliveryLine(BigPoolRow, Recorded, Organised, Base):
    """A commission line as delivered; ``source_key`` makes a second import change nothing."""

    __tablename__ = "delivery_line"
    __table_args__ = (
        UniqueConstraint("pool_id", "source_key"),
        *link("delivery_id", "delivery"),
        *link("contract_id", "contract"),
        *link("event_id", "event"),
        Index("ix_delivery_line_row", "pool_id", "delivery_id", "row_number", "id"),
        *of_organisation(),
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


class Discrepancy(BigPoolRow, Recorded, Organised, Base):
    """Why a delivered line could not simply be booked; open until resolved."""

    __tablename__ = "discrepancy"
    __table_args__ = (
        *link("delivery_line_id", "delivery_line"),
        *link("contract_id", "contract"),
        Index("ix_discrepancy_state", "pool_id", "state", "cause"),
        *of_organisation(),
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


class RawRecord(BigPoolRow, Organised, Base):
    """A record of a delivery we keep without reading it, for the round trip."""

    __tablename__ = "raw_record"
    __table_args__ = (
        *link("delivery_id", "delivery"),
        *link("contract_id", "contract"),
        *of_organisation(),
    )
    delivery_id: Mapped[int]
    contract_id: Mapped[BigId | None]
    record_type: Mapped[str]
    lines: Mapped[list[str]] = mapped_column(JSONB)


class Upload(BigPoolRow, Noted, Base):
    """A file somebody brought, on its way to become a delivery: looked at before it is taken.

    Scratch paper: what stays is the delivery. ``details`` holds what was found in the file.
    """

    __tablename__ = "upload"
    __table_args__ = (
        of_pool(),
        *link("insurer_id", "insurer"),
        *link("delivery_id", "delivery"),
        Index("ix_upload_state", "pool_id", "state", "id"),
        CheckConstraint(
            "state IN ('read','checking','checked','taking','taken','refused','dropped')",
            name="state",
        ),
    )
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    insurer_id: Mapped[int | None]
    delivery_id: Mapped[int | None]
    format: Mapped[str]
    encoding: Mapped[str | None]
    file_name: Mapped[str]
    sha256: Mapped[str]
    size: Mapped[BigId]
    state: Mapped[str] = mapped_column(server_default="read")
    mapping: Mapped[Json] = mapped_column(server_default="{}")
    details: Mapped[Json] = mapped_column(server_default="{}")
    checked_at: Mapped[datetime | None]
    taken_at: Mapped[datetime | None]


class UploadRow(BigPoolRow, Base):
    """What a row of an uploaded file would change, cell by cell; ``kept``: fields that stay ours.

    ``notes`` says per cell what is wrong with it, ``changes`` what we have and what they say.
    """

    __tablename__ = "upload_row"
    __table_args__ = (
        *link("upload_id", "upload"),
        Index("ix_upload_row_outcome", "pool_id", "upload_id", "outcome", "row_number", "id"),
        Index("ix_upload_row_number", "pool_id", "upload_id", "row_number", "id"),
        CheckConstraint("subject IN ('line','contract','application')", name="subject"),
        CheckConstraint("outcome IN ('new','changed','unchanged','doubt','error')", name="outcome"),
    )
    upload_id: Mapped[BigId]
    row_number: Mapped[int]
    subject: Mapped[str]
    outcome: Mapped[str]
    key: Mapped[str]
    number: Mapped[str | None]
    holder: Mapped[str | None]
    kind: Mapped[str | None]
    amount: Mapped[Money | None]
    currency: Mapped[str | None]
    cause: Mapped[str | None]
    cells: Mapped[Json] = mapped_column(server_default="{}")
    notes: Mapped[Json] = mapped_column(server_default="{}")
    changes: Mapped[Json] = mapped_column(server_default="{}")
    kept: Mapped[list[str]] = mapped_column(JSONB, server_default="[]")
