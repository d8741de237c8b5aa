"""Import a GDV delivery.

Chunk by chunk, each in a transaction the caller commits. One transaction for a whole delivery
would hold the pool's fact lock for minutes, and everybody who records a fact would wait behind the
settlement that waits for it. Nothing is doubled when an import is broken off and done again:
contracts are known by key and digest, lines by their key, and events carry the line's key.
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Final

from pool_module.incoming.formats.encodings import Encoding
from pool_module.incoming.formats.gdv.blocks import Application, ContractBlock
from pool_module.incoming.formats.gdv.lines import read_lines
from pool_module.incoming.formats.gdv.model import FileOpened, FileRead
from pool_module.incoming.formats.gdv.reader import MAX_BYTES, read_gdv
from pool_module.incoming.formats.remarks import ReadingWarning
from pool_module.incoming.formats.source import opened
from pool_module.incoming.operations import (
    applications,
    contracts,
    delivered_gdv,
    deliveries,
    lines,
    registers,
    waiting,
)
from pool_module.incoming.operations.result import ImportResult
from pool_module.incoming.queries import contracts as contract_queries
from shared import outbox
from shared.actor import Actor
from shared.db import Session
from shared.storage import StoredFile

CHUNK: Final = 2_000
"""Contracts, commission lines and applications of a transaction, together."""


class GdvImport:
    """A GDV delivery on its way in.

    Args:
        session: its transactions; the caller commits after every step.
        actor: who imports.
        insurer: code of the insurer it comes from.
        source: the file.
        storage: where originals are kept.
        today: the pool's day.
        kept: per contract the fields that stay as we have them, whatever is delivered.
        file_name: what the file is called, where the path does not say it.

    Attributes:
        records: records of the file, known from the beginning.
        result: complete after the last step.
        delivery_id: the delivery, from the first step on.

    Raises:
        DeliveryRefused: no GDV file, empty, too large, a folder; nothing is written.
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
        chunk: int = CHUNK,
        kept: contracts.Kept | None = None,
        file_name: str | None = None,
    ) -> None:
        self._kept, self._file_name = kept or {}, file_name or source.name
        self.delivery_id = 0
        self._session, self._actor, self._today = session, actor, today
        self._source, self._storage, self._chunk = source, storage, chunk
        encoding = _encoding_of(source)
        self.records = _count_records(source, encoding)
        self.known = registers.load(session, actor, insurer)
        self.result = ImportResult("gdv", encoding=encoding)
        self._keys = delivered_gdv.LineKeys(self.known.insurer_id)
        self._twice: set[delivered_gdv.ContractKey] = set()
        self._seen: list[int] = []
        self._agencies: set[str] = set()

    def steps(self) -> Iterator[int]:
        """Do the import; after every step the caller commits. Gives how far the file is read."""
        stored = deliveries.keep(self._actor, self._storage, self._source)
        self.delivery_id = delivery_id = self._open(stored)
        yield 0
        for blocks, asked, reached in self._chunks(stored.path):
            deliveries.begin(self._session, self._actor)
            self._take(blocks, asked, delivery_id, stored.sha256)
            yield reached
        # somebody may have mapped a number or agreed something since the first chunk
        self.known = registers.load(self._session, self._actor, self.known.insurer_code)
        for settled in waiting.again(self._session, self._actor, self.known, self._today):
            self.result.settled += settled
            yield self.records
        self._close(delivery_id)
        yield self.records

    def _open(self, stored: StoredFile) -> int:
        delivery = deliveries.open_delivery(
            self._session,
            self._actor,
            self.known,
            stored,
            fmt="gdv",
            file_name=self._file_name,
            encoding=self.result.encoding,
        )
        return delivery.id

    def _chunks(self, path: Path) -> Iterator[tuple[list[ContractBlock], list[Application], int]]:
        blocks: list[ContractBlock] = []
        asked: list[Application] = []
        size = reached = 0
        for item in read_gdv(path):
            match item:
                case ContractBlock():
                    blocks.append(item)
                    size += 1 + sum(len(booking.lines) for booking in item.bookings)
                    reached = item.contract.line_number if item.contract else reached
                case Application():
                    asked.append(item)
                    size += 1
                    reached = item.line_number
                case ReadingWarning():
                    self.result.remarks.add(item)
                case FileRead():
                    self.result.records = item.records
                case _:
                    pass
            if size >= self._chunk:
                yield blocks, asked, reached
                blocks, asked, size = [], [], 0
        yield blocks, asked, self.records

    def _take(
        self,
        blocks: list[ContractBlock],
        asked: list[Application],
        delivery_id: int,
        sha256: str,
    ) -> None:
        session, actor, result = self._session, self._actor, self.result
        taken = contracts.take(
            session,
            actor,
            self.known,
            [block for block in blocks if self._is_first(block)],
            delivery_id=delivery_id,
            today=self._today,
            kept=self._kept,
        )
        result.contracts += taken.counts
        self._seen += taken.seen
        self._agencies |= taken.agencies
        if premiums := delivered_gdv.premiums_of(blocks):
            contract_queries.note_premiums(session, actor, self.known.insurer_id, premiums)
        delivered = [line for each in blocks for line in delivered_gdv.lines_of(each, self._keys)]
        if delivered:
            result.lines += lines.take(
                session,
                actor,
                self.known,
                delivered,
                delivery_id=delivery_id,
                sha256=sha256,
                today=self._today,
                repeats_count=False,
            )
        if asked:
            result.applications += applications.take(session, actor, self.known, asked, self._today)

    def _is_first(self, block: ContractBlock) -> bool:
        """Take a contract once per file, else a second import would find it changed each time."""
        if block.contract is None:
            return False
        key = contracts.key_of_block(block)
        if key is None:
            self._remark(block, "The contract has no number; it was not taken.", "nameless")
            return False
        if key in self._twice:
            message = "The contract stands in the file twice; its first place was taken."
            self._remark(block, message, "twice")
            return False
        self._twice.add(key)
        return True

    def _remark(self, block: ContractBlock, message: str, count: str) -> None:
        assert block.contract is not None
        self.result.contracts[count] += 1
        self.result.remarks.add(ReadingWarning(block.contract.line_number, "0200", message))

    def _close(self, delivery_id: int) -> None:
        result = self.result
        if self._seen:
            result.missing = contract_queries.find_missing(
                self._session,
                self._actor,
                self.known.insurer_id,
                self._seen,
                sorted(self._agencies),
            )
            result.contracts["missing"] = len(result.missing)
        deliveries.close_delivery(
            self._session,
            self._actor,
            delivery_id,
            result.as_dict(),
            self._today,
            changed=result.changed,
        )
        # the insurer tells of what changed; the other calendars go on by themselves
        outbox.put(self._session, "contracts.roll_premiums", {})


def _encoding_of(source: Path) -> Encoding:
    """Open the file as the reader does; a file that is no GDV is refused here."""
    for item in read_gdv(source):
        if isinstance(item, FileOpened):
            return item.encoding
    raise AssertionError("the reader tells the encoding first")


def _count_records(source: Path, encoding: Encoding) -> int:
    """Cut the whole file into records once, so that a damaged end is refused before a start."""
    with opened(source, max_bytes=MAX_BYTES) as stream:
        return sum(1 for _ in read_lines(stream, encoding))
