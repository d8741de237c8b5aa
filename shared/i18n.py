"""Languages outside a request: catalogues for documents, mails and the command line."""

from functools import cache
from pathlib import Path

from babel.support import NullTranslations, Translations

from shared.vocabulary import LANGUAGES

CATALOGUES = "translations"


@cache
def catalogue(language: str) -> NullTranslations:
    """Load the translations of a language (``de``, ``uk`` or ``en``; English is the key)."""
    if language not in LANGUAGES:
        raise ValueError(f"unknown language {language!r}")
    return Translations.load(Path(__file__).resolve().parent.parent / CATALOGUES, [language])
