"""Scenario files: facts and settlements, step by step (settlement rules, "Scenario files").

A refused step ends the file, but what stands before it counts. So the file is read in two
moves: ``read_scenario`` takes the text apart, ``parse_step`` reads one step when its turn comes.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Final

from pool_module.settlement.errors import ScenarioRefused
from pool_module.settlement.formats import values
from pool_module.settlement.formats.fields import Fields, json_object
from pool_module.settlement.formats.parsing import PARSE
from pool_module.settlement.formats.steps import Step
from shared.vocabulary import Kind, ReferenceDate

NO_NUMBER: Final = Decimal("NaN")  # the field that holds it will be refused
HEAD: Final = 0


@dataclass(frozen=True, slots=True)
class ReferenceDates:
    """The dates at which rate, level and hierarchy of a kind are looked up."""

    rate: ReferenceDate = ReferenceDate.EVENT
    level: ReferenceDate = ReferenceDate.EVENT
    hierarchy: ReferenceDate = ReferenceDate.EVENT


@dataclass(frozen=True, slots=True)
class Scenario:
    """A scenario file: its head read, its steps still raw.

    Attributes:
        reference: what the file sets; a kind not in it has the default ``ReferenceDates()``.
    """

    name: str
    about: str
    currency: str
    minimum_payout: Decimal
    reference: Mapping[Kind, ReferenceDates]
    steps: list[object]


def _decimal(written: str) -> Decimal:
    try:
        return Decimal(written)
    except InvalidOperation:
        return NO_NUMBER


def _integer(written: str) -> int | Decimal:
    return int(written) if len(written) <= 40 else _decimal(written)


def _load(text: str) -> object:
    """Parse JSON with every number exact."""
    try:
        return json.loads(
            text.removeprefix("\ufeff"),
            parse_float=_decimal,
            parse_int=_integer,
            parse_constant=lambda _: NO_NUMBER,
            object_pairs_hook=json_object,
        )
    except json.JSONDecodeError as error:
        why = f"not JSON: {error.msg} at line {error.lineno}, column {error.colno}"
        raise ScenarioRefused(HEAD, "file", why) from None
    except RecursionError:
        raise ScenarioRefused(HEAD, "file", "nested too deeply") from None


def _itself(raw: object) -> object:
    return raw


def _reference(raw: object) -> dict[Kind, ReferenceDates]:
    """Read settings.reference."""
    path = "settings.reference"
    kinds = Fields(HEAD, raw, path)
    read = values.word(ReferenceDate)
    dates = {}
    for kind in Kind:
        if kinds.has(kind):
            fields = Fields(HEAD, kinds.need(kind, _itself), f"{path}.{kind}")
            dates[kind] = ReferenceDates(
                rate=fields.may("rate", read, ReferenceDate.EVENT),
                level=fields.may("level", read, ReferenceDate.EVENT),
                hierarchy=fields.may("hierarchy", read, ReferenceDate.EVENT),
            )
            fields.nothing_else()
    kinds.nothing_else()
    return dates


def _steps(raw: object) -> list[object]:
    if not isinstance(raw, list):
        raise ValueError("not a list")  # noqa: TRY004
    return raw


def read_scenario(text: str) -> Scenario:
    """Read the head of a scenario file and leave its steps raw.

    Args:
        text: the content of the file.

    Raises:
        ScenarioRefused: with step 0, because it is not JSON or its head is malformed.
    """
    fields = Fields(HEAD, _load(text), "")
    settings = Fields(HEAD, fields.may("settings", _itself, {}), "settings")
    scenario = Scenario(
        name=fields.need("name", values.text),
        about=fields.may("about", values.text, ""),
        currency=fields.need("currency", values.currency),
        minimum_payout=settings.may("minimum_payout", values.amount, Decimal(0)),
        reference=_reference(settings.may("reference", _itself, {})),
        steps=fields.need("steps", _steps),
    )
    settings.nothing_else()
    fields.nothing_else()
    return scenario


def parse_step(number: int, raw: object) -> Step:
    """Read one step.

    Args:
        number: which step of the file it is, counted from 1.
        raw: the step as it stands in ``Scenario.steps``: an object with one key.

    Raises:
        ScenarioRefused: it is malformed by itself, whatever stands before it.
    """
    step = Fields(number, raw)
    if not isinstance(raw, dict) or len(raw) != 1:
        step.refuse("step", "not an object with one key")
    [(name, content)] = raw.items()
    if name not in PARSE:
        step.refuse(str(name), "unknown step")
    if not isinstance(content, dict):
        step.refuse(name, "not an object")
    fields = Fields(number, content)
    parsed = PARSE[name](fields)
    fields.nothing_else()
    return parsed
