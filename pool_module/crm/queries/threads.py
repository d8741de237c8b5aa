"""Threads: the list, one with its messages, what waits for an answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from pool_module.crm.errors import NoSuchRecord
from pool_module.crm.queries import documents, subjects
from pool_module.crm.queries.subjects import Subject
from pool_module.crm.rules.conversation import LIVE, Side
from shared import scope
from shared.actor import Actor
from shared.db import actor_of
from shared.db.listing import Column, Filter, Listing, Shape
from shared.models.contracts import Document
from shared.models.conversation import Message, Thread
from shared.models.ledger import StatementLine
from shared.models.pools import Company
from shared.vocabulary import Door


@dataclass(frozen=True)
class Said:
    """A message with what hangs on it."""

    message: Message
    documents: Sequence[Document]


@dataclass(frozen=True)
class Conversation:
    """A thread with all that is said, and what it is about.

    Attributes:
        thread: the thread.
        messages: in order; a firm sees none that is internal.
        about: the thing; None: nothing, or it is out of reach.
        firm: the name of the firm; None: the pool among itself.
    """

    thread: Thread
    messages: Sequence[Said]
    about: Subject | None
    firm: str | None


def thread_list(session: Session, actor: Actor) -> Listing:
    """The threads of the pool, or of a firm."""
    assert actor_of(session) == actor
    mine = own_side(actor)
    read_at = Thread.pool_read_at if mine is Side.POOL else Thread.firm_read_at
    firm = (
        select(Company.name)
        .where(Company.pool_id == Thread.pool_id, Company.id == Thread.firm_id)
        .correlate(Thread)
        .scalar_subquery()
    )
    unanswered = _unanswered(mine)
    is_mine = (
        select(Message.id)
        .where(
            Message.pool_id == Thread.pool_id,
            Message.thread_id == Thread.id,
            Message.account_id == actor.account_id,
        )
        .correlate(Thread)
        .exists()
    )
    return Listing(
        name="threads",
        source=select().select_from(Thread).where(*_scope(actor)),
        id=Thread.id,
        columns=(
            Column("title", Thread.title, Shape.TEXT),
            Column("firm", firm, Shape.TEXT),
            Column("kind", Thread.kind, Shape.CODE),
            Column("subject", Thread.subject, Shape.CODE),
            Column("state", Thread.state, Shape.CODE),
            Column("due_on", Thread.due_on, Shape.DAY, sort=Thread.due_on),
            Column("last_at", Thread.last_at, Shape.MOMENT, sort=Thread.last_at),
        ),
        extra={
            "last_side": Thread.last_side,
            "is_unread": _is_unread(mine, read_at),
            "read_at": Thread.firm_read_at if mine is Side.POOL else Thread.pool_read_at,
            "subject_id": Thread.subject_id,
        },
        filters=(
            Filter("state", Thread.state, Shape.CODE),
            Filter("kind", Thread.kind, Shape.CODE),
            Filter("firm", Thread.firm_id, Shape.COUNT),
            Filter("subject", Thread.subject, Shape.CODE),
            Filter("last_at", Thread.last_at, Shape.MOMENT),
            Filter("unanswered", unanswered, Shape.FLAG),
            Filter("unread", _is_unread(mine, read_at), Shape.FLAG),
            Filter("mine", is_mine, Shape.FLAG),
        ),
    )


def get_thread(session: Session, actor: Actor, thread_id: int, *, lock: bool = False) -> Thread:
    """A thread, without what is said in it; ``lock`` has others wait who write in it too.

    Raises:
        NoSuchRecord: there is none within reach.
    """
    query = select(Thread).where(*_scope(actor), Thread.id == thread_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = session.scalars(query).one_or_none()
    if found is None:
        raise NoSuchRecord
    return found


def get_conversation(session: Session, actor: Actor, thread_id: int) -> Conversation:
    """A thread with its messages and what it is about, in five statements."""
    thread = get_thread(session, actor, thread_id)
    query = select(Message).where(Message.pool_id == actor.pool_id, Message.thread_id == thread_id)
    if actor.door is Door.EXTRANET:
        query = query.where(~Message.internal)
    messages = session.scalars(query.order_by(Message.id)).all()
    files = documents.documents_of_all(session, actor, "message", [m.id for m in messages])
    about = subjects.subjects(session, actor, [(thread.subject, thread.subject_id)])
    firm = None
    if thread.firm_id is not None:
        firm = session.scalars(
            select(Company.name).where(
                Company.pool_id == actor.pool_id, Company.id == thread.firm_id
            )
        ).one_or_none()
    said = [Said(message, files.get(message.id, [])) for message in messages]
    return Conversation(thread, said, next(iter(about.values()), None), firm)


def find_line(session: Session, actor: Actor, line_id: int, firm_id: int | None) -> int | None:
    """A statement line of a firm, if there is one of that number."""
    return session.scalars(
        select(StatementLine.id).where(
            StatementLine.pool_id == actor.pool_id,
            StatementLine.id == line_id,
            StatementLine.firm_id == firm_id,
        )
    ).one_or_none()


def corrections_of(session: Session, actor: Actor, line_id: int) -> Sequence[StatementLine]:
    """Later lines of the firm about the event of a line: what may have corrected it."""
    line = aliased(StatementLine)
    return session.scalars(
        select(StatementLine)
        .join(
            line,
            and_(
                line.pool_id == StatementLine.pool_id,
                line.firm_id == StatementLine.firm_id,
                line.contract_number == StatementLine.contract_number,
                line.id < StatementLine.id,
            ),
        )
        .where(StatementLine.pool_id == actor.pool_id, line.id == line_id)
        .order_by(StatementLine.id.desc())
        .limit(20)
    ).all()


def threads_of(session: Session, actor: Actor, subject: str, subject_id: int) -> Sequence[Thread]:
    """The threads about a thing, the latest first."""
    return session.scalars(
        select(Thread)
        .where(*_scope(actor), Thread.subject == subject, Thread.subject_id == subject_id)
        .order_by(Thread.last_at.desc(), Thread.id.desc())
    ).all()


def live_of(session: Session, actor: Actor, account_id: int) -> Sequence[Thread]:
    """Open threads in which somebody wrote last on his side."""
    wrote = (
        select(Message.thread_id, func.max(Message.id).label("last"))
        .where(Message.pool_id == actor.pool_id, ~Message.internal)
        .group_by(Message.thread_id, Message.side)
        .subquery()
    )
    return session.scalars(
        select(Thread)
        .join(wrote, wrote.c.thread_id == Thread.id)
        .join(Message, and_(Message.pool_id == Thread.pool_id, Message.id == wrote.c.last))
        .where(*_scope(actor), Thread.state.in_(LIVE), Message.account_id == account_id)
        .order_by(Thread.id)
    ).all()


def unread(session: Session, actor: Actor) -> int:
    """How many threads hold something one's own side has not read."""
    mine = own_side(actor)
    read_at = Thread.pool_read_at if mine is Side.POOL else Thread.firm_read_at
    counted: int = session.execute(
        select(func.count()).select_from(Thread).where(*_scope(actor), _is_unread(mine, read_at))
    ).scalar_one()
    return counted


def unanswered(session: Session, actor: Actor, *, most: int = 50) -> Sequence[Thread]:
    """Threads that wait for one's own side, the oldest first."""
    return session.scalars(
        select(Thread)
        .where(*_scope(actor), _unanswered(own_side(actor)))
        .order_by(Thread.last_at, Thread.id)
        .limit(most)
    ).all()


def own_side(actor: Actor) -> Side:
    """Whom the actor speaks for."""
    return Side.FIRM if actor.door is Door.EXTRANET else Side.POOL


def _unanswered(mine: Side) -> ColumnElement[bool]:
    return and_(Thread.last_side != mine, Thread.state.in_(LIVE))


def _is_unread(mine: Side, read_at: Any) -> ColumnElement[bool]:
    return and_(Thread.last_side != mine, or_(read_at.is_(None), read_at < Thread.last_at))


def _scope(actor: Actor) -> list[Any]:
    if actor.door is Door.EXTRANET:
        return [Thread.pool_id == actor.pool_id, Thread.firm_id.in_(actor.firm_ids)]
    return [Thread.pool_id == actor.pool_id, *within_limits()]


def within_limits() -> list[ColumnElement[bool]]:
    """Threads with nobody who is limited to others; what is about an own case stays with it."""
    return [
        or_(
            func.coalesce(Thread.subject, "").in_(subjects.CASES),
            and_(scope.open_company(Thread.firm_id), scope.open_insurer(Thread.insurer_id)),
        ),
        subjects.open_subject(Thread),
    ]
