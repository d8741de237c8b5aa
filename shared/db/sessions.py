"""A session is opened for an actor; every transaction of it carries his context.

The context is set transaction-locally by ``after_begin`` and read by row-level security. A session
without an actor can't begin: a silent empty result would settle a month as empty.
"""

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DataError
from sqlalchemy.orm import Session, SessionTransaction

from shared.actor import Actor

SET_CONTEXT = text(
    "SELECT set_config('app.pool_id', :pool, true), set_config('app.firms', :firms, true), "
    "set_config('app.actor', :name, true)"
)

SIGN = text("SELECT set_config('app.signature', :signature, true)")


def make_engine(url: str, *, size: int = 5) -> Engine:
    """Make an engine for one door's role.

    Args:
        url: ``postgresql://…`` as libpq writes it.
        size: connections kept.
    """
    return create_engine(
        url.replace("postgresql://", "postgresql+psycopg://", 1),
        pool_size=size,
        pool_pre_ping=True,
        pool_reset_on_return="rollback",
    )


def open_session(bind: Engine | Connection, actor: Actor) -> Session:
    """Open a session whose transactions act as ``actor``; one session per actor, never changed."""
    return Session(
        bind, info={"actor": actor}, join_transaction_mode="create_savepoint", autoflush=False
    )


def actor_of(session: Session) -> Actor:
    """The actor a session was opened for.

    Raises:
        RuntimeError: the session was opened without one.
    """
    actor = session.info.get("actor")
    if not isinstance(actor, Actor):
        raise RuntimeError("a database session needs an actor")  # noqa: TRY004
    return actor


def is_unstorable(error: Exception) -> bool:
    """Tell whether a statement failed because a value given to it fits into no column."""
    return isinstance(error, DataError)


@event.listens_for(Session, "after_begin")
def _set_context(session: Session, _: SessionTransaction, connection: Connection) -> None:
    actor = actor_of(session)
    firms = ",".join(str(firm) for firm in sorted(actor.firm_ids))
    connection.execute(
        SET_CONTEXT, {"pool": str(actor.pool_id), "firms": firms, "name": actor.name}
    )


@event.listens_for(Session, "after_begin")
def _sign_context(session: Session, _: SessionTransaction, connection: Connection) -> None:
    """Show the database's own signature: only the extranet's policies ask for it."""
    if signature := actor_of(session).signature:
        connection.execute(SIGN, {"signature": signature})
