"""What a backup says of itself."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from brokerpool.backup.content import written_whole
from brokerpool.backup.figures import Figures
from shared.errors import Refused

NAME = "manifest.json"
FORMAT = 1


@dataclass(frozen=True)
class Part:
    """A file beside the manifest: its name, its size in bytes, the hash of its content."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """One backup.

    Attributes:
        created_at: when, in UTC.
        brokerpool: the release that made it.
        figures: counts and sums of the database at that moment.
        extensions: what the tables need of the server.
        dump: the database.
        file_list: which stored files belong to it.
        files: how many they are.
        file_bytes: their size.
    """

    created_at: str
    brokerpool: str
    figures: Figures
    extensions: list[str]
    dump: Part
    file_list: Part
    files: int
    file_bytes: int

    def write(self, folder: Path) -> None:
        """Put it in its place; from this moment on the folder is this backup."""
        text = json.dumps({"format": FORMAT} | asdict(self), indent=1, ensure_ascii=False)
        written_whole(folder / NAME, text.encode() + b"\n")

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read a folder's manifest.

        Raises:
            Refused: there is none, or it can't be understood.
        """
        path = folder / NAME
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise Refused(f"There is no backup in {folder}: {NAME} is missing.") from None
        except ValueError:
            raise Refused(f"{path} is damaged: take another backup.") from None
        if not isinstance(found, dict) or found.pop("format", None) != FORMAT:
            raise Refused(f"{path} was not written by this release of brokerpool, or is damaged.")
        try:
            return cls(
                dump=Part(**found.pop("dump")),
                file_list=Part(**found.pop("file_list")),
                figures=Figures(**found.pop("figures")),
                **found,
            )
        except (TypeError, KeyError):
            raise Refused(f"{path} is damaged: take another backup.") from None
