"""What belongs to the people at work: preferences, saved views, notices, tasks, long jobs.

``firm_id`` is null for the pool's own people.
"""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from shared.models.base import (
    Base,
    BigId,
    BigPoolRow,
    Json,
    Noted,
    Organised,
    PoolRow,
    link,
    of_organisation,
    of_pool,
)


class Preference(PoolRow, Noted, Base):
    """How a person wants the portal: language, theme, density, single keys, and per list.

    One row for each firm he works in: what he has seen in the bell is of that firm.
    """

    __tablename__ = "preference"
    __table_args__ = (
        of_pool(),
        *link("firm_id", "company"),
        UniqueConstraint("pool_id", "account_id", "firm_id", postgresql_nulls_not_distinct=True),
        CheckConstraint("theme IN ('light','dark')", name="theme"),
        CheckConstraint("density IN ('compact','comfortable')", name="density"),
    )
    firm_id: Mapped[int | None]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    language: Mapped[str | None]
    theme: Mapped[str | None]
    density: Mapped[str | None]
    shortcuts: Mapped[bool] = mapped_column(server_default="true")
    bell_seen_at: Mapped[datetime | None]
    settings: Mapped[Json] = mapped_column(server_default="{}")


class SavedView(PoolRow, Noted, Organised, Base):
    """A list with its filters, columns and order under a name; the query string is the view.

    A shared one of the pool's people is shared within the organisation it was made in.
    """

    __tablename__ = "saved_view"
    __table_args__ = (
        of_pool(),
        *link("firm_id", "company"),
        Index("ix_saved_view_list", "pool_id", "list", "account_id"),
        *of_organisation(),
    )
    firm_id: Mapped[int | None]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    list: Mapped[str]
    name: Mapped[str]
    query: Mapped[str]
    shared: Mapped[bool] = mapped_column(server_default="false")
    removed_at: Mapped[datetime | None]


class Notification(BigPoolRow, Noted, Organised, Base):
    """A line in the bell: for one person, for everybody of a firm, or for staff with a right."""

    __tablename__ = "notification"
    __table_args__ = (
        of_pool(),
        *link("firm_id", "company"),
        Index("ix_notification_recorded_at", "pool_id", "recorded_at"),
        *of_organisation(),
    )
    firm_id: Mapped[int | None]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    permission: Mapped[str | None]
    text: Mapped[str]
    values: Mapped[Json] = mapped_column(server_default="{}")
    link: Mapped[str | None]
    tone: Mapped[str] = mapped_column(server_default="info")


class Task(BigPoolRow, Noted, Organised, Base):
    """Something a person of the pool has to do by a day."""

    __tablename__ = "task"
    __table_args__ = (
        of_pool(),
        *link("firm_id", "company"),
        Index("ix_task_open", "pool_id", "due_on", "id", postgresql_where=text("done_at IS NULL")),
        Index("ix_task_subject", "pool_id", "subject", "subject_id"),
        *of_organisation(),
    )
    firm_id: Mapped[int | None]
    subject: Mapped[str | None]
    subject_id: Mapped[BigId | None]
    title: Mapped[str]
    due_on: Mapped[date | None]
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    done_at: Mapped[datetime | None]
    done_by: Mapped[str | None]


class LongJob(BigPoolRow, Noted, Base):
    """Work that outlasts a request: started, left, found again, cancelled, its result kept."""

    __tablename__ = "long_job"
    __table_args__ = (
        of_pool(),
        *link("firm_id", "company"),
        CheckConstraint("state IN ('waiting','running','done','failed','cancelled')", name="state"),
        Index("ix_long_job_account", "pool_id", "account_id", "id"),
        Index("ix_long_job_subject", "pool_id", "subject", "subject_id"),
    )
    firm_id: Mapped[int | None]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    kind: Mapped[str]
    subject: Mapped[str | None]
    subject_id: Mapped[BigId | None]
    state: Mapped[str] = mapped_column(server_default="waiting")
    done: Mapped[int] = mapped_column(server_default="0")
    size: Mapped[int | None]
    phase: Mapped[str | None]
    values: Mapped[Json] = mapped_column(server_default="{}")
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    cancel_asked_at: Mapped[datetime | None]
    result: Mapped[Json] = mapped_column(server_default="{}")
    error: Mapped[str | None]
