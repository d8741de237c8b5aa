"""Threads between a broker firm and the pool, on a thing or on none."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from shared.models.base import (
    Base,
    BigId,
    BigPoolRow,
    Noted,
    Organised,
    link,
    of_organisation,
    of_pool,
)


class Thread(BigPoolRow, Noted, Organised, Base):
    """A conversation; ``question`` is one about a statement's line, with an outcome.

    ``subject`` names a table (product, application, contract, statement, statement_line) and
    ``subject_id`` the row; both null for a general message. ``firm_id`` null: the pool among itself
    or with an insurer.
    """

    __tablename__ = "thread"
    __table_args__ = (
        of_pool(),
        *link("firm_id", "company"),
        *link("insurer_id", "insurer"),
        *link("outcome_line_id", "statement_line"),
        CheckConstraint("kind IN ('message','question')", name="kind"),
        CheckConstraint(
            "state IN ('open','answered','correction_booked','rejected','closed')", name="state"
        ),
        CheckConstraint("last_side IN ('pool','firm','insurer')", name="last_side"),
        Index("ix_thread_subject", "pool_id", "subject", "subject_id"),
        Index("ix_thread_last_at", "pool_id", "last_at", "id"),
        *of_organisation(),
    )
    firm_id: Mapped[int | None]
    insurer_id: Mapped[int | None]
    kind: Mapped[str] = mapped_column(server_default="message")
    subject: Mapped[str | None]
    subject_id: Mapped[BigId | None]
    title: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="open")
    due_on: Mapped[date | None]
    last_at: Mapped[datetime]
    last_side: Mapped[str]
    pool_read_at: Mapped[datetime | None]
    firm_read_at: Mapped[datetime | None]
    outcome_line_id: Mapped[int | None] = mapped_column(BigInteger)
    version: Mapped[int] = mapped_column(server_default="1")


class Message(BigPoolRow, Noted, Organised, Base):
    """A message of a thread; ``internal`` ones are seen by staff alone. Never changed."""

    __tablename__ = "message"
    __table_args__ = (
        *link("thread_id", "thread"),
        *link("firm_id", "company"),
        CheckConstraint("side IN ('pool','firm','insurer')", name="side"),
        CheckConstraint("NOT internal OR side = 'pool'", name="internal"),
        *of_organisation(),
    )
    firm_id: Mapped[int | None]
    thread_id: Mapped[BigId]
    side: Mapped[str]
    internal: Mapped[bool] = mapped_column(server_default="false")
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    author: Mapped[str]
    body: Mapped[str]
