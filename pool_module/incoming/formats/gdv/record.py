"""One record of 256 characters and its fields by name."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Final

from pool_module.incoming.formats.gdv.layout import LAYOUTS, RECORD_LENGTH, Field
from pool_module.incoming.formats.gdv.model import Head, PartialDate, RawRecord
from pool_module.incoming.formats.gdv.parts import LINE_RECORDS, part_of
from pool_module.incoming.formats.gdv.values import UnreadableError, read_amount, read_day
from pool_module.incoming.formats.numbers import normalise_agency, normalise_number
from pool_module.incoming.formats.remarks import ReadingWarning

_CONTROLS: Final = "\x00\x1a"


class Record:
    """A record; reading a damaged field appends a warning and gives None, it never raises.

    Args:
        number: number of its line in the file.
        text: its characters, short ones are padded with blanks.
        warnings: the list damaged fields are reported to.
    """

    __slots__ = ("key", "line", "number", "part", "record_type", "text", "warnings")

    def __init__(self, number: int, text: str, warnings: list[ReadingWarning]) -> None:
        self.number = number
        self.text = text.ljust(RECORD_LENGTH)
        self.warnings = warnings
        self.record_type = self.text[:4]
        self.line = self.text[10:13].strip()
        self.part = part_of(self.record_type, self.line, self.text)
        self.key = (self.text[4:9], normalise_number(self.text[13:30]), self.text[30:32])

    @property
    def name(self) -> str:
        """Record type, with its line where the layout goes by line: ``0400``, ``0220.020``."""
        by_line = self.record_type in LINE_RECORDS
        name = f"{self.record_type}.{self.line}" if by_line else self.record_type
        return "".join(letter if letter.isprintable() else "?" for letter in name)

    def check(self) -> None:
        """Report what is wrong with the record as a whole."""
        known = not self._is_read() or (self.record_type, self.part) in LAYOUTS
        if self.part is None or not known:
            self.warn("part", "The number of the part is missing or wrong.")
        if "\ufffd" in self.text or any(sign in self.text for sign in _CONTROLS):
            self.warn("", "The record holds characters that can't be read.")

    def _is_read(self) -> bool:
        return (self.record_type, 1) in LAYOUTS

    def warn(self, field: str, message: str, **values: object) -> None:
        """Report a finding at one of the record's fields."""
        place = f"{self.name} {field}".strip()
        self.warnings.append(ReadingWarning(self.number, place, message, values))

    def raw(self) -> RawRecord:
        """Give the record as it came."""
        return RawRecord(self.number, self.record_type, self.line, self.part, self.text)

    def head(self) -> Head:
        """Read the common head (fields 1-7)."""
        text = self.text
        contract_number = text[13:30].strip()
        agency_number = text[32:42].strip()
        return Head(
            insurer_number=text[4:9].strip(),
            bundled=text[9] == "1",
            line=self.line,
            contract_number=contract_number,
            contract_key=normalise_number(contract_number),
            sequence=text[30:32].strip(),
            agency_number=agency_number,
            agency_key=normalise_agency(agency_number),
        )

    def _fields(self) -> Mapping[str, Field]:
        return LAYOUTS.get((self.record_type, self.part or 1), {})

    def _text(self, name: str) -> str:
        """Give a field's characters; blank where this part does not have the field."""
        field = self._fields().get(name)
        return self.text[field.start : field.end] if field else ""

    def names(self) -> Iterable[str]:
        """List the fields this type and part has."""
        return self._fields()

    def has(self, name: str) -> bool:
        """Tell whether this type and part has the field."""
        return name in self._fields()

    def value(self, name: str) -> str:
        """Read text or a key; blank is the empty string."""
        return self._text(name).strip()

    def partial(self, name: str) -> PartialDate | None:
        """Read a date of which the day, the month or the year may be unknown (zeros)."""
        text = self._text(name)
        try:
            return read_day(text)
        except UnreadableError:
            self.warn(name, "No date: %(text)s", text=text)
            return None

    def day(self, name: str) -> date | None:
        """Read a date; day or month unknown (written 00) become the first, with a warning."""
        found = self.partial(name)
        if found is None:
            return None
        if found.exact:
            return found.exact
        text = self._text(name)
        if found.year is None:
            self.warn(name, "A date without its year: %(text)s", text=text)
            return None
        self.warn(name, "Day or month is 00, the first is taken: %(text)s", text=text)
        return date(found.year, found.month or 1, found.day or 1)

    def amount(self, name: str) -> Decimal | None:
        """Read an amount or rate with its decimals, and with its sign where the field has one.

        A blank sign is a plus; beside an amount that is not 0 it is reported.
        """
        field, text = self._fields().get(name), self._text(name)
        if field is None:
            return None
        try:
            amount = read_amount(text, field.decimals)
        except UnreadableError:
            self.warn(name, "No amount: %(text)s", text=text)
            return None
        if field.kind != "S" or not amount:
            return amount
        sign = self.text[field.end]
        if sign not in "+-":
            self.warn(name, "The sign is missing; taken as +%(amount)s", amount=amount)
        return -amount if sign == "-" else amount
