"""Outbox, journal and the state of long work."""

from datetime import datetime

from sqlalchemy import Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from shared.models.base import (
    Base,
    BigId,
    BigPoolRow,
    Json,
    Organised,
    Recorded,
    of_organisation,
    of_pool,
)


class Outbox(BigPoolRow, Recorded, Base):
    """A job that has to run: written in the business transaction, done in the job's own."""

    __tablename__ = "outbox"
    __table_args__ = (
        of_pool(),
        Index(
            "ix_outbox_waiting",
            "leased_until",
            "id",
            postgresql_where=text("done_at IS NULL AND failed_at IS NULL"),
        ),
    )
    task: Mapped[str]
    arguments: Mapped[Json] = mapped_column(server_default="{}")
    priority: Mapped[int] = mapped_column(server_default="0")
    leased_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(server_default="0")
    done_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    error: Mapped[str | None]


class AuditEntry(BigPoolRow, Recorded, Organised, Base):
    """A line of the journal: who did what to which thing, in the transaction that did it."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        of_pool(),
        Index("ix_audit_entry_subject", "pool_id", "subject", "subject_id"),
        Index("ix_audit_entry_recorded_at", "pool_id", "recorded_at"),
        *of_organisation(),
    )
    door: Mapped[str]
    account_id: Mapped[int | None]
    action: Mapped[str]
    subject: Mapped[str]
    subject_id: Mapped[BigId | None]
    old: Mapped[dict[str, object] | None] = mapped_column(JSONB)
    new: Mapped[dict[str, object] | None] = mapped_column(JSONB)
