"""Reading statements as people do: the list, one with its lines, its corrections and its papers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, exists, func, literal, or_, select

from pool_module.settlement.errors import StatementUnknown
from shared.actor import Actor
from shared.db import Session, actor_of
from shared.db.listing import Column, Filter, Listing, Operator, Shape
from shared.models.contracts import Document
from shared.models.ledger import (
    Issue,
    Period,
    Statement,
    StatementLine,
    StatementWithholding,
)
from shared.models.pools import Company


@dataclass(frozen=True)
class StatementHead:
    """A statement with whom and what it is for."""

    statement: Statement
    period: Period
    payee: Company


@dataclass(frozen=True)
class Paper:
    """A file issued for a statement."""

    issue_id: int
    kind: str
    number: str | None
    file_name: str
    media_type: str
    size: int
    firm_id: int
    sha256: str


def statement_list(session: Session) -> Listing:
    """The statements of the actor's pool."""
    actor = actor_of(session)
    s = Statement
    issued = exists(literal(1)).where(Issue.pool_id == s.pool_id, Issue.statement_id == s.id)
    return Listing(
        name="statements",
        source=select()
        .select_from(s)
        .join(Company, (Company.pool_id == s.pool_id) & (Company.id == s.company_id))
        .join(Period, (Period.pool_id == s.pool_id) & (Period.id == s.period_id))
        .where(s.pool_id == actor.pool_id),
        id=s.id,
        columns=(
            Column("payee", Company.name, Shape.TEXT, sort=Company.sort_key),
            Column("number", s.number, Shape.ID, sort=s.number),
            Column("period", Period.name, Shape.ID, sort=Period.last_day),
            Column("currency", s.currency, Shape.ID),
            _money("opening", s.opening),
            _money("entries", s.entries),
            _money("adjustments", s.adjustments),
            _money("withheld", s.withheld),
            _money("payout", s.payout, s.payout_cents),
            _money("closing", s.closing),
            _money("reserve_closing", s.reserve_closing),
            Column("on_hold", s.on_hold, Shape.FLAG),
            Column("issued", issued, Shape.FLAG),
            Column("issue_date", s.issue_date, Shape.DAY, sort=s.issue_date),
        ),
        extra={"company_id": s.company_id, "run_id": s.run_id},
        filters=(
            Filter("payee", Company.sort_key, Shape.TEXT, condition=_called),
            Filter("company", s.company_id, Shape.COUNT),
            Filter("run", s.run_id, Shape.COUNT),
            Filter("period", Period.last_day, Shape.DAY),
            Filter("currency", s.currency, Shape.CODE),
            Filter("payout", s.payout_cents, Shape.MONEY),
            Filter("closing", s.closing * 100, Shape.MONEY),
            Filter("on_hold", s.on_hold, Shape.FLAG),
        ),
    )


def line_list(session: Session, statement_id: int, *, corrections: bool) -> Listing:
    """The lines of a statement: of its own period, or corrections of earlier ones."""
    actor = actor_of(session)
    line = StatementLine
    currency = Statement.currency
    return Listing(
        name="corrections" if corrections else "lines",
        source=select()
        .select_from(line)
        .join(Statement, (Statement.pool_id == line.pool_id) & (Statement.id == line.statement_id))
        .where(
            line.pool_id == actor.pool_id,
            line.statement_id == statement_id,
            line.correction.is_(corrections),
        ),
        id=line.id,
        columns=(
            Column("position", line.position, Shape.COUNT, sort=line.position),
            Column("contract", line.contract_number, Shape.ID, sort=line.contract_number),
            Column("holder", line.holder, Shape.TEXT),
            Column("product", line.product, Shape.TEXT),
            Column("insurer", line.insurer, Shape.TEXT),
            Column("kind", line.kind, Shape.CODE),
            Column("effective", line.effective, Shape.DAY, sort=line.effective),
            Column("producer", line.producer, Shape.TEXT, sort=line.producer),
            Column("level", line.level, Shape.TEXT),
            Column("rate", line.rate, Shape.RATE),
            Column("amount", line.payable + line.reserve, Shape.MONEY, None, currency, total=True),
            Column("reserve", line.reserve, Shape.MONEY, None, currency, total=True),
            Column("payable", line.payable, Shape.MONEY, line.payable_cents, currency, total=True),
        ),
        extra={
            "statement_id": line.statement_id,
            "rate_of": line.rate_of,
            "own_sale": line.own_sale,
            "difference_from": line.difference_from,
            "cause": line.cause,
            "cause_on": line.cause_on,
            "corrects_number": line.corrects_number,
            "corrects_from": line.corrects_from,
        },
        filters=(
            Filter("kind", line.kind, Shape.CODE),
            Filter("payable", line.payable_cents, Shape.MONEY),
            Filter("own_sale", line.own_sale, Shape.FLAG),
        ),
    )


def get_statement(session: Session, actor: Actor, statement_id: int) -> StatementHead:
    """A statement of the pool.

    Raises:
        StatementUnknown: the pool has none of this id.
    """
    s = Statement
    row = session.execute(
        select(s, Period, Company)
        .join(Period, (Period.pool_id == s.pool_id) & (Period.id == s.period_id))
        .join(Company, (Company.pool_id == s.pool_id) & (Company.id == s.company_id))
        .where(s.pool_id == actor.pool_id, s.id == statement_id)
    ).one_or_none()
    if row is None:
        raise StatementUnknown
    return StatementHead(*row)


def corrections_of(session: Session, actor: Actor, statement_id: int) -> Sequence[StatementLine]:
    """The first hundred corrections on a statement."""
    return session.scalars(
        select(StatementLine)
        .where(
            StatementLine.pool_id == actor.pool_id,
            StatementLine.statement_id == statement_id,
            StatementLine.correction,
        )
        .order_by(StatementLine.position)
        .limit(100)
    ).all()


def withholdings_of(
    session: Session, actor: Actor, statement_id: int
) -> Sequence[StatementWithholding]:
    """What was withheld on a statement."""
    return session.scalars(
        select(StatementWithholding)
        .where(
            StatementWithholding.pool_id == actor.pool_id,
            StatementWithholding.statement_id == statement_id,
        )
        .order_by(StatementWithholding.id)
    ).all()


def papers_of(session: Session, actor: Actor, statement_id: int) -> list[Paper]:
    """The files issued for a statement."""
    rows = session.execute(
        select(
            Issue.id,
            Issue.kind,
            Issue.number,
            Document.file_name,
            Document.media_type,
            Document.size,
            Issue.firm_id,
            Document.sha256,
        )
        .join(Document, (Document.pool_id == Issue.pool_id) & (Document.id == Issue.document_id))
        .where(Issue.pool_id == actor.pool_id, Issue.statement_id == statement_id)
        .order_by(Issue.kind.desc())
    )
    return [Paper(*row) for row in rows]


def _money(name: str, value: Any, cents: Any = None) -> Column:
    return Column(name, value, Shape.MONEY, cents, Statement.currency, total=True)


def _called(_: Operator, values: Sequence[str]) -> ColumnElement[bool]:
    """Some hundred payees: each is looked at."""
    return or_(*(Company.name.icontains(value.strip(), autoescape=True) for value in values))


def is_open(session: Session, actor: Actor, statement_id: int) -> bool:
    """Whether a statement's papers name customers of the actor's organisations alone."""
    if actor.organisation_ids is None:
        return True
    told: bool = session.execute(select(func.statement_is_open(statement_id))).scalar_one()
    return told
