"""What the gates ask of the database: a handful of statements for one firm or for all."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, case, distinct, func, select
from sqlalchemy.orm import Session

from shared.actor import Actor
from shared.gates.rules import ASKED_KINDS, HOURS, GatedFirm, Proven
from shared.models.firms import Proof
from shared.models.payees import PaymentHold
from shared.models.pools import Company, Person, Pool, day_of
from shared.vocabulary import Gate, ProofKind, ProofResult, ProofState


def gates_on(session: Session, actor: Actor) -> bool:
    """Whether the pool's gates are closed to who has not proved what he must."""
    return bool(
        session.execute(select(Pool.gates_on).where(Pool.id == actor.pool_id)).scalar_one_or_none()
    )


def read_one(session: Session, actor: Actor, firm_id: int, day: date) -> GatedFirm | None:
    """A firm as the gates see it on a day; None where it is not within reach."""
    return read(session, actor, day, [firm_id]).get(firm_id)


def read(
    session: Session, actor: Actor, day: date, firm_ids: Collection[int] | None = None
) -> dict[int, GatedFirm]:
    """Firms as the gates see them on a day.

    Args:
        session: the transaction.
        actor: who asks.
        day: the pool's day.
        firm_ids: these; None: all that the gates ask anything.
    """
    chosen: list[ColumnElement[bool]] = (
        [Company.id.in_(firm_ids)]
        if firm_ids is not None
        else [Company.kind.in_([kind.value for kind in ASKED_KINDS])]
    )
    companies = session.execute(
        select(
            Company.id, Company.name, Company.kind, Company.state, Company.country,
            Company.language, Company.intermediary_type, Company.natural_person,
            Company.collects_premiums, Company.register_number,
            Company.iban.is_not(None).label("has_account"),
            func.coalesce(
                Company.agreement_date, day_of(Company.recorded_at, actor.pool_id)
            ).label("since"),
        ).where(Company.pool_id == actor.pool_id, *chosen)
    ).all()  # fmt: skip
    ids = [row.id for row in companies] if firm_ids is not None else None
    proofs = _proofs(session, actor, day, ids)
    submitted = _submitted(session, actor, ids)
    people, untrained = _training(session, actor, day.year - 1, ids)
    return {
        row.id: GatedFirm(
            **row._asdict(),
            proofs=proofs.get(row.id, {}),
            submitted=frozenset(submitted.get(row.id, ())),
            people=people.get(row.id, 0),
            untrained=untrained(row.id),
        )
        for row in companies
    }


@dataclass(frozen=True)
class Held:
    """Why a payee's payouts are kept back.

    Attributes:
        cause: the gate; None: somebody of the pool decided it.
        reason: as it was written.
        since: since when.
    """

    company_id: int
    cause: Gate | None
    reason: str | None
    since: datetime


def held(
    session: Session,
    actor: Actor,
    *,
    company_ids: Collection[int] | None = None,
    known_at: datetime | None = None,
    day: date | None = None,
) -> dict[int, list[Held]]:
    """Why payees are on hold, by company.

    Args:
        session: the transaction.
        actor: who asks.
        company_ids: of these; None: of everybody.
        known_at: as it was known at a moment; None: as it stands.
        day: of what holds on a day; None: whatever stands.
    """
    query = select(
        PaymentHold.company_id, PaymentHold.cause, PaymentHold.reason, PaymentHold.recorded_at
    ).where(PaymentHold.pool_id == actor.pool_id)
    if company_ids is not None:
        query = query.where(PaymentHold.company_id.in_(company_ids))
    if day is not None:
        query = query.where(PaymentHold.valid.op("@>")(day))
    if known_at is None:
        query = query.where(PaymentHold.superseded_at.is_(None))
    else:
        gone = PaymentHold.superseded_at
        query = query.where(PaymentHold.recorded_at <= known_at, gone.is_(None) | (gone > known_at))
    found: dict[int, list[Held]] = defaultdict(list)
    for row in session.execute(query.order_by(PaymentHold.id)):
        cause = Gate(row.cause) if row.cause else None
        found[row.company_id].append(Held(row.company_id, cause, row.reason, row.recorded_at))
    return dict(found)


def _scope(actor: Actor, ids: Collection[int] | None) -> list[ColumnElement[bool]]:
    here = [Proof.pool_id == actor.pool_id]
    return here if ids is None else [*here, Proof.firm_id.in_(ids)]


def _proofs(
    session: Session, actor: Actor, day: date, ids: Collection[int] | None
) -> Mapping[int, Mapping[ProofKind, Proven]]:
    rows = session.execute(
        select(
            Proof.firm_id, Proof.kind, Proof.result, Proof.valid_from, Proof.valid_until,
            Proof.signed_on, Proof.number, Proof.id,
        )
        .where(
            *_scope(actor, ids),
            Proof.state == ProofState.ACCEPTED,
            Proof.kind != ProofKind.TRAINING,
            Proof.valid_from <= day,
        )
        .order_by(Proof.firm_id, Proof.kind, Proof.valid_from.desc(), Proof.id.desc())
    )  # fmt: skip
    found: dict[int, dict[ProofKind, Proven]] = defaultdict(dict)
    for row in rows:
        kind = ProofKind(row.kind)
        if kind in found[row.firm_id]:
            continue  # an earlier one: the latest that has begun counts
        found[row.firm_id][kind] = Proven(
            kind, ProofResult(row.result), row.valid_from, row.valid_until, row.signed_on,
            row.number, row.id,
        )  # fmt: skip
    return found


def _submitted(
    session: Session, actor: Actor, ids: Collection[int] | None
) -> Mapping[int, set[ProofKind]]:
    rows = session.execute(
        select(Proof.firm_id, Proof.kind)
        .distinct()
        .where(*_scope(actor, ids), Proof.state == ProofState.SUBMITTED)
    )
    found: dict[int, set[ProofKind]] = defaultdict(set)
    for firm, kind in rows:
        found[firm].add(ProofKind(kind))
    return found


def _training(
    session: Session, actor: Actor, year: int, ids: Collection[int] | None
) -> tuple[Mapping[int, int], Any]:
    """How many people firms have, and of how many of them last year's hours are missing."""
    here = [Person.pool_id == actor.pool_id]
    if ids is not None:
        here.append(Person.company_id.in_(ids))
    counted = select(Person.company_id, func.count()).where(*here).group_by(Person.company_id)
    people = {row[0]: row[1] for row in session.execute(counted)}
    per_person = (
        select(Proof.firm_id, Proof.person_id, func.sum(Proof.hours).label("hours"))
        .where(
            *_scope(actor, ids),
            Proof.state == ProofState.ACCEPTED,
            Proof.kind == ProofKind.TRAINING,
            Proof.result == ProofResult.VALID,
            Proof.year == year,
        )
        .group_by(Proof.firm_id, Proof.person_id)
        .having(func.sum(Proof.hours) >= HOURS)
        .subquery()
    )
    rows = session.execute(
        select(
            per_person.c.firm_id,
            func.bool_or(per_person.c.person_id.is_(None)),
            func.count(distinct(case((per_person.c.person_id.is_not(None),
                                      per_person.c.person_id)))),
        ).group_by(per_person.c.firm_id)
    )  # fmt: skip
    trained = {row[0]: (bool(row[1]), int(row[2])) for row in rows}

    def untrained(firm_id: int) -> int | None:
        everybody, some = trained.get(firm_id, (False, 0))
        if everybody:
            return 0
        return max(people.get(firm_id, 0) - some, 0) if some else None

    return people, untrained
