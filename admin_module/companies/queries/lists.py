"""The lists of companies and of people."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    DateTime,
    Integer,
    Text,
    and_,
    case,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy import (
    Column as Plain,
)
from sqlalchemy.orm import Session

from admin_module.companies.queries import scope
from shared.actor import Actor
from shared.db import actor_of
from shared.db.listing import Column, Filter, Listing, Operator, Shape
from shared.models.firms import BankChange, Proof
from shared.models.hierarchy import Producer
from shared.models.pools import Company
from shared.sorting import prefix_key
from shared.vocabulary import (
    BankState,
    CompanyKind,
    CompanyState,
    Gate,
    PersonState,
    ProofKind,
    ProofResult,
    ProofState,
)

# what a list of firms can be asked for: proofs, and what else makes a firm able to work
PROVED = (ProofKind.REGISTER, ProofKind.INDEMNITY, ProofKind.AGREEMENT)
PLACE, USERS, CHECK = "place", "users", "check"
# as people_known() tells it: the pool refused, the firm took it back, the pool switched off
REFUSED, WITHDRAWN, SHUT = "refused", "withdrawn", "shut"
MISSING = (*(kind.value for kind in PROVED), Gate.BANK.value, PLACE, USERS)
INTERMEDIARIES = (
    CompanyKind.SUPERGROUP,
    CompanyKind.GROUP,
    CompanyKind.SUBGROUP,
    CompanyKind.FIRM,
    CompanyKind.PARTNER,
)


def known_people() -> Any:
    """Who may come in, as a table: staff see their pool's, a firm its own people."""
    return (
        func.people_known()
        .table_valued(
            Plain("id", Integer), Plain("account_id", Integer), Plain("email", Text),
            Plain("name", Text), Plain("language", Text), Plain("company_id", Integer),
            Plain("door", Text), Plain("role", Text), Plain("active", Boolean),
            Plain("last_seen_at", DateTime(timezone=True)), Plain("sessions", Integer),
            Plain("invited", Boolean), Plain("waits", Boolean), Plain("answer", Text),
            Plain("written_as", Text),
        )
        .alias("known")
    )  # fmt: skip


def company_list(session: Session, actor: Actor, day: date) -> Listing:
    """Companies with what is missing of each, and how many of their people may come in."""
    assert actor == actor_of(session)
    known = known_people()
    users = (
        select(known.c.company_id, func.count().label("number"))
        .where(known.c.active)
        .group_by(known.c.company_id)
        .subquery()
    )
    asked = Company.kind.in_([kind.value for kind in INTERMEDIARIES])
    lacking = _lacking(day, users.c.number)
    count: Any = sum(
        (case((and_(asked, each), 1), else_=0) for each in lacking.values()),
        start=literal(0),
    )
    conditions = {
        name: and_(asked, Company.state == CompanyState.ACTIVE, each)
        for name, each in {**lacking, CHECK: _to_check()}.items()
    }

    def missing(_: Operator, values: Sequence[Any]) -> ColumnElement[bool]:
        chosen = [conditions[value] for value in values if value in conditions]
        return or_(*chosen) if chosen else Company.id.is_not(None)

    return Listing(
        name="companies",
        source=select()
        .select_from(Company)
        .outerjoin(users, users.c.company_id == Company.id)
        .where(*scope(actor)),
        id=Company.id,
        columns=(
            Column("name", Company.name, sort=Company.sort_key),
            Column("code", Company.code, Shape.ID, sort=Company.code),
            Column("kind", Company.kind, Shape.CODE),
            Column("type", Company.intermediary_type, Shape.CODE),
            Column("state", Company.state, Shape.CODE),
            Column("missing", count, Shape.TEXT),
            Column("users", func.coalesce(users.c.number, 0), Shape.TEXT),
            Column("country", Company.country, Shape.ID),
            Column("city", Company.city),
            Column("register_number", Company.register_number, Shape.ID),
            Column("email", Company.email),
        ),
        filters=(
            Filter("q", Company.sort_key, Shape.TEXT, key=_name_prefix),
            Filter("kind", Company.kind, Shape.CODE),
            Filter("type", Company.intermediary_type, Shape.CODE),
            Filter("state", Company.state, Shape.CODE),
            Filter("country", Company.country, Shape.CODE),
            Filter("missing", Company.id, Shape.CODE, condition=missing),
        ),
        extra={"intermediary": asked},
    )


def people_list(session: Session, actor: Actor) -> Listing:
    """Who may come in, where and as what; how they are."""
    assert actor == actor_of(session)
    known = known_people()
    state = person_state(known)

    def begins(_: Operator, values: Sequence[Any]) -> ColumnElement[bool]:
        # a double name is two words; so few people are looked through, no index is needed
        words = func.concat(" ", func.translate(func.lower(known.c.name), "-", " "))
        email = func.lower(known.c.email)
        asked = [" ".join(str(value).lower().replace("-", " ").split()) for value in values]
        mails = [str(value).strip().lower() for value in values]
        return or_(
            *(words.contains(f" {text}", autoescape=True) for text in asked),
            *(email.startswith(text, autoescape=True) for text in mails),
        )

    return Listing(
        name="people",
        source=select()
        .select_from(known)
        .join(Company, and_(Company.pool_id == actor.pool_id, Company.id == known.c.company_id))
        .where(*scope(actor)),
        id=known.c.id,
        columns=(
            Column("name", known.c.name, sort=known.c.name),
            Column("email", known.c.email, sort=known.c.email),
            Column("company", Company.name, sort=Company.sort_key),
            Column("role", known.c.role, Shape.CODE),
            Column("state", state, Shape.CODE),
            Column("last_seen_at", known.c.last_seen_at, Shape.MOMENT, sort=known.c.last_seen_at),
            Column("sessions", known.c.sessions, Shape.COUNT),
            Column("door", known.c.door, Shape.CODE),
        ),
        filters=(
            Filter("role", known.c.role, Shape.CODE),
            Filter("door", known.c.door, Shape.CODE),
            Filter("state", state, Shape.CODE),
            Filter("company", known.c.company_id, Shape.COUNT),
            Filter("q", func.lower(known.c.name), Shape.TEXT, key=str.lower, condition=begins),
        ),
        extra={"active": known.c.active, "company_id": known.c.company_id},
    )


def person_state(known: Any) -> Any:
    """How somebody stands: to be let in or not, off, reading, without a password, or active."""
    return case(
        (known.c.waits, PersonState.WAITING.value),
        (known.c.answer == REFUSED, PersonState.REFUSED.value),
        (known.c.answer == WITHDRAWN, PersonState.WITHDRAWN.value),
        (~known.c.active, PersonState.OFF.value),
        (Company.state != CompanyState.ACTIVE, PersonState.EXIT.value),
        (known.c.invited, PersonState.INVITED.value),
        else_=PersonState.ACTIVE.value,
    )


def _lacking(day: date, users: Any) -> dict[str, ColumnElement[bool]]:
    proved = {kind.value: ~func.coalesce(_proved(kind, day), False) for kind in PROVED}
    # whoever has nobody above him stands at the top
    placed = (
        select(Producer.id)
        .where(Producer.pool_id == Company.pool_id, Producer.firm_id == Company.id)
        .exists()
    )
    paid = Company.intermediary_type.is_distinct_from("adviser")
    mediates = Company.intermediary_type.is_distinct_from("tip_giver")
    for kind in (ProofKind.REGISTER, ProofKind.INDEMNITY):
        proved[kind.value] = and_(mediates, proved[kind.value])
    return {
        **proved,
        Gate.BANK.value: and_(paid, Company.iban.is_(None)),
        PLACE: and_(paid, ~placed),
        USERS: func.coalesce(users, 0) == 0,
    }


def _proved(kind: ProofKind, day: date) -> Any:
    """Whether the proof that counts on a day holds: the latest one that has begun."""
    holds = and_(
        Proof.result == ProofResult.VALID,
        or_(Proof.valid_until.is_(None), Proof.valid_until >= day),
        *([Proof.signed_on <= day] if kind is ProofKind.AGREEMENT else []),
    )
    return (
        select(func.coalesce(holds, False))
        .where(
            Proof.pool_id == Company.pool_id,
            Proof.firm_id == Company.id,
            Proof.kind == kind,
            Proof.state == ProofState.ACCEPTED,
            Proof.valid_from <= day,
        )
        .order_by(Proof.valid_from.desc(), Proof.id.desc())
        .limit(1)
        .scalar_subquery()
    )


def _to_check() -> ColumnElement[bool]:
    """What a firm sent that nobody has decided about: proofs, or bank details."""
    proof = select(Proof.id).where(
        Proof.pool_id == Company.pool_id,
        Proof.firm_id == Company.id,
        Proof.state == ProofState.SUBMITTED,
    )
    account = select(BankChange.id).where(
        BankChange.pool_id == Company.pool_id,
        BankChange.firm_id == Company.id,
        BankChange.state == BankState.PROPOSED,
    )
    return or_(proof.exists(), account.exists())


def _name_prefix(typed: str) -> str:
    """The beginning of the sort keys of all names that begin as typed, whatever the accents."""
    letters = " ".join("".join(c if c.isalnum() else " " for c in typed).split())
    return prefix_key(letters)
