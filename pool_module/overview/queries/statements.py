"""A firm's statements: the list, one with its lines, its papers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, case, func, select

from pool_module.overview.rules.payout import Account, Movement, Step, last_day_of, steps_of
from pool_module.settlement.errors import StatementUnknown
from shared.actor import Actor
from shared.db import Session, actor_of
from shared.db.listing import Column, Filter, Listing, Shape
from shared.models.contracts import Document
from shared.models.ledger import Issue, Statement, StatementLine, StatementWithholding
from shared.models.pools import Company
from shared.models.terms import Invoice
from shared.vocabulary import StatementState

STATE = case(
    (Statement.on_hold & (Statement.payout == 0), StatementState.ON_HOLD.value),
    (Statement.payout > 0, StatementState.PAID.value),
    else_=StatementState.CARRIED_FORWARD.value,
)


@dataclass(frozen=True)
class Shown:
    """A statement as its payee sees it.

    Attributes:
        item: what is payable or receivable by it, with its due date; None: nothing.
        papers: kind (statement, csv, act), name, size of what was issued.
        steps: from the balance brought forward to what was paid or carried on.
    """

    statement: Statement
    payee: str
    state: StatementState
    item: Invoice | None
    last_day: date
    steps: tuple[Step, ...]
    withholdings: Sequence[StatementWithholding]
    papers: Sequence[Row[Any]]
    corrections: int


@dataclass(frozen=True)
class Paper:
    """An issued file: where it lies, and how it is called."""

    file_name: str
    media_type: str
    firm_id: int
    sha256: str


def statement_list(session: Session, actor: Actor) -> Listing:
    """The statements of the actor's firms."""
    assert actor == actor_of(session)
    return Listing(
        name="firm_statements",
        source=select()
        .select_from(Statement)
        .where(Statement.pool_id == actor.pool_id, Statement.firm_id.in_(actor.firm_ids)),
        id=Statement.id,
        columns=(
            Column("number", Statement.number, Shape.ID, sort=Statement.number),
            Column("issue_date", Statement.issue_date, Shape.DAY, sort=Statement.issue_date),
            Column(
                "entries", Statement.entries, Shape.MONEY, currency=Statement.currency, total=True
            ),
            Column(
                "payout", Statement.payout, Shape.MONEY, sort=Statement.payout_cents,
                currency=Statement.currency, total=True,
            ),
            Column("closing", Statement.closing, Shape.MONEY, currency=Statement.currency),
            Column("currency", Statement.currency, Shape.CODE),
            Column("state", STATE, Shape.CODE),
        ),
        filters=(
            Filter("state", STATE, Shape.CODE),
            Filter("issue_date", Statement.issue_date, Shape.DAY),
            Filter("currency", Statement.currency, Shape.CODE),
        ),
    )  # fmt: skip


def get_statement(session: Session, actor: Actor, statement_id: int) -> Shown:
    """A statement of the actor's firms.

    Raises:
        StatementUnknown: there is none in his reach.
    """
    row = session.execute(
        select(Statement, Company.name, STATE, Invoice)
        .join(
            Company,
            (Company.pool_id == Statement.pool_id) & (Company.id == Statement.company_id),
        )
        .outerjoin(
            Invoice,
            (Invoice.pool_id == Statement.pool_id)
            & (Invoice.statement_id == Statement.id)
            & (Invoice.firm_id == Statement.firm_id),
        )
        .where(*_mine(actor, statement_id))
    ).one_or_none()
    if row is None:
        raise StatementUnknown
    statement, payee, state, item = row
    piece = StatementLine.payable + StatementLine.reserve
    movements = session.execute(
        select(
            StatementLine.kind, StatementLine.own_sale, func.sum(piece),
            func.count(StatementLine.contract_number.distinct()),
            func.count().filter(StatementLine.correction),
        )
        .where(
            StatementLine.pool_id == actor.pool_id,
            StatementLine.firm_id.in_(actor.firm_ids),
            StatementLine.statement_id == statement_id,
        )
        .group_by(StatementLine.kind, StatementLine.own_sale, piece > 0)
    ).all()  # fmt: skip
    account = Account(
        currency=statement.currency,
        opening=statement.opening,
        payable=statement.entries,
        reserve=statement.reserve_closing - statement.reserve_opening,
        adjustments=statement.adjustments,
        withheld=statement.withheld,
    )
    return Shown(
        statement=statement,
        payee=payee,
        state=StatementState(state),
        item=item,
        last_day=last_day_of(statement.number),
        steps=steps_of(account, [Movement(*m[:4]) for m in movements]),
        withholdings=_withholdings(session, actor, statement_id),
        papers=_papers(session, actor, statement_id),
        corrections=sum(m[4] for m in movements),
    )


def line_list(session: Session, actor: Actor, statement_id: int) -> Listing:
    """The lines of a statement of the actor's firms."""
    assert actor == actor_of(session)
    return Listing(
        name="statement_lines",
        source=select()
        .select_from(StatementLine)
        .join(
            Statement,
            (Statement.pool_id == StatementLine.pool_id)
            & (Statement.id == StatementLine.statement_id),
        )
        .where(
            StatementLine.pool_id == actor.pool_id,
            StatementLine.firm_id.in_(actor.firm_ids),
            StatementLine.statement_id == statement_id,
        ),
        id=StatementLine.id,
        columns=(
            Column("position", StatementLine.position, Shape.COUNT, sort=StatementLine.position),
            Column("holder", StatementLine.holder),
            Column("contract_number", StatementLine.contract_number, Shape.ID),
            Column("product", StatementLine.product),
            Column("insurer", StatementLine.insurer),
            Column("kind", StatementLine.kind, Shape.CODE),
            Column("producer", StatementLine.producer),
            Column("effective", StatementLine.effective, Shape.DAY, sort=StatementLine.effective),
            Column(
                "reserve", StatementLine.reserve, Shape.MONEY, currency=Statement.currency,
                total=True,
            ),
            Column(
                "payable", StatementLine.payable, Shape.MONEY,
                sort=StatementLine.payable_cents, currency=Statement.currency, total=True,
            ),
            Column("currency", Statement.currency, Shape.CODE),
        ),
        filters=(
            Filter("kind", StatementLine.kind, Shape.CODE),
            Filter("own", StatementLine.own_sale, Shape.FLAG),
            Filter("correction", StatementLine.correction, Shape.FLAG),
            Filter("taken", StatementLine.payable + StatementLine.reserve < 0, Shape.FLAG),
        ),
        extra={
            "correction": StatementLine.correction,
            "own_sale": StatementLine.own_sale,
            "cause": StatementLine.cause,
            "corrects_number": StatementLine.corrects_number,
        },
    )  # fmt: skip


def find_paper(session: Session, actor: Actor, statement_id: int, kind: str) -> Paper | None:
    """A paper issued for a statement of the actor's firms."""
    row = session.execute(
        select(Document.file_name, Document.media_type, Issue.firm_id, Document.sha256)
        .join(Issue, (Issue.pool_id == Document.pool_id) & (Issue.document_id == Document.id))
        .where(
            Issue.pool_id == actor.pool_id,
            Issue.firm_id.in_(actor.firm_ids),
            Issue.statement_id == statement_id,
            Issue.kind == kind,
        )
    ).one_or_none()
    return Paper(*row) if row else None


def latest_statements(
    session: Session, actor: Actor, most: int = 3
) -> list[tuple[Statement, str, bool, date]]:
    """The last statements: statement, state, whether its PDF is issued, its last day."""
    issued = (
        select(Issue.id)
        .where(
            Issue.pool_id == Statement.pool_id,
            Issue.statement_id == Statement.id,
            Issue.firm_id.in_(actor.firm_ids),
            Issue.kind == "statement",
        )
        .exists()
    )
    rows: Any = session.execute(
        select(Statement, STATE.label("state"), issued.label("issued"))
        .where(Statement.pool_id == actor.pool_id, Statement.firm_id.in_(actor.firm_ids))
        .order_by(Statement.issue_date.desc(), Statement.id.desc())
        .limit(most)
    )
    return [(s, state, issued, last_day_of(s.number)) for s, state, issued in rows]


def _mine(actor: Actor, statement_id: int) -> list[Any]:
    return [
        Statement.pool_id == actor.pool_id,
        Statement.firm_id.in_(actor.firm_ids),
        Statement.id == statement_id,
    ]


def _withholdings(
    session: Session, actor: Actor, statement_id: int
) -> Sequence[StatementWithholding]:
    return session.scalars(
        select(StatementWithholding)
        .where(
            StatementWithholding.pool_id == actor.pool_id,
            StatementWithholding.firm_id.in_(actor.firm_ids),
            StatementWithholding.statement_id == statement_id,
        )
        .order_by(StatementWithholding.id)
    ).all()


def _papers(session: Session, actor: Actor, statement_id: int) -> Sequence[Row[Any]]:
    rows: Any = session.execute(
        select(Issue.kind, Document.file_name, Document.size)
        .join(Document, (Document.pool_id == Issue.pool_id) & (Document.id == Issue.document_id))
        .where(
            Issue.pool_id == actor.pool_id,
            Issue.firm_id.in_(actor.firm_ids),
            Issue.statement_id == statement_id,
        )
        .order_by(Issue.kind.desc())
    ).all()
    return list(rows)


def find_line(session: Session, actor: Actor, line_id: int) -> StatementLine | None:
    """A statement line of the actor's firms."""
    return session.scalars(
        select(StatementLine).where(
            StatementLine.pool_id == actor.pool_id,
            StatementLine.firm_id.in_(actor.firm_ids),
            StatementLine.id == line_id,
        )
    ).one_or_none()
