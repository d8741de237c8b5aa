"""A producer's record: who he is, and what was known of him when (features ECS-02 to 06, 33)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, func, literal, select, text

from pool_module.hierarchy.errors import (
    FirmUnknown,
    LevelUnknown,
    ProducerUnclear,
    ProducerUnknown,
)
from pool_module.hierarchy.queries.lists import level_name
from shared import scope
from shared.actor import Actor
from shared.db import Session
from shared.models.hierarchy import CareerLevel, Placement, Producer, ProducerStatus
from shared.models.pools import Company, Person
from shared.vocabulary import Language

Rows = Sequence[Any]  # rows by their names

STANDING = text("""
    SELECT d.id, d.code, d.name, d.kind, d.house, d.version, d.recorded_at, d.recorded_by,
           d.firm_id, f.name AS firm, f.country, pc.id AS payee_id, pc.name AS payee,
           n.first_name, n.last_name, n.email, n.phone,
           u.id AS parent_id, u.name AS parent, u.code AS parent_code, lower(p.valid) AS placed_on,
           l.id AS level_id, l.code AS level, l.name AS level_name, l.name_de AS level_de,
           l.name_uk AS level_uk, l.name_en AS level_en, lower(c.valid) AS level_since,
           coalesce(s.active, true) AS active, s.state, s.reason AS state_reason,
           lower(s.valid) AS state_since, g.code AS group_code, g.name AS group_name,
           r.rate AS reserve_rate
    FROM producer d
    LEFT JOIN company f ON f.pool_id = :pool AND f.id = d.firm_id
    LEFT JOIN person n ON n.pool_id = :pool AND n.id = d.person_id
    LEFT JOIN producer_payee y ON y.pool_id = :pool AND y.producer_id = d.id
        AND y.superseded_at IS NULL
    LEFT JOIN company pc ON pc.pool_id = :pool AND pc.id = y.company_id
    LEFT JOIN placement p ON p.pool_id = :pool AND p.producer_id = d.id
        AND p.superseded_at IS NULL AND p.valid @> :day
    LEFT JOIN producer u ON u.pool_id = :pool AND u.id = p.parent_id
    LEFT JOIN career c ON c.pool_id = :pool AND c.producer_id = d.id
        AND c.superseded_at IS NULL AND c.valid @> :day
    LEFT JOIN career_level l ON l.pool_id = :pool AND l.id = c.level_id
    LEFT JOIN producer_status s ON s.pool_id = :pool AND s.producer_id = d.id
        AND s.superseded_at IS NULL AND s.valid @> :day
    LEFT JOIN producer_group pg ON pg.pool_id = :pool AND pg.producer_id = d.id
        AND pg.superseded_at IS NULL AND pg.valid @> :day
    LEFT JOIN commission_group g ON g.pool_id = :pool AND g.id = pg.group_id
    LEFT JOIN producer_reserve r ON r.pool_id = :pool AND r.producer_id = d.id
        AND r.superseded_at IS NULL AND r.valid @> :day
    WHERE d.pool_id = :pool AND d.id = :producer
        AND coalesce(d.firm_id, 0) <> ALL ((SELECT hidden_companies())::int[])
""")
HISTORY = text("""
    SELECT * FROM (
        SELECT 'career' AS kind, c.id, lower(c.valid) AS first, upper(c.valid) AS ends,
               l.code AS value, l.name AS value_name, l.name_de AS value_de,
               l.name_uk AS value_uk, l.name_en AS value_en, CAST(NULL AS int) AS value_id,
               c.recorded_at, c.recorded_by, c.reason, c.superseded_at, c.superseded_by
        FROM career c JOIN career_level l ON l.pool_id = :pool AND l.id = c.level_id
        WHERE c.pool_id = :pool AND c.producer_id = :producer
        UNION ALL
        SELECT 'placement', p.id, lower(p.valid), upper(p.valid), u.code, u.name, NULL, NULL, NULL,
               u.id, p.recorded_at, p.recorded_by, p.reason, p.superseded_at, p.superseded_by
        FROM placement p JOIN producer u ON u.pool_id = :pool AND u.id = p.parent_id
        WHERE p.pool_id = :pool AND p.producer_id = :producer
        UNION ALL
        SELECT 'status', s.id, lower(s.valid), upper(s.valid),
               coalesce(s.state, CASE WHEN s.active THEN 'active' ELSE 'paused' END),
               NULL, NULL, NULL, NULL, NULL,
               s.recorded_at, s.recorded_by, s.reason, s.superseded_at, s.superseded_by
        FROM producer_status s WHERE s.pool_id = :pool AND s.producer_id = :producer
    ) x
    -- a row cut up by a later one and superseded at once never held alone
    ORDER BY superseded_at IS NOT NULL, first DESC NULLS LAST, recorded_at DESC, id DESC
""")
AGENCY = text("""
    SELECT a.number, i.name AS insurer, lower(a.valid) AS first, upper(a.valid) AS ends
    FROM agency_number a JOIN insurer i ON i.pool_id = :pool AND i.id = a.insurer_id
    WHERE a.pool_id = :pool AND a.producer_id = :producer AND a.superseded_at IS NULL
    ORDER BY i.name, a.number
""")
COUNTS = text("""
    -- by way of the contracts: row-level security says which are his who asks
    SELECT (SELECT count(DISTINCT h.contract_id) FROM contract_share h
                JOIN contract c ON c.pool_id = :pool AND c.id = h.contract_id
                WHERE h.pool_id = :pool AND h.producer_id = :producer
                AND h.superseded_at IS NULL) AS contracts,
           (SELECT count(*) FROM statement s JOIN producer_payee y ON y.pool_id = :pool
                AND y.company_id = s.company_id AND y.producer_id = :producer
                AND y.superseded_at IS NULL WHERE s.pool_id = :pool) AS statements
""")


@dataclass(frozen=True)
class Counts:
    """How much there is of a producer elsewhere."""

    contracts: int
    statements: int


def get_producer(
    session: Session, actor: Actor, producer_id: int, *, lock: bool = False
) -> Producer:
    """A producer by his id; ``lock`` holds the row until the end of the transaction.

    Raises:
        ProducerUnknown: there is none in the pool.
    """
    statement = select(Producer).where(
        Producer.pool_id == actor.pool_id,
        Producer.id == producer_id,
        scope.open_company(Producer.firm_id),
    )
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    found = session.scalars(statement).one_or_none()
    if found is None:
        raise ProducerUnknown
    return found


def get_person(session: Session, actor: Actor, person_id: int) -> Person:
    """A person of the pool by his id."""
    return session.scalars(
        select(Person).where(Person.pool_id == actor.pool_id, Person.id == person_id)
    ).one()


def get_standing(session: Session, actor: Actor, producer_id: int, day: date) -> Row[Any]:
    """All that holds for a producer on a day, as one row.

    Raises:
        ProducerUnknown: there is none in the pool.
    """
    found = session.execute(
        STANDING, {"pool": actor.pool_id, "producer": producer_id, "day": day}
    ).one_or_none()
    if found is None:
        raise ProducerUnknown
    return found


def history_of(session: Session, actor: Actor, producer_id: int) -> Rows:
    """Every version of a producer's level, placement and status: what stands first."""
    return session.execute(HISTORY, {"pool": actor.pool_id, "producer": producer_id}).all()


def agency_numbers_of(session: Session, actor: Actor, producer_id: int) -> Rows:
    """The numbers insurers know a producer by."""
    return session.execute(AGENCY, {"pool": actor.pool_id, "producer": producer_id}).all()


def counts_of(session: Session, actor: Actor, producer_id: int) -> Counts:
    """How many contracts within reach he has a share of, and statements his payee has."""
    row = session.execute(COUNTS, {"pool": actor.pool_id, "producer": producer_id}).one()
    return Counts(row.contracts, row.statements)


def get_level(session: Session, actor: Actor, level_id: int) -> CareerLevel:
    """A career level by its id.

    Raises:
        LevelUnknown: there is none in the pool.
    """
    found = session.scalars(
        select(CareerLevel).where(CareerLevel.pool_id == actor.pool_id, CareerLevel.id == level_id)
    ).one_or_none()
    if found is None:
        raise LevelUnknown
    return found


def level_choices(session: Session, actor: Actor, language: Language) -> Rows:
    """The career plan from the bottom: id and name in the reader's language."""
    return session.execute(
        select(CareerLevel.id, level_name(language).label("name"))
        .where(CareerLevel.pool_id == actor.pool_id)
        .order_by(CareerLevel.rank, CareerLevel.code)
    ).all()


def get_firm(session: Session, actor: Actor, firm_id: int) -> Company:
    """A firm of the pool by its id.

    Raises:
        FirmUnknown: there is none in the pool.
    """
    found = session.scalars(
        select(Company).where(
            Company.pool_id == actor.pool_id, Company.id == firm_id, scope.open_company(Company.id)
        )
    ).one_or_none()
    if found is None:
        raise FirmUnknown
    return found


def firms_of(session: Session, actor: Actor) -> Rows:
    """The pool's firms: id, name, country."""
    return session.execute(
        select(Company.id, Company.name, Company.country)
        .where(
            Company.pool_id == actor.pool_id,
            Company.kind != "insurer",
            scope.open_company(Company.id),
        )
        .order_by(Company.sort_key, Company.name)
    ).all()


def find_standing_parent(
    session: Session, actor: Actor, producer_id: int, first: date
) -> Row[Any] | None:
    """Who stands above a producer on a day or later: parent, name, since."""
    return session.execute(
        select(Placement.parent_id, Producer.name, func.lower(Placement.valid).label("since"))
        .join(
            Producer,
            (Producer.pool_id == Placement.pool_id) & (Producer.id == Placement.parent_id),
        )
        .where(
            Placement.pool_id == actor.pool_id,
            Placement.producer_id == producer_id,
            Placement.superseded_at.is_(None),
            Placement.valid.op("&&")(func.daterange(first, None)),
        )
        .order_by(func.lower(Placement.valid))
        .limit(1)
    ).first()


def active_on(session: Session, actor: Actor, producer_id: int, day: date) -> bool:
    """Tell whether a producer may take new business on a day (ECS-06)."""
    found = session.scalars(
        select(ProducerStatus.active).where(
            ProducerStatus.pool_id == actor.pool_id,
            ProducerStatus.producer_id == producer_id,
            ProducerStatus.superseded_at.is_(None),
            ProducerStatus.valid.op("@>")(day),
        )
    ).one_or_none()
    return True if found is None else found


def last_saved(session: Session, actor: Actor, producer_id: int) -> Row[Any] | None:
    """Who last changed a producer's master data, and when, by the journal."""
    return session.execute(
        text("""
            SELECT recorded_by, recorded_at FROM audit_entry
            WHERE pool_id = :pool AND subject = 'producer' AND subject_id = :producer
            ORDER BY id DESC LIMIT 1"""),
        {"pool": actor.pool_id, "producer": producer_id},
    ).first()


def find_by_words(session: Session, actor: Actor, words: str, most: int = 20) -> Rows:
    """Producers whose name or number has the words in it, for choosing one: id, code, name."""
    wanted = words.lower().split()
    here = func.lower(Producer.name + literal(" ") + Producer.code)
    return session.execute(
        select(Producer.id, Producer.code, Producer.name)
        .where(
            Producer.pool_id == actor.pool_id,
            scope.open_company(Producer.firm_id),
            *(here.contains(w, autoescape=True) for w in wanted),
        )
        .order_by(Producer.sort_key, Producer.id)
        .limit(most)
    ).all()


def get_by_words(session: Session, actor: Actor, words: str) -> Producer | None:
    """The one producer somebody names by number or name; None: nobody is named.

    Raises:
        ProducerUnclear: nobody, or more than one, is meant.
    """
    named = words.strip()
    if not named:
        return None
    # "VM-0012 · Kessler, Miriam", as it is offered
    code = named.partition(" · ")[0].strip()
    found = session.scalars(
        select(Producer).where(
            Producer.pool_id == actor.pool_id,
            Producer.code == code,
            scope.open_company(Producer.firm_id),
        )
    ).one_or_none()
    if found is not None:
        return found
    hits = find_by_words(session, actor, named)
    exact = [hit for hit in hits if hit.name.lower() == named.lower()]
    if len(exact or hits) != 1:
        raise ProducerUnclear(named, [f"{hit.name} ({hit.code})" for hit in hits[:4]])
    return get_producer(session, actor, (exact or hits)[0].id)
