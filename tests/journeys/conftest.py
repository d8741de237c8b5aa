"""One house and one browser for all journeys; each journey signs in for itself."""

import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.journeys.house import House, running_house
from tests.journeys.people import Person
from tests.journeys.visiting import Visit, sign_in

FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
)  # fmt: skip
NAMES = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session")
def house() -> Iterator[House]:
    with running_house() as house:
        yield house


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    assert found, "There is no Chromium: `make test` says how to install it."
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium: Browser, house: House) -> Iterator[Callable[..., Visit]]:
    """Sign a person in; what the browser complained about fails the test."""
    visits: list[Visit] = []

    def signed_in(person: Person, **how: object) -> Visit:
        visits.append(sign_in(chromium, house, person, **how))  # type: ignore[arg-type]
        return visits[-1]

    yield signed_in
    for visit in visits:
        visit.page.context.close()
    assert [trouble for visit in visits for trouble in visit.troubles] == []
