"""What a firm has to prove, where its money goes, and lists of firms that were brought."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from shared.models.base import Base, BigId, Json, Noted, PoolRow, Units, link, of_pool


class Proof(PoolRow, Noted, Base):
    """Something a firm proved on a day: kind, result, how long it holds, who checked it.

    ``year`` and ``hours``: of training, of ``person_id``; without a person it speaks for everybody
    of the firm. ``signed_on``: of an agreement; without it nobody has signed yet. ``told_days``:
    for how many days before its end somebody was told.
    """

    __tablename__ = "proof"
    __table_args__ = (
        *link("firm_id", "company"),
        *link("person_id", "person"),
        *link("document_id", "document"),
        CheckConstraint(
            "kind IN ('register','indemnity','training','agreement','background','sanctions')",
            name="kind",
        ),
        CheckConstraint("state IN ('submitted','accepted','refused','withdrawn')", name="state"),
        CheckConstraint("result IN ('valid','failed')", name="result"),
        CheckConstraint("valid_until >= valid_from", name="days"),
        CheckConstraint(
            "(kind = 'training') = (year IS NOT NULL AND hours IS NOT NULL)", name="training"
        ),
        Index("ix_proof_standing", "pool_id", "firm_id", "kind", "state", "valid_from"),
    )
    firm_id: Mapped[int]
    person_id: Mapped[int | None]
    document_id: Mapped[BigId | None]
    kind: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="submitted")
    result: Mapped[str] = mapped_column(server_default="valid")
    number: Mapped[str | None]
    authority: Mapped[str | None]
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    signed_on: Mapped[date | None]
    year: Mapped[int | None]
    hours: Mapped[Units | None]
    edition: Mapped[int] = mapped_column(server_default="1")
    note: Mapped[str | None]
    checked_by: Mapped[str | None]
    checked_at: Mapped[datetime | None]
    told_days: Mapped[int | None]


class BankChange(PoolRow, Noted, Base):
    """New bank details of a firm, from the proposal to the day they hold (IMS-10).

    The database writes who proposed and who decided, and refuses the same person. ``old_iban``:
    what they replace; ``told``: the address it was told to.
    """

    __tablename__ = "bank_change"
    __table_args__ = (
        *link("firm_id", "company"),
        *link("document_id", "document"),
        CheckConstraint(
            "state IN ('proposed','approved','in_force','replaced','refused','withdrawn')",
            name="state",
        ),
        CheckConstraint(
            "state NOT IN ('approved','in_force','replaced') OR decided_by <> recorded_by",
            name="two_people",
        ),
        Index(
            "uq_bank_change_open",
            "pool_id",
            "firm_id",
            unique=True,
            postgresql_where=text("state IN ('proposed','approved')"),
        ),
    )
    firm_id: Mapped[int]
    document_id: Mapped[BigId | None]
    state: Mapped[str] = mapped_column(server_default="proposed")
    iban: Mapped[str]
    holder: Mapped[str]
    bank_name: Mapped[str | None]
    special_regime: Mapped[bool] = mapped_column(server_default="false")
    reason: Mapped[str]
    old_iban: Mapped[str | None]
    told: Mapped[str | None]
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    decided_note: Mapped[str | None]
    effective_at: Mapped[datetime | None]
    applied_at: Mapped[datetime | None]


class FirmList(PoolRow, Noted, Base):
    """A list of firms and people as it was brought: its rows with what is wrong in each cell."""

    __tablename__ = "firm_list"
    __table_args__ = (
        of_pool(),
        CheckConstraint(
            "state IN ('reading','read','taking','taken','refused','stopped','dropped')",
            name="state",
        ),
    )
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    state: Mapped[str] = mapped_column(server_default="reading")
    file_name: Mapped[str]
    sha256: Mapped[str]
    columns: Mapped[Json] = mapped_column(server_default="{}")
    rows: Mapped[list[dict[str, object]]] = mapped_column(JSONB, server_default="[]")
    error: Mapped[str | None]
