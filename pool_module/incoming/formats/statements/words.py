"""Words of statements: kinds of commission, lines of business, labels of sum rows."""

from typing import Final

from pool_module.incoming.formats.statements.columns import normalise_header
from pool_module.incoming.formats.statements.model import LineKind

_KIND_WORDS: Final = {
    LineKind.ACQUISITION: """ap ev abschl abschluss abschlussprovision abschlusscourtage
        abschlussverguetung neugeschaeft erstprovision""",
    LineKind.RECURRING: """bp fp best bestand folgeprov folgeprovision folgecourtage
        bestandsprovision bestandscourtage bestandspflege bestandspflegeprovision
        betreuungsprovision inkassoprovision""",
    LineKind.DYNAMIC: "dy dyn dynamik dynamikprovision",
    LineKind.EXTENSION: "verlaengerung verlaengerungsprovision",
    LineKind.CLAWBACK: """st rb rueck storno stornierung stornoprovision rueckbelastung
        rueckforderung provisionsrueckforderung""",
    LineKind.CORRECTION: "korrektur provisionskorrektur",
    LineKind.BONUS: "bonus bonifikation",
    LineKind.ADVANCE: "vorschuss provisionsvorschuss",
    LineKind.RESERVE_HOLD: "stornoreserve einbehalt reserveeinbehalt stornoreserveeinbehalt",
    LineKind.RESERVE_RELEASE: "reserveaufloesung stornoreserveaufloesung reservefreigabe",
    LineKind.OTHER: "sonstige sonstiges",
}
_KINDS: Final = {word: kind for kind, words in _KIND_WORDS.items() for word in words.split()}

_LINE_WORDS: Final = {
    "010": "lv leben lebensversicherung rv rente rentenversicherung bu berufsunfaehigkeit rlv "
    "risikoleben risikolebensversicherung bav",
    "020": "kv pkv kranken krankenversicherung krankenzusatz zahnzusatz",
    "030": "unf unfall unfallversicherung",
    "040": "hv haftpflicht haftpflichtversicherung",
    "041": "phv privathaftpflicht",
    "042": "bhv betriebshaftpflicht berufshaftpflicht",
    "044": "vsh vermoegensschadenhaftpflicht",
    "050": "kfz kraftfahrt kraftfahrtversicherung kfzversicherung",
    "070": "rs rechtsschutz rechtsschutzversicherung",
    "110": "glas glasversicherung",
    "130": "hr hausrat hausratversicherung vhv",
    "140": "wg wgb wohngebaeude wohngebaeudeversicherung vgv",
    "190": "transport transportversicherung",
    "580": "bausparen bausparkasse",
}
_LINES: Final = {word: code for code, words in _LINE_WORDS.items() for word in words.split()}

_SUM_WORDS: Final = (
    "summe",
    "gesamt",
    "total",
    "endsumme",
    "zwischensumme",
    "saldo",
    "uebertrag",
    "gesamtsumme",
    "gesamtbetrag",
    "endbetrag",
)
_SUM_STARTS: Final = ("summe", "gesamtsumme", "zwischensumme", "endsumme", "saldo", "uebertrag")


def kind_of(code: str) -> LineKind | None:
    """Say which kind a code means, ``AP`` or ``Rückbelastung``; None where it is not known."""
    return _KINDS.get(normalise_header(code))


def line_code_of(text: str) -> str | None:
    """Give the GDV line (Sparte) of a word: ``KFZ`` is 050; three digits stand for themselves."""
    word = normalise_header(text)
    if len(word) == 3 and word.isdecimal():
        return word
    return _LINES.get(word)


def is_sum_label(text: str) -> bool:
    """Tell whether a text names a sum row: ``Summe:``, ``Gesamt``, ``Zwischensumme KFZ``."""
    word = normalise_header(text)
    return word in _SUM_WORDS or word.startswith(_SUM_STARTS)
