"""Agreements, kept by people: made, replaced from a day on, ended."""

from dataclasses import asdict
from datetime import date

from pool_module.agreements import operations
from pool_module.agreements.errors import AgreementReplaced, RuleDaysReversed
from pool_module.agreements.operations import KEY_LOCK
from pool_module.agreements.queries import incoming as queries
from pool_module.agreements.rules import AgreementValues
from shared import audit
from shared.actor import Actor
from shared.db import Session
from shared.db.facts import lock, overwrite, stretch
from shared.models.products import Agreement

SUBJECT = ("kind", "product_id", "line_id", "insurer_id")


def create_agreement(session: Session, actor: Actor, values: AgreementValues) -> Agreement:
    """Save an agreement where none of its kind and scope stands.

    Raises:
        OverlapRefused: one of the same kind and scope holds on some of its days.
        RuleDaysReversed: it ends before it begins.
    """
    _check(values.start, values.end)
    kept = {k: v for k, v in asdict(values).items() if k not in {"start", "end"}}
    agreement = Agreement(valid=stretch(values.start, values.end), **kept)
    operations.add_agreement(session, actor, agreement)
    audit.write(session, "created", "agreement", agreement.id, new=told(values))
    return agreement


def new_version(session: Session, actor: Actor, agreement_id: int, values: AgreementValues) -> None:
    """Agree anew from ``values.start`` on; what stood on those days is overwritten, as facts do.

    Args:
        session: the transaction.
        actor: who.
        agreement_id: the one it follows; kind and scope are its.
        values: what holds from then on.

    Raises:
        AgreementReplaced: somebody replaced or ended it since it was opened.
        RuleDaysReversed: it ends before it begins.
    """
    _check(values.start, values.end)
    lock(session, KEY_LOCK)
    old = _standing(session, actor, agreement_id)
    subject = {name: getattr(old, name) for name in SUBJECT}
    row = {k: v for k, v in asdict(values).items() if k not in {"start", "end", *SUBJECT}}
    before = told(values_of(old))
    overwrite(session, Agreement, subject, stretch(values.start, values.end), [row])
    session.expire(old)
    audit.write(
        session, "replaced", "agreement", agreement_id, old=before, new=told(values) | subject
    )


def end_agreement(session: Session, actor: Actor, agreement_id: int, day: date) -> None:
    """End an agreement: ``day`` is the first on which nothing is agreed any more.

    Raises:
        AgreementReplaced: somebody replaced or ended it since it was opened.
    """
    lock(session, KEY_LOCK)
    old = _standing(session, actor, agreement_id)
    subject = {name: getattr(old, name) for name in SUBJECT}
    overwrite(session, Agreement, subject, stretch(day, None), [])
    session.expire(old)
    audit.write(session, "ended", "agreement", agreement_id, new={"from": day.isoformat()})


def values_of(agreement: Agreement) -> AgreementValues:
    """What an agreement says, to begin another with."""
    names = set(AgreementValues.__dataclass_fields__) - {"start", "end"}
    return AgreementValues(
        start=agreement.valid.lower,
        end=agreement.valid.upper,
        **{name: getattr(agreement, name) for name in names},
    )


def told(values: AgreementValues) -> dict[str, object]:
    """An agreement as the journal keeps it."""
    found = asdict(values)
    for name in ("start", "end"):
        found[name] = found[name].isoformat() if found[name] else None
    for name in ("reserve_rate", "incoming_rate"):
        found[name] = None if found[name] is None else str(found[name])
    return {name: value for name, value in found.items() if value is not None}


def _check(start: date | None, end: date | None) -> None:
    if start and end and end <= start:
        raise RuleDaysReversed


def _standing(session: Session, actor: Actor, agreement_id: int) -> Agreement:
    agreement = queries.get_agreement(session, actor, agreement_id, lock=True)
    if agreement.superseded_at is not None:
        raise AgreementReplaced
    return agreement
