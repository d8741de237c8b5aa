"""Refusals as the reader is told them: in his language, days as it writes them."""

from datetime import date, datetime

from flask_babel import gettext

from shared.errors import Author, Refused, Span
from shared.web import formats
from shared.web.authors import person


def said(refusal: Refused) -> str:
    """A refusal's sentence."""
    values = {name: _written(value) for name, value in refusal.values.items()}
    return gettext(refusal.message, **values)


def days_in_words(days: Span) -> str:
    """When something holds, to stand behind “holds”."""
    if days.first and days.last:
        return gettext(
            "from %(first)s to %(last)s",
            first=formats.day(days.first),
            last=formats.day(days.last),
        )
    if days.first:
        return gettext("from %(day)s", day=formats.day(days.first))
    if days.last:
        return gettext("until %(day)s", day=formats.day(days.last))
    return gettext("on all days")


def _written(value: object) -> object:
    if isinstance(value, Author):
        return person(value)
    if isinstance(value, Span):
        return days_in_words(value)
    if isinstance(value, datetime):
        return formats.moment(value)
    return formats.day(value) if isinstance(value, date) else value
