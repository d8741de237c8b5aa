"""Figures of the sample deliveries, and the layout against the standard's own table."""

import json
from typing import Any

import pytest

from pool_module.incoming.errors import NotThisFormat
from pool_module.incoming.formats.gdv.layout import LAYOUTS
from pool_module.incoming.formats.gdv.summary import summarise_gdv
from tests.unit.pool_module.incoming.formats.deliveries import FIXTURES, shared

OWN = "gdv_bestand_inkasso_provision_iso8859-1_crlf.gdv"

# file, encoding, packages, records, contracts, applications, net premium, commission
FIGURES = [
    ("musterdatei_041222.txt", "latin-1", 1, 165, 14, 0, "4806.00", None),
    ("muster_bestand.gdv", "latin-1", 1, 165, 14, 0, "4806.00", None),
    ("unfall.gdv", "ascii", 1, 17, 1, 0, "126.80", "0.00"),
    ("kranken.gdv", "latin-1", 1, 11, 1, 0, "147.80", None),
    ("missing_nachsatz.gdv", "ascii", 1, 8, 1, 0, "44.00", None),
    ("muster_kfzantrag.gdv", "ascii", 1, 38, 0, 4, None, None),
    ("Bender_Leben.GDV", "ascii", 1, 37, 3, 0, "269.54", None),
    ("testcase_0220_010_13.txt", "cp850", 1, 21, 1, 0, "141.23", None),
    ("drei_datenpakete.txt", "ascii", 3, 18, 0, 0, None, None),
    ("satz220.20.fehlerhaft.txt", "latin-1", 1, 6, 0, 0, None, None),
    (OWN, "latin-1", 1, 34, 5, 0, "1726.80", "1425.17"),
]
KINDS = {"Alphanumerisch": "ARN", "Numerisch": "NDUS", "Datum": "D", "Fliesskomma": "US"}


@pytest.mark.parametrize("row", FIGURES, ids=[row[0] for row in FIGURES])
def test_sample_deliveries_give_their_figures(row: tuple[object, ...]) -> None:
    name, encoding, packages, records, contracts, applications, net_premium, commission = row
    summary = summarise_gdv(shared("data") / "gdv" / str(name))
    expected = {
        "format": "gdv",
        "encoding": encoding,
        "packages": packages,
        "records": records,
        "contracts": contracts,
        "applications": applications,
        "net_premium": net_premium,
        "commission": commission,
    }
    assert {key: value for key, value in summary.items() if key in expected} == expected
    assert sum(line["contracts"] for line in summary["by_line"].values()) == contracts


def test_our_own_delivery_agrees_with_its_trailer() -> None:
    summary = summarise_gdv(FIXTURES / "gdv" / OWN)
    assert summary["warnings"] == []
    assert summary["by_line"] == {
        "010": {"contracts": 1, "net_premium": "1200.00"},
        "030": {"contracts": 1, "net_premium": "126.80"},
        "040": {"contracts": 1, "net_premium": "60.00"},
        "070": {"contracts": 1, "net_premium": "240.00"},
        "130": {"contracts": 1, "net_premium": "100.00"},
    }


def test_damaged_records_are_reported_with_their_line() -> None:
    summary = summarise_gdv(shared("data") / "gdv" / "satz220.20.fehlerhaft.txt")
    damaged = [text for text in summary["warnings"] if "0220.020 part" in text]
    assert [text.split(",")[0] for text in damaged] == ["line 3", "line 4", "line 5"]


def test_what_is_not_gdv_is_refused() -> None:
    with pytest.raises(NotThisFormat, match="no GDV file"):
        summarise_gdv(shared("data") / "gdv" / "garbage.gdv")


def _standard(tables: list[dict[str, Any]], record_type: str, part: int) -> list[dict[str, Any]]:
    return [
        field
        for table in tables
        if table["satzart"] == record_type and not table["sparte"]
        for piece in table["teildatensaetze"]
        if piece["teil"] == str(part)
        for field in piece["felder"]
    ]


def test_every_field_stands_where_the_standard_says() -> None:
    tables = json.loads((shared("formats") / "vuvm2023.json").read_text(encoding="utf-8"))
    for (record_type, part), fields in LAYOUTS.items():
        standard = _standard(tables, record_type, part)
        for field in fields.values():
            if field.name in {"created_from", "created_to"}:
                continue  # one field of two dates glued together
            where = f"{record_type}/{part} {field.name}"
            found = [each for each in standard if each["von"] == field.start + 1]
            assert [each["bis"] for each in found] == [field.end], where
            assert field.kind in KINDS[found[0]["typ"]], where
            assert found[0]["nk"] == field.decimals, where
            if field.kind == "S":
                sign = next(each for each in standard if each["von"] == field.end + 1)
                assert "Vorzeichen" in sign["name"], where
