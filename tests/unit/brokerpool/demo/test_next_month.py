"""The delivery that waits: what it holds, and that it is the same each time."""

from datetime import date
from pathlib import Path

from brokerpool.demo.deliveries.next_month import EQUAL, NEW_RATE, write_next
from brokerpool.demo.months import Months
from brokerpool.demo.world import draw_world
from pool_module.incoming.formats.gdv.blocks import ContractBlock
from pool_module.incoming.formats.gdv.reader import read_gdv


def test_it_holds_what_people_clear_up(tmp_path: Path) -> None:
    world = draw_world(Months.before(date(2026, 11, 21)))
    waiting = write_next(world, tmp_path)
    blocks = [item for item in read_gdv(waiting.path) if isinstance(item, ContractBlock)]
    lines = [line for block in blocks for booking in block.bookings for line in booking.lines]
    assert len(lines) == waiting.lines
    assert sum(line.rate == NEW_RATE * 100 for line in lines) == EQUAL
    assert sum(line.amount < 0 for line in lines) == 1
    assert sum(block.contract is None for block in blocks) == 1
    assert waiting.path.name == "CK_Bestand_Provision_2026-11.gdv"
    again = write_next(world, tmp_path / "again")
    assert again.path.read_bytes() == waiting.path.read_bytes()
