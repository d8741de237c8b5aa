"""A message on its way: a job writes it, a real SMTP server takes it, or it lies in the folder."""

import asyncio
import email
import re
from collections.abc import Iterator
from dataclasses import replace
from email.policy import default
from pathlib import Path
from socket import socket
from types import SimpleNamespace

import psycopg
import pytest
from aiosmtpd.controller import Controller

from brokerpool import tasks
from portal_intranet import create_app
from shared import mail
from shared.config import Config
from shared.db import make_engine
from shared.mail import Letter
from shared.vocabulary import Door
from shared.worker import perform
from tests.servers import Database
from tests.web.portals import STAFF, Browser, config_of, dispose, populated

LETTER = Letter(7, "added", "neu@firm.example", "Ніна Neu", "de", Door.EXTRANET,
                {"company": "Kessler", "pool": "Nordlicht"})  # fmt: skip
CHOSEN = "drei Lampen summen leise"


@pytest.fixture
def config(tmp_path: Path) -> Config:
    bases = {Door.EXTRANET: "https://makler.example"}
    return Config(tmp_path, None, {}, None, tmp_path / "files", base_urls=bases)


class Box:
    """A server's side: keeps what it was given."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []

    async def handle_DATA(self, _: object, __: object, envelope: SimpleNamespace) -> str:  # noqa: N802
        self.taken.append(envelope.content)
        await asyncio.sleep(0)
        return "250 OK"


@pytest.fixture
def server() -> Iterator[tuple[str, Box]]:
    box = Box()
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    yield f"smtp://127.0.0.1:{port}", box
    controller.stop()


def test_a_real_server_takes_it(config: Config, server: tuple[str, Box]) -> None:
    url, box = server
    message = mail.write(LETTER, config)
    mail.send(message, replace(config, smtp_url=url))
    read = email.message_from_bytes(box.taken[0], policy=default)
    assert read["Message-ID"] == "<mail-7@makler.example>"
    assert read["To"].addresses[0].display_name == "Ніна Neu"
    assert "https://makler.example" in read.get_content()
    assert not config.mail_dir.exists()


def test_mail_does_not_travel_open(
    config: Config, server: tuple[str, Box], monkeypatch: pytest.MonkeyPatch
) -> None:
    url, box = server
    monkeypatch.setattr(mail, "HERE", frozenset())
    with pytest.raises(ConnectionError, match="no TLS"):
        mail.send(mail.write(LETTER, config), replace(config, smtp_url=url))
    assert box.taken == []


def test_from_the_form_to_the_new_password(
    own_database: Database, server: tuple[str, Box], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Outbox, job, letter, server, link: nothing but the letter ever holds the token."""
    populated(own_database)
    url, box = server
    monkeypatch.setenv("SMTP_URL", url)
    monkeypatch.setenv("BASE_URL_INTRANET", "http://intranet.localhost")
    app = create_app(config_of(own_database, Door.INTRANET))
    browser = Browser(app.test_client(), Door.INTRANET)
    browser.post("/login/forgot", "/login/forgot", email=STAFF.email)
    browser.post("/login/forgot", "/login/forgot", email="nobody@pool.example")
    work(own_database)
    work(own_database)
    (letter,) = (email.message_from_bytes(raw, policy=default) for raw in box.taken)
    assert letter["To"].addresses[0].addr_spec == STAFF.email
    link = re.search(r"http://intranet\.localhost(/door/reset/\S+)", letter.get_content())
    assert link
    assert "A new password" in browser.get(link[1]).text
    answer = browser.post(link[1], link[1], password=CHOSEN, again=CHOSEN)
    assert answer.location == "/login"
    dispose(app)


def work(database: Database) -> None:
    """Do what stands in the outbox, as the worker does."""
    with psycopg.connect(database.owner_url) as owner:
        waiting = owner.execute("SELECT pool_id, id FROM outbox WHERE done_at IS NULL").fetchall()
    engine = make_engine(database.door_url(Door.WORKER))
    for pool_id, outbox_id in waiting:
        perform(engine, tasks.TASKS, pool_id, outbox_id)
    with psycopg.connect(database.owner_url) as owner:
        assert owner.execute("SELECT error FROM outbox WHERE error IS NOT NULL").fetchall() == []
    engine.dispose()
