"""The start page and what it leads to: every figure clicked is the list's total."""

import html
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import event, text

from pool_module.overview.queries import figures
from pool_module.settlement.formats.scenario import read_scenario
from pool_module.settlement.operations.scenario import ScenarioRun
from shared import workplace
from shared.actor import Actor
from shared.db import Engine, accounts, make_engine, open_session
from shared.models.contracts import Customer
from shared.models.pools import Company
from shared.permissions import Permission, Role
from shared.vocabulary import Door
from shared.web.database import db
from shared.web.passwords import hash_password
from tests.database.pool_module.settlement.small_pool import FACTS
from tests.servers import Database, PostgresServer
from tests.web.portals import CREATE, PASSWORD, Browser, config_of, dispose

MOST_STATEMENTS = 8
PEOPLE = {
    "accountant@pool.example": Role.ACCOUNTANT,
    "clerk@pool.example": Role.CLERK,
    "auditor@pool.example": Role.AUDITOR,
}
JANUARY = "month=2026-01"
Enter = Callable[[str], Browser]


@dataclass(frozen=True)
class House:
    app: Flask
    worker: Engine
    pool_id: int

    def actor(self) -> Actor:
        return Actor(Door.WORKER, self.pool_id, None, "worker")


@pytest.fixture(scope="module")
def house(postgres: PostgresServer, template: Database) -> Iterator[House]:
    """A pool whose January 2026 is settled; for February something is reported."""
    database = postgres.cloned(template, "test_overview_web")
    worker = make_engine(database.door_url(Door.WORKER))
    pool_id = accounts.new_pool_id(worker)
    actor = Actor(Door.WORKER, pool_id, None, "worker")
    later = {
        "ref": "E2", "contract": "C-1", "kind": "acquisition", "effective": "2026-02-03",
        "due": "2026-02-10", "basis": "500.00", "received": "20.00",
    }  # fmt: skip
    steps = [*FACTS, {"settle": {"through": "2026-01-31"}}, {"event": later}]
    scenario = {"name": "Nordlicht", "currency": "EUR", "steps": steps}
    with open_session(worker, actor) as session:
        ScenarioRun(session, actor, read_scenario(json.dumps(scenario))).play()
        staff = Company(pool_id=pool_id, code="POOL", name="Nordlicht", kind="pool")
        session.add(staff)
        session.add(Customer(pool_id=pool_id, last_name="Müller", first_name="Anna"))
        session.flush()
        for email, role in PEOPLE.items():
            account = accounts.create_account(
                session, email=email, name=email.partition("@")[0],
                password_hash=hash_password(PASSWORD), language="en",
            )  # fmt: skip
            accounts.create_membership(
                session, account_id=account, company_id=staff.id, door=Door.INTRANET, role=role
            )
        workplace.notify(
            session, "The period %(period)s is closed. Its statements are issued.",
            values={"period": "2026-01"}, permission=Permission.SETTLEMENT_READ,
        )  # fmt: skip
        session.commit()
    app = CREATE[Door.INTRANET](config_of(database, Door.INTRANET))
    yield House(app, worker, pool_id)
    dispose(app)
    worker.dispose()
    postgres.drop("test_overview_web")


@pytest.fixture
def enter(house: House) -> Enter:
    def signed_in(email: str) -> Browser:
        browser = Browser(house.app.test_client(), Door.INTRANET)
        assert browser.sign_in(email).status_code == 303
        return browser

    return signed_in


def figure_of(page: str, label: str) -> tuple[str, str]:
    """A figure of the band: where it leads and what it says."""
    found = re.search(
        rf"<dt>{label}</dt>.*?<a class=\"[^\"]*why[^\"]*\" href=\"([^\"]+)\"[^>]*>(.*?)</a>",
        page,
        re.DOTALL,
    )
    assert found, label
    return html.unescape(found[1]), html.unescape(re.sub("<[^>]+>", "", found[2])).strip()


def sums_of(browser: Browser, href: str) -> str:
    joint = "&" if "?" in href else "?"
    foot = browser.get(f"{href}{joint}part=totals", **{"HX-Request": "true"}).text
    return html.unescape(foot)


class TestEveryFigureLeadsToItsList:
    @pytest.mark.parametrize("label", ["From insurers", "To producers", "Pool margin"])
    def test_of_a_settled_month(self, enter: Enter, label: str) -> None:
        browser = enter("accountant@pool.example")
        href, said = figure_of(browser.get(f"/?{JANUARY}").text, label)
        assert said.replace("€", "") in sums_of(browser, href)

    def test_of_a_month_nobody_has_calculated(self, enter: Enter) -> None:
        browser = enter("accountant@pool.example")
        href, said = figure_of(browser.get("/?month=2026-02").text, "From insurers")
        assert said == "€20.00"
        assert "20.00" in sums_of(browser, href)

    def test_a_settled_month_without_anything_is_not_called_open(self, enter: Enter) -> None:
        browser = enter("accountant@pool.example")
        settled = browser.get("/?month=2026-01&currency=UAH").text
        assert "not calculated yet" not in settled
        assert "nothing in this month&#39;s settlement" in settled
        assert "not calculated yet" in browser.get("/?month=2026-02").text

    def test_of_a_producer_whose_month_differs(self, enter: Enter) -> None:
        browser = enter("accountant@pool.example")
        page = html.unescape(browser.get(f"/?{JANUARY}").text)
        href, name, shown = re.findall(
            r'<a href="(/figures/producers[^"]+)">([^<]+)</a>.*?<span class="num v">([^<]+)<',
            page,
            re.DOTALL,
        )[0]
        assert name in {"Adler", "Berg"}
        assert shown.strip("+ ") in sums_of(browser, href)

    def test_a_row_of_the_list_leads_to_its_cases(self, enter: Enter) -> None:
        browser = enter("accountant@pool.example")
        rows = html.unescape(browser.get("/figures").text)
        (href,) = set(re.findall(r'href="(/figures/runs/\d+[^"]*)"', rows))
        foot = sums_of(browser, href)
        assert all(amount in foot for amount in ("400.00", "300.00", "100.00"))

    def test_a_run_of_another_pool_has_none(self, enter: Enter) -> None:
        assert enter("accountant@pool.example").get("/figures/runs/4711").status_code == 404


class TestTheStartPage:
    def test_one_part_may_fail_alone(self, enter: Enter, monkeypatch: pytest.MonkeyPatch) -> None:
        def broken(*_: object, **__: object) -> None:
            raise RuntimeError("broken")

        monkeypatch.setattr(figures, "movers", broken)
        response = enter("accountant@pool.example").get(f"/?{JANUARY}")
        assert response.status_code == 200
        assert response.text.count("This part is not there") == 1
        assert "From insurers" in response.text

    def test_currencies_are_never_mixed(self, enter: Enter) -> None:
        page = enter("accountant@pool.example").get(f"/?{JANUARY}&currency=UAH").text
        assert "400.00" not in page

    def test_a_month_that_is_none_is_the_latest(self, enter: Enter) -> None:
        assert "January 2026" in enter("accountant@pool.example").get("/?month=nonsense").text


class TestWork:
    def test_a_task_is_added_done_and_taken_back(self, enter: Enter) -> None:
        browser = enter("clerk@pool.example")
        added = browser.post("/work/new", "/work/new", title="Call Adler", due_on="24.11.2026",
                             assignee="0")  # fmt: skip
        assert added.status_code == 303
        page = browser.get("/work").text
        assert "Call Adler" in page
        (href,) = re.findall(r'action="(/work/\d+/done)"', page)
        assert browser.post(href, "/work").status_code == 303
        page = browser.get("/work").text
        assert "Call Adler" in page  # the word about it, with its way back
        assert href not in page
        assert browser.post(href.replace("done", "undo"), "/work").status_code == 303
        assert href in browser.get("/work").text

    def test_a_task_needs_a_title_and_loses_nothing(self, enter: Enter) -> None:
        browser = enter("clerk@pool.example")
        refused = browser.post("/work/new", "/work/new", title="", due_on="32.13.2026",
                               assignee="0")  # fmt: skip
        assert refused.status_code == 422
        assert "32.13.2026" in refused.text

    def test_another_ones_task_number_is_none(self, enter: Enter) -> None:
        assert enter("clerk@pool.example").post("/work/4711/done", "/work").status_code == 404


class TestSearch:
    def test_the_palette_gets_hits_alone(self, enter: Enter) -> None:
        part = enter("clerk@pool.example").get(
            "/search?q=adl", **{"HX-Request": "true", "HX-Target": "palette-hits"}
        )
        assert 'role="option"' in part.text
        assert "<mark>Adl</mark>er" in part.text
        assert "<html" not in part.text

    def test_it_is_a_page_as_well(self, enter: Enter) -> None:
        page = enter("clerk@pool.example").get("/search?q=adler").text
        assert "<mark>Adler</mark>" in page

    def test_commands_are_those_one_may(self, enter: Enter) -> None:
        assert "Journal" in enter("auditor@pool.example").get("/search?q=>jou").text
        assert "Nothing found" in enter("clerk@pool.example").get("/search?q=>jou").text

    def test_too_little_asks_for_more(self, enter: Enter) -> None:
        assert "two characters" in enter("clerk@pool.example").get("/search?q=a").text


class TestJournalAndBell:
    def test_the_journal_is_for_who_may(self, enter: Enter) -> None:
        assert enter("clerk@pool.example").get("/journal").status_code == 403
        page = enter("auditor@pool.example").get("/journal").text
        assert "Manual changes" in page

    def test_a_line_tells_what_changed(self, enter: Enter) -> None:
        enter("clerk@pool.example").post("/work/new", "/work/new", title="Tell Berg", assignee="0")
        browser = enter("auditor@pool.example")
        page = browser.get("/journal?manual=yes").text
        href = re.findall(r'href="(/journal/\d+)"', page)[0]
        told = browser.get(href).text
        assert "Tell Berg" in told
        assert "clerk@pool.example" in told
        assert re.search(r"<th scope=\"row\">Title</th>", told)
        assert browser.get("/journal/4711000").status_code == 404

    def test_what_is_new_is_new_once(self, enter: Enter) -> None:
        browser = enter("accountant@pool.example")
        assert "1 new" in browser.get("/").text
        first = browser.get("/bell").text
        assert "The period 2026-01 is closed." in first
        assert ">new<" in re.sub(r"\s+", "", first)
        assert ">new<" not in re.sub(r"\s+", "", browser.get("/bell").text)


@pytest.mark.parametrize(
    ("path", "most"),
    [("/work", 8), ("/journal", 8), ("/figures", 8), ("/figures/producers", 8), ("/bell", 8),
     ("/search?q=adler", 8), ("/figures/reported", 8), (f"/?{JANUARY}", 40)],
)  # fmt: skip
def test_a_page_costs_few_statements(house: House, enter: Enter, path: str, most: int) -> None:
    browser = enter("auditor@pool.example")
    with house.app.app_context():
        engine = db.engine
    said: list[str] = []

    def listen(*told: object) -> None:
        said.append(str(told[2]))

    event.listen(engine, "before_cursor_execute", listen)
    try:
        assert browser.get(path).status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", listen)
    asked = [s for s in said if "set_config" not in s and "SAVEPOINT" not in s]
    assert len(asked) <= most, "\n".join(asked)


def test_sums_of_figures_are_the_postings(house: House) -> None:
    """What the lists sum up is what the books hold."""
    with open_session(house.worker, house.actor()) as session:
        booked = session.execute(
            text("SELECT -sum(amount) FROM posting WHERE account = 1 AND pool_id = :pool"),
            {"pool": house.pool_id},
        ).scalar_one()
        told = session.execute(
            text("SELECT sum(received) FROM run_figure WHERE pool_id = :pool"),
            {"pool": house.pool_id},
        ).scalar_one()
    assert booked == told == Decimal("400.00")
