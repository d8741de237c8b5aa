"""Changes of the hierarchy that reach back into closed periods: proposed, previewed, decided."""

from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    Computed,
    Index,
    Integer,
    SmallInteger,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from shared.models.base import (
    Base,
    BigId,
    BigPoolRow,
    Json,
    Money,
    Noted,
    PoolRow,
    link,
    of_pool,
)


class Proposal(PoolRow, Noted, Base):
    """A change of one producer's placement, level or status that a second person has to approve.

    The preview was calculated with what was known at ``known_at`` through the day ``through``, on
    top of the closed run ``last_run_id``; ``watched`` are the producers whose facts it rests on.
    Lines of former calculations stay (``calculation``). Approved, it became a fact at ``facts_at``.
    """

    __tablename__ = "proposal"
    __table_args__ = (
        of_pool(),
        *link("producer_id", "producer"),
        *link("parent_id", "producer"),
        *link("level_id", "career_level"),
        CheckConstraint("kind IN ('placement','career','status')", name="kind"),
        CheckConstraint(
            "state IN ('calculating','ready','failed','sent','approved','rejected','withdrawn')",
            name="state",
        ),
        CheckConstraint(
            "state NOT IN ('approved','rejected') "
            "OR (decided_by IS NOT NULL AND decided_by <> proposed_by)",
            name="two_people",
        ),
        CheckConstraint("state <> 'approved' OR facts_at IS NOT NULL", name="recorded"),
        Index("ix_proposal_state", "pool_id", "state", "id"),
    )
    kind: Mapped[str]
    producer_id: Mapped[int]
    parent_id: Mapped[int | None]
    level_id: Mapped[int | None]
    status: Mapped[str | None]
    from_day: Mapped[date]
    reason: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="calculating")
    proposed_by: Mapped[str]
    proposed_at: Mapped[datetime | None]
    calculation: Mapped[int] = mapped_column(server_default="0")
    known_at: Mapped[datetime | None]
    through: Mapped[date | None]
    last_run_id: Mapped[int | None]
    watched: Mapped[list[int]] = mapped_column(ARRAY(Integer), server_default="{}")
    totals: Mapped[Json] = mapped_column(server_default="{}")
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    note: Mapped[str | None]
    facts_at: Mapped[datetime | None]


class ProposalLine(BigPoolRow, Base):
    """A booked amount a proposal changes: of an event, for a producer; 0 is the pool's margin.

    ``amount_old`` is what stands, ``amount_new`` what would; both with the reserve in them. The
    differences of an event sum to zero unless the insurer's commission changed.
    """

    __tablename__ = "proposal_line"
    __table_args__ = (
        *link("proposal_id", "proposal"),
        UniqueConstraint(
            "pool_id",
            "proposal_id",
            "calculation",
            "event_id",
            "producer_id",
            "account",
            name="uq_proposal_line_entry",
        ),
    )
    proposal_id: Mapped[int]
    calculation: Mapped[int]
    event_id: Mapped[BigId]
    contract_id: Mapped[BigId]
    producer_id: Mapped[int]
    payee_id: Mapped[int | None]
    account: Mapped[int] = mapped_column(SmallInteger)
    currency: Mapped[str]
    amount_old: Mapped[Money]
    amount_new: Mapped[Money]
    reserve_old: Mapped[Money]
    reserve_new: Mapped[Money]
    difference: Mapped[Money] = mapped_column(Computed("amount_new - amount_old", persisted=True))
    difference_cents: Mapped[BigId] = mapped_column(
        Computed("((amount_new - amount_old) * 100)::bigint", persisted=True)
    )
