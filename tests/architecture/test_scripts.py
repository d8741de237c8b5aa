"""House rules of our own scripts, read as text; htmx is another's, its settings are ours."""

import re

import pytest

from shared.web.assets import STATIC
from tests.architecture.source import PACKAGES, ROOT, files

ANOTHERS = {"htmx.min.js"}
SCRIPTS = sorted(
    path for path in files(".js")
    if path.relative_to(ROOT).parts[0] in PACKAGES and path.name not in ANOTHERS
)  # fmt: skip
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
# what a script may ask of the page's two globals; all else is a name somebody could have taken
ASKED = {
    "document": {
        "activeElement", "addEventListener", "body", "createElement", "documentElement", "hidden",
        "querySelector", "querySelectorAll",
    },
    "window": {"PublicKeyCredential", "open", "print"},
}  # fmt: skip
FORBIDDEN = {
    "kept in the browser": r"\b(local|session)Storage\b|\bindexedDB\b|\bcaches\b|\bcookieStore\b"
    r"|\.cookie\b|\bserviceWorker\b",
    "a prototype": r"__proto__|\bprototype\b|\bsetPrototypeOf\b|\bconstructor\b|\bdefinePropert"
    r"|\b__define[GS]etter__\b",
    "an object as a table of what came": r"[\w)]\[[^\]'\"]*\]\s*=(?!=)",
    "code of text": r"\beval\b|\bnew Function\b|\bFunction\(|\bimport\("
    r"|set(Timeout|Interval)\(\s*[\"'`]",
    "markup of text": r"\b(inner|outer)HTML\b|\binsertAdjacentHTML\b|\bdocument\.write"
    r"|\bcreateContextualFragment\b|\bsrcdoc\b|\bparseHTMLUnsafe\b|\bDOMParser\b",
    "a name of everybody's": r"\b(window|globalThis|self|top|parent|frames)\b(\.\w+|\[[^\]]*\])*\s*"
    r"([-+*/|&?]{0,2}=)(?!=)|\bglobalThis\b"
    r"|\b(window|document)\[|Object\.assign\((window|document)\b(?!\.)",
    "a message from elsewhere": r"\bpostMessage\b|[\"']message[\"']",
    "a request of its own": r"\bfetch\(|\bXMLHttpRequest\b|\bsendBeacon\b"
    r"|\bWebSocket\b|\bEventSource\b",
}
CODE = {path.name: COMMENT.sub("", path.read_text("utf-8")) for path in SCRIPTS}


def test_these_are_our_scripts() -> None:
    assert {"app.js", "passkey.js"} <= set(CODE)
    assert {path.name for path in STATIC.glob("*.js")} == set(CODE) | ANOTHERS


@pytest.mark.parametrize("name", CODE)
@pytest.mark.parametrize("what", FORBIDDEN)
def test_a_script_has_no(what: str, name: str) -> None:
    found = re.finditer(FORBIDDEN[what], CODE[name], re.MULTILINE)
    assert [match[0].strip()[:80] for match in found] == []


@pytest.mark.parametrize("name", CODE)
def test_a_script_leaves_no_name_behind(name: str) -> None:
    """All of it stands in one block, where ``const`` and ``let`` stay; nothing else declares."""
    assert CODE[name].strip().startswith('"use strict"\n{\n')  # an undeclared name is an error
    code = CODE[name].strip().removeprefix('"use strict"\n')
    assert code.endswith("\n}")
    inside = code[2:-2].splitlines()
    assert [line for line in inside if line and not line.startswith("  ")] == []
    assert re.findall(r"\b(var|function|class)\s+[\w$]+", code) == []


@pytest.mark.parametrize("name", CODE)
@pytest.mark.parametrize("of", ASKED)
def test_a_script_asks_the_page_by_selectors(name: str, of: str) -> None:
    """``document.user`` is whatever element is called so; what a selector finds is an element."""
    assert set(re.findall(rf"\b{of}\??\.(\w+)", CODE[name])) <= ASKED[of]


def test_the_page_keeps_no_history_for_htmx() -> None:
    """Pages gone through would lie in the browser's storage after signing out."""
    base = (ROOT / "shared/web/templates/kit/base.html").read_text("utf-8")
    assert '"historyCacheSize":0' in base
    assert '"allowEval":false,"allowScriptTags":false,"selfRequestsOnly":true' in base
