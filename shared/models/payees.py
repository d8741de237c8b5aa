"""What holds for a payee beside his commission: terms, withholdings, holds, adjustments."""

from datetime import date

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Mapped, mapped_column

from shared.models.base import (
    Base,
    Fact,
    Money,
    PoolRow,
    Rate,
    Recorded,
    Versioned,
    key_of,
    link,
    no_overlap,
    of_pool,
    one_standing,
)


class PaymentTerms(PoolRow, Fact, Base):
    """The least that is paid out, per currency: for everybody, or for one payee."""

    __tablename__ = "payment_terms"
    __table_args__ = (of_pool(), *link("company_id", "company"), no_overlap("payment_terms"))
    currency: Mapped[str]
    company_id: Mapped[int | None]
    minimum_payout: Mapped[Money]
    key: Mapped[str] = mapped_column(key_of("currency || '/' || coalesce(company_id::text, '*')"))


class Withholding(PoolRow, Versioned, Base):
    """A tax withheld from what a payee accrues, e.g. PDFO 18 %."""

    __tablename__ = "withholding"
    __table_args__ = (
        *link("company_id", "company"),
        one_standing("withholding", "company_id", "code"),
        CheckConstraint("rate BETWEEN 0 AND 1", name="rate"),
    )
    company_id: Mapped[int]
    code: Mapped[str]
    rate: Mapped[Rate]


class PaymentHold(PoolRow, Versioned, Base):
    """While a payee is on hold he is credited, not paid.

    ``cause``: the gate that holds him (``shared.gates``), which lifts it; null: people did.
    """

    __tablename__ = "payment_hold"
    __table_args__ = (*link("company_id", "company"),)
    company_id: Mapped[int]
    valid: Mapped[Range[date]]
    reason: Mapped[str | None]
    cause: Mapped[str | None]


class Adjustment(PoolRow, Recorded, Base):
    """An amount credited or charged to a payee beside commission."""

    __tablename__ = "adjustment"
    __table_args__ = (
        *link("company_id", "company"),
        Index("ix_adjustment_on_day", "pool_id", "on_day"),
    )
    company_id: Mapped[int]
    on_day: Mapped[date]
    amount: Mapped[Money]
    currency: Mapped[str]
    text: Mapped[str]
