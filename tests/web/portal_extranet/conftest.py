"""The extranet on the pool of two broker firms; who writes gets a database of his own."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import count

import pytest
from flask import Flask

import portal_extranet
from shared.vocabulary import Door
from tests.factories import brokers as factory
from tests.factories.brokers import Brokers
from tests.servers import Database, PostgresServer
from tests.web.portals import Browser, config_of, dispose

NUMBERS = count(1)


@dataclass(frozen=True)
class Portal:
    """The app and the pool behind it."""

    app: Flask
    brokers: Brokers

    def as_(self, email: str) -> Browser:
        """A browser in which somebody is signed in."""
        browser = Browser(self.app.test_client(), Door.EXTRANET)
        assert browser.sign_in(email).status_code == 303
        return browser

    @property
    def broker(self) -> Browser:
        return self.as_("berg@firm.example")

    @property
    def assistant(self) -> Browser:
        return self.as_("anna@firm.example")

    @property
    def neighbour(self) -> Browser:
        return self.as_("adler@firm.example")


def _portal(database: Database, stack: ExitStack) -> Portal:
    brokers = factory.build(database, issue=True)
    app = portal_extranet.create_app(config_of(database, Door.EXTRANET))
    stack.callback(dispose, app)
    return Portal(app, brokers)


@pytest.fixture(scope="session")
def read_portal(postgres: PostgresServer, template: Database) -> Iterator[Portal]:
    """For tests that write nothing."""
    with ExitStack() as stack:
        yield _portal(postgres.cloned(template, "test_extranet"), stack)


@pytest.fixture
def portal(postgres: PostgresServer, template: Database) -> Iterator[Portal]:
    """For tests that write."""
    name = f"test_extranet_{next(NUMBERS)}"
    with ExitStack() as stack:
        yield _portal(postgres.cloned(template, name), stack)
    postgres.drop(name)


@pytest.fixture
def broker(read_portal: Portal) -> Browser:
    return read_portal.broker
