"""A list of firms as a table: XLSX or CSV, its columns found by what they are called.

Whether an archive is safe to unpack is asked before it comes here.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Final

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from admin_module.onboarding.errors import ListTooLong, ListUnreadable

MOST_ROWS: Final = 2_000
LARGEST: Final = 5 * 1024 * 1024
HEADER_ROWS: Final = 20
LONGEST_CELL: Final = 300
ARCHIVE: Final = b"PK\x03\x04"
ENCODINGS: Final = ("utf-8-sig", "cp1251", "cp1252")
CYRILLIC: Final = frozenset("абвгґдеєжзиіїйклмнопрстуфхцчшщьюя")
# what a column may be called: as the page that asks for the list names it, and as people do
NAMES: Final[dict[str, tuple[str, ...]]] = {
    "code": ("code", "number", "nummer", "nr.", "nr", "firmennummer", "номер", "код"),
    "name": (
        "firm",
        "company",
        "unternehmen",
        "firma",
        "name der firma",
        "firmenname",
        "фірма",
        "компанія",
        "назва",
    ),
    "kind": ("kind", "level", "art", "ebene", "вид", "рівень"),
    "intermediary_type": (
        "type",
        "intermediary",
        "intermediary type",
        "typ",
        "vermittlertyp",
        "тип",
        "посередник",
        "тип посередника",
    ),
    "natural_person": ("natural person", "natürliche person", "фізична особа", "фоп"),
    "country": ("country", "land", "країна"),
    "street": (
        "street",
        "street and number",
        "straße",
        "straße und hausnummer",
        "вулиця",
        "вулиця і номер будинку",
        "адреса",
    ),
    "postcode": ("postcode", "zip", "plz", "postleitzahl", "індекс", "поштовий індекс"),
    "city": ("city", "town", "ort", "stadt", "місто"),
    "email": (
        "firm e-mail",
        "e-mail of the firm",
        "e-mail der firma",
        "firmen-e-mail",
        "e-mail фірми",
    ),
    "phone": ("phone", "telefon", "телефон"),
    "register_number": (
        "register number",
        "registernummer",
        "register",
        "номер у реєстрі",
        "реєстраційний номер",
    ),
    "vat_id": ("vat id", "ust-idnr", "ust-idnr.", "ust-id", "іпн", "номер платника пдв"),
    "tax_number": ("tax number", "steuernummer", "податковий номер"),
    "national_id": (
        "edrpou",
        "єдрпоу",
        "рнокпп",
        "єдрпоу або рнокпп",
        "національний код",
        "national id",
        "national code",
        "national code (ukraine)",
        "nationaler code",
        "nationaler code (ukraine)",
    ),
    "iban": ("iban",),
    "holder": ("account holder", "kontoinhaber", "власник рахунку"),
    "above": (
        "above",
        "under",
        "stands under",
        "belongs under",
        "reports to",
        "superior",
        "parent",
        "parent firm",
        "parent company",
        "unterstellt unter",
        "unterstellt",
        "steht unter",
        "unter",
        "übergeordnet",
        "übergeordnete firma",
        "übergeordnetes unternehmen",
        "untergeordnet unter",
        "gehört unter",
        "obervermittler",
        "підпорядкований",
        "підпорядкована",
        "підпорядковано",
        "підпорядковується",
        "стоїть під",
        "керівник",
        "керівна фірма",
        "вища фірма",
        "вище",
    ),
    "first_name": ("first name", "vorname", "ім'я", "ім’я"),
    "last_name": ("last name", "nachname", "surname", "прізвище"),
    "person_email": ("e-mail", "email", "mail", "електронна пошта", "e-mail особи"),
    "role": ("role", "rolle", "роль"),
    "another": ("another firm", "andere firma", "weitere firma", "інша фірма"),
}
# what our own file of rows to correct calls its column of reasons: it is not missed
REMARKS: Final = frozenset({"what is wrong", "was nicht stimmt", "що не так"})
MOST_UNREAD: Final = 30  # names of columns that are kept
FIELD_OF: Final = {name.casefold(): field for field, names in NAMES.items() for name in names}


@dataclass(frozen=True)
class ListRow:
    """A row with its number in the file and what its cells say, by field."""

    number: int
    cells: dict[str, str]


@dataclass(frozen=True)
class FirmTable:
    """A list as it was read.

    Attributes:
        columns: field → what the file calls it.
        unread: what it calls columns nobody here knows.
    """

    columns: dict[str, str]
    rows: list[ListRow]
    unread: tuple[str, ...] = ()


def read_table(content: bytes) -> FirmTable:
    """Read a list.

    Raises:
        ListUnreadable: it is neither XLSX nor text, or no row names a column for the firm.
        ListTooLong: more than ``MOST_ROWS`` rows.
    """
    try:
        sheets = _xlsx(content) if content.startswith(ARCHIVE) else [_csv(content)]
        for sheet in sheets:
            found = _table(sheet)
            if found is not None:
                return found
    except (CalamineError, UnicodeDecodeError, csv.Error, ValueError):
        raise ListUnreadable from None
    raise ListUnreadable


def _table(rows: Iterable[Sequence[str]]) -> FirmTable | None:
    numbered = enumerate(rows, start=1)
    for _, cells in islice(numbered, HEADER_ROWS):
        fields = [FIELD_OF.get(_plain(cell)) for cell in cells]
        if "name" in fields:
            columns = {
                field: cells[at]
                for at, field in enumerate(fields)
                if field is not None and fields.index(field) == at
            }
            unread = tuple(
                cell
                for cell, field in zip(cells, fields, strict=True)
                if field is None and _plain(cell) not in {"", *REMARKS}
            )
            return FirmTable(columns, list(_rows(numbered, fields)), unread[:MOST_UNREAD])
    return None


def _rows(
    numbered: Iterator[tuple[int, Sequence[str]]], fields: Sequence[str | None]
) -> Iterator[ListRow]:
    count = 0
    for number, cells in numbered:
        said: dict[str, str] = {}
        for field, cell in zip(fields, cells, strict=False):
            if field is not None and cell and field not in said:
                said[field] = cell
        if not said:
            continue
        count += 1
        if count > MOST_ROWS:
            raise ListTooLong(MOST_ROWS)
        yield ListRow(number, said)


def _xlsx(content: bytes) -> Iterator[Iterator[Sequence[str]]]:
    with CalamineWorkbook.from_filelike(io.BytesIO(content)) as workbook:
        for sheet in workbook.sheets_metadata:
            if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible:
                rows = workbook.get_sheet_by_name(sheet.name).iter_rows()
                yield ([_text(cell) for cell in row] for row in rows)


def _csv(content: bytes) -> Iterator[Sequence[str]]:
    text = _decoded(content)
    head = text[: 1 << 16]
    separator = max(";,\t|", key=head.count)
    reader = csv.reader(io.StringIO(text), delimiter=separator, strict=True)
    return ([_text(cell) for cell in row] for row in reader)


def _decoded(content: bytes) -> str:
    if b"\x00" in content:
        raise ListUnreadable
    try:
        return content.decode(ENCODINGS[0])
    except UnicodeDecodeError:
        pass
    cyrillic = content.decode(ENCODINGS[1], errors="replace")
    letters = [letter for letter in cyrillic.lower() if letter.isalpha() and letter > "\x7f"]
    # a Ukrainian's file is all Cyrillic; of a German's umlauts hardly any would be vowels there
    if len(letters) > len(cyrillic) // 5 and sum(x in CYRILLIC for x in letters) > len(letters) / 2:
        return cyrillic
    return content.decode(ENCODINGS[2], errors="replace")


def _text(cell: object) -> str:
    match cell:
        case bool():
            return "yes" if cell else "no"
        case float() if cell.is_integer():
            return str(int(cell))
        case datetime():
            return cell.date().isoformat()
        case date():
            return cell.isoformat()
        case None:
            return ""
        case _:
            # what we gave back guarded against being taken for a formula is read as it was
            text = " ".join(str(cell).split())[:LONGEST_CELL]
            return text[1:] if text[:2] in {"'=", "'+", "'-", "'@"} else text


def _plain(cell: str) -> str:
    return cell.strip().rstrip("*:").strip().casefold()
