"""A person at a browser: every page is watched for errors, blocked content and barriers."""

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, ViewportSize

from shared import clock, totp
from tests.journeys.house import House
from tests.journeys.people import Person

PROOF: Final = os.environ.get("BROKERPOOL_PROOF") == "1"  # the long version
DESK: Final[ViewportSize] = {"width": 1440, "height": 900}
PHONE: Final[ViewportSize] = {"width": 390, "height": 844}
WIDTHS: Final = (320, 390, 720, 1024, 1280, 1440, 1920)
RULES: Final = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    },
    "resultTypes": ["violations"],
}
# what differs in another scheme; everything else was asked in the first
AXE: Final = Axe()
VIOLATIONS: Final = """async rules => (await axe.run(rules)).violations.map(
  found => [found.id, found.nodes[0].html.slice(0, 160)])"""
COLOURS: Final = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
SIDEWAYS: Final = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
# a frame later what is seen has asked for its parts; the policy forbids wait_for_function
PARTS_ARE_HERE: Final = """new Promise(here => {
  const parts = '.htmx-request, .htmx-swapping, .htmx-settling, .htmx-added'
  let frames = 0
  const look = () =>
    ++frames > 3 && !document.querySelector(parts) ? here() : requestAnimationFrame(look)
  look()
})"""
USED: Final[dict[str, int]] = {}  # person → the step of his last code
# what a browser says of an answer that is meant: a form shown again, a conflict, a missing right
MEANT: Final = ("status of 403", "status of 404", "status of 409", "status of 422")


@dataclass
class Visit:
    """A signed-in person's tab; ``troubles`` is what the browser complained about."""

    house: House
    person: Person
    page: Page
    troubles: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        """Go to an address of the person's portal, and wait until its parts have come."""
        self.page.goto(self.house.url(self.person.door, path))
        self.page.evaluate(PARTS_ARE_HERE)
        return self.page

    def settle(self) -> None:
        """Wait until what the page fetches by itself is there."""
        self.page.wait_for_load_state("networkidle")

    def barriers(self) -> list[str]:
        """What WCAG 2.2 AA says against the page as it stands (axe-core)."""
        if not self.page.evaluate("'axe' in window"):  # half a megabyte: once per page
            self.page.evaluate(AXE.axe_script)
        found: list[list[str]] = self.page.evaluate(VIOLATIONS, RULES)
        return [f"{self.page.url} {rule}: {element}" for rule, element in found]

    def sideways(self, widths: Sequence[int] = WIDTHS) -> list[str]:
        """The widths at which the page scrolls sideways."""
        wide = []
        for width in widths:
            self.page.set_viewport_size({"width": width, "height": 900})
            if self.page.evaluate(SIDEWAYS):
                wide.append(f"{self.page.url} at {width}")
        return wide


def sign_in(
    browser: Browser, house: House, person: Person, *, language: str = "de",
    size: ViewportSize = DESK, dark: bool = False,
) -> Visit:  # fmt: skip
    """Open a browser of one's own and sign in by the form."""
    visit = come(browser, house, person, language=language, size=size, dark=dark)
    page = visit.page
    page.goto(house.url(person.door, "/login"))
    page.fill("[name=email]", person.email)
    page.fill("[name=password]", person.password)
    page.click("main button")
    page.wait_for_url("**/login/factor*")
    page.fill("[name=code]", next_code(person))
    page.click("main form:has([name=code]) button")
    page.wait_for_url(lambda url: "/login" not in url)
    return visit


def come(
    browser: Browser, house: House, person: Person, *, language: str = "de",
    size: ViewportSize = DESK, dark: bool = False,
) -> Visit:  # fmt: skip
    """Open a browser of one's own, in front of the house."""
    phone = size is PHONE
    context = browser.new_context(
        viewport=size, locale=language, color_scheme="dark" if dark else "light",
        reduced_motion="reduce", has_touch=phone, is_mobile=phone,
    )  # fmt: skip
    context.set_default_timeout(15_000)
    name = "language"
    context.add_cookies([{"name": name, "value": language, "url": house.url(person.door)}])
    page = context.new_page()
    visit = Visit(house, person, page)
    page.on("pageerror", lambda error: visit.troubles.append(str(error)))
    page.on("console", lambda message: _note(visit, message))
    return visit


def prove(visit: Visit) -> None:
    """Answer the question whether it is still he, where it is asked."""
    visit.settle()
    if visit.page.locator("[name=proof_password]").count():
        visit.page.fill("[name=proof_password]", visit.person.password)
        visit.page.fill("[name=proof_code]", next_code(visit.person))
        visit.page.click("main form:has([name=proof_code]) button")
        visit.settle()


def next_code(person: Person) -> str:
    """The code of a person's app; each counts once, so sometimes the next one is waited for."""
    step = totp.step_of(clock.now())
    used = USED.get(person.email, -1)
    if used < step - 1 and clock.now().second % totp.SECONDS < 20:
        step -= 1  # the one before is good as well: two sign-ins in one half minute
    while step <= used:
        time.sleep(1)
        step = totp.step_of(clock.now())
    USED[person.email] = step
    return totp.code_at(person.secret, step)


def _note(visit: Visit, message: ConsoleMessage) -> None:
    if message.type in {"error", "warning"} and not any(m in message.text for m in MEANT):
        visit.troubles.append(f"{visit.page.url}: {message.text}")
