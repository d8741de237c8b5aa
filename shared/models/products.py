"""Insurers, lines, products and what is agreed about them."""

from datetime import date
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Numeric, UniqueConstraint
from sqlalchemy.dialects.postgresql import ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column

from shared.models.base import (
    Base,
    Fact,
    Json,
    Money,
    PoolRow,
    Rate,
    Recorded,
    Versioned,
    changes_of,
    key_of,
    link,
    no_overlap,
    of_pool,
    one_standing,
)

KINDS = "('acquisition','recurring','dynamic','change','extension','fee','other')"
SCOPE_KEY = (
    "CASE WHEN product_id IS NOT NULL THEN 'p' || product_id::text "
    "WHEN line_id IS NOT NULL THEN 'l' || line_id::text "
    "WHEN insurer_id IS NOT NULL THEN 'i' || insurer_id::text ELSE '*' END"
)
WHO_KEY = (
    "CASE WHEN producer_id IS NOT NULL THEN 'p' || producer_id::text "
    "WHEN group_id IS NOT NULL THEN 'g' || group_id::text "
    "WHEN level_id IS NOT NULL THEN 'l' || level_id::text ELSE '*' END"
)
UNIT_KEY = (
    "CASE WHEN division_id IS NOT NULL THEN 'd' || division_id::text "
    "WHEN organisation_id IS NOT NULL THEN 'o' || organisation_id::text ELSE '*' END"
)


class InsurerIdentity(Base):
    """An insurer as the market knows it; the same for every pool."""

    __tablename__ = "insurer_identity"
    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    name: Mapped[str]
    country: Mapped[str]
    vu_number: Mapped[str | None] = mapped_column(unique=True)


class Insurer(PoolRow, Recorded, Base):
    """An insurer the pool works with."""

    __tablename__ = "insurer"
    __table_args__ = (of_pool(), UniqueConstraint("pool_id", "code"), *link("team_id", "team"))
    code: Mapped[str]
    name: Mapped[str]
    country: Mapped[str] = mapped_column(server_default="DE")
    street: Mapped[str | None]
    postcode: Mapped[str | None]
    city: Mapped[str | None]
    email: Mapped[str | None]
    phone: Mapped[str | None]
    note: Mapped[str | None]
    version: Mapped[int] = mapped_column(server_default="1")
    identity_id: Mapped[int | None] = mapped_column(ForeignKey("insurer_identity.id"), index=True)
    team_id: Mapped[int | None]


class LineOfBusiness(PoolRow, Recorded, Base):
    """A line of business, with the GDV key (Anlage 1) it is delivered under."""

    __tablename__ = "line_of_business"
    __table_args__ = (of_pool(), UniqueConstraint("pool_id", "code"))
    code: Mapped[str]
    gdv_key: Mapped[str | None]
    name_de: Mapped[str | None]
    name_uk: Mapped[str | None]
    name_en: Mapped[str | None]


class Product(PoolRow, Recorded, Base):
    """An insurer's product in the pool's range; ``catch_all`` takes what has no known name.

    ``restricted``: only firms with a standing ``product_authorisation`` may sell it.
    """

    __tablename__ = "product"
    __table_args__ = (
        of_pool(),
        UniqueConstraint("pool_id", "code"),
        CheckConstraint("state IN ('draft','active','withdrawn')", name="state"),
        *link("insurer_id", "insurer"),
        *link("line_id", "line_of_business"),
    )
    code: Mapped[str]
    name: Mapped[str]
    insurer_id: Mapped[int]
    line_id: Mapped[int]
    catch_all: Mapped[bool] = mapped_column(server_default="false")
    state: Mapped[str] = mapped_column(server_default="active")
    offered_from: Mapped[date | None]
    offered_until: Mapped[date | None]
    restricted: Mapped[bool] = mapped_column(server_default="false")
    summary: Mapped[str | None]
    features: Mapped[Json] = mapped_column(server_default="{}")
    version: Mapped[int] = mapped_column(server_default="1")


class ProductVersion(PoolRow, Recorded, Base):
    """A tariff generation: what turns a premium into a valuation sum and units belongs here."""

    __tablename__ = "product_version"
    __table_args__ = (
        UniqueConstraint("pool_id", "product_id", "name"),
        ExcludeConstraint(
            ("pool_id", "="),
            ("product_id", "="),
            ("valid", "&&"),
            name="ex_product_version_valid",
            using="gist",
        ),
        *link("product_id", "product"),
    )
    product_id: Mapped[int]
    name: Mapped[str]
    valid: Mapped[Range[date]]
    unit_value: Mapped[Money | None]
    cap_years: Mapped[int | None]
    product_factor: Mapped[Decimal] = mapped_column(Numeric(9, 6), server_default="1")


class ProductAuthorisation(PoolRow, Fact, Base):
    """That a broker firm may sell a restricted product, or (``allowed`` false) no longer any."""

    __tablename__ = "product_authorisation"
    __table_args__ = (
        *link("product_id", "product"),
        *link("firm_id", "company"),
        no_overlap("product_authorisation"),
    )
    product_id: Mapped[int]
    firm_id: Mapped[int]
    allowed: Mapped[bool] = mapped_column(server_default="true")
    key: Mapped[str] = mapped_column(key_of("product_id::text || '/' || firm_id::text"))


class Rule(PoolRow, Fact, Base):
    """A rate the pool pays (settlement rules, "Which rate applies").

    ``fixed`` and ``unit`` rates are amounts and name their currency; ``superseded_at`` means
    withdrawn from every date.
    """

    __tablename__ = "rule"
    __table_args__ = (
        of_pool(),
        UniqueConstraint("pool_id", "code"),
        CheckConstraint(f"kind IN {KINDS}", name="kind"),
        CheckConstraint("num_nonnulls(product_id, line_id, insurer_id) <= 1", name="scope"),
        CheckConstraint("num_nonnulls(producer_id, group_id, level_id) <= 1", name="who"),
        CheckConstraint("num_nonnulls(organisation_id, division_id) <= 1", name="unit"),
        CheckConstraint("rate_of IN ('basis','received','unit','fixed')", name="rate_of"),
        CheckConstraint(
            "(rate_of IN ('unit','fixed')) = (currency IS NOT NULL)", name="amount_has_currency"
        ),
        *link("product_id", "product"),
        *link("line_id", "line_of_business"),
        *link("insurer_id", "insurer"),
        *link("producer_id", "producer"),
        *link("group_id", "commission_group"),
        *link("level_id", "career_level"),
        *link("organisation_id", "organisation"),
        *link("division_id", "division"),
        no_overlap("rule"),
        *changes_of("rule"),
    )
    code: Mapped[str]
    kind: Mapped[str]
    product_id: Mapped[int | None]
    line_id: Mapped[int | None]
    insurer_id: Mapped[int | None]
    producer_id: Mapped[int | None]
    group_id: Mapped[int | None]
    level_id: Mapped[int | None]
    organisation_id: Mapped[int | None]
    division_id: Mapped[int | None]
    rate_of: Mapped[str]
    rate: Mapped[Rate]
    currency: Mapped[str | None]
    copied_from_id: Mapped[int | None]
    key: Mapped[str] = mapped_column(
        key_of(
            f"kind || '/' || ({SCOPE_KEY}) || '/' || ({WHO_KEY}) || '/' || ({UNIT_KEY}) || '/' || "
            "CASE WHEN upper_inf(valid) THEN 'undated' ELSE 'dated' END"
        )
    )


class Agreement(PoolRow, Fact, Base):
    """What is agreed with an insurer: liability, reserve, and what comes in (for control only)."""

    __tablename__ = "agreement"
    __table_args__ = (
        of_pool(),
        CheckConstraint(f"kind IN {KINDS}", name="kind"),
        CheckConstraint("num_nonnulls(product_id, line_id, insurer_id) = 1", name="scope"),
        CheckConstraint("liability_months >= 0", name="liability_months"),
        CheckConstraint("full_liability_months >= 0", name="full_liability_months"),
        CheckConstraint("earning IN ('linear_monthly','linear_daily')", name="earning"),
        CheckConstraint("reserve_release IN ('at_end','pro_rata')", name="reserve_release"),
        CheckConstraint("reserve_rate BETWEEN 0 AND 1", name="reserve_rate"),
        *link("product_id", "product"),
        *link("line_id", "line_of_business"),
        *link("insurer_id", "insurer"),
        no_overlap("agreement"),
        *changes_of("agreement"),
    )
    kind: Mapped[str]
    product_id: Mapped[int | None]
    line_id: Mapped[int | None]
    insurer_id: Mapped[int | None]
    liability_months: Mapped[int] = mapped_column(server_default="0")
    full_liability_months: Mapped[int] = mapped_column(server_default="0")
    earning: Mapped[str] = mapped_column(server_default="linear_monthly")
    reserve_rate: Mapped[Rate] = mapped_column(server_default="0")
    reserve_release: Mapped[str] = mapped_column(server_default="at_end")
    incoming_of: Mapped[str | None]
    incoming_rate: Mapped[Rate | None]
    key: Mapped[str] = mapped_column(key_of(f"kind || '/' || ({SCOPE_KEY})"))


class ReferenceDates(PoolRow, Versioned, Base):
    """At which date rate, level and hierarchy are looked up, per kind."""

    __tablename__ = "reference_dates"
    __table_args__ = (
        of_pool(),
        CheckConstraint(f"kind IN {KINDS}", name="kind"),
        one_standing("reference_dates", "kind"),
    )
    kind: Mapped[str]
    rate: Mapped[str] = mapped_column(server_default="event")
    level: Mapped[str] = mapped_column(server_default="event")
    hierarchy: Mapped[str] = mapped_column(server_default="event")
