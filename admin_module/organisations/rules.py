"""What holds of units, without asking anybody."""

import re
from typing import Final

from shared.vocabulary import Unit

PARENT: Final = {Unit.DIVISION: Unit.ORGANISATION, Unit.TEAM: Unit.DIVISION}
# what a unit can take over from the one above it, in one click (AIM-12, 18)
COPIED: Final = ("street", "postcode", "city", "phone", "fax")
LARGEST_LOGO: Final = 1024 * 1024
# what runs, or fetches: scripts, handlers, links, entities, pages inside
_ACTIVE: Final = re.compile(
    rb"""(?i)<\s*(script|foreignobject|iframe|!entity)|javascript:|[\s"'/](on\w+|[\w:]*href)\s*="""
)
_FOLDER: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")


def is_folder(name: str) -> bool:
    """Whether documents can be kept in a folder of this name: one step down, never up or away."""
    return _FOLDER.fullmatch(name) is not None


def is_logo(content: bytes) -> bool:
    """Whether a file is a picture letters can carry: PNG, or SVG without scripts."""
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return True
    head = content[:1024].lstrip().lower()
    is_svg = head.startswith((b"<svg", b"<?xml")) and b"<svg" in head
    return is_svg and not _ACTIVE.search(content)
