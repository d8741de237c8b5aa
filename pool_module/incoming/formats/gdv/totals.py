"""Control totals of a package: what its Nachsatz 9999 states against what was read."""

from decimal import Decimal
from typing import Final

from pool_module.incoming.formats.gdv.blocks import Application, ContractBlock
from pool_module.incoming.formats.gdv.grouping import Block
from pool_module.incoming.formats.gdv.model import Contract, Totals
from pool_module.incoming.formats.gdv.record import Record

_ZERO: Final = Decimal("0.00")


class Tally:
    """Adds up a package while it is read: records but 0001 and 9999, premium, commission."""

    def __init__(self) -> None:
        self._records = 0
        self._net_premium = _ZERO
        self._gross_premium = _ZERO
        self._commission = _ZERO

    def count(self) -> None:
        """Count a record."""
        self._records += 1

    def add(self, block: Block) -> None:
        """Add the amounts of a contract or an application."""
        match block:
            case ContractBlock():
                self._add_contract(block.contract)
                for booking in block.bookings:
                    self._gross_premium += booking.gross_premium or _ZERO
                    self._commission += booking.commission or _ZERO
            case Application():
                for contract in block.contracts:
                    self._add_contract(contract)

    def _add_contract(self, contract: Contract | None) -> None:
        if contract:
            self._net_premium += contract.net_premium or _ZERO

    def totals(self) -> Totals:
        """Give the sums so far."""
        return Totals(self._records, self._net_premium, self._gross_premium, self._commission)


def stated_totals(record: Record) -> Totals:
    """Read a Nachsatz 9999; what it leaves blank it does not state."""
    count = record.amount("records")
    return Totals(
        records=None if count is None else int(count),
        net_premium=record.amount("net_premium"),
        gross_premium=record.amount("gross_premium"),
        commission=record.amount("commission"),
    )


def compare(record: Record, stated: Totals, read: Totals) -> None:
    """Report each total that differs, with the difference; a delivery is never refused for it."""
    for name in ("records", "net_premium", "gross_premium", "commission"):
        expected, found = getattr(stated, name), getattr(read, name)
        if expected is not None and expected != found:
            record.warn(
                name,
                "The trailer states %(stated)s, read were %(read)s: %(difference)s apart.",
                stated=expected,
                read=found,
                difference=found - expected,
            )
