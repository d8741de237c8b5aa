"""Rooms and their doors: which files a room may have (architecture, "Floor plan").

import-linter's exhaustive layers hold the same for modules; this looks at folders and at files it
does not see.
"""

from tests.architecture.source import ROOMS, ROOT, place

DOORS = {"jobs", "operations", "documents", "queries", "engine", "rules", "formats", "errors"}
BESIDE = {"__init__", "__pycache__"}


def test_a_room_has_only_its_doors() -> None:
    """One knows what a file may do before opening it."""
    strange = [
        place(item)
        for module in ROOMS
        for room in (ROOT / module).iterdir()
        if room.is_dir() and room.name != "__pycache__"
        for item in room.iterdir()
        if item.stem not in DOORS | BESIDE or (item.is_file() and item.suffix != ".py")
    ]
    assert strange == []


def test_a_module_has_only_rooms() -> None:
    """What stands beside the rooms belongs to none and is used by all: the start of a drawer."""
    beside = [
        place(item)
        for module in ROOMS
        for item in (ROOT / module).iterdir()
        if item.is_file() and item.name != "__init__.py"
    ]
    assert beside == []
