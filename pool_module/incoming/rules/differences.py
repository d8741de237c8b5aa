"""What a delivered contract would change of ours, field by field (ECS-16)."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

FIELDS: Final = (
    "product", "state", "begin_on", "end_on", "frequency", "net_premium", "gross_premium",
    "agency_number", "applied_on", "issued_on",
)  # fmt: skip
HOLDER: Final = ("last_name", "first_name", "birth_date", "street", "postcode", "city")


def differences(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> dict[str, list[str]]:
    """Field → what we have and what is delivered, as texts; fields that agree are left out."""
    found = {
        name: [text_of(ours.get(name)), text_of(theirs.get(name))]
        for name in FIELDS
        if text_of(ours.get(name)) != text_of(theirs.get(name))
    }
    if ours.get("product_id") == theirs.get("product_id"):
        found.pop("product", None)
    holder = theirs.get("holder")
    if holder:
        mine, other = (", ".join(_parts(each)) for each in (ours, holder))
        if mine != other:
            found["holder"] = [mine, other]
    return found


def text_of(value: object) -> str:
    """A value as it is kept for people to compare: ISO days, plain decimals."""
    match value:
        case None:
            return ""
        case Decimal():
            return f"{value:.2f}"
        case date():
            return value.isoformat()
        case _:
            return str(value)


def _parts(row: Mapping[str, Any]) -> list[str]:
    return [text_of(row.get(name)) for name in HOLDER if row.get(name)]
