"""Write records of the GDV data set: 256 characters each, by the layout."""

from collections.abc import Mapping
from datetime import date, time
from decimal import Decimal
from typing import Final, TypeAlias

from pool_module.incoming.errors import DoesNotFit
from pool_module.incoming.formats.gdv.layout import LAYOUTS, RECORD_LENGTH, Field

Value: TypeAlias = str | int | Decimal | date | time | None

ENCODING: Final = "latin-1"
LINE_END: Final = "\r\n"

_NO_DATE: Final = "00000000"


def write_record(record_type: str, part: int, values: Mapping[str, Value]) -> str:
    """Write a record; fields without a value are blank, dates without one are zeros.

    Args:
        record_type: e.g. ``0200``; it and the part are written without being named.
        part: number of the part (Teildatensatz).
        values: field name of the layout → text, whole number, amount, day or time of day.

    Raises:
        DoesNotFit: too long, too large, or with characters ISO-8859-1 does not have; its
            ``field`` names the field.
    """
    own = {"record_type": record_type, "part": str(part)}
    letters = [" "] * RECORD_LENGTH
    for field in LAYOUTS[record_type, part].values():
        text = write_field(field, own.get(field.name, values.get(field.name)))
        letters[field.start : field.start + len(text)] = text
    return "".join(letters)


def write_field(field: Field, value: Value) -> str:
    """Write one field, with its sign where it has one.

    Raises:
        DoesNotFit: as ``write_record``.
    """
    match value:
        case None | "":
            return _NO_DATE if field.kind == "D" else " " * field.length
        case time():
            return f"{value:%H%M%S}"
        case date():
            return f"{value:%d%m}{value.year:04d}"
        case Decimal() | int():
            return _amount(field, Decimal(value))
        case str():
            return _text(field, value)


def _amount(field: Field, value: Decimal) -> str:
    shifted = value.scaleb(field.decimals)
    if shifted != shifted.to_integral_value():
        raise DoesNotFit(
            "%(value)s has more than %(places)s decimals.",
            field=field.name,
            value=value,
            places=field.decimals,
        )
    if shifted < 0 and field.kind != "S":
        raise DoesNotFit(
            "%(value)s is negative; the field has no sign.", field=field.name, value=value
        )
    digits = str(abs(int(shifted))).zfill(field.length)
    _check_length(field, digits)
    return digits + ("-" if shifted < 0 else "+") if field.kind == "S" else digits


def _text(field: Field, value: str) -> str:
    _check_length(field, value)
    for letter in value:
        if ord(letter) > 0xFF or not letter.isprintable():
            raise DoesNotFit(
                "%(letter)s can't be written in ISO-8859-1; transliterate it.",
                field=field.name,
                letter=letter if letter.isprintable() else repr(letter),
            )
    match field.kind:
        case "R":
            return value.rjust(field.length)
        case "N":
            return value.zfill(field.length)
        case _:
            return value.ljust(field.length)


def _check_length(field: Field, text: str) -> None:
    if len(text) > field.length:
        raise DoesNotFit(
            "%(text)s is too long: %(length)s characters are possible.",
            field=field.name,
            text=text,
            length=field.length,
        )
