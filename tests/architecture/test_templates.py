"""House rules of templates and styles: what the content security policy would only block."""

import re

import pytest
from flask import Flask
from jinja2 import StrictUndefined

from shared.vocabulary import Door
from shared.web.app import make_app
from tests.architecture.source import PACKAGES, ROOT, files, place
from tests.servers import Database
from tests.web.portals import config_of

TEMPLATES = [p for p in files(".html") if p.relative_to(ROOT).parts[0] in PACKAGES]
STYLES = [p for p in files(".css") if p.relative_to(ROOT).parts[0] in PACKAGES]
FORBIDDEN = {
    "an inline style": r"\sstyle\s*=",
    "an inline handler": r"\son[a-z]+\s*=",
    "a script without nonce": r"<script(?![^>]*nonce=)",
    "an inline style sheet": r"<style",
    "a link into the code": r"javascript:",
    "text taken as markup": r"\|\s*safe\b|Markup\(|autoescape\s+false",
    "another host": r"(src|href|action)=\"(https?:)?//",
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_templates_have_no(what: str) -> None:
    """It would be blocked by the policy, or be the hole in it."""
    assert TEMPLATES
    pattern = re.compile(FORBIDDEN[what])
    assert [place(p) for p in TEMPLATES if pattern.search(p.read_text(encoding="utf-8"))] == []


def test_every_form_that_changes_something_carries_its_token() -> None:
    wrong = [
        place(p)
        for p in TEMPLATES
        for form in re.findall(r"<form.*?</form>", p.read_text(encoding="utf-8"), re.DOTALL)
        if 'method="post"' in form and not re.search(r"csrf_token\(\)|csrf\(\)", form)
    ]
    assert wrong == []


def test_htmx_attributes_come_from_macros() -> None:
    """Pages do not write ``hx-…``: a macro repeats the address, so that it works without."""
    pages = [p for p in TEMPLATES if p.parent.name != "kit"]
    assert [place(p) for p in pages if re.search(r"\shx-", p.read_text(encoding="utf-8"))] == []


def test_only_the_tokens_name_colours() -> None:
    """One definition for both themes; a colour written elsewhere is right in one of them."""
    colour = re.compile(r"#[0-9a-fA-F]{3,8}\b|rgba?\(|hsla?\(")
    wrong = [
        place(p)
        for p in (*STYLES, *TEMPLATES)
        if p.name != "tokens.css" and colour.search(p.read_text(encoding="utf-8"))
    ]
    assert wrong == []


def test_every_token_used_is_defined() -> None:
    defined = {t for p in STYLES for t in re.findall(r"(--[a-z0-9-]+)\s*:", p.read_text("utf-8"))}
    used = {t for p in STYLES for t in re.findall(r"var\((--[a-z0-9-]+)", p.read_text("utf-8"))}
    assert used - defined == set()


def test_a_misspelt_name_in_a_template_is_an_error(template: Database) -> None:
    """An undefined value prints as nothing, and nobody sees that something is missing."""
    app: Flask = make_app(__name__, Door.INTRANET, [], config_of(template, Door.INTRANET))
    assert app.jinja_env.undefined is StrictUndefined
    assert app.jinja_env.autoescape is not False
