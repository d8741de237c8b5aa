"""Papers of the demo: small PDF files that say what they are."""

import json
from datetime import UTC, date, datetime, time
from functools import cache

import typst

SOURCE = """
#let it = json(bytes(sys.inputs.data))
#set document(title: it.title, date: none)
#set page("a4", margin: 25mm)
#set text(size: 11pt, lang: it.lang)
#text(size: 18pt, weight: "bold", it.title)
#v(4mm)
#for line in it.lines [#line #linebreak()]
#v(8mm)
#text(fill: luma(90), it.foot)
"""


@cache
def paper(title: str, lines: tuple[str, ...], day: date, language: str = "de") -> bytes:
    """A page with a title and some lines; the same bytes for the same words."""
    foot = {
        "de": "Muster der Demo: Personen und Gesellschaften sind erfunden.",
        "uk": "Зразок: особи та компанії вигадані.",
    }[language]
    told = {"title": title, "lines": lines, "lang": language, "foot": foot}
    return typst.compile(
        SOURCE.encode(),
        sys_inputs={"data": json.dumps(told, ensure_ascii=False)},
        format="pdf",
        timestamp=datetime.combine(day, time(), UTC),
    )
