"""Organisations, divisions and teams: lists, one of them, what is above it."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Row, and_, func, select, text
from sqlalchemy.orm import Session

from admin_module.organisations.errors import NoSuchUnit
from shared.actor import Actor
from shared.errors import Conflict
from shared.models.kit import AuditEntry
from shared.models.pools import Company, Division, Organisation, Pool, Team
from shared.vocabulary import Unit

AnyUnit = Organisation | Division | Team
MODELS: Final[dict[Unit, Any]] = {
    Unit.ORGANISATION: Organisation,
    Unit.DIVISION: Division,
    Unit.TEAM: Team,
}
# what is above a unit, and how much it holds
LISTED: Final = {
    Unit.ORGANISATION: text("""
        SELECT o.id, o.name, o.active, o.city, o.is_default, NULL::int AS parent_id,
            NULL::text AS parent, NULL::text AS top, o.id AS organisation_id,
            (SELECT count(*) FROM division d WHERE d.pool_id = o.pool_id
                AND d.organisation_id = o.id) AS inside
        FROM organisation o
        WHERE o.pool_id = :pool AND (CAST(:of AS int) IS NULL OR o.id = :of)
        ORDER BY o.active DESC, o.is_default DESC, lower(o.name), o.id"""),
    Unit.DIVISION: text("""
        SELECT d.id, d.name, d.active, d.city, false AS is_default, o.id AS parent_id,
            o.name AS parent, NULL::text AS top, o.id AS organisation_id,
            (SELECT count(*) FROM team t WHERE t.pool_id = d.pool_id
                AND t.division_id = d.id) AS inside
        FROM division d
        LEFT JOIN organisation o ON o.pool_id = d.pool_id AND o.id = d.organisation_id
        WHERE d.pool_id = :pool AND (CAST(:of AS int) IS NULL OR d.organisation_id = :of)
        ORDER BY d.active DESC, lower(d.name), d.id"""),
    Unit.TEAM: text("""
        SELECT t.id, t.name, t.active, t.city, false AS is_default, d.id AS parent_id,
            d.name AS parent, o.name AS top, o.id AS organisation_id,
            (SELECT count(*) FROM membership_team m WHERE m.pool_id = t.pool_id
                AND m.team_id = t.id AND m.active) AS inside
        FROM team t
        JOIN division d ON d.pool_id = t.pool_id AND d.id = t.division_id
        LEFT JOIN organisation o ON o.pool_id = d.pool_id AND o.id = d.organisation_id
        WHERE t.pool_id = :pool AND (CAST(:of AS int) IS NULL OR d.organisation_id = :of)
        ORDER BY t.active DESC, lower(o.name), lower(d.name), lower(t.name), t.id"""),
}


def is_enabled(session: Session, actor: Actor) -> bool:
    """Whether the pool has organisations."""
    found = session.execute(select(Pool.organisations_on).where(Pool.id == actor.pool_id))
    return bool(found.scalar_one_or_none())


def pool_company(session: Session, actor: Actor) -> str:
    """The name of the company that runs the pool; without one the pool's."""
    return session.execute(
        select(func.coalesce(Company.name, Pool.name))
        .select_from(Pool)
        .outerjoin(Company, and_(Company.pool_id == Pool.id, Company.id == Pool.operator_id))
        .where(Pool.id == actor.pool_id)
    ).scalar_one()


def find_default(session: Session, actor: Actor) -> Organisation | None:
    """The default organisation."""
    return session.scalars(
        select(Organisation).where(Organisation.pool_id == actor.pool_id, Organisation.is_default)
    ).one_or_none()


def units(
    session: Session, actor: Actor, kind: Unit, *, of: int | None = None
) -> Sequence[Row[Any]]:
    """The units of a kind with what is above them, active ones first.

    Rows: id, name, active, city, is_default, parent_id, parent, top, organisation_id, inside.

    Args:
        session: the transaction.
        actor: whose pool.
        kind: organisations, divisions or teams.
        of: only those of one organisation.
    """
    return session.execute(LISTED[kind], {"pool": actor.pool_id, "of": of}).all()


def choices(session: Session, actor: Actor, kind: Unit) -> list[tuple[int, str]]:
    """Active units by id and full path, for choosing one."""
    return [(row.id, path_of(row)) for row in units(session, actor, kind) if row.active]


def path_of(row: Any) -> str:
    """A unit's names from the top."""
    return " / ".join(name for name in (row.top, row.parent, row.name) if name)


def get_unit(
    session: Session, actor: Actor, kind: Unit, number: int, *, lock: bool = False
) -> AnyUnit:
    """A unit; ``lock`` holds it until the end of the transaction.

    Raises:
        NoSuchUnit: the pool has none.
    """
    model = MODELS[kind]
    query = select(model).where(model.pool_id == actor.pool_id, model.id == number)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found: AnyUnit | None = session.scalars(query).one_or_none()
    if found is None:
        raise NoSuchUnit
    return found


def find_named(
    session: Session, actor: Actor, kind: Unit, name: str, parent_id: int | None
) -> int | None:
    """The unit that is called so; teams of other divisions may be."""
    model = MODELS[kind]
    query = select(model.id).where(model.pool_id == actor.pool_id, model.name == name)
    if kind is Unit.TEAM:
        query = query.where(Team.division_id == parent_id)
    found: int | None = session.execute(query).scalar_one_or_none()
    return found


def parent_of(session: Session, actor: Actor, kind: Unit, unit: Any) -> AnyUnit | None:
    """What a unit is in; a division of a pool without organisations is in none."""
    above = {Unit.DIVISION: Unit.ORGANISATION, Unit.TEAM: Unit.DIVISION}.get(kind)
    number = {
        Unit.DIVISION: getattr(unit, "organisation_id", None),
        Unit.TEAM: getattr(unit, "division_id", None),
    }.get(kind)
    return get_unit(session, actor, above, number) if above and number else None


def first_team(session: Session, actor: Actor) -> int | None:
    """The oldest active team of the default organisation."""
    found: int | None = session.execute(
        text("""
            SELECT t.id FROM team t
            JOIN division d ON d.pool_id = t.pool_id AND d.id = t.division_id AND d.active
            JOIN organisation o ON o.pool_id = d.pool_id AND o.id = d.organisation_id
                AND o.is_default
            WHERE t.pool_id = :pool AND t.active ORDER BY t.id LIMIT 1"""),
        {"pool": actor.pool_id},
    ).scalar_one_or_none()
    return found


def give_divisions(session: Session, actor: Actor, organisation_id: int) -> int:
    """Put every division that is in no organisation into one; returns how many."""
    given = session.execute(
        text("""
            UPDATE division SET organisation_id = :organisation
            WHERE pool_id = :pool AND organisation_id IS NULL"""),
        {"pool": actor.pool_id, "organisation": organisation_id},
    )
    return int(given.rowcount)  # type: ignore[attr-defined]


def report(session: Session, actor: Actor) -> Mapping[str, int]:
    """What the layer would touch, counted by the database past every wall."""
    assert actor.pool_id
    row = session.execute(text("SELECT * FROM layer_report()")).mappings().one()
    return {name: int(value) for name, value in row.items()}


def seat_members(session: Session, actor: Actor, team_id: int) -> int:
    """Put the staff that is in no team into one; returns how many."""
    assert actor.pool_id
    seated: int = session.execute(
        text("SELECT seat_members(:team)"), {"team": team_id}
    ).scalar_one()
    return seated


def books(session: Session, actor: Actor) -> Sequence[Row[Any]]:
    """What the books say, to hold before against after: by currency, statements and accounts.

    Rows: currency, statements, paid_out, closing, reserve, posted (the sum over all accounts of
    payees; what is booked on events sums to zero by itself).
    """
    return session.execute(
        text("""
            SELECT s.currency, count(*) AS statements, sum(s.payout) AS paid_out,
                sum(s.closing) AS closing, sum(s.reserve_closing) AS reserve,
                (SELECT coalesce(sum(a.amount), 0) FROM account_posting a
                    WHERE a.pool_id = :pool AND a.currency = s.currency) AS posted
            FROM statement s WHERE s.pool_id = :pool
            GROUP BY s.currency ORDER BY s.currency"""),
        {"pool": actor.pool_id},
    ).all()


def conflict(session: Session, actor: Actor, kind: Unit, unit: Any, names: Any) -> Conflict:
    """Who saved a unit since somebody opened it, and what stands by now."""
    last = session.scalars(
        select(AuditEntry)
        .where(
            AuditEntry.pool_id == actor.pool_id,
            AuditEntry.subject == kind.value,
            AuditEntry.subject_id == unit.id,
        )
        .order_by(AuditEntry.id.desc())
        .limit(1)
    ).one_or_none()
    return Conflict(
        {name: getattr(unit, name) for name in names},
        who=last.recorded_by if last else "–",
        when=last.recorded_at if last else None,
        version=unit.version,
    )
