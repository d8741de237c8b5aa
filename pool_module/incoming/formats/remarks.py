"""What a reader has to say about a file it nevertheless reads."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class ReadingWarning:
    """One remark on a place in a delivered file; never a reason to stop.

    Attributes:
        line: number of the line or row, counted from 1; None where it concerns the whole file.
        place: record type or column, e.g. ``0400 booking_date``; empty for the whole line.
        message: an English sentence, the key of its translation, with ``%(name)s`` places.
        values: what fills the places.
    """

    line: int | None
    place: str
    message: str
    values: Mapping[str, object] = field(default_factory=dict)

    def sentence(self) -> str:
        """Write the remark for a person: ``line 7, 0400 booking_date: …``."""
        where = ", ".join(
            part for part in (f"line {self.line}" if self.line else "", self.place) if part
        )
        sentence = self.message % self.values if self.values else self.message
        return f"{where}: {sentence}" if where else sentence


class RemarkList:
    """Warnings kept for showing: the first ones and the number of the rest."""

    def __init__(self, most: int = 1_000) -> None:
        self._most = most
        self._kept: list[ReadingWarning] = []
        self._dropped = 0

    def add(self, warning: ReadingWarning) -> None:
        """Keep a warning, or count it once there are enough."""
        if len(self._kept) < self._most:
            self._kept.append(warning)
        else:
            self._dropped += 1

    def texts(self) -> list[str]:
        """Give the warnings as sentences."""
        texts = [warning.sentence() for warning in self._kept]
        return [*texts, f"{self._dropped} more warnings"] if self._dropped else texts
