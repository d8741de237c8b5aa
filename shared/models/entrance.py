"""What stands at the doors: factors, codes, links, devices, counters, mail. No app has grants."""

from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from shared.models.base import Base, BigId, link, of_pool

NOW = text("clock_timestamp()")


class SecondFactor(Base):
    """A passkey or an app that shows codes. What was removed stays, for the record.

    ``secret``: of the codes, encrypted by the key ``key_id``; ``last_step``: the thirty seconds of
    the last code taken: no code is taken twice.
    """

    __tablename__ = "second_factor"
    __table_args__ = (
        CheckConstraint("kind IN ('passkey','totp')", name="kind"),
        CheckConstraint(
            "(kind = 'totp') = (secret IS NOT NULL) AND (kind = 'passkey') = "
            "(public_key IS NOT NULL)",
            name="whole",
        ),
        Index(
            "uq_second_factor_credential_id", "credential_id", unique=True,
            postgresql_where=text("removed_at IS NULL"),
        ),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    kind: Mapped[str]
    name: Mapped[str]
    secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    key_id: Mapped[str | None]
    last_step: Mapped[BigId | None]
    credential_id: Mapped[bytes | None] = mapped_column(LargeBinary)
    public_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    sign_count: Mapped[BigId] = mapped_column(server_default="0")
    transports: Mapped[str] = mapped_column(server_default="")
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)
    used_at: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]


class RecoveryCode(Base):
    """A code on paper for who lost his factors: 120 random bits, so a plain hash holds them."""

    __tablename__ = "recovery_code"
    __table_args__ = (UniqueConstraint("account_id", "code_hash"),)
    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    code_hash: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)
    used_at: Mapped[datetime | None]
    replaced_at: Mapped[datetime | None]


class OneTimeLink(Base):
    """A link in a mail: for one purpose, behind one door, once. Its token is nowhere but there."""

    __tablename__ = "one_time_link"
    __table_args__ = (
        of_pool(),
        Index(None, "pool_id"),
        CheckConstraint("purpose IN ('invitation','reset','email')", name="purpose"),
    )
    id: Mapped[BigId] = mapped_column(Identity(), primary_key=True)
    token_hash: Mapped[bytes | None] = mapped_column(LargeBinary, unique=True)
    purpose: Mapped[str]
    door: Mapped[str]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    pool_id: Mapped[int]
    membership_id: Mapped[int | None]
    email: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class KnownDevice(Base):
    """A browser somebody came in with: strangers' failures do not slow it down."""

    __tablename__ = "known_device"
    id: Mapped[BigId] = mapped_column(Identity(), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)
    seen_at: Mapped[datetime] = mapped_column(server_default=NOW)
    forgotten_at: Mapped[datetime | None]


class Throttle(Base):
    """How often somebody failed (by e-mail, device or factor), or came (by address)."""

    __tablename__ = "throttle"
    __table_args__ = (Index("ix_throttle_since", "since"),)
    scope: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    counted: Mapped[int]
    since: Mapped[datetime] = mapped_column(server_default=NOW)
    until: Mapped[datetime | None]


class FactorReset(Base):
    """That somebody lost his factors: one administrator says so, another one confirms."""

    __tablename__ = "factor_reset"
    __table_args__ = (
        *link("membership_id", "membership"),
        CheckConstraint("confirmed_by <> started_by", name="second_person"),
    )
    pool_id: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    membership_id: Mapped[int]
    started_at: Mapped[datetime] = mapped_column(server_default=NOW)
    started_by: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)


class Mail(Base):
    """A message to one person; a job writes it in his language and sends it."""

    __tablename__ = "mail"
    __table_args__ = (of_pool(), Index(None, "pool_id"))
    id: Mapped[BigId] = mapped_column(Identity(), primary_key=True)
    pool_id: Mapped[int]
    door: Mapped[str]
    recipient: Mapped[str]
    name: Mapped[str]
    language: Mapped[str]
    kind: Mapped[str]
    told: Mapped[dict[str, object]] = mapped_column(JSONB, server_default="{}")
    link_id: Mapped[BigId | None]
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)
    sent_at: Mapped[datetime | None]
