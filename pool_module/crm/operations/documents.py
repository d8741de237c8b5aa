"""Documents, taken in and opened."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pool_module.crm.documents import photo_pages
from pool_module.crm.errors import (
    FileBursts,
    FileEmpty,
    FileInfected,
    FileRefused,
    FileTooLarge,
    FileWaits,
    NoPages,
    NoSuchRecord,
)
from pool_module.crm.queries import documents as queries
from pool_module.crm.queries import subjects
from pool_module.crm.queries.subjects import Subject
from pool_module.crm.rules import bombs, files
from pool_module.crm.rules.files import FileKind
from shared import audit, storage
from shared.db import Session, actor_of
from shared.models.contracts import Document
from shared.scanning import Scan, scanned
from shared.vocabulary import Door

MESSAGE = "message"


@dataclass(frozen=True)
class Upload:
    """A file as it came: its name says nothing of what it is."""

    file_name: str
    content: bytes


@dataclass(frozen=True)
class _Filing:
    """How a file is kept.

    Attributes:
        kind: one of ``rules.files.KINDS``.
        title: what people call it.
        shared: the thing's firm sees it too.
        private: a firm's own.
    """

    kind: str
    title: str | None = None
    shared: bool = True
    private: bool = False


@dataclass(frozen=True)
class Opened:
    """A document with its bytes."""

    document: Document
    content: bytes


def store_upload(
    session: Session,
    root: Path,
    upload: Upload,
    *,
    subject: str,
    subject_id: int,
    kind: str = "other",
    title: str | None = None,
    shared: bool = True,
    private: bool = False,
) -> Document:
    """Keep a file about a thing.

    Args:
        session: the transaction.
        root: the folder of stored files.
        upload: the file.
        subject: the table of the thing.
        subject_id: its number.
        kind: one of ``rules.files.KINDS``.
        title: what people call it; default: its file's name.
        shared: the thing's firm sees it too; what comes from the firm always is.
        private: a firm's own, which the pool does not see.

    Raises:
        NoSuchRecord: the thing is not within reach.
        FileEmpty, FileTooLarge, FileRefused: the file is not taken.
    """
    about = subjects.get_subject(session, actor_of(session), subject, subject_id)
    found = check(upload)
    filing = _Filing(kind, title, shared, private)
    return _store(session, root, about, (upload, found), filing)


def store_pages(
    session: Session,
    root: Path,
    uploads: Sequence[Upload],
    *,
    subject: str,
    subject_id: int,
    kind: str = "other",
    title: str | None = None,
    shared: bool = True,
    private: bool = False,
) -> Document:
    """Keep photographed pages as one PDF; for the rest as ``store_upload``.

    Raises:
        NoPages: one is no JPEG or PNG picture.
    """
    about = subjects.get_subject(session, actor_of(session), subject, subject_id)
    found = [check(upload) for upload in uploads]
    if not found or any(each.media_type not in files.PICTURES for each in found):
        raise NoPages
    pages = [(u.content, k.ending) for u, k in zip(uploads, found, strict=True)]
    try:
        joined = photo_pages.join(pages)
    except photo_pages.UnreadablePictureError as error:
        raise NoPages from error
    name = Path(files.neat_name(uploads[0].file_name, found[0])).stem
    whole = Upload(f"{name}.pdf", joined)
    pdf = FileKind("application/pdf", "pdf")
    filing = _Filing(kind, title, shared, private)
    return _store(session, root, about, (whole, pdf), filing)


def attach(
    session: Session, root: Path, uploads: Sequence[Upload], message_id: int, firm_id: int | None
) -> list[Document]:
    """Hang files on a message; ``firm_id`` is None where the firm does not read it."""
    found = [(upload, check(upload)) for upload in uploads]
    about = Subject("message", message_id, "", firm_id)
    return [_store(session, root, about, each, _Filing(MESSAGE)) for each in found]


def open_document(session: Session, root: Path, document_id: int) -> Opened:
    """A document's bytes, as they were stored.

    Raises:
        NoSuchRecord: there is none within reach.
        FileInfected, FileWaits: it is not handed out, for good or until it was looked at.
    """
    actor = actor_of(session)
    document = queries.get_document(session, actor, document_id)
    if not queries.may_open(session, actor, document):
        raise NoSuchRecord
    content = storage.open_stored(
        root, actor.pool_id, document.firm_id, document.sha256, document.folder
    )
    if document.scan == Scan.SCANNING:
        queries.note_scan(session, actor, document.id, scanned(content))
        session.expire(document, ["scan"])
        document = queries.get_document(session, actor, document_id)
    if document.scan == Scan.INFECTED:
        raise FileInfected(document.file_name)
    if document.scan == Scan.SCANNING:
        raise FileWaits(document.file_name)
    return Opened(document, content)


def check(upload: Upload) -> FileKind:
    """The kind of a file, if it is taken.

    Raises:
        FileEmpty, FileTooLarge, FileRefused, FileBursts: it is not.
    """
    if not upload.content:
        raise FileEmpty(upload.file_name)
    if len(upload.content) > files.LARGEST:
        raise FileTooLarge(upload.file_name, files.LARGEST // 1024**2)
    found = files.kind_of(upload.content)
    if found is None:
        raise FileRefused(upload.file_name)
    if bombs.bursts(upload.content):
        raise FileBursts(upload.file_name)
    return found


def _store(
    session: Session, root: Path, about: Subject, file: tuple[Upload, FileKind], filing: _Filing
) -> Document:
    upload, found = file
    actor = actor_of(session)
    seen = filing.shared or filing.private or actor.door is Door.EXTRANET
    firm_id = about.firm_id if seen else None
    scan = scanned(upload.content)
    if scan == Scan.INFECTED:
        raise FileInfected(upload.file_name)
    folder = queries.find_store(session, actor, about.kind, about.id)
    stored = storage.store(root, actor.pool_id, firm_id, upload.content, folder)
    document = Document(
        pool_id=actor.pool_id,
        firm_id=firm_id,
        private=filing.private or about.private,
        subject=about.kind,
        subject_id=about.id,
        kind=filing.kind if filing.kind in {*files.KINDS, MESSAGE} else "other",
        title=filing.title or None,
        file_name=files.neat_name(upload.file_name, found),
        media_type=found.media_type,
        sha256=stored.sha256,
        size=stored.size,
        scan=scan,
        folder=folder,
    )
    session.add(document)
    session.flush()
    audit.write(
        session, "document.added", about.kind, about.id,
        new={"document": document.id, "name": document.file_name},
    )  # fmt: skip
    return document
