"""Documents: of a thing, and one of them."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import and_, or_, select, text, update
from sqlalchemy.orm import Session

from pool_module.crm.errors import NoSuchRecord
from pool_module.crm.queries.subjects import open_subject
from shared.actor import Actor
from shared.models.contracts import Document
from shared.models.conversation import Message
from shared.vocabulary import Door

# what everybody may read of the pool's range
OF_RANGE = ("product", "product_version", "insurer")


def documents_of(
    session: Session, actor: Actor, subject: str, subject_id: int
) -> Sequence[Document]:
    """The documents of a thing, the newest first."""
    return session.scalars(
        select(Document)
        .where(*_scope(actor), Document.subject == subject, Document.subject_id == subject_id)
        .order_by(Document.id.desc())
    ).all()


def documents_of_all(
    session: Session, actor: Actor, subject: str, numbers: Collection[int]
) -> dict[int, list[Document]]:
    """The documents of several things of a kind, in one statement."""
    found: dict[int, list[Document]] = {}
    if numbers:
        for document in session.scalars(
            select(Document)
            .where(*_scope(actor), Document.subject == subject, Document.subject_id.in_(numbers))
            .order_by(Document.id)
        ):
            found.setdefault(int(document.subject_id or 0), []).append(document)
    return found


def get_document(session: Session, actor: Actor, document_id: int) -> Document:
    """A document.

    Raises:
        NoSuchRecord: there is none within reach.
    """
    found = session.scalars(
        select(Document).where(*_scope(actor), Document.id == document_id)
    ).one_or_none()
    if found is None or (found.subject == "message" and not _hears(session, actor, found)):
        raise NoSuchRecord
    return found


def note_scan(session: Session, actor: Actor, document_id: int, found: str) -> None:
    """Write down what the scanner found in a document within reach."""
    session.execute(
        update(Document).where(*_scope(actor), Document.id == document_id).values(scan=found),
        execution_options={"synchronize_session": False},
    )


def _hears(session: Session, actor: Actor, document: Document) -> bool:
    """What hangs on a message is seen by who sees the message."""
    query = select(Message.id).where(
        Message.pool_id == actor.pool_id, Message.id == document.subject_id
    )
    if actor.door is Door.EXTRANET:
        query = query.where(Message.firm_id.in_(actor.firm_ids), ~Message.internal)
    return session.scalars(query).one_or_none() is not None


def _scope(actor: Actor) -> list[Any]:
    if actor.door is Door.EXTRANET:
        of_range = and_(
            Document.firm_id.is_(None), Document.subject.in_(OF_RANGE), open_subject(Document)
        )
        return [
            Document.pool_id == actor.pool_id,
            or_(Document.firm_id.in_(actor.firm_ids), of_range),
        ]
    return [Document.pool_id == actor.pool_id, ~Document.private, open_subject(Document)]


def find_store(session: Session, actor: Actor, subject: str, subject_id: int) -> str | None:
    """The folder the division of a case has its documents kept in; None: where all are."""
    assert actor.pool_id  # the database answers for this pool and its firms
    found: str | None = session.execute(
        text("SELECT document_store_of(:subject, :number)"),
        {"subject": subject, "number": subject_id},
    ).scalar_one_or_none()
    return found


def may_open(session: Session, actor: Actor, document: Document) -> bool:
    """Whether a paper of a statement names customers of the actor's organisations alone."""
    if document.subject != "statement" or actor.organisation_ids is None:
        return True
    told: bool = session.execute(
        text("SELECT statement_is_open(:statement)"), {"statement": document.subject_id}
    ).scalar_one()
    return told
