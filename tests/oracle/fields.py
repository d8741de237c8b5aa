"""The fields of each step and how their values are read (settlement rules, "Scenario files")."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from tests.oracle.refusal import RefusalError

Read = Callable[[Any], Any]

KINDS: Final = ("acquisition", "recurring", "dynamic", "change", "extension", "fee", "other")
NUMBER: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")


def text(raw: Any) -> str:
    if not isinstance(raw, str) or not raw:
        raise ValueError("not a text")
    return raw


def note(raw: Any) -> str:
    if not isinstance(raw, str):
        raise ValueError("not a text")  # noqa: TRY004
    return raw


def flag(raw: Any) -> bool:
    if not isinstance(raw, bool):
        raise ValueError("neither true nor false")  # noqa: TRY004
    return raw


def day(raw: Any) -> date:
    if not isinstance(raw, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", raw):
        raise ValueError("not a date")
    return date.fromisoformat(raw)


def months(raw: Any) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int) or raw < 0:
        raise ValueError("not a number of months")
    return raw


def number(places: int, low: int | None = None, high: int | None = None) -> Read:
    """Make a reader of exact numbers with so many decimals at most."""

    def read(raw: Any) -> Fraction:
        if isinstance(raw, bool) or not isinstance(raw, str | int | float | Decimal):
            raise ValueError("not a number")  # noqa: TRY004
        written = repr(raw) if isinstance(raw, float) else str(raw)  # as JSON writes it
        if not NUMBER.fullmatch(written):
            raise ValueError("not a number")
        value = Fraction(written)
        if (value * 10**places).denominator != 1:
            raise ValueError(f"more than {places} decimals")
        if (low is not None and value < low) or (high is not None and value > high):
            raise ValueError("out of range")
        return value

    return read


def one_of(*values: str) -> Read:
    """Make a reader of a word out of a fixed set."""

    def read(raw: Any) -> str:
        if raw not in values:
            raise ValueError("unknown word")
        return str(raw)

    return read


AMOUNT: Final = number(2)
RATE: Final = number(8, 0)
PART: Final = number(8, 0, 1)
UNITS: Final = number(4)
FACTOR: Final = number(6, 0, 1)


def _listed(raw: Any, name: str, needed: Mapping[str, Read]) -> list[dict[str, Any]]:
    if not isinstance(raw, list):
        raise RefusalError(name, "not a list")
    try:
        return [read_fields(item, needed, {}) for item in raw]
    except RefusalError as error:
        raise RefusalError(name, str(error)) from error


def shares(raw: Any) -> list[tuple[str, Fraction]]:
    """Read an ordered list of producer and share, in sum exactly 1."""
    items = _listed(raw, "shares", {"producer": text, "share": FACTOR})
    if sum(item["share"] for item in items) != 1:
        raise ValueError("shares are not 1")
    return [(item["producer"], item["share"]) for item in items]


def withholdings(raw: Any) -> dict[str, Fraction]:
    """Read a list of withholding code and rate."""
    items = _listed(raw, "withholdings", {"code": text, "rate": PART})
    if len({item["code"] for item in items}) != len(items):
        raise ValueError("a code twice")
    return {item["code"]: item["rate"] for item in items}


FROM: Final = {"from": day}
TO: Final = {"to": day}
SCOPE: Final = {"product": text, "line": text, "insurer": text}
WHO: Final = {"producer": text, "group": text, "level": text}
WHERE: Final = {"division": text, "organisation": text}
KIND: Final = {"kind": one_of(*KINDS)}
WHOSE: Final = {"producer": text}

STEPS: Final[Mapping[str, tuple[Mapping[str, Read], Mapping[str, Read]]]] = {
    # step: fields it must have, fields it may have
    "producer": ({"code": text}, {"payee": text, "house": flag}),
    "product": ({"code": text, "insurer": text, "line": text}, {}),
    "placement": ({**WHOSE, "parent": text, **FROM}, TO),
    "career": ({**WHOSE, "level": text, **FROM}, TO),
    "status": ({**WHOSE, "active": flag, **FROM}, TO),
    "group": ({**WHOSE, "group": text, **FROM}, TO),
    "reserve": ({**WHOSE, "rate": PART, **FROM}, TO),
    "rule": (
        {
            "code": text,
            **KIND,
            "of": one_of("basis", "received", "unit", "fixed"),
            "rate": RATE,
            **FROM,
        },
        {**SCOPE, **WHO, **WHERE, **TO},
    ),
    "withdraw_rule": ({"code": text}, {}),
    "agreement": (
        {**KIND, "liability_months": months, **FROM},
        {
            **SCOPE,
            "full_liability_months": months,
            "earning": one_of("linear_monthly", "linear_daily"),
            "reserve_rate": PART,
            "reserve_release": one_of("at_end", "pro_rata"),
            **TO,
        },
    ),
    "contract": (
        {"number": text, "product": text, "shares": shares},
        {"applied": day, "issued": day, "organisation": text, "division": text},
    ),
    "shares": ({"contract": text, "shares": shares, **FROM}, TO),
    "cancel": ({"contract": text, "on": day}, {"void": flag}),
    "reduce": ({"contract": text, "on": day, "to": FACTOR}, {}),
    "reinstate": ({"contract": text}, {}),
    "event": (
        {"ref": text, "contract": text, **KIND, "effective": day, "due": day},
        {"basis": AMOUNT, "received": AMOUNT, "units": UNITS},
    ),
    "adjust": ({"payee": text, "on": day, "amount": AMOUNT, "text": note}, {}),
    "tax": ({"payee": text, "withholdings": withholdings}, {}),
    "hold": ({"payee": text, **FROM}, TO),
    "settle": ({"through": day}, {}),
}

AT_MOST_ONE: Final = {"rule": (SCOPE, WHO, WHERE), "agreement": (SCOPE,)}
EXACTLY_ONE: Final = {"agreement": SCOPE}

REFERENCE: Final = dict.fromkeys(
    ("rate", "level", "hierarchy"), one_of("event", "application", "issue")
)


def read_fields(
    raw: Any, needed: Mapping[str, Read], allowed: Mapping[str, Read]
) -> dict[str, Any]:
    """Read an object: unknown, missing and wrong fields are refused by name."""
    if not isinstance(raw, dict):
        raise RefusalError("-", "not an object")
    for name in raw:
        if name not in needed and name not in allowed:
            raise RefusalError(name, "unknown field")
    for name in needed:
        if name not in raw:
            raise RefusalError(name, "missing")
    values = {}
    for name, value in raw.items():
        try:
            values[name] = (needed.get(name) or allowed[name])(value)
        except ValueError as error:
            raise RefusalError(name, str(error)) from error
    return values


def _named(values: Mapping[str, Any], names: Iterable[str]) -> list[str]:
    return [name for name in names if name in values]


def read_step(raw: Any) -> tuple[str, dict[str, Any]]:
    """Read one step: its name and its fields, as dates, Fractions and texts."""
    if not isinstance(raw, dict) or len(raw) != 1:
        raise RefusalError("step", "not an object with one key")
    [(name, content)] = raw.items()
    if name not in STEPS:
        raise RefusalError(name, "unknown step")
    values = read_fields(content, *STEPS[name])
    for names in AT_MOST_ONE.get(name, ()):
        if len(_named(values, names)) > 1:
            raise RefusalError(_named(values, names)[1], "only one of these")
    if name in EXACTLY_ONE and not _named(values, EXACTLY_ONE[name]):
        raise RefusalError(next(iter(EXACTLY_ONE[name])), "one of these is needed")
    if "from" in values and "to" in values and values["to"] <= values["from"]:
        raise RefusalError("to", "not after from")
    return name, values


def read_head(scenario: Any) -> dict[str, Any]:
    """Read the head of a scenario: minimum payout and reference dates; steps are left raw."""

    def reference(raw: Any) -> dict[str, dict[str, str]]:
        if not isinstance(raw, dict):
            raise ValueError("not an object")  # noqa: TRY004
        for kind, dates in raw.items():
            one_of(*KINDS)(kind)
            read_fields(dates, {}, REFERENCE)
        return raw

    def settings(raw: Any) -> dict[str, Any]:
        return read_fields(raw, {}, {"minimum_payout": AMOUNT, "reference": reference})

    def steps(raw: Any) -> list[Any]:
        if not isinstance(raw, list):
            raise ValueError("not a list")  # noqa: TRY004
        return raw

    return read_fields(
        scenario,
        {"name": text, "currency": text, "steps": steps},
        {"about": note, "settings": settings},
    )
