"""The pool and its parts: organisations, divisions, teams, companies and people."""

from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    Identity,
    Index,
    SQLColumnExpression,
    UniqueConstraint,
    func,
    select,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from shared.models.base import Base, PoolRow, Recorded, link, of_pool


class Pool(Recorded, Base):
    """A broker pool: the tenant. Its days are days of ``time_zone``."""

    __tablename__ = "pool"
    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    country: Mapped[str] = mapped_column(server_default="DE")
    currency: Mapped[str] = mapped_column(server_default="EUR")
    time_zone: Mapped[str] = mapped_column(server_default="Europe/Berlin")
    language: Mapped[str] = mapped_column(server_default="de")
    operator_id: Mapped[int | None]
    logo_sha256: Mapped[str | None]
    # whether a broker sees what the insurer paid for his contract, and what the pool keeps of it
    shows_income: Mapped[bool] = mapped_column(server_default="false")
    # the layer of organisations: off until somebody types that he means it
    organisations_on: Mapped[bool] = mapped_column(server_default="false")
    # whether the gates for business are closed to firms that have not proved what they must:
    # a pool that worked before there were gates says itself from when on
    gates_on: Mapped[bool] = mapped_column(server_default="false")
    # how long approved bank details wait before they take effect
    bank_wait_days: Mapped[int] = mapped_column(server_default="3")


def day_of(
    moment: SQLColumnExpression[datetime], pool_id: int | SQLColumnExpression[int] | None
) -> ColumnElement[date]:
    """The pool's day of a moment, for a statement: a bare cast would give the server's."""
    zone = select(Pool.time_zone).where(Pool.id == pool_id).scalar_subquery()
    return func.date(func.timezone(zone, moment))


class Addressed:
    """What stands on the paper of a part of the pool; empty: what the part above it has."""

    street: Mapped[str | None]
    postcode: Mapped[str | None]
    city: Mapped[str | None]
    phone: Mapped[str | None]
    fax: Mapped[str | None]
    logo_sha256: Mapped[str | None]
    active: Mapped[bool] = mapped_column(server_default="true")
    version: Mapped[int] = mapped_column(server_default="1")


class Organisation(PoolRow, Recorded, Addressed, Base):
    """The optional upper layer of a pool; what names none belongs to the default one."""

    __tablename__ = "organisation"
    __table_args__ = (
        of_pool(),
        UniqueConstraint("pool_id", "name"),
        Index(
            "uq_organisation_default", "pool_id", unique=True, postgresql_where=text("is_default")
        ),
    )
    name: Mapped[str]
    is_default: Mapped[bool] = mapped_column(server_default="false")


class Division(PoolRow, Recorded, Addressed, Base):
    """A division; a rate rule matches it by its own name. It never changes its organisation.

    ``remit_to``: the payee's name on its invoices. ``document_store``: the folder its documents
    are kept in.
    """

    __tablename__ = "division"
    __table_args__ = (
        of_pool(),
        UniqueConstraint("pool_id", "name"),
        *link("organisation_id", "organisation"),
    )
    name: Mapped[str]
    organisation_id: Mapped[int | None]
    remit_to: Mapped[str | None]
    document_store: Mapped[str | None]


class Team(PoolRow, Recorded, Addressed, Base):
    """A team of a division. ``entity`` and ``cost_centre`` are reserved and not shown yet."""

    __tablename__ = "team"
    __table_args__ = (
        of_pool(),
        UniqueConstraint("pool_id", "division_id", "name"),
        *link("division_id", "division"),
    )
    name: Mapped[str]
    division_id: Mapped[int]
    entity: Mapped[str | None]
    cost_centre: Mapped[str | None]


class Company(PoolRow, Recorded, Base):
    """A company: the pool's operator, a broker firm or group, a partner. Payees are companies.

    A sole trader is a company of one. ``sort_key`` orders names as people expect (see
    ``shared.sorting``); IBANs are shown masked.
    """

    __tablename__ = "company"
    __table_args__ = (
        of_pool(),
        *link("team_id", "team"),
        UniqueConstraint("pool_id", "code"),
        CheckConstraint(
            "kind IN ('pool','insurer','supergroup','group','subgroup','firm','partner')",
            name="kind",
        ),
        CheckConstraint("state IN ('active','exit','closed')", name="state"),
        CheckConstraint(
            "intermediary_type IN ('broker','agent','sub_agent','adviser','tip_giver')",
            name="intermediary_type",
        ),
        # Law 1909-IX of Ukraine: a natural person's contract to collect premiums is void
        CheckConstraint(
            "NOT (collects_premiums AND natural_person AND country = 'UA')", name="collection"
        ),
    )
    code: Mapped[str]
    name: Mapped[str]
    sort_key: Mapped[str] = mapped_column(server_default="")
    kind: Mapped[str] = mapped_column(server_default="firm")
    intermediary_type: Mapped[str | None]
    natural_person: Mapped[bool] = mapped_column(server_default="false")
    country: Mapped[str] = mapped_column(server_default="DE")
    language: Mapped[str] = mapped_column(server_default="de")
    currency: Mapped[str] = mapped_column(server_default="EUR")
    street: Mapped[str | None]
    postcode: Mapped[str | None]
    city: Mapped[str | None]
    email: Mapped[str | None]
    phone: Mapped[str | None]
    tax_number: Mapped[str | None]
    vat_id: Mapped[str | None]
    register_number: Mapped[str | None]
    national_id: Mapped[str | None]
    # written by the function that puts approved bank details into effect, by nobody else
    iban: Mapped[str | None]
    bank_name: Mapped[str | None]
    account_holder: Mapped[str | None]
    collects_premiums: Mapped[bool] = mapped_column(server_default="false")
    tax_note: Mapped[str | None]
    agreement_number: Mapped[str | None]
    agreement_date: Mapped[date | None]
    signatory: Mapped[str | None]
    signatory_position: Mapped[str | None]
    # a former partner reads until the last liability and the retention end
    state: Mapped[str] = mapped_column(server_default="active")
    exit_on: Mapped[date | None]
    reads_until: Mapped[date | None]
    # who looks after it: what is due to it and from it is this team's
    team_id: Mapped[int | None]
    version: Mapped[int] = mapped_column(server_default="1")


class Person(PoolRow, Recorded, Base):
    """A person who works at a company of the pool."""

    __tablename__ = "person"
    __table_args__ = (of_pool(), *link("company_id", "company"))
    company_id: Mapped[int]
    first_name: Mapped[str]
    last_name: Mapped[str]
    sort_key: Mapped[str] = mapped_column(server_default="")
    email: Mapped[str | None]
    phone: Mapped[str | None]
