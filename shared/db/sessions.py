"""A session is opened for an actor; every transaction of it carries his context.

The context is set transaction-locally by ``after_begin`` and read by row-level security. A session
without an actor can't begin: a silent empty result would settle a month as empty.
"""

from collections.abc import Iterable

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DataError, DBAPIError
from sqlalchemy.orm import Session, SessionTransaction

from shared.actor import Actor

# of app.organisations: no wall, and nothing behind it
EVERYTHING, NOTHING = "*", "none"
SEES = "organisations"  # of session.info: what the transaction's context came to
# the layer of organisations, and what is limited, are looked up once per transaction
SET_CONTEXT = text(
    "SELECT set_config('app.pool_id', :pool, true), set_config('app.firms', :firms, true), "
    "set_config('app.actor', :name, true), set_config('app.layer', layer, true), "
    "set_config('app.account', coalesce(CAST(CAST(:account AS int) AS text), ''), true), "
    "set_config('app.signature', :signature, true), "
    "set_config('app.organisations', CASE layer WHEN 'on' THEN :organisations ELSE '*' END, true) "
    "AS organisations, set_config('app.team', :team, true), "
    "set_config('app.hidden', CASE WHEN layer = 'off' OR NOT :limited THEN '' "
    "ELSE app_hidden(pool, CAST(:account AS int), CAST(nullif(:team, '') AS int), :firms) END, "
    "true) "
    "FROM (SELECT pool, coalesce(app_layer(pool), 'off') AS layer "
    "FROM CAST(CAST(:pool AS text) AS int) AS asked (pool)) AS of_pool"
).bindparams(organisations=EVERYTHING, team="", account=None, signature="", limited=True)

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


def has_no_wall(session: Session) -> bool:
    """Whether the database shows a session every organisation, or there are none.

    It said so when the transaction began, which costs no statement more.
    """
    session.connection()
    return bool(session.info[SEES] == EVERYTHING)


def is_unstorable(error: Exception) -> bool:
    """Tell whether a statement failed because a value given to it fits into no column."""
    return isinstance(error, DataError)


def is_walled_off(error: Exception) -> bool:
    """Tell whether a row was refused because it is of no organisation the actor works in."""
    return isinstance(error, DBAPIError) and 'security policy "wall"' in str(error.orig)


@event.listens_for(Session, "after_begin")
def _set_context(session: Session, _: SessionTransaction, connection: Connection) -> None:
    actor = actor_of(session)
    context = connection.execute(SET_CONTEXT, context_of(actor)).one()
    session.info[SEES] = context.organisations


def context_of(actor: Actor) -> dict[str, object]:
    """What a transaction of the actor tells row-level security."""
    within = actor.organisation_ids
    return {
        "pool": str(actor.pool_id),
        "firms": _listed(actor.firm_ids),
        "name": actor.name,
        "organisations": EVERYTHING if within is None else _listed(within) or NOTHING,
        "team": "" if actor.team_id is None else str(actor.team_id),
        "account": actor.account_id,
        "signature": actor.signature,
        "limited": actor.limited,
    }


def _listed(numbers: Iterable[int]) -> str:
    return ",".join(str(number) for number in sorted(numbers))
