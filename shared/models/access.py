"""Logins and sessions. The apps have no grants here: definer functions answer what is asked."""

from datetime import datetime

from sqlalchemy import ForeignKey, Identity, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from shared.models.base import Base, BigId, PoolRow, Recorded, link, of_pool


class Account(Recorded, Base):
    """A login of a person; global, because it is read before a pool is known."""

    __tablename__ = "account"
    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password_hash: Mapped[str]
    language: Mapped[str] = mapped_column(server_default="de")
    active: Mapped[bool] = mapped_column(server_default="true")


class Membership(PoolRow, Recorded, Base):
    """What an account may do: a role behind one door, at one company of a pool."""

    __tablename__ = "membership"
    __table_args__ = (
        of_pool(),
        UniqueConstraint("pool_id", "account_id", "door", "company_id"),
        *link("company_id", "company"),
    )
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    company_id: Mapped[int]
    door: Mapped[str]
    role: Mapped[str]
    active: Mapped[bool] = mapped_column(server_default="true")


class WebSession(Base):
    """A signed-in browser; only the hash of its token is stored."""

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
