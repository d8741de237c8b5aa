"""Decisions on products that need no database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from shared.vocabulary import ProductState, SellingReason

MAY: Final = {SellingReason.OPEN, SellingReason.AUTHORISED}
# which states may follow which
STEPS: Final = {
    ProductState.DRAFT: (ProductState.ACTIVE, ProductState.WITHDRAWN),
    ProductState.ACTIVE: (ProductState.WITHDRAWN,),
    ProductState.WITHDRAWN: (ProductState.ACTIVE,),
}
LARGEST_FILE: Final = 25 * 1024 * 1024
# how a file begins, by its media type; texts and sheets begin anyhow
BEGINNINGS: Final = {
    "application/pdf": (b"%PDF-",),
    "image/png": (b"\x89PNG",),
    "image/jpeg": (b"\xff\xd8\xff",),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": (b"PK\x03\x04",),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": (b"PK\x03\x04",),
    "application/vnd.oasis.opendocument.text": (b"PK\x03\x04",),
    "text/plain": (b"",),
    "text/csv": (b"",),
}
ENDINGS: Final = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "odt": "application/vnd.oasis.opendocument.text",
    "txt": "text/plain",
    "csv": "text/csv",
}


@dataclass(frozen=True)
class Selling:
    """Whether a firm may sell a product, and why."""

    reason: SellingReason

    @property
    def allowed(self) -> bool:
        """Whether it may."""
        return self.reason in MAY


def selling(
    *,
    state: str,
    offered_from: date | None,
    offered_until: date | None,
    restricted: bool,
    authorised: bool | None,
    day: date,
) -> Selling:
    """Decide whether a firm may sell a product on a day.

    Args:
        state: the product's.
        offered_from: first day it is offered.
        offered_until: last day it is offered.
        restricted: whether only named firms may sell it.
        authorised: what stands of this firm: let in, kept out, or nothing.
        day: of the sale.
    """
    if state != ProductState.ACTIVE:
        return Selling(SellingReason.NOT_ACTIVE)
    if offered_from is not None and day < offered_from:
        return Selling(SellingReason.NOT_YET)
    if offered_until is not None and day > offered_until:
        return Selling(SellingReason.NO_LONGER)
    if authorised is False:
        return Selling(SellingReason.BARRED)
    if restricted:
        return Selling(SellingReason.AUTHORISED if authorised else SellingReason.NOT_AUTHORISED)
    return Selling(SellingReason.OPEN)


def media_type_of(file_name: str, content: bytes) -> str | None:
    """The media type of a file that is taken; None when it is not: by its ending and beginning."""
    if not content or len(content) > LARGEST_FILE:
        return None
    kind = ENDINGS.get(file_name.rpartition(".")[2].lower())
    if kind is None or not content.startswith(BEGINNINGS[kind]):
        return None
    return kind


def features_of(pairs: Sequence[tuple[str, str]]) -> dict[str, object]:
    """Features as they are stored, in their order (an object of JSON keeps none)."""
    kept = [[name.strip(), value.strip()] for name, value in pairs]
    return {"items": [pair for pair in kept if pair[0] or pair[1]]}


def feature_pairs(features: object) -> list[tuple[str, str]]:
    """Stored features in their order."""
    if not isinstance(features, dict):
        return []
    items = features.get("items")
    if isinstance(items, list):
        return [(str(name), str(value)) for name, value in items]
    return [(str(name), str(value)) for name, value in features.items()]


def days_in_words(start: date | None, end: date | None) -> str:
    """Days [start, end) as a refusal names them: ISO, the last day included."""
    last = end - timedelta(days=1) if end else None
    return f"{start.isoformat() if start else '…'} – {last.isoformat() if last else '…'}"
