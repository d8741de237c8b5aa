"""What pages cost at the size of a big pool: server time and SQL statements, through the real app.

The requests go through the app's WSGI door in this process, so that the time is the server's alone.
"""

import html
import json
import re
import secrets
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event, text

import portal_extranet
import portal_intranet
from brokerpool.addresses import door_url
from brokerpool.bench.pool import make_pool, make_web
from brokerpool.bench.settlement import FIRST, Bench, bench_database
from brokerpool.demo.sources import source
from shared import clock
from shared.config import Config
from shared.db import accounts, open_session
from shared.permissions import Role
from shared.sorting import sort_key
from shared.vocabulary import Door
from shared.web import sessions
from shared.web.database import db

REPEATS: Final = 20
PASSWORD: Final = "bench"  # noqa: S105  -- of a database that is thrown away
STAFF, BROKER = "bench@pool.example", "bench@firm.example"
TARGETS: Final = {"statements of a list": 8, "list ms": 120, "search ms": 100}
LISTS: Final = ("contracts", "customers", "applications", "statements", "journal", "figures")
FILTERS: Final = {"contracts": "state=cancelled", "applications": "state=insurer_query"}
SEARCHES: Final = (
    "mül",
    "mueller anna",
    "schewtsch",
    "VK-12",
    "12-345",
    "#77",
    "@produ",
    "1.367,04",
)
SORTED: Final = re.compile(r'href="([^"]*[?&;]sort=[^"]+)"')
MORE: Final = re.compile(r'id="list-more"[^>]*hx-get="([^"]+)"')
OPENED: Final = re.compile(r'<a class="open" href="([^"]+)"')


@dataclass(frozen=True)
class Figure:
    """What one address costs.

    Attributes:
        name: what was asked.
        median: milliseconds of server time.
        p95: what nineteen of twenty stay below.
        cpu: milliseconds this process computed for one, the median; the rest the database took,
            or whoever else was at work on the machine.
        statements: SQL statements of a request.
    """

    name: str
    median: float
    p95: float
    cpu: float
    statements: int


@dataclass
class Visitor:
    """Somebody signed in, with a stopwatch."""

    client: FlaskClient
    host: str
    engine: Engine

    def get(self, path: str, target: str | None = None) -> str:
        """Ask for a page, or for the part of it that goes into an element."""
        headers = {"HX-Request": "true", "HX-Target": target} if target is not None else {}
        answer = self.client.get(path, base_url=self.host, headers=headers)
        if answer.status_code != 200:
            raise RuntimeError(f"{path} answered {answer.status_code}")
        return answer.text

    def figure(self, name: str, path: str, target: str | None = None) -> Figure:
        """Ask for it again and again."""
        for _ in range(3):
            self.get(path, target)
        taken, computed, sent = [], [], 0
        for _ in range(REPEATS):
            with _counted(self.engine) as statements:
                started, before = time.perf_counter(), time.process_time()
                self.get(path, target)
                computed.append(1000 * (time.process_time() - before))
                taken.append(1000 * (time.perf_counter() - started))
            sent = max(sent, len(statements))
        taken.sort()
        p95 = taken[int(0.95 * len(taken)) - 1]
        median, cpu = statistics.median(taken), statistics.median(computed)
        return Figure(name, round(median, 1), round(p95, 1), round(cpu, 1), sent)


def measure(
    home: Path, contracts: int, say: Callable[[str], None]
) -> tuple[dict[str, object], list[Figure]]:
    """Make a pool and walk through it.

    Args:
        home: where the bench's own database is made.
        contracts: how many it gets.
        say: is told what happens.

    Returns:
        What was measured on, with the verdicts; and a figure per address.
    """
    with bench_database(home, say) as bench:
        say(f"making a pool of {contracts} contracts")
        started = time.perf_counter()
        fill(bench, contracts)
        say("settling a month")
        bench.settle(date(FIRST.year, FIRST.month, 31))
        with bench.owner.connect() as connection:
            connection.execute(text("VACUUM ANALYZE"))
        made = time.perf_counter() - started
        figures = [*_intranet(home, say), *_extranet(home, say)]
    lists = [f for f in figures if f.name.startswith("list ")]
    searches = [f for f in figures if f.name.startswith("search ")]
    told: dict[str, object] = {
        "contracts": contracts,
        "seconds_to_make": round(made, 1),
        "empty_page_ms": next(f.median for f in figures if f.name == "empty page"),
        "most_statements_of_a_list": max(f.statements for f in lists),
        "slowest_list_ms": max(f.median for f in lists),
        "slowest_search_ms": max(f.median for f in searches),
        "search_ms": round(statistics.median(f.median for f in searches), 1),
    }
    return told, figures


def fill(bench: Bench, contracts: int) -> None:
    """Make a pool with contracts, and two people who can sign in."""
    people = source("people")
    names = [
        [last, first, sort_key(last, first)]
        for country in ("DE", "UA")
        for last in people[country]["last"]
        for first in people[country]["first"]
    ]
    hashed = PasswordHasher(time_cost=1, memory_cost=46 * 1024, parallelism=1).hash(PASSWORD)
    with open_session(bench.worker, bench.actor()) as session:
        make_pool(session)
        make_web(session, FIRST, contracts=contracts, names=json.dumps(names), moment=clock.now())
        for email, door, role in (
            (STAFF, Door.INTRANET, Role.ADMIN),
            (BROKER, Door.EXTRANET, Role.BROKER),
        ):
            account = accounts.create_account(
                session, email=email, name="Bench", password_hash=hashed, language="de"
            )
            accounts.create_membership(
                session, account_id=account, company_id=1001, door=door, role=role
            )
        session.commit()
    with bench.owner.connect() as connection:
        connection.execute(text("ANALYZE"))


def _intranet(home: Path, say: Callable[[str], None]) -> Iterator[Figure]:
    with _visitor(home, Door.INTRANET, STAFF) as visitor:
        yield visitor.figure("empty page", "/search")
        yield visitor.figure("start page", "/?month=2026-03")
        for room in LISTS:
            if f"{room}.index" in visitor.client.application.view_functions:
                say(f"{room}")
                yield from _list(visitor, room)
        for typed in SEARCHES:
            yield visitor.figure(f"search {typed}", f"/search?q={_quoted(typed)}", "palette-hits")
        yield visitor.figure("work list", "/work", "work-list")


def _extranet(home: Path, say: Callable[[str], None]) -> Iterator[Figure]:
    say("the brokers' portal")
    with _visitor(home, Door.EXTRANET, BROKER) as visitor:
        for typed in ("mül", "VK-12"):
            yield visitor.figure(
                f"search {typed} (broker)", f"/search?q={_quoted(typed)}", "palette-hits"
            )
        if "contracts.index" in visitor.client.application.view_functions:
            yield visitor.figure("list contracts (broker)", "/contracts", "list")


def _list(visitor: Visitor, room: str) -> Iterator[Figure]:
    """A list's parts: first and second page, each order, a filter, sums, a record beside it."""
    path = f"/{room}"
    page = visitor.get(path)
    yield visitor.figure(f"list {room}", path, "list")
    seen: set[str] = set()
    for href in dict.fromkeys(html.unescape(h) for h in SORTED.findall(page)):
        order = href.partition("sort=")[2].partition("&")[0]
        if f"{room} by {order}" in seen:
            continue
        seen.add(f"{room} by {order}")
        yield visitor.figure(f"list {room} by {order}", href, "list")
    more = MORE.search(page)
    if more:
        yield visitor.figure(f"list {room}, second page", html.unescape(more[1]), "list-more")
    if room in FILTERS:
        yield visitor.figure(f"list {room}, filtered", f"{path}?{FILTERS[room]}", "list")
    yield visitor.figure(f"sums of {room}", f"{path}?part=totals", "list-sums")
    opened = OPENED.search(page)
    if opened:
        yield visitor.figure(f"drawer of {room}", html.unescape(opened[1]), "drawer")


@contextmanager
def _visitor(home: Path, door: Door, email: str) -> Iterator[Visitor]:
    plain = Config(home, None, {}, None, home / "files")
    config = replace(plain, door_urls={door: door_url(plain, door)})
    makers = {Door.INTRANET: portal_intranet, Door.EXTRANET: portal_extranet}
    app: Flask = makers[door].create_app(config)
    client = app.test_client()
    host = f"http://{door.value}.localhost"
    with app.app_context():
        token = _seated(db.engine, email)
    client.set_cookie(door.value, token, domain=f"{door.value}.localhost")
    with app.app_context():
        engine = db.engine
    yield Visitor(client, host, engine)
    engine.dispose()


def _seated(engine: Engine, email: str) -> str:
    """A session of somebody, both factors given; the bench measures pages, not doors."""
    asked = accounts.try_password(engine, email, device=b"", address="bench")
    assert asked.account_id is not None, "the bench's own people may come in"
    half, token = sessions.hashed(secrets.token_urlsafe()), secrets.token_urlsafe()
    accounts.open_web_session(engine, asked.account_id, half)
    fresh = sessions.hashed(token)
    accounts.complete_web_session(engine, half, fresh, rests=sessions.RESTS, device=fresh)
    return token


@contextmanager
def _counted(engine: Engine) -> Iterator[list[str]]:
    """The statements sent meanwhile; setting the context of a transaction asks nothing."""
    sent: list[str] = []

    def note(*told: Any) -> None:
        statement = str(told[2])
        if "set_config" not in statement and "SAVEPOINT" not in statement:
            sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


def _quoted(typed: str) -> str:
    return typed.replace("#", "%23").replace(" ", "+").replace("@", "%40")
