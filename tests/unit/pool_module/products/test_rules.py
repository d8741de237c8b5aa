"""Who may sell, which files are taken, features in their order."""

from datetime import date
from typing import Any

import pytest

from pool_module.products.rules import (
    days_in_words,
    feature_pairs,
    features_of,
    media_type_of,
    selling,
)
from shared.vocabulary import SellingReason

DAY = date(2026, 6, 15)
OPEN: dict[str, Any] = {
    "state": "active",
    "offered_from": None,
    "offered_until": None,
    "restricted": False,
    "authorised": None,
}


@pytest.mark.parametrize(
    ("told", "reason", "allowed"),
    [
        ({}, SellingReason.OPEN, True),
        ({"state": "draft"}, SellingReason.NOT_ACTIVE, False),
        ({"state": "withdrawn", "authorised": True}, SellingReason.NOT_ACTIVE, False),
        ({"offered_from": date(2026, 6, 16)}, SellingReason.NOT_YET, False),
        ({"offered_from": DAY, "offered_until": DAY}, SellingReason.OPEN, True),
        ({"offered_until": date(2026, 6, 14)}, SellingReason.NO_LONGER, False),
        ({"restricted": True}, SellingReason.NOT_AUTHORISED, False),
        ({"restricted": True, "authorised": True}, SellingReason.AUTHORISED, True),
        ({"authorised": False}, SellingReason.BARRED, False),
        ({"restricted": True, "authorised": False}, SellingReason.BARRED, False),
    ],
)
def test_selling(told: dict[str, Any], reason: SellingReason, *, allowed: bool) -> None:
    found = selling(**(OPEN | told), day=DAY)
    assert (found.reason, found.allowed) == (reason, allowed)


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("Bedingungen.PDF", b"%PDF-1.7 ...", "application/pdf"),
        ("photo.jpeg", b"\xff\xd8\xff\xe0", "image/jpeg"),
        ("rates.csv", b"a;b", "text/csv"),
        ("virus.exe", b"MZ", None),
        ("page.html", b"<script>", None),
        ("lies.pdf", b"MZ", None),
        ("empty.pdf", b"", None),
        ("noending", b"%PDF-", None),
    ],
)
def test_files_are_what_they_say(name: str, content: bytes, kind: str | None) -> None:
    assert media_type_of(name, content) == kind


def test_features_keep_their_order() -> None:
    pairs = [("Zulage", "ja"), ("Alter", "18–60"), ("  ", " ")]
    assert feature_pairs(features_of(pairs)) == pairs[:2]
    assert feature_pairs({"b": 1, "a": 2}) == [("b", "1"), ("a", "2")]
    assert feature_pairs(None) == []


def test_days_in_words() -> None:
    assert days_in_words(date(2026, 1, 1), date(2027, 1, 1)) == "2026-01-01 – 2026-12-31"
    assert days_in_words(None, None) == "… – …"
