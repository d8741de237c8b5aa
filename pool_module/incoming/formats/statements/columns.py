"""Which column is which: by exact synonyms of its header, or as a person said.

Headers are compared in lower case, umlauts written out, nothing but a-z and 0-9; always the whole
header, because ``netto`` is in ``Nettoprämie`` too.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pool_module.incoming.errors import DeliveryRefused
from pool_module.incoming.formats.statements.cells import Cell, as_text
from pool_module.incoming.formats.statements.model import Column

_UMLAUTS: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})

_SYNONYMS: Final = {  # of several columns that match, the one named first here is taken
    Column.CONTRACT_NUMBER: """vertragsnummerextern vertragsnummer vertragsnr policennummer
        policennr versicherungsscheinnummer versicherungsscheinnr versicherungsnummer
        versicherungsnr vsnr vsnummer vertrag vtnr""",
    Column.SOURCE_CONTRACT_ID: "vertragsnummerintern vertragid id",
    Column.REFERENCE: "referenznr referenznummer trackingid",
    Column.BROKER_NUMBER: """vermittlernummer vermittlernr maklernummer maklernr agenturnummer
        agenturnr apvm vermittler kontoinhaber""",
    Column.HOLDER: "kundename versicherungsnehmer vn kunde",
    Column.HOLDER_FIRST_NAME: "kundevorname",
    Column.HOLDER_FIRM: "firma",
    Column.INSURER: "gesellschaft versicherer",
    Column.LINE: "sparte",
    Column.PRODUCT: "tarif produktname produkt",
    Column.KIND: "provisionsart buchungsart vart art",
    Column.BASE: "basis bemessungsgrundlage bewertungssumme provisionsbasis",
    Column.RATE: "satz courtagesatz provisionssatz konditionssatz",
    Column.GROSS: "brutto bruttobetrag",
    Column.RESERVE: "stornoreserve einbehalt",
    Column.OTHER_RETENTION: "rb",
    Column.VAT: "ustbetrag ust",
    Column.NET: "netto provisionsbetrag betrag courtage provision buchwert",
    Column.CREDIT: "gutschrift haben",
    Column.DEBIT: "lastschrift soll",
    Column.CURRENCY: "waehrung",
    Column.BOOKING_DATE: "buchungsdatum datum auszahlungsdatum zahlungsdatum faelligkeit",
    Column.STATEMENT_DATE: "abrechnungsdatum erstelldatum",
    Column.STATEMENT_NUMBER: "abrechnungsnummer lauf belegnummer",
    Column.PERIOD_FROM: "abrechnungvon zeitraumvon abrechnungszeitraumvon",
    Column.PERIOD_TO: "abrechnungbis zeitraumbis abrechnungszeitraumbis",
    Column.REASON: "stornogrund buchungstext",
    Column.STATUS: "status",
}
_IDENTITIES: Final = frozenset(
    {Column.CONTRACT_NUMBER, Column.SOURCE_CONTRACT_ID, Column.REFERENCE}
)
_AMOUNTS: Final = frozenset({Column.NET, Column.GROSS, Column.CREDIT, Column.DEBIT})
_AMBIGUOUS: Final = frozenset({Column.CONTRACT_NUMBER, Column.NET, Column.GROSS})


def normalise_header(text: str) -> str:
    """Bring a header to the form it is compared in."""
    return re.sub(r"[^a-z0-9]", "", text.lower().translate(_UMLAUTS))


_ORDERED: Final = {column: tuple(names.split()) for column, names in _SYNONYMS.items()}
_COLUMN_OF: Final = {name: column for column, names in _ORDERED.items() for name in names}


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """Which column is which, as a person said it; saved per insurer by a later step.

    Attributes:
        columns: header text → field. Only these columns are read.
    """

    columns: Mapping[str, Column]

    @classmethod
    def from_dict(cls, columns: Mapping[str, str]) -> "ColumnMapping":
        """Take what ``to_dict`` gave.

        Raises:
            DeliveryRefused: an unknown field, or neither a contract nor an amount among them.
        """
        try:
            fields = {header: Column(field) for header, field in columns.items()}
        except ValueError as error:
            raise DeliveryRefused("There is no such field: %(reason)s.", reason=error) from error
        if not _is_enough(frozenset(fields.values())):
            raise DeliveryRefused("A mapping needs a column for the contract and one for money.")
        return cls(fields)

    def to_dict(self) -> dict[str, str]:
        """Give it as JSON takes it."""
        return {header: field.value for header, field in self.columns.items()}


@dataclass(frozen=True, slots=True)
class Header:
    """The header of a table.

    Attributes:
        row: its row, from 1.
        titles: header texts, without blank ones at the end.
        places: field → index of its column.
        doubts: header texts that could be a field as well as the one taken.
    """

    row: int
    titles: tuple[str, ...]
    places: Mapping[Column, int]
    doubts: tuple[str, ...]

    @property
    def columns(self) -> dict[str, Column]:
        """Header text → field, for the columns that are read."""
        return {self.titles[index]: column for column, index in self.places.items()}

    def is_repeated_by(self, cells: Sequence[Cell]) -> bool:
        """Tell whether a row is the header again, as after a page break."""
        return _titles(cells) == self.titles


def find_header(
    rows: Sequence[tuple[int, Sequence[Cell]]], mapping: ColumnMapping | None
) -> Header | None:
    """Find the header among the first rows of a table; what stands before it is preamble.

    Args:
        rows: row number and cells.
        mapping: read only its columns, and take the first row that has enough of them.
    """
    for row, cells in rows:
        titles = _titles(cells)
        header = _mapped(row, titles, mapping) if mapping else _recognised(row, titles)
        if _is_enough(frozenset(header.places)):
            return header
    return None


def _titles(cells: Sequence[Cell]) -> tuple[str, ...]:
    titles = [as_text(cell) for cell in cells]
    while titles and not titles[-1]:
        titles.pop()
    return tuple(titles)


def _is_enough(columns: frozenset[Column]) -> bool:
    return bool(columns & _IDENTITIES) and bool(columns & _AMOUNTS)


def _mapped(row: int, titles: tuple[str, ...], mapping: ColumnMapping) -> Header:
    wanted = {normalise_header(title): column for title, column in mapping.columns.items()}
    places: dict[Column, int] = {}
    for index, title in enumerate(titles):
        column = wanted.get(normalise_header(title))
        if column:
            places.setdefault(column, index)
    return Header(row, titles, places, ())


def _recognised(row: int, titles: tuple[str, ...]) -> Header:
    """Recognise columns by synonyms; the best synonym wins, then the first column."""
    best: dict[Column, tuple[int, int]] = {}
    doubts: list[str] = []
    for index, title in enumerate(titles):
        name = normalise_header(title)
        column = _COLUMN_OF.get(name)
        if column is None:
            continue
        rank = (_ORDERED[column].index(name), index)
        if column in best and column in _AMBIGUOUS:
            doubts.append(titles[max(rank, best[column])[1]])
        best[column] = min(rank, best.get(column, rank))
    return Header(
        row, titles, {column: index for column, (_, index) in best.items()}, tuple(doubts)
    )
