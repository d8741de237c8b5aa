"""Looks and parts: colours are tokens, nothing is inline, icons exist, files are small."""

import gzip
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from shared.vocabulary import LANGUAGES, Door
from shared.web.assets import STATIC
from tests.web.patterns import PAGES, make_patterns
from tests.web.portals import check_page

ROOT = STATIC.parent.parent.parent
TEMPLATES = sorted(
    path for package in ("shared", "portal_intranet", "portal_extranet")
    for path in (ROOT / package).rglob("templates/**/*.html")
)  # fmt: skip
SHEETS = sorted(STATIC.glob("*.css"))
ICONS = set(re.findall(r'<symbol id="([\w-]+)"', (STATIC / "icons.svg").read_text("utf-8")))
SHOWN = [(door, page) for door, pages in PAGES.items() for page in pages]
LINK = re.compile(r"<a [^>]*hx-get[^>]*>")
FORM = re.compile(r"<form [^>]*hx-post[^>]*>")
SPAN = re.compile(r"[( ]span=(\d+)")


@pytest.fixture(scope="module")
def clients(tmp_path_factory: pytest.TempPathFactory) -> dict[Door, FlaskClient]:
    home = tmp_path_factory.mktemp("patterns")
    return {door: make_patterns(door, home).test_client() for door in PAGES}


def attribute(tag: str, name: str) -> str:
    found = re.search(rf' {name}="([^"]*)"', tag)
    assert found, tag
    return found[1]


@pytest.mark.parametrize(("door", "name"), SHOWN)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_part_is_a_good_page(
    clients: dict[Door, FlaskClient], door: Door, name: str, language: str
) -> None:
    address = f"/{name}?theme=dark&density=compact"
    response = clients[door].get(
        address, base_url=f"http://{door}.localhost", headers={"Accept-Language": language}
    )
    page = response.text
    assert response.status_code == 200
    check_page(page)
    assert f'<html lang="{language}" data-theme="dark" data-density="compact">' in page
    assert set(re.findall(r'icons\.svg\?v=\w+#([^"]*)"', page)) <= ICONS
    scripts = re.findall(r"<script[^>]*>", page)
    assert scripts
    assert all("nonce=" in script and "src=" in script for script in scripts)


@pytest.mark.parametrize(("door", "name"), SHOWN)
def test_what_htmx_does_a_link_or_form_does(
    clients: dict[Door, FlaskClient], door: Door, name: str
) -> None:
    """Without JavaScript the same address is opened, the same form is sent."""
    page = clients[door].get(f"/{name}", base_url=f"http://{door}.localhost").text
    for tag in LINK.findall(page):
        assert attribute(tag, "href") == attribute(tag, "hx-get")
    for tag in FORM.findall(page):
        assert attribute(tag, "action") == attribute(tag, "hx-post")
    for tag in re.findall(r"<[^>]* hx-(?:get|post)=[^>]*>", page):
        assert attribute(tag, "hx-target")  # nothing is inherited


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_templates_bring_no_code_and_no_colour(path: Path) -> None:
    text = path.read_text("utf-8")
    assert not re.search(r"\sstyle=|<style|javascript:|\son\w+=", text)
    assert not re.search(r"<script(?! nonce=)", text)
    assert not re.search(r"#[0-9a-fA-F]{6}\b", text)
    assert set(re.findall(r"\bicon\('([\w-]+)'", text)) <= ICONS


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)
def test_colours_stand_in_the_tokens(sheet: Path) -> None:
    text = re.sub(r"/\*.*?\*/", "", sheet.read_text("utf-8"), flags=re.DOTALL)
    if sheet.name != "tokens.css":
        assert not re.search(r"#[0-9a-fA-F]{3,8}\b", text)
    named = set(re.findall(r"var\((--[\w-]+)", text)) - {"--c", "--l"}
    tokens = (STATIC / "tokens.css").read_text("utf-8")
    assert named <= set(re.findall(r"(--[\w-]+):", tokens))


@pytest.mark.parametrize(("door", "name"), [(Door.INTRANET, "run"), (Door.EXTRANET, "broker")])
@pytest.mark.parametrize(("ending", "most"), [("css", 15_000), ("js", 30_000)])
def test_a_page_stays_light(
    clients: dict[Door, FlaskClient], door: Door, name: str, ending: str, most: int
) -> None:
    page = clients[door].get(f"/{name}", base_url=f"http://{door}.localhost").text
    files = re.findall(rf"/kit/([\w.-]+\.{ending})\?", page)
    assert files
    content = b"".join((STATIC / file).read_bytes() for file in files)
    assert len(gzip.compress(content, mtime=0)) < most


def test_the_script_says_nothing_by_itself() -> None:
    """What it tells people stands in the page, translated."""
    script = (STATIC / "app.js").read_text("utf-8")
    dialogs = (ROOT / "shared/web/templates/kit/dialogs.html").read_text("utf-8")
    said = set(re.findall(r'word\("(\w+)"\)', script))
    assert said == set(re.findall(r"data-(\w+)=\"\{\{ _\(", dialogs))
    assert "eval" not in script
    assert "innerHTML" not in script


def test_what_stops_work_says_what_its_buttons_do() -> None:
    """Asked whether to stop, nobody takes “cancel” for the stopping."""
    progress = (ROOT / "shared/web/templates/kit/progress.html").read_text("utf-8")
    assert "yes=_('Stop the work'), no=_('Keep it running')" in progress
    assert "_('Stop this work? It has not begun yet.') if waits else" in progress
    form = (ROOT / "shared/web/templates/kit/ui.html").read_text("utf-8")
    assert 'data-yes="{{ yes }}" data-no="{{ no }}"' in form
    script = (STATIC / "app.js").read_text("utf-8")
    assert "words[el.value] || el.dataset.plain" in script


def test_a_card_is_as_wide_as_some_style_says() -> None:
    layout = (STATIC / "layout.css").read_text("utf-8")
    asked = {n for path in TEMPLATES for n in SPAN.findall(path.read_text("utf-8"))}
    assert {"4", "12"} < asked
    assert {n for n in asked - {"0"} if f".c{n} " not in layout} == set()
