"""``asvs.yml`` says what holds each requirement; this says that it is there."""

import ast
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from tests.architecture import asvs
from tests.architecture.asvs import ROOT, Row

ROWS = list(asvs.rows())
# of the standard's version 5.0.0
OF_LEVEL = {1: 70, 2: 183}
TOPS = ("admin_module", "brokerpool", "pool_module", "portal_extranet", "portal_intranet", "shared")
CODE = [path for top in TOPS for path in sorted((ROOT / top).rglob("*.py"))]
# where each stands, and why it may
DANGEROUS = {
    "subprocess": {"brokerpool"},  # starts servers and dumps by argument lists
    "pickle": set(),
    "marshal": set(),
    "shelve": set(),
}
CONNECTIONS = {
    "socket": {"shared/scanning.py", "brokerpool"},  # clamd; free ports
    "smtplib": {"shared/mail.py"},
    "redis": {"shared", "brokerpool"},
    "urllib.request": set(),
    "http.client": set(),
    "requests": set(),
    "httpx": set(),
}
# SHA-256 and HMAC, argon2id, AES-GCM, TOTP's HMAC-SHA-1 (its norm), passkeys, forms' tokens
CRYPTOGRAPHY = {
    "hashlib": {"shared", "pool_module", "portal_intranet", "admin_module", "brokerpool"},
    "hmac": {"shared"},
    "cryptography": {"shared/vault.py", "shared/passkeys.py", "shared/web", "brokerpool"},
    "argon2": {"shared", "brokerpool"},
    "webauthn": {"shared"},
    "pyotp": {"shared/totp.py"},
    "itsdangerous": {"shared"},
}

WEAK = re.compile(
    r"\bhashlib\.(?:md5|sha1|new)\b|\bimport (?:md5|sha1)\b"
    r"|\b(?:MD5|SHA1|TripleDES|DES3?|RC4|ARC4|Blowfish|ECB|CBC)\b"
)
# one for each format: what two read differently is a way around what one of them refused
PARSERS = {
    "csv": {"admin_module/onboarding/formats", "pool_module/incoming/formats/statements",
            "brokerpool/demo", "shared/export.py", "shared/web/export.py",
            "pool_module/settlement/documents", "pool_module/evidence/formats.py"},
    "openpyxl": set(), "xlrd": set(), "pandas": set(),
    "python_calamine": {"admin_module/onboarding/formats",
                        "pool_module/incoming/formats/statements"},
    "xml": {"pool_module/evidence/formats.py"},  # it writes: escape
    "lxml": set(), "html.parser": set(), "bs4": set(),
    "yaml": set(), "tomllib": set(), "simplejson": set(), "orjson": set(), "ujson": set(),
    "urllib3": set(), "furl": set(), "yarl": set(), "tarfile": set(),
}  # fmt: skip


@cache
def names_of(path: Path) -> frozenset[str]:
    """Tests of a file: functions, and methods of classes."""
    found = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef):
            found.add(node.name)
        if isinstance(node, ast.ClassDef):
            found |= {f"{node.name}::{m.name}" for m in node.body if isinstance(m, ast.FunctionDef)}
    return frozenset(found)


@cache
def imports_of(path: Path) -> frozenset[str]:
    """Modules a file imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return frozenset(found)


def misplaced(listed: dict[str, set[str]]) -> list[str]:
    wrong = []
    for path in CODE:
        here = path.relative_to(ROOT).as_posix()
        for module in imports_of(path):
            for name, places in listed.items():
                if (module == name or module.startswith(f"{name}.")) and not any(
                    here == place or here.startswith(f"{place}/") for place in places
                ):
                    wrong.append(f"{here} imports {module}")
    return wrong


def test_every_requirement_of_level_1_and_2_has_its_row() -> None:
    assert {k: v for k, v in Counter(row.level for row in ROWS).items() if k < 3} == OF_LEVEL
    assert len({row.id for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_a_row_has_a_test_or_a_reason(row: Row) -> None:
    assert bool(row.tests) != bool(row.reason)
    assert row.said
    for test in row.tests:
        path, _, name = test.partition("::")
        assert (ROOT / path).is_file(), f"{row.id}: there is no {path}"
        assert name in names_of(ROOT / path), f"{row.id}: there is no {test}"


def test_the_page_is_made_from_it() -> None:
    assert asvs.PAGE.read_text(encoding="utf-8") == asvs.page(), "make security"


def test_dangerous_functions_stand_where_they_are_listed() -> None:
    wrong = misplaced(DANGEROUS)
    for path in CODE:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
                name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
                shell = any(
                    k.arg == "shell" and getattr(k.value, "value", True) for k in node.keywords
                )
                bare = isinstance(node.func, ast.Name) and name in {"eval", "exec", "__import__"}
                if bare or shell or name in {"render_template_string", "from_string"}:
                    wrong.append(f"{path.relative_to(ROOT)}:{node.lineno} calls {name}")
    assert wrong == []


def test_no_pattern_is_built_from_what_was_typed() -> None:
    """A pattern is a constant; what is put into one is a constant of ours, or escaped."""
    wrong = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in CODE
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and _builds_a_pattern(node)
    ]
    assert wrong == []


def _builds_a_pattern(call: ast.Call) -> bool:
    on = getattr(getattr(call.func, "value", None), "id", "")
    if on != "re" or not call.args or not isinstance(call.args[0], ast.JoinedStr | ast.BinOp):
        return False
    pattern = ast.unparse(call.args[0])
    return "escape" not in pattern and not re.search(r"[A-Z]{3}", pattern)


def test_a_lazy_text_takes_only_what_is_escaped() -> None:
    """Templates take flask-babel's lazy texts for markup, with all that was put into them."""
    wrong = []
    for path in CODE:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        lazy = {
            alias.asname or alias.name
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and node.module == "flask_babel"
            for alias in node.names
            if alias.name.startswith("lazy")
        }
        wrong += [
            f"{path.relative_to(ROOT)}:{node.lineno}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
            and node.func.id in lazy
            and not all(ast.unparse(each.value).startswith("escape(") for each in node.keywords)
        ]  # fmt: skip
    assert wrong == []


def test_connections_go_out_where_they_are_listed() -> None:
    assert misplaced(CONNECTIONS) == []


def test_a_format_has_one_parser() -> None:
    """JSON and addresses are read by the standard library alone, workbooks by one reader."""
    assert misplaced(PARSERS) == []


def test_cryptography_stands_where_it_is_listed() -> None:
    wrong = misplaced(CRYPTOGRAPHY)
    for path in CODE:
        text = path.read_text(encoding="utf-8")
        wrong += [f"{path.relative_to(ROOT)} uses {name}" for name in WEAK.findall(text)]
    assert wrong == []


def test_what_runs_imports_no_tests() -> None:
    assert misplaced({"tests": set(), "pytest": set(), "hypothesis": set(), "faker": set()}) == []


def test_secrets_are_drawn_by_the_system() -> None:
    """``random`` is for demo and bench, where chance has to repeat itself."""
    assert misplaced({"random": {"brokerpool/demo", "brokerpool/bench"}, "uuid": set()}) == []
