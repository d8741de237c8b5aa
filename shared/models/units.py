"""Who is limited to organisations or divisions, under which code they work, who asked for whom."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from shared.models.base import (
    Base,
    BigId,
    BigPoolRow,
    Noted,
    PoolRow,
    Replaced,
    key_of,
    link,
    of_pool,
    one_standing,
)


class MasterAccess(PoolRow, Replaced, Base):
    """That a broker firm or an insurer is for an organisation or a division alone.

    Several rows of one let several in; without a row it is for everybody.
    """

    __tablename__ = "master_access"
    __table_args__ = (
        of_pool(),
        *link("company_id", "company"),
        *link("insurer_id", "insurer"),
        *link("organisation_id", "organisation"),
        *link("division_id", "division"),
        CheckConstraint("num_nonnulls(company_id, insurer_id) = 1", name="subject"),
        CheckConstraint("num_nonnulls(organisation_id, division_id) = 1", name="unit"),
        one_standing("master_access", "key"),
    )
    company_id: Mapped[int | None]
    insurer_id: Mapped[int | None]
    organisation_id: Mapped[int | None]
    division_id: Mapped[int | None]
    key: Mapped[str] = mapped_column(
        key_of(
            "coalesce('c' || company_id::text, 'i' || insurer_id::text) || '/' || "
            "coalesce('o' || organisation_id::text, 'd' || division_id::text)"
        )
    )


class CarrierCode(PoolRow, Replaced, Base):
    """The number an insurer knows a division by, or a team: the team's wins."""

    __tablename__ = "carrier_code"
    __table_args__ = (
        of_pool(),
        *link("insurer_id", "insurer"),
        *link("division_id", "division"),
        *link("team_id", "team"),
        CheckConstraint("num_nonnulls(division_id, team_id) = 1", name="unit"),
        one_standing("carrier_code", "key"),
    )
    insurer_id: Mapped[int]
    division_id: Mapped[int | None]
    team_id: Mapped[int | None]
    code: Mapped[str]
    key: Mapped[str] = mapped_column(
        key_of(
            "insurer_id::text || '/' || coalesce('d' || division_id::text, 't' || team_id::text)"
        )
    )


class ClearanceRequest(BigPoolRow, Noted, Base):
    """That an organisation (null: the default one) wants to take in another's customer as well.

    The organisation he belongs to decides; approved, he may be added a second time.
    """

    __tablename__ = "clearance_request"
    __table_args__ = (
        *link("customer_id", "customer"),
        *link("organisation_id", "organisation"),
        CheckConstraint("state IN ('open','approved','refused')", name="state"),
    )
    customer_id: Mapped[BigId]
    organisation_id: Mapped[int | None]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    reason: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="open")
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None]
