"""Which records belong together: by their head, not by their position.

A window of open contracts keeps memory flat: records of one contract may be apart by as many
other contracts as the window holds. What comes later forms a block of its own, without contract
data; whoever books matches by contract number anyway.
"""

from collections import OrderedDict
from collections.abc import Iterator
from typing import Final, TypeAlias

from pool_module.incoming.formats.gdv.blocks import Application, ContractBlock
from pool_module.incoming.formats.gdv.model import RawParts
from pool_module.incoming.formats.gdv.parts import LINE_RECORDS
from pool_module.incoming.formats.gdv.reading_bookings import BOOKING_TYPES, bookings_of
from pool_module.incoming.formats.gdv.reading_contracts import contracts_of, parties_of
from pool_module.incoming.formats.gdv.record import Record

Block: TypeAlias = ContractBlock | Application

WINDOW: Final = 256
"""Contracts held open at a time."""

_MOST_RECORDS: Final = 5_000
_READ_TYPES: Final = BOOKING_TYPES | {"0052", "0100", "0200", "0202", "9952"}


class Grouping:
    """Collects the records of one package and gives blocks as soon as they are complete."""

    def __init__(self, package: int) -> None:
        self._package = package
        self._contracts: OrderedDict[tuple[str, str, str], list[Record]] = OrderedDict()
        self._application: list[Record] = []

    def take(self, record: Record) -> Iterator[Block]:
        """Take the next record; give the blocks it completes."""
        if record.record_type == "0052" and record.part != 2:
            yield from self._close_application()
            self._application = [record]
        elif self._application:
            yield from self._take_into_application(record)
        else:
            yield from self._take_into_contract(record)

    def finish(self) -> Iterator[Block]:
        """Give what is still open at the end of the package."""
        yield from self._close_application()
        while self._contracts:
            yield self._contract_block(self._contracts.popitem(last=False)[1])

    def _take_into_application(self, record: Record) -> Iterator[Block]:
        """Inside 0052 … 9952 position decides: numbers in the heads may differ there."""
        self._application.append(record)
        if record.record_type == "9952" or len(self._application) >= _MOST_RECORDS:
            yield from self._close_application()

    def _close_application(self) -> Iterator[Block]:
        if self._application:
            yield self._application_block(self._application)
            self._application = []

    def _take_into_contract(self, record: Record) -> Iterator[Block]:
        held = self._contracts.setdefault(record.key, [])
        if _opens_another(record, held):
            later = _parties_after_contract(held)
            yield self._contract_block([each for each in held if each not in later])
            self._contracts[record.key] = held = later or _parties(held)
        held.append(record)
        if len(held) >= _MOST_RECORDS:
            yield self._contract_block(self._contracts.pop(record.key))
        elif len(self._contracts) > WINDOW:
            yield self._contract_block(self._contracts.popitem(last=False)[1])

    def _contract_block(self, records: list[Record]) -> ContractBlock:
        contracts = contracts_of(_of_type(records, "0200"))
        contract = contracts[0] if contracts else None
        return ContractBlock(
            package=self._package,
            head=contract.head if contract else records[0].head(),
            parties=parties_of(_parties(records)),
            contract=contract,
            bookings=bookings_of(each for each in records if each.record_type in BOOKING_TYPES),
            raw=_raw(records),
        )

    def _application_block(self, records: list[Record]) -> Application:
        first = records[0]
        texts = {
            name: first.value(name) or _value(records, "9952", name)
            for name in ("transaction_insurer", "transaction_broker")
        }
        return Application(
            package=self._package,
            line_number=first.number,
            head=first.head(),
            business_case=first.value("business_case"),
            posted_on=first.day("posted_on"),
            posted_at=first.value("posted_at"),
            authorisation=first.value("authorisation"),
            category=first.value("category"),
            case_text=first.value("case_text"),
            parties=parties_of(_parties(records)),
            contracts=contracts_of(_of_type(records, "0200")),
            raw=_raw(records),
            consent_privacy=_value(records, "0202", "consent_privacy"),
            consent_health=_value(records, "0202", "consent_health"),
            **texts,
        )


def _of_type(records: list[Record], record_type: str) -> list[Record]:
    return [record for record in records if record.record_type == record_type]


def _value(records: list[Record], record_type: str, name: str) -> str:
    return next((record.value(name) for record in _of_type(records, record_type)), "")


def _parties(records: list[Record]) -> list[Record]:
    return _of_type(records, "0100")


def _opens_another(record: Record, held: list[Record]) -> bool:
    """Tell whether a 0200 starts a second contract under a head that already has one."""
    is_contract = record.record_type == "0200" and record.part == 1
    return is_contract and any(each.record_type == "0200" for each in held)


def _parties_after_contract(held: list[Record]) -> list[Record]:
    last = max(index for index, each in enumerate(held) if each.record_type == "0200")
    return _parties(held[last:])


def _raw(records: list[Record]) -> RawParts:
    kept = [record for record in records if record.record_type not in _READ_TYPES]
    return RawParts(
        sub_lines=tuple(each.raw() for each in kept if each.record_type in LINE_RECORDS),
        others=tuple(each.raw() for each in kept if each.record_type not in LINE_RECORDS),
    )
