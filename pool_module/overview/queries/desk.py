"""A broker's start page: what needs him, how his cases are, whom he calls."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Row, func, select, text

from pool_module.crm.queries import threads
from pool_module.overview.queries.book import Book, book_of
from pool_module.overview.queries.payout import Money, next_payouts
from pool_module.overview.queries.statements import latest_statements
from pool_module.overview.rules.stages import Progress, Stage, progress_of
from shared.actor import Actor
from shared.db import Session
from shared.models.contracts import Application, ApplicationChange, Customer, PremiumDue
from shared.models.conversation import Message, Thread
from shared.models.ledger import Statement
from shared.models.products import Insurer, Product
from shared.permissions import Permission
from shared.vocabulary import ApplicationState

SHOWN = 4


@dataclass(frozen=True)
class Contact:
    """Whom a broker calls at the pool, and what he was told last."""

    name: str
    phone: str | None
    email: str | None
    city: str | None
    last: Message | None


@dataclass(frozen=True)
class Desk:
    """The start page.

    Attributes:
        money: what comes next, per currency; empty for whom it is not meant.
        queries: applications that wait for an answer, the oldest first.
        drafts: applications begun and not handed in.
        questions: threads that wait for the firm.
        unread: how many threads hold something new.
        applications: the latest, each with how far it is.
        book: what he may see of it.
    """

    money: Sequence[Money]
    queries: Sequence[Row[Any]]
    drafts: Sequence[Row[Any]]
    questions: Sequence[Thread]
    unread: int
    applications: Sequence[tuple[Row[Any], Progress]]
    book: Book
    statements: Sequence[tuple[Statement, str, bool, date]]
    contact: Contact | None

    @property
    def to_do(self) -> int:
        """How many things need somebody."""
        return len(self.queries) + len(self.drafts) + len(self.questions)


def desk_of(session: Session, actor: Actor, *, may: Collection[Permission]) -> Desk:
    """Everything of the start page.

    Args:
        session: the transaction.
        actor: the broker or his assistant.
        may: what he holds here and now: of what he may not see nothing is read.
    """
    with_money, writes = Permission.OWN_STATEMENTS in may, Permission.OWN_MESSAGES in may
    cases = _applications(session, actor) if Permission.OWN_APPLICATIONS in may else ()
    newest = sorted(cases, key=lambda row: row.id, reverse=True)
    shown = [row for row in newest if row.state != ApplicationState.DRAFT][:SHOWN]
    days = stages_of(session, actor, shown)
    waiting = [row for row in cases if row.state == ApplicationState.INSURER_QUERY]
    return Desk(
        money=next_payouts(session, actor) if with_money else (),
        queries=sorted(waiting, key=lambda row: (row.asked_at or row.recorded_at, row.id)),
        drafts=[row for row in cases if row.state == ApplicationState.DRAFT],
        questions=threads.unanswered(session, actor, most=10) if writes else (),
        unread=threads.unread(session, actor) if writes else 0,
        applications=[(row, days[row.id]) for row in shown],
        book=_book(session, actor, may),
        statements=latest_statements(session, actor) if with_money else (),
        contact=find_contact(session, actor, with_last=writes),
    )


def stages_of(session: Session, actor: Actor, cases: Sequence[Any]) -> dict[int, Progress]:
    """How far applications are: rows or applications with id, state, submitted_at, contract_id."""
    contracts = [case.contract_id for case in cases if case.contract_id is not None]
    far = {
        row.contract_id: row
        for row in session.execute(
            text("SELECT * FROM contract_progress(CAST(:ids AS bigint[]))"), {"ids": contracts}
        )
    }
    premiums: Any = session.execute(
        select(PremiumDue.contract_id, func.min(PremiumDue.paid_on))
        .where(
            PremiumDue.pool_id == actor.pool_id,
            PremiumDue.firm_id.in_(actor.firm_ids),
            PremiumDue.contract_id.in_(contracts),
            PremiumDue.paid_on.is_not(None),
        )
        .group_by(PremiumDue.contract_id)
    )
    paid: dict[int, date] = dict(premiums.all())
    return {case.id: _progress(case, far.get(case.contract_id), paid) for case in cases}


def find_contact(session: Session, actor: Actor, *, with_last: bool) -> Contact | None:
    """Whom the firm calls, and the last thing it was told where he reads messages."""
    row = session.execute(text("SELECT * FROM pool_contact()")).one_or_none()
    last = session.scalars(
        select(Message)
        .where(
            Message.pool_id == actor.pool_id,
            Message.firm_id.in_(actor.firm_ids),
            Message.side == "pool",
            ~Message.internal,
        )
        .order_by(Message.id.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    return Contact(row.name, row.phone, row.email, row.city, last if with_last else None)


def _book(session: Session, actor: Actor, may: Collection[Permission]) -> Book:
    """The pool's contracts for who sees those, the firm's own for who keeps them."""
    book = book_of(session, actor)
    if Permission.OWN_CONTRACTS not in may:
        book = replace(book, totals=())
    if Permission.OWN_CUSTOMERS not in may:
        book = replace(book, self_managed=0, converted=0)
    return book


def _applications(session: Session, actor: Actor) -> Sequence[Row[Any]]:
    asked_at = (
        select(func.max(ApplicationChange.recorded_at))
        .where(
            ApplicationChange.pool_id == Application.pool_id,
            ApplicationChange.application_id == Application.id,
            ApplicationChange.state == ApplicationState.INSURER_QUERY,
        )
        .correlate(Application)
        .scalar_subquery()
    )
    rows: Any = session.execute(
        select(
            Application.id, Application.case_number, Application.state, Application.query,
            Application.submitted_at, Application.contract_id, Application.recorded_at,
            asked_at.label("asked_at"), Product.name.label("product"),
            Insurer.name.label("insurer"),
            func.concat_ws(", ", Customer.last_name, Customer.first_name).label("holder"),
        )
        .join(Product, (Product.pool_id == Application.pool_id)
              & (Product.id == Application.product_id))
        .join(Insurer, (Insurer.pool_id == Application.pool_id)
              & (Insurer.id == Application.insurer_id))
        .outerjoin(Customer, (Customer.pool_id == Application.pool_id)
                   & (Customer.id == Application.customer_id))
        .where(
            Application.pool_id == actor.pool_id,
            Application.firm_id.in_(actor.firm_ids),
            Application.state != ApplicationState.WITHDRAWN,
        )
        # what waits for the firm is never cut off by what is newer
        .order_by((Application.state == ApplicationState.INSURER_QUERY).desc(),
                  Application.id.desc())
        .limit(60)
    )  # fmt: skip
    return list(rows)


def _progress(case: Any, far: Any, paid: dict[int, date]) -> Progress:
    days: dict[Stage, date | None] = dict.fromkeys(Stage)
    days[Stage.SUBMITTED] = case.submitted_at
    if far is not None:
        days[Stage.ISSUED] = far.issued_on or case.submitted_at
        days[Stage.FIRST_PREMIUM] = paid.get(case.contract_id)
        days[Stage.INSURER_SETTLED] = far.settled_at
        days[Stage.IN_RUN] = far.stated_on or (far.settled_at if far.in_run else None)
        days[Stage.PAID] = far.paid_on
    return progress_of(case.state, days)
