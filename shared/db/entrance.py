"""What stands at the doors, asked of functions of the database: each answers one question.

Whose session or link it is, a token tells, whose hash is given. Each call is a transaction of its
own: what failed stays counted, whatever becomes of the request.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, Row, text
from sqlalchemy.orm import Session

from shared.db.sessions import actor_of


@dataclass(frozen=True)
class Factor:
    """A second factor of somebody.

    Attributes:
        kind: ``passkey`` or ``totp``.
        secret: of codes, encrypted by the key ``key_id``.
    """

    id: int
    kind: str
    name: str
    secret: bytes | None
    key_id: str | None
    credential_id: bytes | None
    public_key: bytes | None
    sign_count: int
    transports: str
    created_at: datetime
    used_at: datetime | None


@dataclass(frozen=True)
class Owner:
    """Whose session it is, with his factors.

    Attributes:
        enrols: it came from an invitation and opens nothing.
    """

    account_id: int
    enrols: bool
    factors: tuple[Factor, ...]

    def of_kind(self, kind: str) -> tuple[Factor, ...]:
        """His factors of a kind."""
        return tuple(factor for factor in self.factors if factor.kind == kind)


@dataclass(frozen=True)
class Place:
    """One of somebody's own sessions: where he is signed in."""

    id: int
    created_at: datetime
    last_seen_at: datetime
    address: str | None
    agent: str | None
    here: bool
    firm: str


@dataclass(frozen=True)
class Link:
    """What a one-time link is: open, used, expired, finished or other_door, and whose."""

    state: str
    name: str
    email: str
    pool_name: str
    company_name: str | None


def find_owner(engine: Engine, token: bytes) -> Owner | None:
    """Whose session it is."""
    rows = _rows(engine, "SELECT * FROM own_factors(:token)", token=token)
    if not rows:
        return None
    found = tuple(Factor(*tuple(row)[:11]) for row in rows if row.id is not None)
    return Owner(rows[0].account_id, rows[0].enrols, found)


def codes_left(engine: Engine, token: bytes) -> int:
    """How many recovery codes are left."""
    return int(_ask(engine, "SELECT codes_left(:token)", token=token))


def factor_wait(engine: Engine, token: bytes) -> int:
    """Seconds until a second factor may be tried again."""
    return int(_ask(engine, "SELECT factor_wait(:token)", token=token) or 0)


def factor_failed(engine: Engine, token: bytes) -> None:
    """Count a wrong second factor."""
    _ask(engine, "SELECT factor_failed(:token)", token=token)


def take_totp(engine: Engine, token: bytes, factor_id: int, step: int) -> bool:
    """Take the code of a step, once."""
    values = {"token": token, "factor": factor_id, "step": step}
    return bool(_ask(engine, "SELECT take_totp(:token, :factor, :step)", **values))


def take_code(engine: Engine, token: bytes, code_hash: bytes) -> bool:
    """Take a recovery code, once."""
    return bool(_ask(engine, "SELECT take_code(:token, :hash)", token=token, hash=code_hash))


def take_passkey(engine: Engine, token: bytes, factor_id: int, count: int) -> bool:
    """Note the use of a passkey; False when its counter stands still: somebody has a copy."""
    values = {"token": token, "factor": factor_id, "count": count}
    return bool(_ask(engine, "SELECT take_passkey(:token, :factor, :count)", **values))


def put_challenge(engine: Engine, token: bytes, challenge: bytes) -> bool:
    """Keep what the next answer of a passkey has to sign."""
    values = {"token": token, "drawn": challenge}
    return bool(_ask(engine, "SELECT put_challenge(:token, :drawn)", **values))


def take_challenge(engine: Engine, token: bytes) -> bytes | None:
    """What an answer has to sign; taken away while it is read."""
    found = _rows(engine, "SELECT take_challenge(:token)", token=token)
    return bytes(found[0][0]) if found and found[0][0] is not None else None


def add_totp(
    engine: Engine, token: bytes, name: str, *, sealed: bytes, key_id: str, step: int
) -> bool:
    """Add an app whose first code was right; that code is used up."""
    values = {"token": token, "name": name, "sealed": sealed, "key": key_id, "step": step}
    return bool(_ask(engine, "SELECT add_totp(:token, :name, :sealed, :key, :step)", **values))


def add_passkey(
    engine: Engine, token: bytes, name: str, *, credential_id: bytes, public_key: bytes,
    sign_count: int, transports: str,
) -> bool:  # fmt: skip
    """Add a passkey; False when somebody has it, or this session may not."""
    values = {
        "token": token, "name": name, "credential": credential_id, "public": public_key,
        "count": sign_count, "ways": transports,
    }  # fmt: skip
    asked = "SELECT add_passkey(:token, :name, :credential, :public, :count, :ways)"
    return bool(_ask(engine, asked, **values))


def remove_factor(engine: Engine, token: bytes, factor_id: int) -> bool:
    """Remove a factor; False when it is the last one, or none of his."""
    values = {"token": token, "factor": factor_id}
    return bool(_ask(engine, "SELECT remove_factor(:token, CAST(:factor AS int))", **values))


def replace_codes(engine: Engine, token: bytes, hashes: Sequence[bytes]) -> bool:
    """Keep new recovery codes; those before are worth nothing."""
    values = {"token": token, "hashes": list(hashes)}
    return bool(_ask(engine, "SELECT replace_codes(:token, :hashes)", **values))


def change_password(engine: Engine, token: bytes, password_hash: str) -> bool:
    """Change the password of a session that was proved just now; all others end."""
    values = {"token": token, "hash": password_hash}
    return bool(_ask(engine, "SELECT change_password(:token, :hash)", **values))


def own_hash(engine: Engine, token: bytes) -> str | None:
    """What the password of a session's owner is held against."""
    found: str | None = _ask(engine, "SELECT own_hash(:token)", token=token)
    return found


def ask_email(engine: Engine, token: bytes, email: str) -> bool:
    """Ask for another e-mail address: a link goes there, a word to the old one."""
    values = {"token": token, "email": email}
    return bool(_ask(engine, "SELECT ask_email(:token, :email)", **values))


def own_sessions(engine: Engine, token: bytes) -> list[Place]:
    """Where the session's owner is signed in, this one first."""
    return [Place(*tuple(row)) for row in _rows(engine, "SELECT * FROM own_sessions(:t)", t=token)]


def end_own_sessions(engine: Engine, token: bytes, which: int | None) -> int:
    """End one of the owner's sessions, or all others (None); how many ended."""
    values = {"token": token, "which": which}
    return int(_ask(engine, "SELECT end_own_sessions(:token, :which)", **values))


def ask_reset(engine: Engine, email: str) -> None:
    """Ask for a link to a new password: a job finds out whether there is somebody."""
    _ask(engine, "SELECT ask_reset(:email)", email=email)


def may_come(engine: Engine, address: str) -> int:
    """Count somebody who comes from an address; seconds until he may again."""
    return int(_ask(engine, "SELECT may_come(:address)", address=address))


def find_link(engine: Engine, token: bytes, purpose: str) -> Link | None:
    """What a one-time link is."""
    asked = "SELECT * FROM look_at_link(:token, :purpose)"
    rows = _rows(engine, asked, token=token, purpose=purpose)
    return Link(*tuple(rows[0])) if rows else None


def accept_invitation(
    engine: Engine, token: bytes, password_hash: str, *, session: bytes, address: str, agent: str
) -> bool:
    """Use an invitation: the password is chosen, a session leads to the second factor."""
    values = {
        "token": token, "hash": password_hash, "session": session, "address": address,
        "agent": agent,
    }  # fmt: skip
    asked = "SELECT accept_invitation(:token, :hash, :session, :address, :agent)"
    return bool(_ask(engine, asked, **values))


def reset_password(engine: Engine, token: bytes, password_hash: str) -> bool:
    """Use a link to a new password; all sessions end, the second factor stays."""
    values = {"token": token, "hash": password_hash}
    return bool(_ask(engine, "SELECT reset_password(:token, :hash)", **values))


def confirm_email(engine: Engine, token: bytes) -> bool | None:
    """Use the link sent to a new address; False: another login has it, None: no good link."""
    found: bool | None = _ask(engine, "SELECT confirm_email(:token)", token=token)
    return found


def ask_invitation(engine: Engine, token: bytes) -> None:
    """Have an invitation that came too late sent again, to the same address."""
    _ask(engine, "SELECT ask_invitation(:token)", token=token)


def words_around(engine: Engine, token: bytes) -> list[str]:
    """What a password of somebody must not be made of; his session's or his link's token."""
    found: list[str] = _ask(engine, "SELECT words_around(:token)", token=token)
    return found


def put_mail(
    session: Session, *, recipient: str, name: str, language: str, kind: str, door: str,
    **told: str,
) -> None:  # fmt: skip
    """Have a message sent once the transaction stands; its words are those of ``shared.mail``.

    Args:
        session: of the pool it is about.
        recipient: the address; the person need not have a login.
        name: how he is greeted.
        language: his.
        kind: one of ``shared.mail.LETTERS``.
        door: whose address stands in it.
        told: what the text is filled with.
    """
    assert actor_of(session).pool_id
    session.execute(
        text("SELECT put_word(:recipient, :name, :language, :kind, :door, CAST(:told AS jsonb))"),
        {
            "recipient": recipient, "name": name, "language": language, "kind": kind,
            "door": door, "told": json.dumps(told),
        },
    )  # fmt: skip


def _ask(engine: Engine, question: str, **values: object) -> Any:
    with engine.begin() as connection:
        return connection.execute(text(question), values).scalar()


def _rows(engine: Engine, question: str, **values: object) -> Sequence[Row[Any]]:
    with engine.begin() as connection:
        return connection.execute(text(question), values).all()
