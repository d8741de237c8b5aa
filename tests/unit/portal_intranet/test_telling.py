"""Every line of the journal has words: what was done, to what, and each thing it says."""

import ast
from collections.abc import Iterator
from dataclasses import fields
from decimal import Decimal
from pathlib import Path
from typing import Final

import pytest

from admin_module.companies.operations import Details
from admin_module.organisations.operations.keeping import UnitValues
from portal_intranet.forms.telling import FIELDS, UNTOLD
from portal_intranet.views.journal import ACTIONS, LISTS, SUBJECTS
from shared.web.export import _csv_cell

ROOT: Final = Path(__file__).parents[3]
ROOMS: Final = ("admin_module", "pool_module", "shared", "portal_intranet", "portal_extranet")
WRITES: Final = ("write", "write_change")


def lines() -> Iterator[tuple[Path, ast.Call]]:
    """Where the journal is written."""
    for room in ROOMS:
        for path in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if (
                    isinstance(node, ast.Call)
                    and isinstance(node.func, ast.Attribute)
                    and node.func.attr in WRITES
                    and ast.unparse(node.func.value) == "audit"
                ):
                    yield path.relative_to(ROOT), node


def texts(node: ast.expr) -> set[str]:
    """The texts an argument can be, as far as they stand in it."""
    if isinstance(node, ast.IfExp):
        return texts(node.body) | texts(node.orelse)
    alone = isinstance(node, ast.Constant) and isinstance(node.value, str)
    return {node.value} if alone else set()  # type: ignore[attr-defined]


def keys(call: ast.Call) -> set[str]:
    dicts = [d for k in call.keywords for d in ast.walk(k.value) if isinstance(d, ast.Dict)]
    return {text for d in dicts for key in d.keys if key is not None for text in texts(key)}


def test_what_was_done_and_to_what() -> None:
    found = list(lines())
    assert len(found) > 60
    wordless = set()
    for path, call in found:
        wordless |= {
            (str(path), action)
            for action in texts(call.args[1])
            if action.rpartition(".")[2] not in ACTIONS
        }
        wordless |= {
            (str(path), subject) for subject in texts(call.args[2]) if subject not in SUBJECTS
        }
    assert wordless == set()


def test_what_a_line_says() -> None:
    wordless = {
        (str(path), key)
        for path, call in lines()
        for key in keys(call)
        if key not in FIELDS and key not in UNTOLD
    }
    assert wordless == set()


@pytest.mark.parametrize("kept", [Details, UnitValues])
def test_what_is_kept_of_companies_and_units(kept: type) -> None:
    assert {field.name for field in fields(kept)} - set(FIELDS) == set()


def test_every_list_that_is_taken_out() -> None:
    """The journal says which list it was."""
    names = {
        text
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "Listing"
        for keyword in node.keywords
        if keyword.arg == "name"
        for text in texts(keyword.value)
    }
    assert len(names) > 25
    assert names <= LISTS.keys() | SUBJECTS.keys()


@pytest.mark.parametrize(
    ("value", "said"),
    [("0E-8", "0.00"), ("2.10000000", "2.10"), ("2.12500000", "2.125"), ("12.50", "12.50")],
)
def test_numbers_of_a_file_have_no_exponent(value: str, said: str) -> None:
    assert _csv_cell(Decimal(value)) == said
