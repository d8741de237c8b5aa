"""Insurers, written by people."""

from dataclasses import asdict, dataclass

from pool_module.products import queries
from pool_module.products.errors import CodeTaken
from pool_module.products.queries import insurers
from pool_module.products.queries import range as range_queries
from shared import audit
from shared.actor import Actor
from shared.db import Session
from shared.models.products import Insurer


@dataclass(frozen=True, kw_only=True)
class InsurerValues:
    """What is kept of an insurer."""

    code: str
    name: str
    country: str
    street: str | None = None
    postcode: str | None = None
    city: str | None = None
    email: str | None = None
    phone: str | None = None
    note: str | None = None


def create_insurer(session: Session, actor: Actor, values: InsurerValues) -> Insurer:
    """Take an insurer into the pool.

    Raises:
        CodeTaken: another one has its code.
    """
    taken = queries.find_insurer(session, actor, values.code)
    if taken is not None:
        raise CodeTaken(values.code, taken.name)
    insurer = Insurer(pool_id=actor.pool_id, **asdict(values))
    session.add(insurer)
    session.flush()
    audit.write(session, "created", "insurer", insurer.id, new=asdict(values))
    return insurer


def edit_insurer(
    session: Session, actor: Actor, insurer_id: int, values: InsurerValues, *, version: int
) -> Insurer:
    """Change what is kept of an insurer.

    Args:
        session: the transaction.
        actor: who.
        insurer_id: which.
        values: all of it, as it is to be.
        version: of the insurer when it was opened.

    Raises:
        Conflict: somebody saved it since.
        CodeTaken: another one has its code.
    """
    insurer = insurers.get_insurer(session, actor, insurer_id, lock=True)
    if insurer.version != version:
        raise queries.conflict(session, actor, "insurer", insurer)
    taken = range_queries.find_insurer_in_the_way(session, actor, values.code, insurer_id)
    if taken is not None:
        raise CodeTaken(values.code, taken.name)
    wanted = asdict(values)
    old = {name: getattr(insurer, name) for name in wanted}
    changed = {name for name in wanted if old[name] != wanted[name]}
    if changed:
        for name in changed:
            setattr(insurer, name, wanted[name])
        session.flush()
        audit.write(
            session,
            "changed",
            "insurer",
            insurer_id,
            old={name: old[name] for name in changed},
            new={name: wanted[name] for name in changed},
        )
    return insurer
