"""An application, from a broker's phone to the contract, without typing anything twice."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.journeys.people import BROKER, CLERK
from tests.journeys.visiting import PHONE, Visit

PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360"
    "606060000000050001a5f645400000000049454e44ae426082"
)


@pytest.mark.parametrize("language", ["de", "uk", "en"])
def test_from_phone_to_contract(visit: Callable[..., Visit], language: str) -> None:
    name = {"de": "Großmann", "uk": "Ґалаґан", "en": "O’Neill"}[language]
    broker = visit(BROKER, language=language, size=PHONE)
    case = submit(broker, name)
    leave(broker)
    clerk = visit(CLERK, language=language)
    page = clerk.open(f"/applications?q={case}")
    path = page.locator("tbody a[data-open]").first.get_attribute("href")
    assert path
    page = clerk.open(path)
    for state in ("sent_to_insurer", "accepted"):
        page.locator(f"form[action$='/move/{state}'] button").first.click()
        clerk.settle()
    page.locator("a[href$='/contract']").first.click()
    page.wait_for_url(re.compile(r"/contract$"))
    page.fill("[name=number]", f"ST-{case}")
    page.click("[data-submit]")
    page.wait_for_url(re.compile(r"/contracts/\d+"))
    # the same case number at every stage, the customer as the broker typed him
    expect(page.locator("main")).to_contain_text(case)
    expect(page.locator("main")).to_contain_text(name)


def leave(broker: Visit) -> None:
    """By the sheet of the person: it leads to what the bar leaves out, and signs him out."""
    page = broker.open("/")
    page.locator("summary.me").tap()
    for path in ("/firm", "/people", "/products"):
        page.locator(f".person a[href='{path}']").tap(trial=True)
    page.locator(".person form button").last.tap()
    page.wait_for_url(re.compile(r"/login"))


def submit(broker: Visit, name: str) -> str:
    """A new customer, a product, two figures, a photo; the case's number."""
    page = broker.open("/applications/new")
    page.fill("[name=last_name]", name)
    page.click("form[method=post][action^='/applications/new'] button[data-submit]")
    page.wait_for_url(re.compile(r"/applications/new/product"))
    page.locator("button[name=product]").first.click()
    page.wait_for_url(re.compile(r"/applications/\d+/edit"))
    page.fill("[name=net_premium]", "480,00")
    page.select_option("[name=producer_id]", index=1)
    consent = page.locator("[name=detail-health_consent]")
    if consent.count():
        consent.check()
    photo = {"name": "antrag.png", "mimeType": "image/png", "buffer": PICTURE}
    page.set_input_files("[name=photo]", photo)  # type: ignore[arg-type]
    page.click("button[value=submit]")
    page.wait_for_url(re.compile(r"/applications/\d+$"))
    found = re.search(r"V-\d[\d-]*", page.locator("main").inner_text())
    assert found
    return found[0]
