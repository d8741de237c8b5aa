"""Taking over an uploaded file: the import everybody knows, without the rows that are wrong."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from pool_module.incoming.formats.detecting import GDV
from pool_module.incoming.formats.statements.columns import ColumnMapping
from pool_module.incoming.operations import registers, uploads
from pool_module.incoming.operations.delivered_gdv import ContractKey
from pool_module.incoming.operations.gdv import GdvImport
from pool_module.incoming.operations.result import ImportResult
from pool_module.incoming.operations.statement import StatementImport
from pool_module.incoming.queries import uploads as queries
from shared.actor import Actor
from shared.db import Session
from shared.models.incoming import Upload


class Taking:
    """An uploaded file on its way in.

    Args:
        session: its transactions; the caller commits after every step.
        actor: in whose name.
        upload_id: the upload, looked at before.
        storage: where its bytes lie.
        today: the pool's day.

    Attributes:
        size: rows or records of the file.
        result: complete after the last step.
    """

    def __init__(
        self,
        session: Session,
        actor: Actor,
        upload_id: int,
        *,
        storage: Path,
        today: date,
        chunk: int = 1_000,
    ) -> None:
        self._session, self._actor = session, actor
        upload = queries.get_upload(session, actor, upload_id)
        self._upload_id, self.file_name = upload.id, upload.file_name
        path = uploads.path_of(storage, actor, upload)
        self._work = self._import_of(upload, path, storage, today, chunk)
        self.size = self._work.records

    @property
    def result(self) -> ImportResult:
        """What the import has to say."""
        return self._work.result

    @property
    def delivery_id(self) -> int:
        """The delivery, from the first step on."""
        return self._work.delivery_id

    def steps(self) -> Iterator[int]:
        """Do the import; after every step the caller commits. Gives how far the file is read."""
        yield from self._work.steps()
        upload = queries.get_upload(self._session, self._actor, self._upload_id, lock=True)
        upload.state, upload.delivery_id = "taken", self._work.delivery_id
        self._session.flush()
        yield self.size

    def _import_of(
        self, upload: Upload, path: Path, storage: Path, today: date, chunk: int
    ) -> GdvImport | StatementImport:
        session, actor = self._session, self._actor
        assert upload.insurer_id is not None
        code = registers.load_by_id(session, actor, upload.insurer_id).insurer_code
        if upload.format == GDV:
            kept = {
                _key(key): fields for key, fields in queries.kept_fields(session, actor, upload.id)
            }
            return GdvImport(
                session, actor, code, path,
                storage=storage, today=today, chunk=chunk, kept=kept, file_name=upload.file_name,
            )  # fmt: skip
        return StatementImport(
            session, actor, code, path,
            storage=storage, today=today, chunk=chunk, file_name=upload.file_name,
            columns=ColumnMapping.from_dict(upload.mapping),
            leave_out=queries.row_numbers(session, actor, upload.id, "error"),
        )  # fmt: skip


def stop(session: Session, actor: Actor, upload_id: int) -> None:
    """Lay a file that was being looked at or taken down: it can be gone on with.

    What an import had taken by then stays; taken again, it goes on where it was.
    """
    upload = queries.get_upload(session, actor, upload_id, lock=True)
    if upload.state in {"checking", "taking"}:
        upload.state = "checked" if upload.state == "taking" else "read"
        session.flush()


def refuse(session: Session, actor: Actor, upload_id: int) -> None:
    """Note that a file turned out to be unreadable further down."""
    upload = queries.get_upload(session, actor, upload_id, lock=True)
    upload.state = "refused"
    session.flush()


def _key(text: str) -> ContractKey:
    number, line, sequence = text.rsplit("/", 2)
    return ContractKey(number, line, int(sequence))
