"""Proofs and accounts of firms."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, func, select, update
from sqlalchemy.orm import Session

from admin_module.companies.errors import NoSuchBankChange, NoSuchProof
from shared.actor import Actor
from shared.models.contracts import Document
from shared.models.firms import BankChange, Proof
from shared.models.pools import Company, Person
from shared.scope import open_company
from shared.vocabulary import BankState, Door, ProofKind, ProofState


class Ending(NamedTuple):
    """A proof that ends, with its firm's name."""

    proof: Proof
    firm: str


def proofs_of(session: Session, actor: Actor, firm_id: int) -> list[Row[Any]]:
    """A firm's proofs with their document and person, the latest first."""
    return list(
        session.execute(
            select(
                Proof,
                Document.file_name,
                Document.title,
                func.concat_ws(", ", Person.last_name, Person.first_name).label("person"),
            )
            .outerjoin(
                Document,
                (Document.pool_id == Proof.pool_id) & (Document.id == Proof.document_id),
            )
            .outerjoin(Person, (Person.pool_id == Proof.pool_id) & (Person.id == Proof.person_id))
            .where(*_scope(actor), Proof.firm_id == firm_id)
            .order_by(Proof.kind, Proof.id.desc())
        )
    )


def get_proof(
    session: Session,
    actor: Actor,
    proof_id: int,
    *,
    lock: bool = False,
    firm_id: int | None = None,
) -> Proof:
    """A proof; with ``firm_id``, of that firm.

    Raises:
        NoSuchProof: there is none within reach.
    """
    query = select(Proof).where(*_scope(actor), Proof.id == proof_id)
    if firm_id is not None:
        query = query.where(Proof.firm_id == firm_id)
    if lock and actor.door is not Door.EXTRANET:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = session.scalars(query).one_or_none()
    if found is None:
        raise NoSuchProof
    return found


def edition_of(session: Session, actor: Actor, firm_id: int, kind: ProofKind) -> int:
    """How many proofs of a kind a firm has brought, with the next."""
    counted: int = session.execute(
        select(func.count())
        .select_from(Proof)
        .where(*_scope(actor), Proof.firm_id == firm_id, Proof.kind == kind)
    ).scalar_one()
    return counted + 1


def ending(session: Session, actor: Actor, until: date, since: date) -> list[Ending]:
    """Proofs that count and end in a stretch of days, with their firms.

    One that a later one has taken the place of tells nobody anything.
    """
    later = Proof.__table__.alias("later")
    follows = (
        select(later.c.id)
        .where(
            later.c.pool_id == Proof.pool_id,
            later.c.firm_id == Proof.firm_id,
            later.c.kind == Proof.kind,
            later.c.state == ProofState.ACCEPTED,
            later.c.id > Proof.id,
            func.coalesce(later.c.valid_until, date.max) > Proof.valid_until,
        )
        .exists()
    )
    rows = session.execute(
        select(Proof, Company.name)
        .join(Company, (Company.pool_id == Proof.pool_id) & (Company.id == Proof.firm_id))
        .where(
            *_scope(actor),
            Proof.state == ProofState.ACCEPTED,
            Proof.valid_until.between(since, until),
            Company.state == "active",
            ~follows,
        )
        .order_by(Proof.valid_until, Proof.id)
    )
    return [Ending(*row) for row in rows]


def bank_changes_of(session: Session, actor: Actor, firm_id: int) -> Sequence[BankChange]:
    """A firm's accounts, from the proposal on, the latest first."""
    return session.scalars(
        select(BankChange)
        .where(*_accounts(actor), BankChange.firm_id == firm_id)
        .order_by(BankChange.id.desc())
    ).all()


def get_bank_change(
    session: Session,
    actor: Actor,
    change_id: int,
    *,
    lock: bool = False,
    firm_id: int | None = None,
) -> BankChange:
    """New bank details; with ``firm_id``, of that firm.

    Raises:
        NoSuchBankChange: there are none within reach.
    """
    query = select(BankChange).where(*_accounts(actor), BankChange.id == change_id)
    if firm_id is not None:
        query = query.where(BankChange.firm_id == firm_id)
    if lock and actor.door is not Door.EXTRANET:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = session.scalars(query).one_or_none()
    if found is None:
        raise NoSuchBankChange
    return found


def decide_bank_change(
    session: Session, actor: Actor, change_id: int, state: BankState, note: str | None
) -> BankChange:
    """Write what was decided about new bank details; who decided, the database writes itself."""
    session.execute(
        update(BankChange)
        .where(*_accounts(actor), BankChange.id == change_id)
        .values(state=state, decided_note=note)
        if actor.door is not Door.EXTRANET
        else update(BankChange)
        .where(*_accounts(actor), BankChange.id == change_id)
        .values(state=state)
    )
    session.expire_all()
    return get_bank_change(session, actor, change_id)


def find_open_bank_change(session: Session, actor: Actor, firm_id: int) -> BankChange | None:
    """New bank details that are not in effect yet."""
    return session.scalars(
        select(BankChange).where(
            *_accounts(actor),
            BankChange.firm_id == firm_id,
            BankChange.state.in_([BankState.PROPOSED, BankState.APPROVED]),
        )
    ).one_or_none()


def _scope(actor: Actor) -> list[ColumnElement[bool]]:
    own = Proof.firm_id.in_(actor.firm_ids)
    limit = own if actor.door is Door.EXTRANET else open_company(Proof.firm_id)
    return [Proof.pool_id == actor.pool_id, limit]


def _accounts(actor: Actor) -> list[ColumnElement[bool]]:
    own = BankChange.firm_id.in_(actor.firm_ids)
    limit = own if actor.door is Door.EXTRANET else open_company(BankChange.firm_id)
    return [BankChange.pool_id == actor.pool_id, limit]
