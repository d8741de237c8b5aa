"""The month: product, file, discrepancies, run, second person, statement, a broker on his phone.

Everybody speaks a language of his own: the accountant German, who approves Ukrainian, the broker
English on his phone. In `make proof` everybody speaks each of the three, in a house of its own: a
month is closed once.
"""

import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, Page, expect

from brokerpool.demo.months import CLOSED
from tests.journeys.house import House, running_house
from tests.journeys.people import ACCOUNTANT, BROKER, SECOND, Person
from tests.journeys.visiting import PHONE, PROOF, Visit, prove, sign_in

LONG = 120_000  # milliseconds for work that runs beside the page, on a busy machine


def waiting_file(house: House) -> Path:
    """The delivery the demo left to a person."""
    found = re.search(r"^\s*(/\S+)\s+<- waits", house.printed, re.MULTILINE)
    assert found, house.printed
    return Path(found[1])


def new_product(accountant: Visit) -> None:
    page = accountant.open("/products/new")
    page.fill("[name=code]", "REISE-2027")
    page.fill("main [name=name]", "Reise Komplett 2027")
    page.select_option("[name=insurer_id]", index=1)
    page.select_option("[name=line_id]", index=1)
    page.click("[data-submit]")
    page.wait_for_url(re.compile(r"/products/\d+"))
    product = page.url.rsplit("/", 1)[1].partition("?")[0]
    page = accountant.open(f"/rates/new?product={product}")
    page.locator("[name=who]").last.check()
    page.fill("[name=rate]", "22 %")
    page.click("button[value=ok]")
    page.wait_for_url(lambda url: "/rates/new" not in url)
    page = accountant.open(f"/products/{product}?tab=rates")
    expect(page.locator("main")).to_contain_text(re.compile(r"\b22(,0+|\.0+)?\s?%"))


def bring_file(accountant: Visit, file: Path) -> None:
    page = accountant.open("/deliveries")
    page.set_input_files("form[action$='/deliveries/uploads'] input[type=file]", file)
    page.click("form[action$='/deliveries/uploads'] button")
    page.wait_for_url(re.compile(r"/deliveries/uploads/\d+"))
    take = page.locator("form[action$='/take'] button")
    check = page.locator("form[action$='/describe'] button")
    expect(take.or_(check).first).to_be_visible(timeout=LONG)
    if not take.is_visible():
        check.click()
    reload_until(page, "form[action$='/take'] button")
    take.click()
    reload_until(page, "a[href^='/deliveries/']:not([href*='uploads'])")


def reload_until(page: Page, wanted: str) -> None:
    """A page that shows work polls itself; what stands around it comes with the next look."""
    for _ in range(60):
        if page.locator("main").locator(wanted).first.is_visible():
            return
        page.wait_for_timeout(2_000)
        with suppress(Error):  # it was just going somewhere by itself
            page.reload()
    raise AssertionError(f"{wanted} did not come on {page.url}")


def clear_up(accountant: Visit) -> None:
    """One decision resolves all equal cases, and no other."""
    page = accountant.open("/discrepancies")
    before = open_cases(page)
    decision = page.locator("form[action$='/discrepancies/resolve']").first
    ids = decision.locator("[name=ids]").get_attribute("value") or ""
    decision.locator("button").click()
    accountant.settle()
    assert open_cases(accountant.open("/discrepancies")) == before - len(ids.split(","))


def open_cases(page: Page) -> int:
    """How many cases are open, over all causes."""
    return sum(int(re.sub(r"\D", "", text)) for text in page.locator(".exg .n").all_inner_texts())


def calculate(accountant: Visit) -> str:
    page = accountant.open("/runs")
    page.click("form[action$='/runs'] button")
    page.wait_for_url(re.compile(r"/runs/(\d+|current)"), timeout=LONG)
    reload_until(page, "button[disabled]")
    path = re.search(r"/runs/\d+", page.url)
    assert path
    return path[0]


def test_the_month(visit: Callable[..., Visit], house: House) -> None:
    month(visit, house, "de", "uk", "en")


@pytest.mark.skipif(not PROOF, reason="a house for each language: make proof")
@pytest.mark.parametrize("language", ["de", "uk", "en"])
def test_the_month_in_one_language(chromium: Browser, language: str) -> None:
    visits: list[Visit] = []
    with running_house() as house:

        def visit(person: Person, **how: object) -> Visit:
            visits.append(sign_in(chromium, house, person, **how))  # type: ignore[arg-type]
            return visits[-1]

        month(visit, house, language, language, language)
    assert [trouble for visit in visits for trouble in visit.troubles] == []


def month(
    visit: Callable[..., Visit], house: House, accountants: str, seconds: str, brokers: str
) -> None:
    accountant = visit(ACCOUNTANT, language=accountants)
    new_product(accountant)
    bring_file(accountant, waiting_file(house))
    clear_up(accountant)
    run = calculate(accountant)

    # who calculated may not approve: the button is there and says so
    page = accountant.open(run)
    expect(page.locator("main button[disabled]").first).to_be_visible()
    second = visit(SECOND, language=seconds)
    page = second.open(run)
    page.click(f"form[action='{run}/approve'] button")
    prove(second)
    reload_until(page, f"a[href='{run}/close']")

    page = accountant.open(f"{run}/close")
    page.fill("main [name=name]", house.months.name(CLOSED - 1))
    page.click("[data-submit]")
    prove(accountant)
    expect(page.locator(".errsum")).to_be_visible()  # another period's name closes nothing
    page.fill("main [name=name]", house.months.name(CLOSED))
    page.click("[data-submit]")
    prove(accountant)
    reload_until(page, f"a[href='{run}/payouts']")

    broker = visit(BROKER, language=brokers, size=PHONE)
    page = broker.open("/statements")
    page.locator("a[href^='/statements/']").first.click()
    broker.settle()
    reload_until(page, ".why")  # a job writes the lines after the close
    page.locator(".why").first.click()
    expect(page.locator(".drawer, .answer").first).to_be_visible()
    convert(broker)


def convert(broker: Visit) -> None:
    """Consequences first; the number typed; then it is his own."""
    page = broker.open("/contracts?state=active")
    page.locator("a[href^='/contracts/']").first.click()
    broker.settle()
    page.locator("a[href$='/convert']").first.click()
    page.wait_for_url(re.compile(r"/convert$"))
    number = page.locator("main .sub").first.inner_text().strip()
    page.fill("[name=confirmed]", number)
    page.click("[data-submit]")
    page.wait_for_url(lambda url: "/convert" not in url)
    expect(broker.open("/own/contracts").locator("main")).to_contain_text(number)
