"""Payment terms and what is payable and receivable by them; parameters and regional defaults."""

from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, Computed, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from shared.models.base import (
    Base,
    BigId,
    BigPoolRow,
    Json,
    Money,
    Noted,
    PoolRow,
    Replaced,
    key_of,
    link,
    of_pool,
    one_standing,
)

BASES = "('issue','month_end','period_end')"
OF_WHOM = "coalesce('c' || company_id::text, 'i' || insurer_id::text, 't' || team_id::text)"


class DueTerms(PoolRow, Noted, Base):
    """When a company is paid and when it pays: by organisation, or in all of them.

    ``party``: the terms of a company, of a firm as the producer of what is due, or of a team. A
    side without days is not agreed here. Rows are switched off, never removed: items name them.
    """

    __tablename__ = "due_terms"
    __table_args__ = (
        of_pool(),
        *link("company_id", "company"),
        *link("insurer_id", "insurer"),
        *link("team_id", "team"),
        *link("organisation_id", "organisation"),
        *link("copied_from_id", "due_terms"),
        Index(
            "uq_due_terms_active", "pool_id", "key", unique=True, postgresql_where=text("active")
        ),
        CheckConstraint("num_nonnulls(company_id, insurer_id, team_id) = 1", name="of_one"),
        CheckConstraint("num_nonnulls(payable_days, receivable_days) > 0", name="agreed"),
        CheckConstraint("party IN ('company','producer','team')", name="party"),
        CheckConstraint(f"payable_from IN {BASES} AND receivable_from IN {BASES}", name="basis"),
    )
    party: Mapped[str]
    company_id: Mapped[int | None]
    insurer_id: Mapped[int | None]
    team_id: Mapped[int | None]
    organisation_id: Mapped[int | None]
    payable_days: Mapped[int | None]
    payable_from: Mapped[str] = mapped_column(server_default="issue")
    receivable_days: Mapped[int | None]
    receivable_from: Mapped[str] = mapped_column(server_default="issue")
    overrides: Mapped[bool] = mapped_column(server_default="false")
    active: Mapped[bool] = mapped_column(server_default="true")
    copied_from_id: Mapped[int | None]
    version: Mapped[int] = mapped_column(server_default="1")
    key: Mapped[str] = mapped_column(
        key_of(f"party || '/' || {OF_WHOM} || '/' || coalesce(organisation_id::text, '*')")
    )


class Invoice(BigPoolRow, Noted, Base):
    """An item: one sum that is payable or receivable, with when it is due and by which terms.

    Written when it arises, from a statement or a delivery; its amount, its terms and its due date
    never change. ``settled`` is what was paid or set off of it.
    """

    __tablename__ = "invoice"
    __table_args__ = (
        of_pool(),
        *link("firm_id", "company"),
        *link("statement_id", "statement"),
        *link("delivery_id", "delivery"),
        *link("company_id", "company"),
        *link("insurer_id", "insurer"),
        *link("producer_firm_id", "company"),
        *link("organisation_id", "organisation"),
        *link("team_id", "team"),
        *link("terms_id", "due_terms"),
        UniqueConstraint("pool_id", "number"),
        Index("uq_invoice_of_statement", "pool_id", "statement_id", unique=True),
        Index("ix_invoice_due_on", "pool_id", "due_on", "id"),
        CheckConstraint("side IN ('payable','receivable')", name="side"),
        CheckConstraint("num_nonnulls(company_id, insurer_id) = 1", name="of_one"),
        CheckConstraint("num_nonnulls(statement_id, delivery_id) <= 1", name="source"),
        CheckConstraint("amount >= 0 AND settled BETWEEN 0 AND amount", name="settled"),
    )
    firm_id: Mapped[int | None]
    side: Mapped[str]
    number: Mapped[str]
    statement_id: Mapped[BigId | None]
    delivery_id: Mapped[int | None]
    company_id: Mapped[int | None]
    insurer_id: Mapped[int | None]
    producer_firm_id: Mapped[int | None]
    organisation_id: Mapped[int | None]
    team_id: Mapped[int | None]
    currency: Mapped[str]
    amount: Mapped[Money]
    amount_cents: Mapped[BigId] = mapped_column(Computed("(amount * 100)::bigint", persisted=True))
    settled: Mapped[Money] = mapped_column(server_default="0")
    arose_on: Mapped[date]
    due_on: Mapped[date]
    step: Mapped[str]
    days: Mapped[int]
    counted_from: Mapped[str]
    terms_id: Mapped[int | None]
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default="[]")
    settled_on: Mapped[date | None]
    settled_by: Mapped[str | None]
    version: Mapped[int] = mapped_column(server_default="1")


class ParameterValue(PoolRow, Replaced, Base):
    """What a system parameter is set to, in one organisation or in the whole pool."""

    __tablename__ = "parameter_value"
    __table_args__ = (
        of_pool(),
        *link("organisation_id", "organisation"),
        one_standing("parameter_value", "name", "scope"),
    )
    name: Mapped[str]
    organisation_id: Mapped[int | None]
    value: Mapped[Json]
    scope: Mapped[str] = mapped_column(key_of("coalesce('o' || organisation_id::text, '*')"))


class RegionalDefault(PoolRow, Replaced, Base):
    """What a region asks of whoever sells there, in one organisation or in the whole pool."""

    __tablename__ = "regional_default"
    __table_args__ = (
        of_pool(),
        *link("organisation_id", "organisation"),
        one_standing("regional_default", "region", "scope"),
    )
    region: Mapped[str]
    organisation_id: Mapped[int | None]
    licence_needed: Mapped[bool]
    form_set: Mapped[str]
    scope: Mapped[str] = mapped_column(key_of("coalesce('o' || organisation_id::text, '*')"))
