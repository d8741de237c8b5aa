"""Catalogues: compiled as they stand, complete, and in step with the code."""

from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

import shared.i18n
from shared.i18n import CATALOGUES, catalogue
from shared.vocabulary import LANGUAGES

ROOT = Path(shared.i18n.__file__).resolve().parent.parent
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
# the sentence of a refusal is what its class hands up, or what it is raised with
REFUSING = ("__init__", "Refused", "NotFound", "Invalid", "Forbidden")
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "lazy_gettext": None,
    "_p": ((1, "c"), 2),
    **dict.fromkeys(REFUSING),
}
PLACES = ("admin_module", "pool_module", "portal_extranet", "portal_intranet", "shared")


def po(language: str) -> Catalog:
    path = ROOT / CATALOGUES / language / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as file:
        return read_po(file, locale=language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_compiled_catalogue_is_current(language: str) -> None:
    """Stale? ``pybabel compile -d translations``."""
    compiled = BytesIO()
    write_mo(compiled, po(language))
    path = ROOT / CATALOGUES / language / "LC_MESSAGES" / "messages.mo"
    assert path.read_bytes() == compiled.getvalue()


@pytest.mark.parametrize("language", ["de", "uk"])
def test_everything_is_translated(language: str) -> None:
    read = po(language)
    assert [message.id for message in read if message.id and not all(_texts(message.string))] == []
    assert [error for message in read for error in message.check(read)] == []


def test_ukrainian_has_three_plural_forms() -> None:
    assert po("uk").num_plurals == 3


def test_every_text_of_code_and_templates_stands_in_the_catalogues() -> None:
    """Missing? ``make words``."""
    known = {(message.id, message.context) for message in po("uk")}
    missing = [
        (name, line, text)
        for place in PLACES
        for name, line, text, _, context in extract_from_dir(
            str(ROOT / place), METHODS, keywords=KEYWORDS
        )
        if (text, context) not in known
    ]
    assert missing == []


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(ValueError, match="fr"):
        catalogue("fr")


def _texts(string: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    return (string,) if isinstance(string, str) else tuple(string or ("",))
