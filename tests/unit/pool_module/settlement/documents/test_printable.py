"""Text of strangers, made fit to print."""

from pathlib import Path

import pytest
import typst

from pool_module.settlement.documents.printable import BREAK, breakable, covered, printable
from pool_module.settlement.documents.typesetting import FOLDER, STANDARDS


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("Öztürk, Çağla", "Öztürk, Çağla"),
        ("Ґалина Їжакевич 1 000 ₴ №", "Ґалина Їжакевич 1 000 ₴ №"),
        ("Mu\u0308ller", "Müller"),
        ("two\nlines\0\ttab", "two lines  tab"),
        ("100\u202e001", "100001"),
        ("李 and 🦊", "□ and □"),
    ],
)
def test_printable(text: str, printed: str) -> None:
    assert printable(text) == printed


def test_long_codes_may_wrap_and_words_are_left_to_hyphenation() -> None:
    shown = breakable("GDV-2026/10.000123456789").replace(BREAK, "|")
    assert shown == "GDV-|2026/|10.|000123456789"
    assert breakable("CA-2026-10-0042") == "CA-2026-10-0042"
    assert breakable("9" * 20).replace(BREAK, "|") == "9" * 16 + "|9999"
    assert breakable("Donaudampfschifffahrtsgesellschaft") == "Donaudampfschifffahrtsgesellschaft"


def _print_all(letters: str, folder: Path) -> bytes:
    source = folder / "letters.typ"
    source.write_text(
        '#set document(title: "x")\n'
        '#set text(font: "Inter", fallback: false, lang: "de")\n'
        "#for c in sys.inputs.letters.clusters() [#c #text(weight: 600, c) ]",
        encoding="utf-8",
    )
    return typst.compile(
        source,
        root=folder,
        font_paths=typst.Fonts(
            include_system_fonts=False,
            include_embedded_fonts=False,
            font_paths=[FOLDER / "fonts"],
        ),
        ignore_system_fonts=True,
        sys_inputs={"letters": letters},
        format="pdf",
        pdf_standards=list(STANDARDS),
        timestamp=0,
    )


def test_every_covered_character_has_a_glyph_in_both_weights(tmp_path: Path) -> None:
    """PDF/A refuses a missing glyph, so compiling is the proof."""
    letters = "".join(map(chr, sorted(covered())))
    assert _print_all(letters, tmp_path).startswith(b"%PDF")
    assert set("ґєіїҐЄІЇ₴€№§ßẞ−’„“«»ğşıİłżőđ□") <= set(letters)


def test_a_character_without_a_glyph_would_be_refused(tmp_path: Path) -> None:
    with pytest.raises(typst.TypstError):
        _print_all("李", tmp_path)
