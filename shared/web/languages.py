"""The portals speak German, Ukrainian and English: what was chosen, else what is preferred."""

from pathlib import Path

from flask import Flask, current_app, g, request
from flask_babel import Babel
from werkzeug.wrappers import Response

import shared.i18n
from shared.vocabulary import LANGUAGES

COOKIE = "language"
ONE_YEAR = 365 * 24 * 3600
# how the switch writes them
SHORT = {"de": "DE", "uk": "УК", "en": "EN"}  # noqa: RUF001  -- Cyrillic on purpose
NAMES = {"de": "Deutsch", "uk": "Українська", "en": "English"}


def install(app: Flask) -> None:
    """Translate the app; templates know ``languages`` and ``language``."""
    folder = Path(shared.i18n.__file__).resolve().parent.parent / shared.i18n.CATALOGUES
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(folder)
    Babel(app, default_locale="de", locale_selector=current_language)  # type: ignore[no-untyped-call]
    app.jinja_env.globals.update(
        languages=[(code, SHORT[code], NAMES[code]) for code in LANGUAGES],
        language=current_language,
    )


def current_language() -> str:
    """The language of the request."""
    chosen = request.cookies.get(COOKIE)  # kept with every choice; other browsers ask the person's
    if chosen in LANGUAGES:
        return chosen
    viewer = g.get("viewer")
    if viewer is not None and viewer.language in LANGUAGES:
        return str(viewer.language)
    return request.accept_languages.best_match(LANGUAGES) or LANGUAGES[0]


def remember(response: Response, language: str, *, https: bool) -> None:
    """Keep a choice in this browser."""
    response.set_cookie(
        COOKIE, language, max_age=ONE_YEAR, secure=https, httponly=True, samesite="Lax", path="/"
    )


def keep(response: Response, language: str) -> None:
    """Keep the viewer's choice for the pages before he signs in again."""
    remember(response, language, https=current_app.config["TOKEN_COOKIE_SECURE"])
