"""The portal of a pool with two organisations, and browsers of those who work there."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from flask import Flask

import portal_intranet
from shared.vocabulary import Door
from tests.database.admin_module.two_houses import Houses, open_houses
from tests.servers import Database
from tests.web.portals import Browser, config_of, dispose


@dataclass
class House:
    houses: Houses
    app: Flask

    def browser(self, email: str) -> Browser:
        browser = Browser(self.app.test_client(), Door.INTRANET)
        assert browser.sign_in(email).status_code == 303
        return browser


@contextmanager
def open_house(database: Database, root: Path) -> Iterator[House]:
    """Build it."""
    houses = open_houses(database, root)
    app = portal_intranet.create_app(replace(config_of(database, Door.INTRANET), storage_dir=root))
    yield House(houses, app)
    dispose(app)
    houses.desk.close()
    gc.collect()
