"""Periods, runs, drafts, the ledger and statements (settlement rules, "A settlement")."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Computed,
    ForeignKeyConstraint,
    Index,
    Numeric,
    PrimaryKeyConstraint,
    SmallInteger,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from shared.models.base import (
    Base,
    BigId,
    BigPoolRow,
    Json,
    Money,
    Organised,
    PoolRow,
    Rate,
    Recorded,
    Share,
    link,
    of_organisation,
    of_pool,
)


class Period(PoolRow, Recorded, Base):
    """A production period (``after``, ``last_day``]."""

    __tablename__ = "period"
    __table_args__ = (
        of_pool(),
        UniqueConstraint("pool_id", "last_day"),
        CheckConstraint("state IN ('open','closed')", name="state"),
        Index("uq_period_open", "pool_id", unique=True, postgresql_where=text("state = 'open'")),
    )
    name: Mapped[str]
    after: Mapped[date | None]
    last_day: Mapped[date]
    state: Mapped[str] = mapped_column(server_default="open")
    closed_at: Mapped[datetime | None]


class SettlementRun(PoolRow, Recorded, Base):
    """A calculation of a period: draft, approved by a second person, closed.

    ``known_at``: facts recorded later take no part. Every transition is guarded by a trigger.
    """

    __tablename__ = "settlement_run"
    __table_args__ = (
        *link("period_id", "period"),
        CheckConstraint(
            "state IN ('calculating','calculated','approved','closed','dropped')", name="state"
        ),
        CheckConstraint("approved_by IS NULL OR approved_by <> calculated_by", name="two_people"),
        Index(
            "uq_settlement_run_live",
            "pool_id",
            unique=True,
            postgresql_where=text("state IN ('calculating','calculated','approved')"),
        ),
        Index(
            "uq_settlement_run_closed",
            "pool_id",
            "through",
            unique=True,
            postgresql_where=text("state = 'closed'"),
        ),
    )
    period_id: Mapped[int]
    through: Mapped[date]
    previous_id: Mapped[int | None]
    previous_through: Mapped[date | None]
    previous_known_at: Mapped[datetime | None]
    known_at: Mapped[datetime]
    full_recalculation: Mapped[bool] = mapped_column(server_default="false")
    state: Mapped[str] = mapped_column(server_default="calculating")
    calculated_by: Mapped[str]
    calculated_at: Mapped[datetime | None]
    approved_by: Mapped[str | None]
    approved_at: Mapped[datetime | None]
    closed_by: Mapped[str | None]
    closed_at: Mapped[datetime | None]
    closed_in: Mapped[str | None]
    totals: Mapped[Json] = mapped_column(server_default="{}")


class RunPacket(Base):
    """A portion of whole events, calculated in one transaction; ``done_at`` is its mark.

    A packet of new events is a stretch of event ids and what makes them new (``since_…``); another
    lists its events in ``run_event``.
    """

    __tablename__ = "run_packet"
    __table_args__ = (
        PrimaryKeyConstraint("pool_id", "run_id", "number"),
        ForeignKeyConstraint(
            ["pool_id", "run_id"], ["settlement_run.pool_id", "settlement_run.id"]
        ),
    )
    pool_id: Mapped[int]
    run_id: Mapped[int]
    number: Mapped[int]
    events: Mapped[int] = mapped_column(server_default="0")
    first_event: Mapped[BigId | None]
    last_event: Mapped[BigId | None]
    since_through: Mapped[date | None]
    since_known: Mapped[datetime | None]
    postings: Mapped[int] = mapped_column(server_default="0")
    done_at: Mapped[datetime | None]


class RunBalance(Base):
    """What a calculated run moves, per account: the preview, and what its statements are made of.

    ``payee_id`` is 0 on the pool's own accounts.
    """

    __tablename__ = "run_balance"
    __table_args__ = (
        PrimaryKeyConstraint("pool_id", "run_id", "payee_id", "currency", "account"),
        ForeignKeyConstraint(
            ["pool_id", "run_id"], ["settlement_run.pool_id", "settlement_run.id"]
        ),
    )
    pool_id: Mapped[int]
    run_id: Mapped[int]
    payee_id: Mapped[int]
    currency: Mapped[str]
    account: Mapped[int] = mapped_column(SmallInteger)
    amount: Mapped[Money]
    postings: Mapped[int]


class RunEvent(Base):
    """An event settled before that a run has to look at again, and why."""

    __tablename__ = "run_event"
    __table_args__ = (PrimaryKeyConstraint("pool_id", "run_id", "packet", "event_id"),)
    pool_id: Mapped[int]
    run_id: Mapped[int]
    packet: Mapped[int]
    event_id: Mapped[BigId]
    cause: Mapped[str]
    booked: Mapped[bool]


class Posting(Base):
    """One posting of an event: what moves on one account in one run.

    Until its run is closed it is a draft; from then on it is booked and can't be changed or removed
    (triggers, missing grants). Read booked ones through the view ``ledger``.

    ``producer_id`` is 0 on the pool's own accounts. On a producer's lines stand the rule that won,
    the share of the way earned (``earned`` / ``earned_of``, null = all of it) and the share of the
    reserve still held (``held`` / ``held_of``, null = all of it). No foreign keys: nine million
    rows a run; a statement-level trigger holds the balance, ``verify`` counts references.
    """

    __tablename__ = "posting"
    __table_args__ = (
        PrimaryKeyConstraint("pool_id", "event_id", "run_id", "producer_id", "account"),
        # a run's postings lie together: a block range index finds them and costs nothing to keep
        Index("ix_posting_run_id", "run_id", postgresql_using="brin"),
    )
    event_id: Mapped[BigId]
    pool_id: Mapped[int]
    run_id: Mapped[int]
    producer_id: Mapped[int]
    payee_id: Mapped[int | None]
    rule_id: Mapped[int | None]
    held: Mapped[int | None]
    held_of: Mapped[int | None]
    earned: Mapped[int | None] = mapped_column(BigInteger)
    earned_of: Mapped[int | None] = mapped_column(BigInteger)
    account: Mapped[int] = mapped_column(SmallInteger)
    currency: Mapped[str]
    amount: Mapped[Money]


class AccountPosting(BigPoolRow, Base):
    """A booked posting of a payee's account that has no event: adjustment, withholding, payout."""

    __tablename__ = "account_posting"
    __table_args__ = (
        *link("run_id", "settlement_run"),
        *link("company_id", "company"),
        *link("adjustment_id", "adjustment"),
    )
    run_id: Mapped[int]
    company_id: Mapped[int]
    adjustment_id: Mapped[int | None]
    account: Mapped[int] = mapped_column(SmallInteger)
    code: Mapped[str | None]
    currency: Mapped[str]
    amount: Mapped[Money]


class Statement(BigPoolRow, Recorded, Base):
    """What a payee gets for a period, in one currency. Written at the close, never changed."""

    __tablename__ = "statement"
    __table_args__ = (
        UniqueConstraint("pool_id", "run_id", "company_id", "currency"),
        UniqueConstraint("pool_id", "number"),
        *link("run_id", "settlement_run"),
        *link("period_id", "period"),
        *link("company_id", "company"),
        *link("firm_id", "company"),
        Index("ix_statement_account", "pool_id", "company_id", "currency", "run_id"),
    )
    firm_id: Mapped[int]
    run_id: Mapped[int]
    period_id: Mapped[int]
    company_id: Mapped[int]
    currency: Mapped[str]
    number: Mapped[str]
    issue_date: Mapped[date]
    opening: Mapped[Money]
    entries: Mapped[Money]
    adjustments: Mapped[Money]
    withheld: Mapped[Money]
    payout: Mapped[Money]
    closing: Mapped[Money]
    reserve_opening: Mapped[Money]
    reserve_closing: Mapped[Money]
    on_hold: Mapped[bool] = mapped_column(server_default="false")
    minimum_payout: Mapped[Money]
    payout_cents: Mapped[BigId] = mapped_column(Computed("(payout * 100)::bigint", persisted=True))


class StatementWithholding(BigPoolRow, Base):
    """A tax withheld on a statement; zero amounts stand too."""

    __tablename__ = "statement_withholding"
    __table_args__ = (*link("statement_id", "statement"), *link("firm_id", "company"))
    firm_id: Mapped[int]
    statement_id: Mapped[BigId]
    code: Mapped[str]
    rate: Mapped[Rate]
    base: Mapped[Money]
    amount: Mapped[Money]


class StatementLine(BigPoolRow, Organised, Base):
    """A line of an issued statement: what the ledger says, copied so that it stays readable.

    Carries the payee's firm, so that an override line needs no look into another firm's contract.
    ``difference_from`` is the producer below whose part is deducted; beside ``own_sale`` there are
    both. A ``correction`` changes what an earlier run booked (``corrects_…``, the payee's statement
    of then) and says why (``cause…``).
    """

    __tablename__ = "statement_line"
    __table_args__ = (
        *link("statement_id", "statement"),
        *link("firm_id", "company"),
        UniqueConstraint("pool_id", "statement_id", "event_id", "producer_id"),
        Index("ix_statement_line_payable", "pool_id", "payable_cents"),
        # what a contract brought, whoever got it
        Index("ix_statement_line_event_id", "pool_id", "event_id"),
        *of_organisation(),
    )
    firm_id: Mapped[int]
    statement_id: Mapped[BigId]
    position: Mapped[int]
    event_id: Mapped[BigId]
    producer_id: Mapped[int]
    correction: Mapped[bool]
    contract_number: Mapped[str]
    holder: Mapped[str]
    product: Mapped[str]
    insurer: Mapped[str]
    kind: Mapped[str]
    event_ref: Mapped[str]
    effective: Mapped[date]
    due: Mapped[date]
    producer: Mapped[str]
    level: Mapped[str | None]
    rate_of: Mapped[str | None]
    rate: Mapped[Rate | None]
    base: Mapped[Decimal | None] = mapped_column(Numeric(16, 4))
    share: Mapped[Decimal | None] = mapped_column(Numeric(7, 6))
    own_sale: Mapped[bool]
    liability_end: Mapped[date | None]
    payable: Mapped[Money]
    reserve: Mapped[Money]
    payable_cents: Mapped[BigId] = mapped_column(
        Computed("(payable * 100)::bigint", persisted=True)
    )
    difference_from: Mapped[str | None]
    cause: Mapped[str | None]
    cause_on: Mapped[date | None]
    cause_factor: Mapped[Share | None]
    cause_text: Mapped[str | None]
    corrects_from: Mapped[date | None]
    corrects_through: Mapped[date | None]
    corrects_number: Mapped[str | None]


class Issue(BigPoolRow, Recorded, Base):
    """A document issued for a statement: the PDF, the CSV, or the act of completed services."""

    __tablename__ = "issue"
    __table_args__ = (
        *link("statement_id", "statement"),
        *link("firm_id", "company"),
        *link("document_id", "document"),
        UniqueConstraint("pool_id", "statement_id", "kind"),
    )
    firm_id: Mapped[int]
    statement_id: Mapped[BigId]
    document_id: Mapped[BigId]
    kind: Mapped[str]
    number: Mapped[str | None]
    total: Mapped[Money | None]
