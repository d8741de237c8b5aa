"""Threads: opened, answered, read, brought to an outcome."""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Final

from pool_module.crm.errors import LineMissing, NothingWritten, NotThatWay, TitleMissing
from pool_module.crm.operations import documents
from pool_module.crm.operations.customers import firm_of
from pool_module.crm.operations.documents import Upload
from pool_module.crm.queries import subjects
from pool_module.crm.queries import threads as queries
from pool_module.crm.rules.conversation import (
    LIVE,
    OUTCOMES,
    Side,
    may_settle,
    state_after,
)
from shared import audit
from shared.db import Session, actor_of
from shared.models.conversation import Message, Thread
from shared.models.workplace import Notification
from shared.vocabulary import ThreadState

HANDED_OVER: Final = "Your case was handed over by %(name)s: %(title)s"


def open_thread(
    session: Session,
    *,
    author: str,
    title: str,
    body: str,
    now: datetime,
    subject: str | None = None,
    subject_id: int | None = None,
    firm_id: int | None = None,
    kind: str = "message",
    internal: bool = False,
    due_on: date | None = None,
    uploads: Sequence[Upload] = (),
    root: Path | None = None,
) -> Thread:
    """Begin a thread with its first message.

    Args:
        session: the transaction.
        author: who writes, as people read it.
        title: what it is about.
        body: the first message.
        now: the moment.
        subject: the table of the thing it is about.
        subject_id: its number.
        firm_id: the firm it is with; default: the thing's, or the broker's only one.
        kind: message, or question (about a statement line).
        internal: a note the firm does not read.
        due_on: a day by which an answer is wanted.
        uploads: files of the message.
        root: the folder of stored files, where there are uploads.

    Raises:
        NoSuchRecord: the thing is not within reach.
        TitleMissing, NothingWritten: there is nothing to send.
        WhichFirm: a broker of several firms did not say for which he writes.
    """
    actor = actor_of(session)
    if not title.strip():
        raise TitleMissing
    if subject is not None and subject_id is not None:
        about = subjects.get_subject(session, actor, subject, subject_id)
        firm_id = firm_id or about.firm_id
    side = queries.own_side(actor)
    thread = Thread(
        pool_id=actor.pool_id,
        firm_id=firm_of(actor, firm_id),
        kind=kind,
        subject=subject,
        subject_id=subject_id,
        title=title.strip(),
        state=ThreadState.OPEN,
        due_on=due_on,
        last_at=now,
        last_side=side,
    )
    session.add(thread)
    session.flush()
    _say(session, thread, author, body, now, internal=internal, uploads=uploads, root=root)
    if side is Side.POOL:
        # the pool asks: it is the firm's turn, not yet an answer
        thread.state = ThreadState.OPEN
        session.flush()
    audit.write(session, "thread.opened", "thread", thread.id, new={"title": thread.title})
    return thread


def answer(
    session: Session,
    thread_id: int,
    *,
    author: str,
    body: str,
    now: datetime,
    internal: bool = False,
    uploads: Sequence[Upload] = (),
    root: Path | None = None,
) -> Message:
    """Write in a thread; see ``open_thread`` for the rest.

    Raises:
        NoSuchRecord: there is no such thread within reach.
        NothingWritten: neither a word nor a file.
    """
    thread = queries.get_thread(session, actor_of(session), thread_id, lock=True)
    return _say(session, thread, author, body, now, internal=internal, uploads=uploads, root=root)


def mark_read(session: Session, thread_id: int, *, now: datetime) -> None:
    """Note that one's own side has read what the other wrote; nothing where it had."""
    actor = actor_of(session)
    thread = queries.get_thread(session, actor, thread_id)
    side = queries.own_side(actor)
    read_at = thread.pool_read_at if side is Side.POOL else thread.firm_read_at
    if thread.last_side != side and (read_at is None or read_at < thread.last_at):
        _read(thread, side, now)
        session.flush()
        session.refresh(thread)


def settle(
    session: Session,
    thread_id: int,
    state: str,
    *,
    author: str,
    now: datetime,
    body: str | None = None,
    line_id: int | None = None,
) -> Thread:
    """Bring a question to its outcome; the firm reads it, with the entry that corrects the line.

    Args:
        session: the transaction.
        thread_id: the question.
        state: correction_booked or rejected.
        author: who says so.
        now: the moment.
        body: what the firm is told.
        line_id: the statement line that corrects it.

    Raises:
        NotThatWay: it is no question, or has its outcome.
        LineMissing: a correction without the line that corrects, or one of another firm.
        NothingWritten: a rejection has to say why.
    """
    actor = actor_of(session)
    thread = queries.get_thread(session, actor, thread_id, lock=True)
    if state not in OUTCOMES or not may_settle(thread.kind, thread.state):
        raise NotThatWay
    if state == ThreadState.CORRECTION_BOOKED and (
        line_id is None or queries.find_line(session, actor, line_id, thread.firm_id) is None
    ):
        raise LineMissing
    if state == ThreadState.REJECTED or (body and body.strip()):
        _say(session, thread, author, body or "", now)
    thread.state = state
    thread.outcome_line_id = line_id if state == ThreadState.CORRECTION_BOOKED else None
    thread.last_at, thread.last_side = now, Side.POOL
    _read(thread, Side.POOL, now)
    session.flush()
    _tell_firm(session, thread)
    audit.write(
        session, "thread.settled", "thread", thread.id, new={"state": state, "line": line_id}
    )
    session.refresh(thread)
    return thread


def close(session: Session, thread_id: int) -> Thread:
    """End a thread that needs no answer any more; a new message opens it again."""
    thread = queries.get_thread(session, actor_of(session), thread_id, lock=True)
    if thread.state not in LIVE:
        raise NotThatWay
    return _put(session, thread, ThreadState.CLOSED, "thread.closed")


def reopen(session: Session, thread_id: int) -> Thread:
    """Take up a closed thread again."""
    thread = queries.get_thread(session, actor_of(session), thread_id, lock=True)
    if thread.state in LIVE:
        raise NotThatWay
    state = ThreadState.ANSWERED if thread.last_side == Side.POOL else ThreadState.OPEN
    return _put(session, thread, state, "thread.reopened")


def hand_over(
    session: Session, *, from_account: int, to_account: int, firm_id: int | None, name: str
) -> int:
    """Tell a colleague of the open threads in which somebody who leaves was the one who wrote.

    Args:
        session: the transaction; staff's.
        from_account: who leaves.
        to_account: who takes over: each thread is a line in his bell.
        firm_id: whose bell it is; None: the pool's.
        name: who leaves, as people read it.

    Returns:
        How many threads there were.
    """
    actor = actor_of(session)
    given = queries.live_of(session, actor, from_account)
    for thread in given:
        session.add(
            Notification(
                pool_id=actor.pool_id,
                firm_id=firm_id,
                account_id=to_account,
                text=HANDED_OVER,
                values={"name": name, "title": thread.title},
                link=f"/threads/{thread.id}",
                tone="info",
            )
        )
        audit.write(
            session, "thread.handed over", "thread", thread.id,
            old={"account": from_account}, new={"account": to_account},
        )  # fmt: skip
    session.flush()
    return len(given)


def _put(session: Session, thread: Thread, state: ThreadState, action: str) -> Thread:
    audit.write(
        session, action, "thread", thread.id, old={"state": thread.state}, new={"state": state}
    )
    thread.state = state
    session.flush()
    session.refresh(thread)
    return thread


def _say(
    session: Session,
    thread: Thread,
    author: str,
    body: str,
    now: datetime,
    *,
    internal: bool = False,
    uploads: Sequence[Upload] = (),
    root: Path | None = None,
) -> Message:
    if not body.strip() and not uploads:
        raise NothingWritten
    actor = actor_of(session)
    side = queries.own_side(actor)
    kept = internal and side is Side.POOL
    message = Message(
        pool_id=actor.pool_id,
        firm_id=thread.firm_id,
        thread_id=thread.id,
        side=side,
        internal=kept,
        account_id=actor.account_id,
        author=author,
        body=body.strip(),
    )
    session.add(message)
    session.flush()
    if uploads:
        assert root is not None, "files need a folder"
        documents.attach(session, root, uploads, message.id, None if kept else thread.firm_id)
    if not kept:
        # a note changes nothing the firm could see: neither moment nor state
        thread.state = state_after(side)
        thread.last_at, thread.last_side = now, side
        _read(thread, side, now)
        session.flush()
        if side is Side.POOL:
            _tell_firm(session, thread)
    session.refresh(thread)
    return message


def _read(thread: Thread, side: Side, now: datetime) -> None:
    if side is Side.POOL:
        thread.pool_read_at = now
    else:
        thread.firm_read_at = now


def _tell_firm(session: Session, thread: Thread) -> None:
    """Put a line into the firm's bell; the pool sees unanswered threads in its work list."""
    if thread.firm_id is not None:
        session.add(
            Notification(
                pool_id=thread.pool_id,
                firm_id=thread.firm_id,
                text="The pool has answered: %(title)s",
                values={"title": thread.title},
                link=f"/threads/{thread.id}",
            )
        )
        session.flush()
