"""A promotion that reaches back into closed months: reason, preview, second person, books."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from brokerpool.demo.months import CLOSED
from tests.journeys.house import House
from tests.journeys.people import ACCOUNTANT, DIRECTOR
from tests.journeys.test_month import reload_until
from tests.journeys.visiting import Visit, prove


@pytest.mark.parametrize("language", ["de", "uk", "en"])
def test_backdated_promotion(visit: Callable[..., Visit], house: House, language: str) -> None:
    accountant = visit(ACCOUNTANT, language=language)
    name = {"de": "Wohlers", "uk": "Quast", "en": "Hagedorn"}[language]
    page = accountant.open(f"/producers/list?q={name}")
    path = page.locator("tbody a[data-open]").last.get_attribute("href")
    assert path
    page = accountant.open(re.sub(r"\?.*", "", path) + "/promote")
    options = page.locator("[name=level_id] option")
    page.select_option("[name=level_id]", index=options.count() - 1)
    page.fill("[name=from_day]", f"{house.months.first(CLOSED - 4):%d.%m.%Y}")
    page.click("#change-form [data-submit]")
    # into a closed month only with a reason
    expect(page.locator(".errsum")).to_be_visible()
    page.fill("[name=reason]", "Beförderung laut Vertrag, die Meldung kam spät")
    page.click("#change-form [data-submit]")
    page.wait_for_url(re.compile(r"/producers/changes/\d+"))
    here = re.search(r"/producers/changes/\d+", page.url)
    assert here
    reload_until(page, "form[action$='/send'] button")
    expect(page.locator("main")).to_contain_text("0,00" if language != "en" else "0.00")
    page.click("form[action$='/send'] button")
    accountant.settle()
    # the proposer has no button to decide with
    assert page.locator("form[action$='/decide'] button").count() == 0

    director = visit(DIRECTOR, language=language)
    page = director.open(here[0])
    page.locator("form[action$='/decide'] button.pri").click()
    prove(director)
    assert page.locator("form[action$='/decide'] button").count() == 0
