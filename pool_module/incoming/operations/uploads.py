"""Files people bring: kept, recognised, looked at, taken. Nothing is booked before it is taken."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pool_module.incoming.errors import NoSuchUpload, UploadMoved, WrongInsurer
from pool_module.incoming.formats.detecting import GDV, Detected, detect_delivery
from pool_module.incoming.formats.statements.columns import ColumnMapping
from pool_module.incoming.operations import journal, mappings
from pool_module.incoming.queries import uploads as queries
from pool_module.products import queries as products
from shared import workplace
from shared.actor import Actor
from shared.db import Session
from shared.errors import Refused
from shared.models.incoming import Upload
from shared.models.products import Insurer
from shared.storage import store_file

CHECK, TAKE = "incoming.check_upload", "incoming.take_upload"
"""The tasks, and the kinds of their jobs."""
SUBJECT: Final = "upload"
_MOST_FILES: Final = 20


@dataclass(frozen=True)
class Received:
    """What became of a file that was brought.

    Attributes:
        upload_id: where it is looked at; None: it was refused.
        refusal: why.
        same: it lay there already.
    """

    name: str
    upload_id: int | None
    refusal: Refused | None = None
    same: bool = False


def receive(
    session: Session, actor: Actor, files: Sequence[tuple[str, Path]], *, storage: Path
) -> list[Received]:
    """Keep files and begin to look at those whose insurer and columns are known.

    Args:
        session: the transaction.
        actor: who brings them.
        files: what each is called, and where it lies.
        storage: where originals are kept.
    """
    return [_receive(session, actor, name, path, storage) for name, path in files[:_MOST_FILES]]


def describe(
    session: Session,
    actor: Actor,
    upload_id: int,
    *,
    insurer: str,
    columns: Mapping[str, str] | None,
    storage: Path,
) -> None:
    """Say whose file it is and which column is which, and look at it (again).

    Raises:
        NoSuchUpload: the pool has none of this id.
        UploadMoved: it is being taken, or was.
        WrongInsurer: what the file holds belongs to another insurer.
        DeliveryRefused: the columns don't make lines.
    """
    upload = queries.get_upload(session, actor, upload_id, lock=True)
    if upload.state not in {"read", "checked", "checking", "refused"}:
        raise UploadMoved(upload.file_name)
    found = products.find_insurer(session, actor, insurer)
    if found is None:
        raise WrongInsurer(insurer or "?", "?")
    _check_insurer(session, actor, upload, found)
    upload.insurer_id = found.id
    if upload.format != GDV:
        fields = {title: field for title, field in (columns or {}).items() if field}
        mapping = ColumnMapping.from_dict(fields)
        detected = detect_delivery(path_of(storage, actor, upload), mapping)
        upload.mapping = mapping.to_dict()
        upload.details = {**upload.details, **_head(detected)}
    _look(session, actor, upload)


def take(session: Session, actor: Actor, upload_id: int) -> int:
    """Have the good rows of a looked-at file taken over; gives the job.

    Raises:
        NoSuchUpload: the pool has none of this id.
        UploadMoved: somebody takes it already, or it was taken.
    """
    upload = queries.get_upload(session, actor, upload_id, lock=True)
    if upload.state != "checked":
        raise UploadMoved(upload.file_name)
    upload.state = "taking"
    session.flush()
    return _start(session, actor, TAKE, upload)


def keep_ours(
    session: Session, actor: Actor, upload_id: int, row_id: int, fields: Sequence[str]
) -> None:
    """Say which fields of a changed contract stay as we have them; the others are taken over.

    Raises:
        NoSuchUpload: there is no such changed row.
        UploadMoved: the file is being taken, or was.
    """
    upload = queries.get_upload(session, actor, upload_id, lock=True)
    if upload.state != "checked":
        raise UploadMoved(upload.file_name)
    if not queries.keep_fields(session, actor, upload_id, row_id, sorted(set(fields))):
        raise NoSuchUpload(upload_id)


def drop(session: Session, actor: Actor, upload_id: int) -> None:
    """Lay an upload aside; nothing of it was booked.

    Raises:
        NoSuchUpload: the pool has none of this id.
        UploadMoved: it is being taken, or was.
    """
    upload = queries.get_upload(session, actor, upload_id, lock=True)
    if upload.state in {"taking", "taken"}:
        raise UploadMoved(upload.file_name)
    upload.state = "dropped"
    session.flush()
    journal.note(session, actor, "upload.dropped", (SUBJECT, upload.id), file=upload.file_name)


def path_of(storage: Path, actor: Actor, upload: Upload) -> Path:
    """Where an upload's bytes lie."""
    return storage / str(actor.pool_id) / "pool" / upload.sha256


def _receive(session: Session, actor: Actor, name: str, path: Path, storage: Path) -> Received:
    try:
        detected = detect_delivery(path)
    except Refused as refusal:
        return Received(name, None, refusal)
    stored = store_file(storage, actor.pool_id, None, path)
    there = queries.find_same(session, actor, stored.sha256)
    if there is not None:
        return Received(name, there.id, same=True)
    insurer_id = _insurer_of(session, actor, detected)
    if insurer_id is not None and detected.table is not None:
        detected = _with_kept_mapping(session, actor, insurer_id, stored.path, detected)
    taken = queries.find_taken(session, actor, stored.sha256)
    upload = Upload(
        pool_id=actor.pool_id,
        account_id=actor.account_id,
        insurer_id=insurer_id,
        format=detected.format,
        encoding=detected.encoding,
        file_name=name,
        sha256=stored.sha256,
        size=stored.size,
        mapping=detected.table.columns if detected.table else {},
        details={
            **_head(detected),
            "sender": detected.sender,
            "numbers": list(detected.number_keys),
            "taken": taken.id if taken else None,
        },
    )
    session.add(upload)
    session.flush()
    journal.note(session, actor, "upload.received", (SUBJECT, upload.id), file=name)
    if insurer_id is not None and (detected.format == GDV or upload.mapping):
        _look(session, actor, upload)
    return Received(name, upload.id)


def _head(detected: Detected) -> dict[str, Any]:
    table = detected.table
    if table is None:
        return {}
    return {
        "titles": list(table.titles),
        "rows": [list(row) for row in table.rows],
        "sheet": table.sheet,
        "header_row": table.header_row,
    }


def _insurer_of(session: Session, actor: Actor, detected: Detected) -> int | None:
    """Whose file it is: by his number or name in it, else by the contracts it names."""
    found = queries.find_insurer_id(
        session, actor, vu_number=detected.vu_number, names=(*detected.insurers, detected.sender)
    )
    if found is not None:
        return found
    keys = list(detected.number_keys)
    known = queries.insurers_of_numbers(session, actor, keys) if keys else {}
    return max(known, key=lambda insurer: known[insurer]) if known else None


def _with_kept_mapping(
    session: Session, actor: Actor, insurer_id: int, path: Path, detected: Detected
) -> Detected:
    kept = mappings.find(session, actor, insurer_id, None)
    return detect_delivery(path, kept) if kept else detected


def _check_insurer(session: Session, actor: Actor, upload: Upload, said: Insurer) -> None:
    """Refuse an insurer none of whose contracts are in a file that is full of another's."""
    keys = upload.details.get("numbers") or []
    known = queries.insurers_of_numbers(session, actor, keys) if keys else {}
    if not known or said.id in known:
        return
    other = max(known, key=lambda insurer: known[insurer])
    names = {each.id: each.name for each in queries.insurers(session, actor)}
    raise WrongInsurer(said.name, names[other])


def _look(session: Session, actor: Actor, upload: Upload) -> None:
    upload.state = "checking"
    session.flush()
    _start(session, actor, CHECK, upload)


def _start(session: Session, actor: Actor, task: str, upload: Upload) -> int:
    return workplace.start_job(
        session,
        task,
        task,
        subject=SUBJECT,
        subject_id=upload.id,
        upload_id=upload.id,
        by=actor.name,
        account_id=actor.account_id,
    )
