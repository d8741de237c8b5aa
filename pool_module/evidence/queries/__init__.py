"""Reading for an auditor: closed periods, lines drawn at random, who approved, what was written."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import RowMapping, and_, select, text

from pool_module.evidence.errors import NoSuchSample
from shared.actor import Actor
from shared.db import Session
from shared.models.contracts import Document
from shared.models.ledger import Period, SettlementRun
from shared.models.pools import Pool

# as many statements as lines are wanted, then a line of each, by the hash of seed and number: the
# same seed draws the same lines again, and nobody can choose them
DRAW = text("""
    WITH drawn AS (
        SELECT s.id, s.number, s.currency, s.company_id FROM statement s
        WHERE s.pool_id = :pool AND s.run_id = :run
        ORDER BY md5(:seed || s.id::text) LIMIT :most
    )
    SELECT l.id, l.statement_id, d.number, c.name AS payee, l.contract_number, l.holder, l.product,
           l.producer, l.kind, l.payable, l.correction, d.currency
    FROM drawn d
    JOIN company c ON c.pool_id = :pool AND c.id = d.company_id
    CROSS JOIN LATERAL (
        SELECT * FROM statement_line x WHERE x.pool_id = :pool AND x.statement_id = d.id
        ORDER BY md5(:seed || x.id::text) LIMIT 1
    ) l
    ORDER BY d.number""")
SUMS = text("""
    SELECT s.entries, coalesce(sum(l.payable), 0) AS lines, count(l.id) AS many,
           s.opening + s.entries + s.adjustments - s.withheld - s.payout = s.closing AS adds_up
    FROM statement s
    LEFT JOIN statement_line l ON l.pool_id = s.pool_id AND l.statement_id = s.id
    WHERE s.pool_id = :pool AND s.id = :statement
    GROUP BY s.pool_id, s.id""")


class Settled(NamedTuple):
    """A closed period with the people of its run."""

    run_id: int
    period_id: int
    name: str
    calculated_by: str
    approved_by: str | None
    closed_by: str | None


def closed_periods(session: Session, actor: Actor) -> list[Settled]:
    """The closed periods, the latest first."""
    run = SettlementRun
    rows = session.execute(
        select(run.id, Period.id, Period.name, run.calculated_by, run.approved_by, run.closed_by)
        .join(Period, and_(Period.pool_id == run.pool_id, Period.id == run.period_id))
        .where(run.pool_id == actor.pool_id, run.state == "closed")
        .order_by(run.through.desc())
    )
    return [Settled(*row) for row in rows]


def get_period(session: Session, actor: Actor, run_id: int) -> Settled:
    """A closed period by its run.

    Raises:
        NoSuchSample: the pool has none.
    """
    found = [one for one in closed_periods(session, actor) if one.run_id == run_id]
    if not found:
        raise NoSuchSample
    return found[0]


def get_run(session: Session, actor: Actor, run_id: int) -> SettlementRun:
    """The run of a closed period, with who calculated, approved and closed it and when.

    Raises:
        NoSuchSample: the pool has none.
    """
    run = SettlementRun
    found = session.scalars(
        select(run).where(run.pool_id == actor.pool_id, run.id == run_id, run.state == "closed")
    ).one_or_none()
    if found is None:
        raise NoSuchSample
    return found


def drawn(
    session: Session, actor: Actor, run_id: int, seed: str, most: int
) -> Sequence[RowMapping]:
    """Lines of a closed run's statements, drawn by a seed: the same ones for the same seed."""
    given = {"pool": actor.pool_id, "run": run_id, "seed": seed, "most": most}
    return session.execute(DRAW, given).mappings().all()


def get_rule_version(session: Session, actor: Actor, rule_id: int) -> RowMapping:
    """The version of a rate that applied: who recorded it when, and what took its place.

    Raises:
        NoSuchSample: the pool has none.
    """
    row = (
        session.execute(
            text(
                "SELECT code, recorded_at, recorded_by, superseded_at, superseded_by, reason "
                "FROM rule WHERE pool_id = :pool AND id = :rule"
            ),
            {"pool": actor.pool_id, "rule": rule_id},
        )
        .mappings()
        .one_or_none()
    )
    if row is None:
        raise NoSuchSample
    return row


def get_sums(session: Session, actor: Actor, statement_id: int) -> RowMapping:
    """What a statement says and what its lines come to: entries, lines, many, adds_up.

    Raises:
        NoSuchSample: the pool has none.
    """
    given = {"pool": actor.pool_id, "statement": statement_id}
    row = session.execute(SUMS, given).mappings().one_or_none()
    if row is None:
        raise NoSuchSample
    return row


def find_statement(session: Session, actor: Actor, number: str) -> int | None:
    """The statement of a number."""
    found = session.execute(
        text("SELECT id FROM statement WHERE pool_id = :pool AND number = :number"),
        {"pool": actor.pool_id, "number": number.strip()},
    )
    return found.scalar_one_or_none()


def latest_statements(session: Session, actor: Actor, run_id: int) -> Sequence[RowMapping]:
    """Some statements of a closed run, to verify by one click: id, number, payee."""
    return (
        session.execute(
            text(
                "SELECT s.id, s.number, c.name AS payee FROM statement s "
                "JOIN company c ON c.pool_id = s.pool_id AND c.id = s.company_id "
                "WHERE s.pool_id = :pool AND s.run_id = :run ORDER BY s.number LIMIT 6"
            ),
            {"pool": actor.pool_id, "run": run_id},
        )
        .mappings()
        .all()
    )


def get_language(session: Session, actor: Actor) -> tuple[str, str]:
    """The pool's name and language, for what describes its data."""
    row = session.execute(select(Pool.name, Pool.language).where(Pool.id == actor.pool_id)).one()
    return row.name, row.language


def exports(session: Session, actor: Actor) -> Sequence[RowMapping]:
    """The periods that were taken out, the latest first: id, title, size, when, who."""
    of = Document
    return (
        session.execute(
            select(of.id, of.title, of.file_name, of.size, of.recorded_at, of.recorded_by)
            .where(of.pool_id == actor.pool_id, of.subject == "period", of.kind == "export")
            .order_by(of.id.desc())
            .limit(10)
        )
        .mappings()
        .all()
    )


def get_export(session: Session, actor: Actor, document_id: int) -> Document:
    """A period that was taken out.

    Raises:
        NoSuchSample: there is none.
    """
    of = Document
    found = session.scalars(
        select(of).where(
            of.pool_id == actor.pool_id,
            of.id == document_id,
            of.subject == "period",
            of.kind == "export",
        )
    ).one_or_none()
    if found is None:
        raise NoSuchSample
    return found
