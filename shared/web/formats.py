"""Filters of the templates: figures, days and moments as the reader's language writes them."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import cast
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from flask import Flask, g
from flask_babel import get_locale

from shared.figures import LOCALES, MINUS, NO_BREAK, Figures
from shared.gates import Held
from shared.labels import label
from shared.vocabulary import Gate, Language

NOTHING = "–"


def install(app: Flask) -> None:
    """Templates write ``{{ x | money('EUR') }}``, and so on."""
    app.jinja_env.filters.update(
        amount=amount,
        count=count,
        day=day,
        last_day=last_day,
        moment=moment,
        money=money,
        month=month,
        country=country,
        percent=percent,
        permille=permille,
        rate=rate,
        signed=signed,
        units=units,
        why_held=why_held,
    )


def why_held(holds: Iterable[Held]) -> str:
    """Why payouts are kept back, in the reader's language; what people wrote stands as written."""
    return "; ".join(
        str(label(Gate, hold.cause).text) if hold.cause else (hold.reason or "") for hold in holds
    )


def figures(currency: str = "") -> Figures:
    """Who writes figures for the reader."""
    locale = get_locale()
    assert locale is not None
    return Figures(cast("Language", locale.language), currency)


def money(value: Decimal | int | None, currency: str) -> str:
    """``1.234,56 €``; nothing is a dash."""
    return NOTHING if value is None else figures(currency).money(Decimal(value))


def amount(value: Decimal | int | None) -> str:
    """``1.234,56``, where the head names the currency."""
    return NOTHING if value is None else figures().amount(Decimal(value))


def signed(value: Decimal | None) -> str:
    """``+1.234,56``: a difference says which way."""
    if value is None:
        return NOTHING
    return ("+" if value > 0 else "") + figures().amount(value)


def count(value: int | None) -> str:
    """Write a count: ``186.402``."""
    return NOTHING if value is None else figures().number(Decimal(value))


def units(value: Decimal | None) -> str:
    """A number with the decimals it has."""
    return NOTHING if value is None else figures().number(value)


def rate(fraction: Decimal | None) -> str:
    """A fraction as per cent: 0.035 is ``3,5 %``."""
    return NOTHING if fraction is None else figures().percent(fraction)


def percent(whole: int) -> str:
    """A whole number of per cent: ``74 %``."""
    return figures().percent(Decimal(whole) / 100)


def permille(fraction: Decimal | None) -> str:
    """A fraction as per mille: 0.04 is ``40 ‰``."""
    if fraction is None:
        return NOTHING
    gap = "" if figures().language == "en" else NO_BREAK
    return f"{figures().number(fraction * 1000)}{gap}‰"


def day(value: date | datetime | None) -> str:
    """``01.10.2026``; a moment's day is the pool's."""
    if value is None:
        return NOTHING
    return figures().day(_here(value).date() if isinstance(value, datetime) else value)


def country(code: str | None) -> str:
    """``Deutschland`` for DE; a code nobody knows stands as it is."""
    locale = get_locale()
    return NOTHING if not code else str(locale.territories.get(code, code) if locale else code)


def last_day(value: date | None) -> date | None:
    """The day before a day: of days [from, to) people read the last one."""
    return None if value is None else date.fromordinal(value.toordinal() - 1)


def month(value: date) -> str:
    """``Oktober 2026``."""
    return figures().period(value.replace(day=1), _end(value))


def moment(value: datetime | None) -> str:
    """``21.11.2026, 09:14`` in the pool's time."""
    if value is None:
        return NOTHING
    language = figures().language
    return f"{day(value)}, {format_datetime(_here(value), 'HH:mm', locale=LOCALES[language])}"


def zone() -> ZoneInfo:
    """The time zone of the viewer's pool; UTC before anybody is known."""
    viewer = g.get("viewer")
    return ZoneInfo(viewer.time_zone) if viewer else ZoneInfo("UTC")


def _here(value: datetime) -> datetime:
    return value.replace(tzinfo=value.tzinfo or UTC).astimezone(zone())


def _end(value: date) -> date:
    first = value.replace(day=1)
    following = first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)
    return date.fromordinal(following.toordinal() - 1)


__all__ = ["MINUS", "NOTHING", "figures", "install", "zone"]
