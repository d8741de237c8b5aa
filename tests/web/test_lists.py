"""A list of the kit, on companies: paging by key, chips, sums, views, files, in few statements."""

import re
from collections.abc import Iterator
from datetime import timedelta

import psycopg
import pytest
from flask import Blueprint, Flask
from sqlalchemy import event, select
from werkzeug.wrappers import Response

from shared import clock
from shared.actor import Actor
from shared.db import actor_of, make_engine, open_session
from shared.db.listing import Column, Filter, Listing, Shape
from shared.models.pools import Company, Pool
from shared.permissions import Permission
from shared.vocabulary import Door
from shared.web import lists
from shared.web.access import requires
from shared.web.app import make_app
from shared.web.database import db
from shared.web.lists import Ask, Spec, View
from tests.factories.days import ZONE, zone_of_another_day
from tests.servers import Database
from tests.web.portals import STAFF, Browser, config_of, dispose

blueprint = Blueprint("firms", __name__)
FIRMS = Spec(
    title="Firms",
    template="kit/list_page.html",
    labels={"code": "Code", "name": "Name", "city": "Town", "country": "Country"},
    shown=("code", "name", "city"),
    sort="name",
    asks={"country": Ask("Country", choices=lambda: [("DE", "Germany"), ("UA", "Ukraine")])},
    views=(View("all", "All"), View("ua", "Ukraine", "country=UA")),
)


def firm_list() -> Listing:
    return Listing(
        name="firms",
        source=select().select_from(Company).where(
            Company.pool_id == actor_of(db.session()).pool_id
        ),
        id=Company.id,
        columns=(
            Column("code", Company.code, Shape.ID, sort=Company.code),
            Column("name", Company.name, sort=Company.sort_key),
            Column("city", Company.city, sort=Company.city),
            Column("country", Company.country),
        ),
        filters=(
            Filter("country", Company.country, Shape.ID),
            Filter("code", Company.code, Shape.TEXT),
            Filter("recorded_at", Company.recorded_at, Shape.MOMENT),
        ),
    )  # fmt: skip


@blueprint.get("/firms")
@requires(Permission.START)
def index() -> Response:
    return lists.respond(FIRMS, firm_list())


@pytest.fixture(scope="module")
def listing_app(web_database: Database) -> Iterator[Flask]:
    engine = make_engine(web_database.door_url(Door.WORKER))
    with engine.connect() as connection:
        pool_id = connection.exec_driver_sql("SELECT id FROM all_pools()").scalar_one()
    with open_session(engine, Actor(Door.WORKER, pool_id, None, "tests")) as session:
        assert session.get(Pool, pool_id)
        for n in range(120):
            session.add(Company(
                pool_id=pool_id, code=f"L-{n:03}", name=f"=Firm {n:03}", sort_key=f"{n % 7:02}",
                country="UA" if n % 3 == 0 else "DE", city=None if n % 10 else f"Town {n:03}",
            ))  # fmt: skip
        session.commit()
    engine.dispose()
    app = make_app(
        "portal_intranet", Door.INTRANET, [blueprint], config_of(web_database, Door.INTRANET)
    )
    yield app
    dispose(app)


@pytest.fixture
def browser(listing_app: Flask) -> Browser:
    signed_in = Browser(listing_app.test_client(), Door.INTRANET)
    signed_in.sign_in(STAFF.email)
    return signed_in


def codes(page: str) -> list[str]:
    return re.findall(r"L-\d{3}", re.sub(r"<a class=.*?</a>", "", page))


@pytest.mark.parametrize("sort", ["name", "-name", "city", "-city", "code", "-code"])
def test_pages_hold_every_row_once(browser: Browser, sort: str) -> None:
    path, seen = f"/firms?sort={sort}", []
    for _ in range(10):
        page = browser.get(path).text
        seen += re.findall(r"<td class=\"id\">(\S+?)</td>", page)
        more = re.search(r'hx-get="(/firms\?[^"]*after=[^"]*)"', page)
        if not more:
            break
        path = more[1].replace("&amp;", "&")
    assert len(seen) == len(set(seen)) == 122
    if sort.endswith("code"):
        assert seen == sorted(seen, reverse=sort.startswith("-"))


def test_a_filter_is_a_chip_and_an_address(browser: Browser) -> None:
    page = browser.get("/firms?country=UA").text
    assert 'class="chip"' in page
    assert "Ukraine" in page
    assert 'href="/firms"' in page
    totals = browser.get("/firms?country=UA&part=totals", **{"HX-Request": "true"}).text
    assert "40" in totals
    assert "<html" not in totals


def test_a_moment_lies_in_the_pools_day(browser: Browser, web_database: Database) -> None:
    zone = zone_of_another_day()
    with psycopg.connect(web_database.owner_url, autocommit=True) as owner:
        owner.execute("UPDATE pool SET time_zone = %s", [zone])
        try:
            day = clock.today(zone)
            for query, hits in ((f"from={day}", 122), (f"until={day}", 122),
                                (f"until={day - timedelta(days=1)}", 0),
                                (f"from={day + timedelta(days=1)}", 0)):  # fmt: skip
                page = browser.get(f"/firms?recorded_at.{query}&format=csv")
                assert len(page.data.decode().splitlines()) == hits + 1, query
        finally:
            owner.execute("UPDATE pool SET time_zone = %s", [ZONE])


def test_what_can_not_be_read_narrows_nothing(browser: Browser) -> None:
    assert browser.get("/firms?sort=nothing&nonsense=1&cols=none").status_code == 200
    assert browser.get("/firms?after=nonsense").status_code == 400


def test_a_file_holds_all_hits_and_runs_nothing(browser: Browser) -> None:
    file = browser.get("/firms?country=UA&format=csv")
    assert file.mimetype == "text/csv"
    rows = file.data.decode("utf-8-sig").splitlines()
    assert len(rows) == 41
    assert "'=Firm" in rows[1] or "'=Firm" in rows[2]
    assert browser.get("/firms?format=xlsx").data[:2] == b"PK"
    assert browser.get("/firms?format=exe").status_code == 404


def test_a_view_is_saved_and_removed(browser: Browser) -> None:
    kept = {"list": "firms", "query": "country=UA&sort=-name", "path": "/firms", "name": "Kyiv"}
    saved = browser.post("/views", page="/firms", fields=kept)
    assert saved.status_code == 303
    page = browser.get("/firms?country=UA&sort=-name").text
    assert "Kyiv" in page
    remove = re.search(r'action="(/views/\d+/remove)"', page)
    assert remove
    browser.post(remove[1], page="/firms", next="/firms")
    assert "Kyiv" not in re.sub(r"(?s)<div id=\"toasts.*", "", browser.get("/firms").text)


def test_a_list_costs_few_statements(browser: Browser, listing_app: Flask) -> None:
    statements: list[str] = []
    with listing_app.app_context():
        engine = db.engine

    def note(*arguments: object) -> None:
        statements.append(str(arguments[2]))

    event.listen(engine, "before_cursor_execute", note)
    try:
        browser.get("/firms?country=UA")
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert len(statements) <= 8, statements
    assert not any("OFFSET" in s for s in statements)
