"""From the link of an invitation to the first page, with a passkey and nothing to type twice."""

import os
import re
import subprocess
import sys

import pytest
from playwright.sync_api import Browser, Page, expect

from shared.vocabulary import Door
from tests.journeys.house import House
from tests.journeys.people import Person
from tests.journeys.visiting import PHONE, Visit, come

PASSWORD = "drei Lampen summen leise"


def invited(house: House, person: Person) -> str:
    """Have the command line invite an administrator: the address of his link."""
    command = [
        sys.executable, "-m", "brokerpool.cli", "create-admin", person.email,
        "--name", "Nina Neumann", "--pool", "nordlicht",
    ]  # fmt: skip
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("DATABASE_URL", "REDIS_URL"))}
    told = {"BROKERPOOL_HOME": str(house.home), "BASE_URL_INTRANET": house.url(Door.INTRANET, "")}
    done = subprocess.run(command, env={**kept, **told}, capture_output=True, text=True, check=True)
    found = re.search(r"http://\S+/door/invitation/\S+", done.stdout)
    assert found, done.stdout
    return found[0]


def hold_passkeys(page: Page) -> None:
    """Let the browser have a device that asks its owner and always gets a yes."""
    wire = page.context.new_cdp_session(page)
    wire.send("WebAuthn.enable")
    wire.send(
        "WebAuthn.addVirtualAuthenticator",
        {"options": {
            "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
            "hasUserVerification": True, "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }},
    )  # fmt: skip


@pytest.mark.parametrize("language", ["de", "uk", "en"])
def test_from_the_invitation_to_the_first_page(
    chromium: Browser, house: House, language: str
) -> None:
    person = Person(f"nina.{language}@nordlicht.example", PASSWORD, Door.INTRANET)
    wrong: list[str] = []
    visit = come(chromium, house, person, language=language, size=PHONE)
    page = visit.page
    hold_passkeys(page)

    page.goto(invited(house, person))
    wrong += looked_at(visit)
    page.click("main button.pri")
    page.fill("[name=password]", PASSWORD)
    page.fill("[name=again]", PASSWORD)
    wrong += looked_at(visit)
    page.click("main button.pri")
    page.wait_for_url("**/login/enrol")
    wrong += looked_at(visit)
    page.click("[data-passkey-button]")
    expect(page.locator("#codes li")).to_have_count(10)
    wrong += looked_at(visit)
    with page.expect_download() as kept:
        page.click("a[download]")
    assert "brokerpool" in kept.value.path().read_text(encoding="utf-8")
    page.click("main a.pri")

    # nobody was signed in by the link
    page.wait_for_url("**/login")
    page.fill("[name=email]", person.email)
    page.fill("[name=password]", PASSWORD)
    page.click("main button")
    page.wait_for_url("**/login/factor*")
    wrong += looked_at(visit)
    page.click("[data-passkey-button]")
    page.wait_for_url(lambda url: "/login" not in url)

    page = visit.open("/own/security")
    expect(page.locator("#factors li")).to_have_count(1)
    wrong += looked_at(visit)
    page.goto(house.url(Door.INTRANET, "/own/security/factors/new"))
    page.locator("main form button").first.click()
    page.wait_for_selector(".secret")
    wrong += looked_at(visit)
    page.context.close()
    assert visit.troubles == []
    assert wrong == []


def looked_at(visit: Visit) -> list[str]:
    """What is wrong with a page for those who see or hear little, or have a small screen."""
    return visit.barriers() + visit.sideways((320, 390, 1440))
