"""A statement as its payee reads it."""

import hashlib
import io
import struct
import subprocess
import sys
import time
import zlib
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from pypdf import PdfReader

from pool_module.settlement.documents.parties import Logo
from pool_module.settlement.documents.printable import BREAK
from pool_module.settlement.documents.statement import render_statement
from pool_module.settlement.documents.statement_data import Rate, StatementData
from shared.vocabulary import RateOf
from tests.factories import statement_documents as samples
from tests.unit.pool_module.settlement.documents.reading import pages, text

HOSTILE = '#eval("1+1") $x$ *b* @ref <l> \\u{41} = == // /* `raw` [c] #import "house.typ"'


def test_same_data_same_bytes_in_this_and_in_another_process() -> None:
    data = samples.negative_statement(12)
    once = render_statement(data)
    assert render_statement(data) == once
    program = (
        "import hashlib\n"
        "from pool_module.settlement.documents.statement import render_statement\n"
        "from tests.factories.statement_documents import negative_statement\n"
        "print(hashlib.sha256(render_statement(negative_statement(12))).hexdigest())"
    )
    other = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )
    assert other.stdout.strip() == hashlib.sha256(once).hexdigest()


def test_the_file_says_what_it_is() -> None:
    reader = PdfReader(io.BytesIO(render_statement(samples.statement())))
    about = reader.metadata
    assert about is not None
    assert about.title == (
        "Courtageabrechnung Oktober 2026 · Kessler & Partner Versicherungsmakler GmbH"
        " · CA-2026-10-0042"
    )
    assert about.author == "Nordlicht Maklerpool AG"
    assert about.creation_date is not None
    assert about.creation_date.date() == date(2026, 11, 5)
    catalog: Any = reader.root_object
    assert catalog["/Lang"] == "de-DE"
    assert catalog["/MarkInfo"]["/Marked"]
    conformity = catalog["/Metadata"].get_object().get_data().decode()
    assert "<pdfaid:part>3</pdfaid:part>" in conformity
    assert "<pdfuaid:part>1</pdfuaid:part>" in conformity


def test_german_statement_with_more_clawed_back_than_earned() -> None:
    shown = pages(render_statement(samples.negative_statement()))
    first, whole = shown[0], " ".join(shown)
    for words in (
        "Saldovortrag −35.210,40 €",
        "Courtage der Periode 60 Positionen 23.142,92 €",
        "Korrekturen früherer Perioden 3 Positionen −9.312,07 €",
        "Reserveeinbehalt −1.695,86 €",
        "Reserveauflösung 936,02 €",
        "Saldo −21.919,97 €",
        "Auszahlung 0,00 €",
        "Vortrag −21.919,97 €",
        "Der Saldo ist negativ (Sollsaldo).",
        "§ 4 Nr. 11 UStG",
        "Nordlicht Maklerpool AG · Speicherstraße 14 · 20457 Hamburg",
    ):
        assert words in first
    for words in (
        "Storno zum 15.09.2026 (Widerruf) · korrigiert Juli 2026, Abrechnung CA-2026-07-0042",
        "Differenz zu Jansen, Björn",
        "Anteil 50 %",
        "Summe −9.312,07 936,02 −8.376,05",
        "Endbestand der Reserve 4.939,84",
    ):
        assert words in whole
    assert "-35" not in whole  # no hyphen where a minus belongs


def test_ukrainian_statement_of_a_natural_person() -> None:
    shown = text(render_statement(samples.ukrainian_statement()))
    for words in (
        "Звіт про винагороду за жовтень 2026 р.",
        "Шевченко Ґалина Їванівна",
        "РНОКПП 3184710691",
        "ПДФО 18 % від 14 431,10 ₴ −2 597,60 ₴",
        "Військовий збір 5 % від 14 431,10 ₴ −721,56 ₴",
        "Виплата −11 111,94 ₴",
        "Нарахування за період 5 рядків",
        "Винагорода за укладення договору",
        "Сторінка 1 з 2",
    ):
        assert words in shown
    assert "ПДВ" not in shown  # no claim about VAT unless the caller makes it


def test_english_statement_on_hold() -> None:
    shown = text(render_statement(samples.english_statement()))
    for words in (
        "Commission statement for October 2026",
        "Payment hold: proof of professional indemnity has expired",
        "Carried forward €2,445.17",
        "Reserve withholding −€181.90",
        "02 Oct 2026",
        "Page 1 of 2",
    ):
        assert words in shown


@pytest.mark.parametrize(
    ("count", "words"),
    [(1, "1 рядок"), (2, "2 рядки"), (5, "5 рядків"), (11, "11 рядків"), (21, "21 рядок")],
)
def test_ukrainian_plurals(count: int, words: str) -> None:
    data = samples.statement(language="uk", entries=samples.entries(count))
    assert f"Нарахування за період {words} " in text(render_statement(data))


def test_a_small_balance_names_the_minimum_payout() -> None:
    data = samples.statement(entries=samples.entries(1), minimum_payout=Decimal("600.00"))
    shown = text(render_statement(data))
    assert "Der Saldo liegt unter der Mindestauszahlung von 600,00 €" in shown
    assert "Vortrag 579,60 €" in shown


def test_a_balance_without_lines_still_makes_a_statement() -> None:
    data = samples.statement(entries=(), opening=Decimal("12.00"))
    assert "Vortrag 12,00 €" in text(render_statement(data))


@pytest.mark.parametrize(
    ("rate", "base", "words"),
    [
        (Rate(of=RateOf.RECEIVED, value=Decimal("0.7")), "920.00", "70 % vom Eingang"),
        (
            Rate(of=RateOf.UNIT, value=Decimal("12.5")),
            "120.5",
            "120,5 Einheiten 12,50 € je Einheit",
        ),
        (Rate(of=RateOf.FIXED, value=Decimal(150)), None, "– 150,00 € fest"),
        (Rate(of=RateOf.BASIS, value=Decimal("0.03512500")), "1.00", "3,5125 %"),
    ],
)
def test_rates_say_what_they_are_a_rate_of(rate: Rate, base: str | None, words: str) -> None:
    (line,) = samples.entries(1)
    line = replace(line, rate=rate, base=None if base is None else Decimal(base))
    assert words in text(render_statement(samples.statement(entries=(line,))))


def test_five_hundred_lines_stay_readable_and_quick() -> None:
    started = time.process_time()
    shown = pages(render_statement(samples.statement(entries=samples.entries(500))))
    assert time.process_time() - started < 8
    assert 25 <= len(shown) <= 45
    assert f"Seite 2 von {len(shown)}" in shown[1]
    for page in shown[1:-1]:
        assert "Art, Wirksamkeit, Vorgang" in page  # the table's head, again on every page
        assert "CA-2026-10-0042" in page


def _hostile() -> StatementData:
    (line,) = samples.entries(1)
    line = replace(line, holder=HOSTILE, product=HOSTILE, producer=HOSTILE)
    data = samples.statement(entries=(line,), notes=(HOSTILE,), hold_reason=HOSTILE)
    return replace(data, payee=replace(data.payee, name=HOSTILE), number="#pagebreak()")


def test_source_code_in_names_prints_as_it_stands() -> None:
    shown = text(render_statement(_hostile())).replace(" ", "")
    assert shown.count(HOSTILE.replace(" ", "")) >= 4
    assert "#pagebreak()" in shown


def test_no_name_keeps_a_statement_from_being_issued() -> None:
    (line,) = samples.entries(1)
    line = replace(line, holder="李明 🦊 \0\t\u202eabc\u0000 عمر", contract="9" * 60)
    shown = text(render_statement(samples.statement(entries=(line,))))
    assert "□□ □ abc □□□" in shown
    assert "9" * 60 in shown.replace(" ", "").replace(BREAK, "")


def _png() -> bytes:
    """Make a picture of one dark pixel."""

    def chunk(name: bytes, content: bytes) -> bytes:
        body = name + content
        return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    pixel = zlib.compress(b"\0\x0a\x5c\x74")
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        (chunk(b"IHDR", head), chunk(b"IDAT", pixel), chunk(b"IEND", b""))
    )


def test_a_png_logo_is_as_good_as_an_svg() -> None:
    issuer = replace(samples.GERMAN_POOL, logo=Logo(image=_png(), format="png"))
    assert render_statement(samples.statement(issuer=issuer)).startswith(b"%PDF")


def test_without_a_logo_the_name_stands_for_it() -> None:
    issuer = replace(samples.GERMAN_POOL, logo=None, bank=None, tax_number=None)
    assert text(render_statement(samples.statement(issuer=issuer))).startswith("Nordlicht")
