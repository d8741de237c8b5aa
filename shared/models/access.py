"""Logins and sessions. The apps have no grants here: definer functions answer what is asked."""

from datetime import datetime, timedelta

from sqlalchemy import CheckConstraint, ForeignKey, Identity, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from shared.models.base import (
    Base,
    BigId,
    Noted,
    PoolRow,
    Recorded,
    Replaced,
    key_of,
    link,
    of_pool,
    one_standing,
)


class Account(Recorded, Base):
    """A login of a person; global, because it is read before a pool is known.

    Who was invited and has not come yet has the password hash ``!``, which nothing matches.
    ``written_as``: the name all books have him under. It is his first address, never changes and
    is nobody else's, whoever gets the address after him (a trigger sets it, and refuses others).
    """

    __tablename__ = "account"
    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    written_as: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password_hash: Mapped[str]
    language: Mapped[str] = mapped_column(server_default="de")
    active: Mapped[bool] = mapped_column(server_default="true")
    # after a hundred failures in a row the password is worth nothing until it is reset
    password_blocked_at: Mapped[datetime | None]


class Membership(PoolRow, Recorded, Base):
    """What an account may do: a role behind one door, at one company of a pool.

    ``called`` is what the firm typed, ``waits`` that the pool has not let the person in: a firm
    that invites a login of somebody else's opens no door with it, and learns no name. ``answer``:
    the pool refused, or the firm took its asking back; ``answered_at``: when that was said last.
    ``shut_by_pool``: the pool switched it off, so the firm cannot lift it.
    """

    __tablename__ = "membership"
    __table_args__ = (
        of_pool(),
        UniqueConstraint("pool_id", "account_id", "door", "company_id"),
        *link("company_id", "company"),
        CheckConstraint("answer IN ('refused','withdrawn')", name="answer"),
    )
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    company_id: Mapped[int]
    door: Mapped[str]
    role: Mapped[str]
    active: Mapped[bool] = mapped_column(server_default="true")
    called: Mapped[str | None]
    waits: Mapped[bool] = mapped_column(server_default="false")
    answer: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    shut_by_pool: Mapped[bool] = mapped_column(server_default="false")


class MembershipTeam(PoolRow, Noted, Base):
    """A team a member works in, also of several organisations; the default one comes first."""

    __tablename__ = "membership_team"
    __table_args__ = (
        UniqueConstraint("pool_id", "membership_id", "team_id"),
        *link("membership_id", "membership"),
        *link("team_id", "team"),
    )
    membership_id: Mapped[int]
    team_id: Mapped[int]
    is_default: Mapped[bool] = mapped_column(server_default="false")
    active: Mapped[bool] = mapped_column(server_default="true")


class RolePermission(PoolRow, Replaced, Base):
    """That a role may, or may not, do something: in one company, on a level, or everywhere.

    The narrowest standing row wins (company, then company kind, then everywhere); without one the
    role's own permissions hold (``shared.permissions``).
    """

    __tablename__ = "role_permission"
    __table_args__ = (
        of_pool(),
        *link("company_id", "company"),
        CheckConstraint("num_nonnulls(company_id, company_kind) <= 1", name="scope"),
        one_standing("role_permission", "role", "permission", "scope"),
    )
    role: Mapped[str]
    permission: Mapped[str]
    company_id: Mapped[int | None]
    company_kind: Mapped[str | None]
    allowed: Mapped[bool]
    reason: Mapped[str | None]
    scope: Mapped[str] = mapped_column(
        key_of("coalesce('c' || company_id::text, 'k' || company_kind, '*')")
    )


class CompanyModule(PoolRow, Replaced, Base):
    """That a company has a module of the software or not; without a row it has."""

    __tablename__ = "company_module"
    __table_args__ = (
        *link("company_id", "company"),
        one_standing("company_module", "company_id", "module"),
    )
    company_id: Mapped[int]
    module: Mapped[str]
    enabled: Mapped[bool]


class ContextKey(Base):
    """What the extranet's context is signed with: two secret blocks, for a day (see migrations)."""

    __tablename__ = "context_key"
    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    inner_block: Mapped[bytes] = mapped_column(LargeBinary)
    outer_block: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))


class WebSession(Base):
    """A signed-in browser; only the hash of its token is stored.

    ``factor_at``: when the second factor was given; until then it leads to that question alone.
    ``stepped_up_at``: when he last showed that it is still him. ``team_id``: where he works now.
    ``idle``: how long it may rest. ``challenge``: what a passkey has to sign, once. ``enrols``: it
    came from an invitation and leads to a second factor, then to the sign-in.
    """

    __tablename__ = "web_session"
    id: Mapped[BigId] = mapped_column(Identity(), primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    membership_id: Mapped[int]
    pool_id: Mapped[int]
    door: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    last_seen_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    revoked_at: Mapped[datetime | None]
    factor_at: Mapped[datetime | None]
    stepped_up_at: Mapped[datetime | None]
    team_id: Mapped[int | None]
    address: Mapped[str | None]
    agent: Mapped[str | None]
    idle: Mapped[timedelta] = mapped_column(server_default=text("'00:30:00'::interval"))
    challenge: Mapped[bytes | None] = mapped_column(LargeBinary)
    challenge_at: Mapped[datetime | None]
    enrols: Mapped[bool] = mapped_column(server_default="false")
