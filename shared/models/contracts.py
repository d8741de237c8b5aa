"""Customers, applications, contracts and what happens to them."""

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Computed,
    ForeignKey,
    Index,
    SmallInteger,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from shared.models.base import (
    Base,
    BigId,
    BigPoolRow,
    Fact,
    Json,
    Money,
    Noted,
    Organised,
    Placed,
    Recorded,
    Share,
    Units,
    Versioned,
    changes_of,
    in_organisation,
    key_of,
    link,
    no_overlap,
    of_organisation,
    of_pool,
    of_unit,
    one_standing,
)
from shared.models.products import KINDS


class Customer(BigPoolRow, Recorded, Placed, Base):
    """A policyholder or another person of a contract; ``private`` ones are a broker's own.

    ``executive_id``: whose customer he is among the staff: who cleared him first.
    """

    __tablename__ = "customer"
    __table_args__ = (
        of_pool(),
        *link("firm_id", "company"),
        Index("ix_customer_sort_key", "pool_id", "sort_key", "id"),
        Index("ix_customer_source_key", "pool_id", "source_key"),
        # who may be the same person is asked while one is typed
        Index("ix_customer_birth_date", "pool_id", "birth_date"),
        Index("ix_customer_postcode", "pool_id", "postcode"),
        *of_unit(),
        in_organisation("customer", "sort_key", "sort_key", "id"),
        CheckConstraint("NOT private OR firm_id IS NOT NULL", name="private_has_firm"),
    )
    firm_id: Mapped[int | None]
    private: Mapped[bool] = mapped_column(server_default="false")
    legal_person: Mapped[bool] = mapped_column(server_default="false")
    last_name: Mapped[str]
    first_name: Mapped[str | None]
    title: Mapped[str | None]
    sort_key: Mapped[str] = mapped_column(server_default="")
    source_key: Mapped[str | None]
    birth_date: Mapped[date | None]
    street: Mapped[str | None]
    postcode: Mapped[str | None]
    city: Mapped[str | None]
    country: Mapped[str | None]
    email: Mapped[str | None]
    phone: Mapped[str | None]
    note: Mapped[str | None]
    executive_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    version: Mapped[int] = mapped_column(server_default="1")


_LATEST_FIRST = (text("begin_on DESC NULLS LAST"), text("id DESC"))


class Contract(BigPoolRow, Recorded, Placed, Base):
    """An insurance contract: what people see of it. What the engine needs is in its terms."""

    __tablename__ = "contract"
    __table_args__ = (
        of_pool(),
        # a number is taken once in the pool; a broker's own copy of it takes nothing away
        Index(
            "uq_contract_number",
            "pool_id",
            "insurer_id",
            "number_key",
            "line_id",
            "sequence",
            unique=True,
            postgresql_where=text("NOT private"),
        ),
        CheckConstraint(
            "private OR num_nulls(insurer_id, line_id, product_id) = 0", name="pool_contract"
        ),
        CheckConstraint("NOT private OR firm_id IS NOT NULL", name="private_has_firm"),
        *link("converted_from_id", "contract"),
        *link("firm_id", "company"),
        *link("insurer_id", "insurer"),
        *link("line_id", "line_of_business"),
        *link("product_id", "product"),
        *link("product_version_id", "product_version"),
        *link("holder_id", "customer"),
        *link("producer_id", "producer"),
        Index("ix_contract_number_key", "pool_id", "number_key"),
        Index("ix_contract_begin_on", "pool_id", *_LATEST_FIRST),
        Index("ix_contract_firm_begin_on", "pool_id", "firm_id", *_LATEST_FIRST),
        Index(
            "ix_contract_net_premium",
            "pool_id",
            text("net_premium_cents DESC NULLS LAST"),
            text("id DESC"),
        ),
        # lists by names, whichever way round, however many contracts
        Index("ix_contract_holder_key", "pool_id", "holder_key", "id"),
        Index("ix_contract_producer_key", "pool_id", "producer_key", "id"),
        Index("ix_contract_state", "pool_id", "state", *_LATEST_FIRST),
        UniqueConstraint("pool_id", "case_number"),
        *of_unit(),
        in_organisation("contract", "begin_on", "begin_on DESC NULLS LAST", "id DESC"),
        in_organisation("contract", "holder", "holder_key", "id"),
    )
    firm_id: Mapped[int | None]
    private: Mapped[bool] = mapped_column(server_default="false")
    case_number: Mapped[str | None]
    insurer_id: Mapped[int | None]
    line_id: Mapped[int | None]
    number: Mapped[str]
    number_key: Mapped[str]
    sequence: Mapped[int] = mapped_column(server_default="1")
    product_id: Mapped[int | None]
    product_version_id: Mapped[int | None]
    own_insurer: Mapped[str | None]
    own_product: Mapped[str | None]
    converted_from_id: Mapped[int | None] = mapped_column(BigInteger)
    converted_on: Mapped[date | None]
    holder_id: Mapped[int | None] = mapped_column(BigInteger)
    producer_id: Mapped[int | None]
    # the sort keys of holder and producer, kept by triggers; without one last
    holder_key: Mapped[str] = mapped_column(server_default="~")
    producer_key: Mapped[str] = mapped_column(server_default="~")
    state: Mapped[str] = mapped_column(server_default="active")
    begin_on: Mapped[date | None]
    end_on: Mapped[date | None]
    cancelled_on: Mapped[date | None]
    cancellation_reason: Mapped[str | None]
    next_due_on: Mapped[date | None]
    frequency: Mapped[str | None]
    net_premium: Mapped[Money | None]
    gross_premium: Mapped[Money | None]
    net_premium_cents: Mapped[BigId | None] = mapped_column(
        Computed("(net_premium * 100)::bigint", persisted=True)
    )
    currency: Mapped[str] = mapped_column(server_default="EUR")
    agency_number: Mapped[str | None]
    source_digest: Mapped[str | None]
    note: Mapped[str | None]
    version: Mapped[int] = mapped_column(server_default="1")


class Conversion(BigPoolRow, Noted, Base):
    """That a firm took a pool contract into its own keeping: who, when, and what he was shown.

    Written by the database's ``convert_contract`` alone, once per contract.
    """

    __tablename__ = "conversion"
    __table_args__ = (
        *link("firm_id", "company"),
        *link("contract_id", "contract"),
        *link("private_contract_id", "contract"),
        UniqueConstraint("pool_id", "contract_id"),
    )
    firm_id: Mapped[int]
    contract_id: Mapped[BigId]
    private_contract_id: Mapped[BigId]
    converted_on: Mapped[date]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    consequences: Mapped[Json]


class ContractTerms(BigPoolRow, Versioned, Base):
    """What the engine looks up of a contract; replaced, never changed."""

    __tablename__ = "contract_terms"
    __table_args__ = (
        *link("contract_id", "contract"),
        *link("product_id", "product"),
        *link("organisation_id", "organisation"),
        *link("division_id", "division"),
        one_standing("contract_terms", "contract_id"),
        *changes_of("contract_terms"),
    )
    contract_id: Mapped[BigId]
    product_id: Mapped[int]
    currency: Mapped[str]
    applied_on: Mapped[date | None]
    issued_on: Mapped[date | None]
    organisation_id: Mapped[int | None]
    division_id: Mapped[int | None]


class ContractShare(BigPoolRow, Fact, Base):
    """A producer's part of a contract: the stretch (share_from, share_to] of the whole.

    Cumulated, because money is split by the differences of rounded cumulative sums (settlement
    rules, "One event" 1). The shares of a contract on a day sum to exactly 1.
    """

    __tablename__ = "contract_share"
    __table_args__ = (
        *link("contract_id", "contract"),
        *link("producer_id", "producer"),
        CheckConstraint("share >= 0 AND share <= 1", name="share"),
        CheckConstraint("share_from >= 0 AND share_to = share_from + share", name="cumulated"),
        no_overlap("contract_share"),
        *changes_of("contract_share"),
    )
    contract_id: Mapped[BigId]
    position: Mapped[int] = mapped_column(SmallInteger)
    producer_id: Mapped[int]
    share: Mapped[Share]
    share_from: Mapped[Share]
    share_to: Mapped[Share]
    key: Mapped[str] = mapped_column(key_of("contract_id::text || '/' || position::text"))


class ContractCut(BigPoolRow, Versioned, Base):
    """From ``on_day`` the contract's in-force factor is ``factor`` of the original premium.

    0 = cancelled; ``void`` = as if never concluded (settlement rules, "Facts").
    """

    __tablename__ = "contract_cut"
    __table_args__ = (
        *link("contract_id", "contract"),
        one_standing("contract_cut", "contract_id", "on_day"),
        CheckConstraint("factor >= 0 AND factor <= 1", name="factor"),
        CheckConstraint("NOT void OR factor = 0", name="void"),
        Index("ix_contract_cut_on_day", "pool_id", "on_day"),
        *changes_of("contract_cut"),
    )
    contract_id: Mapped[BigId]
    on_day: Mapped[date]
    factor: Mapped[Share]
    void: Mapped[bool] = mapped_column(server_default="false")
    reason: Mapped[str | None]


class PremiumDue(BigPoolRow, Recorded, Organised, Base):
    """A due date of a contract's premium, and what came in for it."""

    __tablename__ = "premium_due"
    __table_args__ = (
        *link("contract_id", "contract"),
        UniqueConstraint("pool_id", "contract_id", "due_on"),
        *link("firm_id", "company"),
        # what is overdue, and how far calendars reach
        Index("ix_premium_due_due_on", "pool_id", "due_on", "contract_id"),
        *of_organisation(),
    )
    contract_id: Mapped[BigId]
    firm_id: Mapped[int | None]
    private: Mapped[bool] = mapped_column(server_default="false")
    due_on: Mapped[date]
    amount: Mapped[Money]
    paid_on: Mapped[date | None]
    paid_amount: Mapped[Money | None]


class Event(BigPoolRow, Recorded, Base):
    """A commission event: what an insurer reports. Never changed.

    Amounts in the contract's currency; ``received`` is what the insurer pays the pool for it.
    """

    __tablename__ = "event"
    __table_args__ = (
        UniqueConstraint("pool_id", "ref"),
        *link("contract_id", "contract"),
        CheckConstraint(f"kind IN {KINDS}", name="kind"),
        Index("ix_event_due", "pool_id", "due"),
        Index("ix_event_recorded_at", "pool_id", "recorded_at"),
        Index("ix_event_kind_effective", "pool_id", "kind", "effective"),
    )
    ref: Mapped[str]
    contract_id: Mapped[BigId]
    kind: Mapped[str]
    effective: Mapped[date]
    due: Mapped[date]
    basis: Mapped[Money | None]
    received: Mapped[Money | None]
    units: Mapped[Units | None]


class Application(BigPoolRow, Recorded, Placed, Base):
    """An application on its way to an insurer."""

    __tablename__ = "application"
    __table_args__ = (
        of_pool(),
        UniqueConstraint("pool_id", "case_number"),
        *link("firm_id", "company"),
        *link("insurer_id", "insurer"),
        *link("product_id", "product"),
        *link("customer_id", "customer"),
        *link("producer_id", "producer"),
        *link("contract_id", "contract"),
        *link("product_version_id", "product_version"),
        Index("ix_application_state", "pool_id", "state", "id"),
        Index(
            "ix_application_applied_on",
            "pool_id",
            text("applied_on DESC NULLS LAST"),
            text("id DESC"),
        ),
        *of_unit(),
        in_organisation("application", "applied_on", "applied_on DESC NULLS LAST", "id DESC"),
    )
    firm_id: Mapped[int | None]
    case_number: Mapped[str]
    broker_number: Mapped[str | None]
    insurer_number: Mapped[str | None]
    insurer_id: Mapped[int]
    product_id: Mapped[int]
    customer_id: Mapped[BigId | None]
    producer_id: Mapped[int | None]
    contract_id: Mapped[BigId | None]
    state: Mapped[str] = mapped_column(server_default="draft")
    applied_on: Mapped[date | None]
    net_premium: Mapped[Money | None]
    currency: Mapped[str] = mapped_column(server_default="EUR")
    begin_on: Mapped[date | None]
    frequency: Mapped[str | None]
    product_version_id: Mapped[int | None]
    submitted_at: Mapped[datetime | None]
    submitted_by: Mapped[str | None]
    query: Mapped[str | None]
    note: Mapped[str | None]
    details: Mapped[Json] = mapped_column(server_default="{}")
    version: Mapped[int] = mapped_column(server_default="1")


class ApplicationChange(BigPoolRow, Recorded, Organised, Base):
    """A step in an application's life."""

    __tablename__ = "application_change"
    __table_args__ = (
        *link("application_id", "application"),
        *link("firm_id", "company"),
        *of_organisation(),
    )
    application_id: Mapped[BigId]
    firm_id: Mapped[int | None]
    state: Mapped[str]
    note: Mapped[str | None]


class Document(BigPoolRow, Recorded, Organised, Base):
    """A file by its content; an issued one never changes.

    ``folder``: where a division has its documents kept; null: with the pool's or the firm's.
    """

    __tablename__ = "document"
    __table_args__ = (
        of_pool(),
        *link("firm_id", "company"),
        Index("ix_document_subject", "pool_id", "subject", "subject_id"),
        Index("ix_document_sha256", "pool_id", "sha256"),
        CheckConstraint("scan IN ('unscanned','scanning','clean','infected')", name="scan"),
        *of_organisation(),
    )
    firm_id: Mapped[int | None]
    private: Mapped[bool] = mapped_column(server_default="false")
    subject: Mapped[str]
    subject_id: Mapped[BigId | None]
    kind: Mapped[str]
    title: Mapped[str | None]
    valid_from: Mapped[date | None]
    file_name: Mapped[str]
    media_type: Mapped[str]
    sha256: Mapped[str]
    size: Mapped[BigId]
    folder: Mapped[str | None]
    issued_at: Mapped[datetime | None]
    # what is known of malware in it; a paper of the house's own is not looked at
    scan: Mapped[str] = mapped_column(server_default="unscanned")
