"""Looking at an uploaded file: every row is decided as it would be, and nothing of it stays.

Portion by portion, the import itself is done and taken back, so that what people are shown is what
will happen. A portion holds the pool's fact lock for as long as an import's does.
"""

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, Final, Protocol

from pool_module.incoming.formats.detecting import GDV
from pool_module.incoming.formats.gdv.blocks import Application, ContractBlock
from pool_module.incoming.formats.gdv.reader import read_gdv
from pool_module.incoming.formats.remarks import ReadingWarning
from pool_module.incoming.formats.statements.columns import ColumnMapping
from pool_module.incoming.formats.statements.model import StatementLine, UnreadRow
from pool_module.incoming.formats.statements.reader import read_statement
from pool_module.incoming.operations import (
    applications,
    booking,
    contracts,
    delivered_gdv,
    deliveries,
    lines,
    registers,
    uploads,
)
from pool_module.incoming.operations import shown_rows as shown
from pool_module.incoming.operations.delivered_statement import line_of
from pool_module.incoming.operations.registers import Registers
from pool_module.incoming.queries import uploads as queries
from pool_module.incoming.rules.line import Line, Verdict
from shared.actor import Actor
from shared.db import Session

CHUNK: Final = 1_000
Row = dict[str, Any]


class _Portions(Protocol):
    def __call__(self) -> Iterator[tuple[list[Row], int]]: ...


class Check:
    """An uploaded file being looked at.

    Args:
        session: its transactions; the caller commits after every step.
        actor: in whose name.
        upload_id: the upload.
        storage: where its bytes lie.
        today: the pool's day.

    Attributes:
        size: rows or records of the file, once the first step is done.
    """

    def __init__(
        self,
        session: Session,
        actor: Actor,
        upload_id: int,
        *,
        storage: Path,
        today: date,
        chunk: int = CHUNK,
    ) -> None:
        self._session, self._actor, self._today, self._chunk = session, actor, today, chunk
        upload = queries.get_upload(session, actor, upload_id, lock=True)
        assert upload.insurer_id is not None
        self._upload_id, self._sha = upload.id, upload.sha256
        self._path = uploads.path_of(storage, actor, upload)
        self._is_gdv = upload.format == GDV
        self._mapping = None if self._is_gdv else ColumnMapping.from_dict(upload.mapping)
        self._fields = dict(upload.mapping)
        self._titles = list(upload.details.get("titles") or ())
        self.known = registers.load_by_id(session, actor, upload.insurer_id)
        self._seen: set[delivered_gdv.ContractKey] = set()
        self._keys = delivered_gdv.LineKeys(self.known.insurer_id)
        self.size = 0

    def steps(self) -> Iterator[int]:
        """Look at the file; after every step the caller commits. Gives how far it is read.

        Raises:
            DeliveryRefused: the file can't be read to its end.
        """
        queries.clear_rows(self._session, self._actor, self._upload_id)
        self.size = self._count()
        yield 0
        portions: _Portions = self._gdv if self._is_gdv else self._statement
        for rows, reached in portions():
            queries.add_rows(
                self._session,
                self._actor,
                [{"upload_id": self._upload_id, **shown.EMPTY, **row} for row in rows],
            )
            yield reached
        upload = queries.get_upload(self._session, self._actor, self._upload_id, lock=True)
        if upload.state == "checking":
            upload.state = "checked"
        self._session.flush()
        yield self.size

    def _count(self) -> int:
        if self._is_gdv:
            return sum(isinstance(i, ContractBlock | Application) for i in read_gdv(self._path))
        items = read_statement(self._path, mapping=self._mapping)
        return sum(isinstance(item, StatementLine | UnreadRow) for item in items)

    def _statement(self) -> Iterator[tuple[list[Row], int]]:
        portion: list[StatementLine | UnreadRow] = []
        remarks: dict[int, list[ReadingWarning]] = {}
        reached = 0
        for item in read_statement(self._path, mapping=self._mapping):
            if isinstance(item, ReadingWarning) and item.line is not None:
                remarks.setdefault(item.line, []).append(item)
            elif isinstance(item, StatementLine | UnreadRow):
                portion.append(item)
            if len(portion) >= self._chunk:
                reached += len(portion)
                yield self._rows_of(portion, remarks), reached
                portion, remarks = [], {}
        yield self._rows_of(portion, remarks), reached + len(portion)

    def _rows_of(
        self,
        portion: Collection[StatementLine | UnreadRow],
        remarks: dict[int, list[ReadingWarning]],
    ) -> list[Row]:
        wrong = {row: [r for r in said if shown.is_error(r)] for row, said in remarks.items()}
        read = [
            (item, line_of(self.known.insurer_id, item))
            for item in portion
            if isinstance(item, StatementLine)
        ]
        good = [line for item, line in read if not wrong.get(item.row)]
        verdicts = self._judge(good, repeats_count=True)
        rows = []
        for item in portion:
            said = wrong.get(item.row, [])
            if isinstance(item, UnreadRow) or said:
                rows.append(
                    shown.error_row(
                        item, said or remarks.get(item.row, []), self._fields, self._titles
                    )
                )
        for item, line in read:
            if not wrong.get(item.row):
                rows.append(shown.line_row(line, verdicts.get(line.row), item.holder_text))
        return sorted(rows, key=lambda row: row["row_number"])

    def _judge(self, delivered: list[Line], *, repeats_count: bool) -> dict[int, Verdict]:
        """Decide lines and take it back; by row, those that came before are left out."""
        if not delivered:
            return {}
        session, actor = self._session, self._actor
        mark = session.begin_nested()
        try:
            deliveries.begin(session, actor)
            return self._verdicts(self.known, delivered, repeats_count=repeats_count)
        finally:
            mark.rollback()

    def _verdicts(
        self, known: Registers, delivered: list[Line], *, repeats_count: bool
    ) -> dict[int, Verdict]:
        session, actor = self._session, self._actor
        fresh = lines.fresh_of(session, actor, delivered, self._sha, repeats_count=repeats_count)
        found = booking.book(session, actor, known, fresh, today=self._today, sha256=self._sha)
        return {line.row: found[line.source_key] for line in fresh}

    def _gdv(self) -> Iterator[tuple[list[Row], int]]:
        blocks: list[ContractBlock] = []
        asked: list[Application] = []
        size = reached = 0
        for item in read_gdv(self._path):
            if isinstance(item, ContractBlock):
                blocks.append(item)
                size += 1 + sum(len(booking_.lines) for booking_ in item.bookings)
            elif isinstance(item, Application):
                asked.append(item)
                size += 1
            if size >= self._chunk:
                reached += len(blocks) + len(asked)
                yield self._try(blocks, asked), reached
                blocks, asked, size = [], [], 0
        yield self._try(blocks, asked), reached + len(blocks) + len(asked)

    def _try(self, blocks: list[ContractBlock], asked: list[Application]) -> list[Row]:
        """Take a portion and take it back; what it would have done is what is shown."""
        session, actor = self._session, self._actor
        known = _copied(self.known)
        mark = session.begin_nested()
        try:
            deliveries.begin(session, actor)
            rows = self._try_contracts(known, blocks)
            rows += self._try_lines(known, blocks)
            for each in asked:
                counts = applications.take(session, actor, known, [each], self._today)
                rows.append(shown.application_row(each, counts))
        finally:
            mark.rollback()
        return sorted(rows, key=lambda row: row["row_number"])

    def _try_contracts(self, known: Registers, blocks: list[ContractBlock]) -> list[Row]:
        session, actor = self._session, self._actor
        rows: list[Row] = []
        first: list[ContractBlock] = []
        for block in blocks:
            key = contracts.key_of_block(block)
            if block.contract is not None and (key is None or key in self._seen):
                rows.append(shown.contract_error(block, "twice" if key else "nameless"))
            elif key is not None:
                self._seen.add(key)
                first.append(block)
        compared = contracts.compare(session, actor, known, first, today=self._today)
        names = {p.product_id: name for name, many in known.products.items() for p in many}
        rows += [shown.contract_row(*each, names) for each in compared]
        if first:
            opened = deliveries.scratch(session, actor, known, self._sha)
            contracts.take(session, actor, known, first, delivery_id=opened, today=self._today)
        return rows

    def _try_lines(self, known: Registers, blocks: list[ContractBlock]) -> list[Row]:
        delivered = [line for b in blocks for line in delivered_gdv.lines_of(b, self._keys)]
        if not delivered:
            return []
        verdicts = self._verdicts(known, delivered, repeats_count=False)
        holders = shown.holders_of(blocks)
        return [
            shown.line_row(line, verdicts.get(line.row), holders.get(line.number_key, ""))
            for line in delivered
        ]


def _copied(known: Registers) -> Registers:
    """The registers to try with: what is added to them is taken back too."""
    return replace(
        known,
        lines=dict(known.lines),
        products={key: list(many) for key, many in known.products.items()},
        catch_alls=dict(known.catch_alls),
    )
