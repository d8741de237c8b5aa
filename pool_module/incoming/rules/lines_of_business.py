"""Names of the common lines of business by GDV key (Anlage 1), in three languages."""

from typing import Final, NamedTuple


class LineNames(NamedTuple):
    """A line's name in German, Ukrainian and English."""

    de: str
    uk: str
    en: str


_NAMES: Final = {
    "000": LineNames("Bündelvertrag", "Комбінований договір", "Bundled contract"),
    "010": LineNames("Lebensversicherung", "Страхування життя", "Life insurance"),
    "020": LineNames("Krankenversicherung", "Медичне страхування", "Health insurance"),
    "030": LineNames(
        "Unfallversicherung", "Страхування від нещасних випадків", "Accident insurance"
    ),
    "040": LineNames("Haftpflichtversicherung", "Страхування відповідальності", "Liability"),
    "041": LineNames(
        "Privathaftpflichtversicherung",
        "Страхування відповідальності приватних осіб",
        "Private liability",
    ),
    "042": LineNames(
        "Betriebs- und Berufshaftpflichtversicherung",
        "Страхування відповідальності бізнесу",
        "Business liability",
    ),
    "044": LineNames(
        "Vermögensschadenhaftpflicht",
        "Страхування професійної відповідальності",
        "Professional indemnity",
    ),
    "050": LineNames("Kraftfahrtversicherung", "Автострахування", "Motor insurance"),
    "051": LineNames("Kfz-Haftpflichtversicherung", "ОСЦПВ", "Motor liability"),
    "052": LineNames("Fahrzeugvollversicherung", "КАСКО", "Comprehensive motor"),
    "053": LineNames("Fahrzeugteilversicherung", "Часткове КАСКО", "Partial motor own damage"),
    "070": LineNames("Rechtsschutzversicherung", "Страхування судових витрат", "Legal expenses"),
    "080": LineNames("Feuerversicherung", "Страхування від вогню", "Fire insurance"),
    "110": LineNames("Glasversicherung", "Страхування скла", "Glass insurance"),
    "130": LineNames("Hausratversicherung", "Страхування домашнього майна", "Household contents"),
    "140": LineNames("Wohngebäudeversicherung", "Страхування житлових будинків", "Home buildings"),
    "170": LineNames("Technische Versicherung", "Страхування техніки", "Engineering insurance"),
    "190": LineNames("Transportversicherung", "Страхування вантажів", "Cargo insurance"),
    "230": LineNames(
        "Betriebsunterbrechungsversicherung",
        "Страхування перерви в бізнесі",
        "Business interruption",
    ),
    "580": LineNames("Bausparen", "Будівельні заощадження", "Building savings"),
}


def names_of(key: str) -> LineNames:
    """The names of a line; one that is not common goes by its key until somebody names it."""
    return _NAMES.get(key) or LineNames(f"Sparte {key}", f"Вид {key}", f"Line {key}")
