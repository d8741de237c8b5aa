"""What runs leave beside the ledger: figures for overviews, and what payees stand liable with."""

from datetime import date
from decimal import Decimal

from sqlalchemy import (
    ForeignKeyConstraint,
    Index,
    Numeric,
    PrimaryKeyConstraint,
    SmallInteger,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from shared.models.base import (
    Base,
    BigId,
    Money,
    Units,
    link,
)


class RunFigure(Base):
    """What a calculated run brought, by insurer, line and product: incoming, passed on, kept.

    And by organisation: 0 is what names none. Dropped with its draft, for good with a closed run.
    """

    __tablename__ = "run_figure"
    __table_args__ = (
        PrimaryKeyConstraint(
            "pool_id",
            "run_id",
            "insurer_id",
            "line_id",
            "product_id",
            "currency",
            "kind",
            "organisation_id",
        ),
        ForeignKeyConstraint(
            ["pool_id", "run_id"], ["settlement_run.pool_id", "settlement_run.id"]
        ),
    )
    pool_id: Mapped[int]
    run_id: Mapped[int]
    insurer_id: Mapped[int]
    line_id: Mapped[int]
    product_id: Mapped[int]
    currency: Mapped[str]
    kind: Mapped[str]
    organisation_id: Mapped[int] = mapped_column(server_default="0")
    received: Mapped[Money]
    payable: Mapped[Money]
    margin: Mapped[Money]
    events: Mapped[int]


class RunProducerFigure(Base):
    """What a producer brought and was given in a calculated run.

    ``received``, ``base`` and ``units`` are of his own sales that the run settled first, by his
    shares; ``payable`` and ``reserve`` of everything booked for him, corrections too.
    """

    __tablename__ = "run_producer_figure"
    __table_args__ = (
        PrimaryKeyConstraint("pool_id", "run_id", "producer_id", "currency"),
        ForeignKeyConstraint(
            ["pool_id", "run_id"], ["settlement_run.pool_id", "settlement_run.id"]
        ),
        Index("ix_run_producer_figure_producer", "pool_id", "producer_id"),
    )
    pool_id: Mapped[int]
    run_id: Mapped[int]
    producer_id: Mapped[int]
    currency: Mapped[str]
    received: Mapped[Money]
    base: Mapped[Money]
    units: Mapped[Units]
    payable: Mapped[Money]
    reserve: Mapped[Money]
    events: Mapped[int]


class EntryLiability(Base):
    """What a payee stands in liability with for an entry, as its run left it.

    The latest run's row holds. ``gross`` and ``top`` are the exact amounts of his pieces and of
    what is paid below them; ``earned`` of ``earned_of`` is the part that stands, ``in_force``
    (millionths) the factor a cancellation would take away. So what would be given back on any
    day is the engine's own arithmetic (``given_back``), to the cent.
    """

    __tablename__ = "entry_liability"
    __table_args__ = (
        PrimaryKeyConstraint("pool_id", "run_id", "event_id", "producer_id"),
        ForeignKeyConstraint(
            ["pool_id", "run_id"], ["settlement_run.pool_id", "settlement_run.id"]
        ),
        *link("firm_id", "company"),
        Index("ix_entry_liability_entry", "pool_id", "event_id", "producer_id"),
        Index("ix_entry_liability_company", "pool_id", "company_id", "liability_end"),
    )
    pool_id: Mapped[int]
    run_id: Mapped[int]
    event_id: Mapped[BigId]
    producer_id: Mapped[int]
    firm_id: Mapped[int]
    company_id: Mapped[int]
    currency: Mapped[str]
    sign: Mapped[int] = mapped_column(SmallInteger)
    effective: Mapped[date]
    liability_end: Mapped[date]
    months: Mapped[int]
    full_months: Mapped[int]
    daily: Mapped[bool]
    in_force: Mapped[BigId]
    earned: Mapped[BigId]
    earned_of: Mapped[BigId]
    gross: Mapped[list[Decimal]] = mapped_column(ARRAY(Numeric), server_default="{}")
    top: Mapped[list[Decimal]] = mapped_column(ARRAY(Numeric), server_default="{}")
