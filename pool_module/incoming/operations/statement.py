"""Import a commission statement (CSV, XLSX); in chunks, like a GDV delivery (see ``gdv``)."""

from collections.abc import Collection, Iterator
from datetime import date
from pathlib import Path
from typing import Final

from pool_module.incoming.formats.remarks import ReadingWarning
from pool_module.incoming.formats.statements.columns import ColumnMapping
from pool_module.incoming.formats.statements.model import StatementLine, StatementOpened
from pool_module.incoming.formats.statements.reader import read_statement
from pool_module.incoming.operations import deliveries, lines, mappings, registers, waiting
from pool_module.incoming.operations.delivered_statement import line_of
from pool_module.incoming.operations.result import ImportResult
from pool_module.incoming.rules.line import Line
from shared.actor import Actor
from shared.db import Session

CHUNK: Final = 2_000


class StatementImport:
    """A commission statement on its way in.

    Args:
        session: its transactions; the caller commits after every step.
        actor: who imports.
        insurer: code of the insurer it comes from.
        source: the file.
        storage: where originals are kept.
        today: the pool's day.
        mapping: name of the insurer's column mapping; None = the one named ``default``, if any.
        columns: which column is which, header → field; saved under the mapping's name.
        leave_out: rows of the file that are not taken.
        file_name: what the file is called, where the path does not say it.

    Attributes:
        records: rows of the file that are lines, known from the beginning.
        result: complete after the last step.
        delivery_id: the delivery, from the first step on.

    Raises:
        DeliveryRefused: no statement, empty, too large, a folder; nothing is written.
        InsurerUnknown: the pool has no such insurer; nothing is written.
    """

    def __init__(
        self,
        session: Session,
        actor: Actor,
        insurer: str,
        source: Path,
        *,
        storage: Path,
        today: date,
        mapping: str | None = None,
        columns: ColumnMapping | None = None,
        chunk: int = CHUNK,
        leave_out: Collection[int] = (),
        file_name: str | None = None,
    ) -> None:
        self._session, self._actor, self._today = session, actor, today
        self._leave_out, self._file_name = frozenset(leave_out), file_name or source.name
        self._source, self._storage, self._chunk = source, storage, chunk
        self._name = mapping
        self.known = registers.load(session, actor, insurer)
        insurer_id = self.known.insurer_id
        self._columns = columns or mappings.find(session, actor, insurer_id, mapping)
        self._opened, self.records = _opening_of(source, self._columns)
        self.result = ImportResult("statement", encoding=self._opened.encoding)
        self.delivery_id = 0
        self._save = columns is not None or mapping is not None

    def steps(self) -> Iterator[int]:
        """Do the import; after every step the caller commits. Gives how far the file is read."""
        session, actor = self._session, self._actor
        stored = deliveries.keep(actor, self._storage, self._source)
        delivery = deliveries.open_delivery(
            session,
            actor,
            self.known,
            stored,
            fmt=self._opened.format,
            file_name=self._file_name,
            encoding=self._opened.encoding,
        )
        self.delivery_id = delivery_id = delivery.id
        if self._save:
            columns = ColumnMapping(self._opened.columns)
            mappings.save(session, actor, self.known.insurer_id, self._name, columns)
        yield 0
        for chunk in self._chunks(stored.path):
            deliveries.begin(session, actor)
            self.result.lines += lines.take(
                session,
                actor,
                self.known,
                chunk,
                delivery_id=delivery_id,
                sha256=stored.sha256,
                today=self._today,
                repeats_count=True,
            )
            self.result.records += len(chunk)
            yield self.result.records
        for settled in waiting.clawbacks_again(session, actor, self.known, self._today):
            self.result.settled += settled
            yield self.records
        counts, changed = self.result.as_dict(), self.result.changed
        deliveries.close_delivery(session, actor, delivery_id, counts, self._today, changed=changed)
        yield self.records

    def _chunks(self, path: Path) -> Iterator[list[Line]]:
        chunk: list[Line] = []
        for item in read_statement(path, mapping=self._columns):
            if isinstance(item, StatementLine) and item.row not in self._leave_out:
                chunk.append(line_of(self.known.insurer_id, item))
            elif isinstance(item, ReadingWarning):
                self.result.remarks.add(item)
            if len(chunk) >= self._chunk:
                yield chunk
                chunk = []
        if chunk:
            yield chunk


def _opening_of(source: Path, columns: ColumnMapping | None) -> tuple[StatementOpened, int]:
    """Read the whole file once, so that a damaged end is refused before anything is written."""
    found: StatementOpened | None = None
    rows = 0
    for item in read_statement(source, mapping=columns):
        if isinstance(item, StatementOpened):
            found = item
        rows += isinstance(item, StatementLine)
    assert found is not None
    return found, rows
