"""Engines, sessions and the context a transaction runs in."""

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from shared.db.sessions import (
    actor_of,
    is_unstorable,
    is_walled_off,
    make_engine,
    open_session,
)

__all__ = [
    "Engine",
    "Session",
    "actor_of",
    "is_unstorable",
    "is_walled_off",
    "make_engine",
    "open_session",
]
