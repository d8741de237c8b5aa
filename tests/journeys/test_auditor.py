"""What an auditor is asked for, by so few clicks as his targets allow; typing is not counted."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

from brokerpool.demo.months import CLOSED
from tests.journeys.house import House
from tests.journeys.people import AUDITOR
from tests.journeys.visiting import Visit

MENU = "nav a[href='/evidence']"
MINUTE = 60_000
ISSUED = 240_000  # the worker issues some hundred papers of the demo first


@dataclass
class Hand:
    """Clicks, counted, from the start page on."""

    visit: Visit
    clicks: int = 0

    @property
    def page(self) -> Page:
        return self.visit.page

    def begin(self) -> "Hand":
        self.visit.open("/")
        self.clicks = 0
        return self

    def click(self, what: str | Locator) -> None:
        target = self.page.locator(what).first if isinstance(what, str) else what
        target.click()
        self.clicks += 1
        self.page.wait_for_load_state("networkidle")


def test_an_auditors_jobs(visit: Callable[..., Visit], house: House) -> None:
    hand = Hand(visit(AUDITOR, language="de"))
    follow_a_sample(hand)
    see_manual_changes(hand)
    verify_a_statement(hand)
    take_a_period_out(hand)
    see_a_day(hand, house.months.first(CLOSED // 2).isoformat())


def follow_a_sample(hand: Hand) -> None:
    """Statement line → source documents → version of the rate → approver: 4."""
    hand.begin().click(MENU)
    hand.click("table a[data-open]")
    expect(hand.page).to_have_url(re.compile(r"/evidence/lines/\d+/\d+$"))
    for part in ("sample-line", "sample-source", "sample-rule", "sample-approver"):
        expect(hand.page.locator(f"[aria-labelledby='{part}-h'], #{part}").first).to_be_visible()
    approver = hand.page.locator("main").inner_text()
    assert "Torben Ahlers" in approver
    hand.click("main a[href^='/deliveries/'], main a[href^='/rates/']")
    assert hand.clicks <= 4


def see_manual_changes(hand: Hand) -> None:
    """All manual changes of a period with reason and second person: 2."""
    hand.begin().click(MENU)
    hand.click("main a[href^='/journal?manual=yes']")
    expect(hand.page).to_have_url(re.compile(r"manual=yes&recorded_at\.from="))
    assert hand.clicks <= 2


def verify_a_statement(hand: Hand) -> None:
    """A closed statement is unchanged: 2."""
    hand.begin().click(MENU)
    hand.click("main a[href^='/evidence/statements/']")
    for _ in range(ISSUED // 2000):
        if hand.page.locator("main .tag.ok").count():
            break
        hand.page.wait_for_timeout(2000)
        hand.page.reload()
    expect(hand.page.locator("main .tag.ok").first).to_be_visible()
    digests = hand.page.locator("td.digest").all_inner_texts()
    assert digests
    for said in digests:
        issued, now = said.split()
        assert issued == now
    assert hand.clicks <= 2


def take_a_period_out(hand: Hand) -> None:
    """A period's data as a file: 3."""
    hand.begin().click(MENU)
    hand.click("form[action='/evidence/export'] button")
    link = hand.page.locator("main a[href^='/evidence/exports/']")
    link.wait_for(timeout=MINUTE)
    with hand.page.expect_download() as download:
        link.click()
        hand.clicks += 1
    assert download.value.suggested_filename.endswith("-data.zip")
    assert hand.clicks <= 3


def see_a_day(hand: Hand, day: str) -> None:
    """Hierarchy and rates as of a day: 2 each."""
    for button, address in (("sitemap", r"/producers\?day="), ("percentage", r"/rates\?day=")):
        hand.begin().click(MENU)
        hand.page.fill("#day", day)
        hand.click(f"#day >> xpath=ancestor::form >> button:has(use[href$='#{button}'])")
        expect(hand.page).to_have_url(re.compile(address + day))
        assert hand.clicks <= 2
