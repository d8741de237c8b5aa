"""Organisations: enabled with a report, switched between, and a customer of the other one in grey.

From here on the house has organisations; everybody works on where he worked, so the journeys that
follow notice nothing but a name in the head.
"""

import re
from collections.abc import Callable

from playwright.sync_api import FloatRect, Page, expect

from shared.vocabulary import Door
from tests.journeys.people import ADMIN, Person
from tests.journeys.visiting import DESK, Visit, prove

COLLEAGUE = Person("henning.lorenzen@nordlicht.example", "nordlicht-lorenzen-2026", Door.INTRANET)
SOUTH, NAME = "Nordlicht Süd", "Zimmerlein"
GREY = {"de": "gesperrt", "uk": "обмежено", "en": "restricted"}


def test_enable_switch_and_a_greyed_hit(visit: Callable[..., Visit]) -> None:
    admin, colleague = visit(ADMIN), visit(COLLEAGUE)
    _enable(colleague)
    team = _found_south(colleague)
    member = _join(colleague, team)
    # the admin works on where he worked, and has got one more place to go to
    page = admin.open("/customers")
    assert member
    expect(page.locator(".place .path")).to_contain_text("Innendienst Hamburg")
    before = page.locator("tbody tr").count()
    assert before > 0
    page.locator(".place summary").click()
    page.locator(".place button", has_text=SOUTH).click()
    admin.settle()
    expect(page.locator(".place .path")).to_contain_text(SOUTH)
    page = admin.open("/customers")
    expect(page.locator("main")).not_to_contain_text("Böttcher")
    _clear(page, admin)
    # who works in the other organisation meets him in grey, in his own language
    for language, word in GREY.items():
        page = colleague.open("/clearance")
        page.locator(f".side .langs button[value={language}]").click()
        page = colleague.open(f"/clearance?q={NAME}")
        row = page.locator("tbody tr.off")
        expect(row).to_contain_text(NAME)
        expect(row.get_by_label(word)).to_be_attached()
        assert not re.search(r"€|₴", row.inner_text())
        assert colleague.barriers() == []
        row.locator("a").click()
        colleague.settle()
        expect(page.locator("[name=reason]")).to_be_visible()
        assert "1975" not in page.content()
    assert colleague.sideways((390, 1440)) == []
    _look_at_the_head(colleague)


def _look_at_the_head(visit: Visit) -> None:
    """The three names stand in the bar; on the phone in a line of their own, whole."""
    page = visit.open("/customers")
    for width in (1440, 1120, 720, 390):
        page.set_viewport_size({"width": width, "height": 900})
        bar = _box(page, ".top")
        row = [_box(page, part) for part in (".top .find", ".top a[href='/bell']", ".top .place")]
        assert all(bar["y"] <= box["y"] for box in row), width
        assert all(box["y"] + box["height"] <= bar["y"] + bar["height"] for box in row), width
        middles = [box["y"] + box["height"] / 2 for box in row]
        assert abs(middles[0] - middles[1]) < 4, width
        if width > 720:
            assert bar["height"] <= 48
            assert abs(middles[1] - middles[2]) < 4, width
        else:
            assert bar["height"] < 120, width
            for name in page.locator(".place .path > *").all():
                assert name.evaluate("e => e.scrollWidth <= e.clientWidth || !e.clientWidth"), width
    page.set_viewport_size(DESK)


def _box(page: Page, part: str) -> FloatRect:
    box = page.locator(part).first.bounding_box()
    assert box is not None, part
    return box


def _enable(visit: Visit) -> None:
    page = visit.open("/organisations/enable")
    company = page.locator("#changes dd, [aria-labelledby=changes-h] dd").first.inner_text()
    assert page.locator(".st.err").count() == 0
    page.fill("[name=typed]", company)
    page.locator("main [data-submit]").click()
    prove(visit)
    expect(page.locator("main")).to_contain_text(company)


def _found_south(visit: Visit) -> str:
    for kind, name in (("organisation", SOUTH), ("division", SOUTH), ("team", SOUTH)):
        page = visit.open(f"/organisations/{kind}/new")
        page.fill("#name", name)
        if kind != "organisation":
            page.select_option("[name=parent]", label=_path(page))
        page.locator("main [data-submit]").click()
        visit.settle()
        expect(page.locator("main")).to_contain_text(name)
    return visit.page.url


def _path(page: Page) -> str:
    options = page.locator("[name=parent] option").all_inner_texts()
    return next(text for text in options if SOUTH in text)


def _join(visit: Visit, team: str) -> str:
    """Put the admin into the new team as well."""
    page = visit.open(re.sub(r"^https?://[^/]+", "", team))
    page.locator("main details.menu summary", has_text="Teams").last.click()
    page.locator("main .panel a", has_text="Frauke Petersen").click()
    visit.settle()
    page.locator("label.chk", has_text=SOUTH).locator("input").check()
    page.locator("main [data-submit]").click()
    prove(visit)
    return page.url


def _clear(page: Page, visit: Visit) -> None:
    page = visit.open(f"/clearance?q={NAME}")
    page.locator(".head a.pri").click()
    visit.settle()
    page.fill("[name=first_name]", "Ada")
    page.fill("[name=birth_date]", "03.04.1975")
    page.locator("main [data-submit]").click()
    visit.settle()
    expect(page.locator("h1")).to_contain_text(NAME)
