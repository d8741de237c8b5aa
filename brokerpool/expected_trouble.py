"""Trouble that is to be expected, as one line that says what to do; a bug keeps its traceback."""

import psycopg
import redis
from psycopg import errors
from sqlalchemy.exc import DBAPIError

from shared.errors import Refused


def one_line(error: BaseException) -> str | None:
    """The line for an error, or None when it is a bug."""
    if isinstance(error, DBAPIError) and error.orig is not None:
        error = error.orig
    if isinstance(error, Refused):
        return str(error)
    if isinstance(error, psycopg.Error):
        return _database(error)
    if isinstance(error, redis.ConnectionError):
        return f"The Redis server can't be reached ({_first(error)}): is REDIS_URL right?"
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}."
    return None


def _database(error: psycopg.Error) -> str | None:
    if isinstance(error, errors.InsufficientPrivilege):
        return (
            f"The database refuses it ({_first(error)}): the role lacks a right; "
            "`brokerpool migrate` grants what the portals and the worker need."
        )
    if isinstance(error, errors.LockNotAvailable):
        return "Another transaction holds what is needed: try again in a moment."
    if isinstance(error, errors.UndefinedTable):
        return f"The database is not up to date ({_first(error)}): run `brokerpool migrate`."
    if isinstance(error, psycopg.OperationalError) and error.sqlstate is None:
        return (
            f"The database can't be reached ({_first(error)}): is it running, and is "
            "DATABASE_URL right? Without it `brokerpool serve` runs one of its own."
        )
    return None


def _first(error: BaseException) -> str:
    """The first line of what the driver says; drivers never repeat the password."""
    text = str(error).strip() or type(error).__name__
    return text.splitlines()[0].rstrip(".:")
