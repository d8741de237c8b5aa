"""A settlement by two people through the web: calculated, looked at, approved, closed, issued."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, event, text

from pool_module.settlement.formats.scenario import read_scenario
from pool_module.settlement.operations import runs
from pool_module.settlement.operations.scenario import ScenarioRun
from shared.actor import Actor
from shared.db import accounts, make_engine, open_session
from shared.models.ledger import Issue, Statement
from shared.models.pools import Company, Pool
from shared.models.workplace import Notification
from shared.permissions import Role
from shared.vocabulary import Door
from shared.web.database import db
from shared.web.passwords import hash_password
from tests.database.pool_module.settlement.small_pool import FACTS
from tests.database.pool_module.settlement.test_closing import content, run_jobs
from tests.servers import Database
from tests.web.portals import CREATE, PASSWORD, Browser, config_of, dispose, readdressed

POOL, OTHER = 1, 2
JANUARY = date(2026, 1, 31)
PEOPLE = {
    "svenja@pool.example": Role.ACCOUNTANT,
    "malte@pool.example": Role.ACCOUNTANT,
    "torben@pool.example": Role.DIRECTOR,
    "jule@pool.example": Role.CLERK,
}
SVENJA, MALTE, TORBEN, JULE = PEOPLE
HERE = "/runs/2"


@dataclass(frozen=True)
class House:
    """The pool, its portal, and the worker, whose jobs run when they are told to."""

    app: Flask
    engine: Engine
    root: Path

    def browser(self, email: str) -> Browser:
        browser = Browser(self.app.test_client(), Door.INTRANET)
        assert browser.sign_in(email).status_code == 303
        return browser

    def work(self) -> None:
        run_jobs(self.engine, self.root)

    def ask(self, question: str) -> list[tuple[object, ...]]:
        actor = Actor(Door.WORKER, POOL, None, "tests")
        with open_session(self.engine, actor) as session:
            return [tuple(row) for row in session.execute(text(question))]

    def record(self, statement: str) -> None:
        actor = Actor(Door.WORKER, POOL, None, "tests")
        with open_session(self.engine, actor) as session, session.begin():
            session.execute(text(statement))


@pytest.fixture(scope="class")
def house(own_database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Facts of January, and people of every role; another pool with a closed run of its own."""
    engine = make_engine(own_database.door_url(Door.WORKER))
    root = tmp_path_factory.mktemp("files")
    plan = read_scenario(json.dumps({"name": "Nord", "currency": "EUR", "steps": FACTS}))
    other = read_scenario(
        json.dumps({"name": "Süd", "currency": "EUR",
                    "steps": [*FACTS, {"settle": {"through": "2026-01-31"}}]})
    )  # fmt: skip
    # first, so that ids of runs and statements differ between the pools
    with open_session(engine, Actor(Door.WORKER, OTHER, None, "tests")) as session, session.begin():
        ScenarioRun(session, session.info["actor"], other).play()
        assert session.query(Pool).count() == 1
    with open_session(engine, Actor(Door.WORKER, POOL, None, "tests")) as session, session.begin():
        ScenarioRun(session, session.info["actor"], plan).play()
        company = Company(pool_id=POOL, code="POOL", name="Nord GmbH", kind="pool")
        session.add(company)
        session.flush()
        for email, role in PEOPLE.items():
            account = accounts.create_account(
                session, email=email, name=email.partition("@")[0].title(),
                password_hash=hash_password(PASSWORD), language="en",
            )  # fmt: skip
            accounts.create_membership(
                session, account_id=account, company_id=company.id, door=Door.INTRANET, role=role
            )
    app = CREATE[Door.INTRANET](config_of(own_database, Door.INTRANET))
    app.config["STORAGE_DIR"] = root
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STORAGE_DIR", str(root))
        yield House(app, engine, root)
    dispose(app)
    engine.dispose()


class TestMonth:
    """One month, step by step; each test goes on where the one before ended."""

    def test_a_click_calculates_the_period(self, house: House) -> None:
        svenja = house.browser(SVENJA)
        page = svenja.get("/runs")
        through = re.search(r'name="through" value="([\d-]+)"', page.text)
        assert through  # the period is proposed: one click, nothing typed
        for _ in range(2):  # clicked twice
            answer = svenja.post("/runs", "/runs", through="2026-01-31")
            assert answer.location == "/runs/current"
        assert house.ask("SELECT count(*) FROM long_job") == [(1,)]
        assert "begins in a moment" in svenja.get("/runs/current").text
        house.work()
        assert svenja.get("/runs/current").location == HERE
        assert house.ask("SELECT state, calculated_by FROM settlement_run WHERE pool_id = 1") == [
            ("calculated", SVENJA)
        ]

    def test_the_draft_says_what_it_comes_to(self, house: House) -> None:
        page = house.browser(TORBEN).get(HERE).text
        for said in ("Waits for approval", ">400.00<", ">270.00<", "Nobody has a negative balance"):
            assert said in page, said
        assert "HX-Refresh" in house.browser(TORBEN).get(
            HERE, **{"HX-Request": "true", "HX-Target": "run-now"}
        ).headers  # fmt: skip

    def test_who_calculated_does_not_approve(self, house: House) -> None:
        svenja = house.browser(SVENJA)
        page = svenja.get(HERE).text
        assert "somebody else has to approve it" in page
        assert "/approve" not in page
        answer = svenja.post(f"{HERE}/approve", HERE, seen=seen(house))
        assert (
            "Svenja calculated this run; a second person approves it"
            in svenja.get(answer.location).text
        )
        assert house.ask("SELECT state FROM settlement_run WHERE pool_id = 1") == [("calculated",)]

    def test_another_address_is_no_second_person(
        self, house: House, own_database: Database
    ) -> None:
        with readdressed(own_database, SVENJA, "other@pool.example") as other:
            svenja = house.browser(other)
            page = svenja.get(HERE).text
            assert "somebody else has to approve it" in page
            assert "Calculated by Svenja" in page
            assert "/approve" not in page
            assert f'"{HERE}' not in svenja.get("/work?kind=approve_run").text
            answer = svenja.post(f"{HERE}/approve", HERE, seen=seen(house))
            assert (
                "Svenja calculated this run; a second person approves it"
                in svenja.get(answer.location).text
            )
            assert "Svenja" in svenja.get("/journal").text
        assert house.ask("SELECT state FROM settlement_run WHERE pool_id = 1") == [("calculated",)]

    def test_who_may_not_is_refused(self, house: House) -> None:
        jule = house.browser(JULE)
        assert jule.get(HERE).status_code == 200
        for path in ("/runs", f"{HERE}/approve", f"{HERE}/drop", f"{HERE}/recalculate"):
            assert jule.post(path, HERE).status_code == 403, path
        assert jule.get(f"{HERE}/close").status_code == 403
        assert house.browser(TORBEN).post("/runs", HERE, through="2026-01-31").status_code == 403

    def test_another_pools_run_is_not_there(self, house: House) -> None:
        (other,) = ask_other(house, "SELECT id FROM settlement_run")
        svenja = house.browser(SVENJA)
        for path in ("", "/compare", "/payouts", "/close"):
            assert svenja.get(f"/runs/{other}{path}").status_code == 404, path
        for act in ("drop", "approve", "recalculate", "close"):
            answer = svenja.post(f"/runs/{other}/{act}", HERE, name="2026-01", seen="")
            assert answer.status_code == 404, act

    def test_a_draft_knows_when_it_is_out_of_date(self, house: House) -> None:
        assert "out of date" not in house.browser(MALTE).get(HERE).text
        house.record(
            "INSERT INTO event (pool_id, ref, contract_id, kind, effective, due, basis, received) "
            "SELECT 1, 'E2', id, 'acquisition', '2026-01-11', '2026-01-21', 1000, 40 "
            "FROM contract WHERE pool_id = 1"
        )
        malte = house.browser(MALTE)
        old = seen(house)
        assert "1 bookings" in malte.get(HERE).text
        malte.post(f"{HERE}/recalculate", HERE)
        house.work()
        page = malte.get(HERE).text
        assert "out of date" not in page
        assert ">440.00<" in page
        # what somebody looked at before it was calculated anew is not what he approves
        torben = house.browser(TORBEN)
        answer = torben.post(f"{HERE}/approve", HERE, seen=old)
        assert "calculated anew" in torben.get(answer.location).text
        assert house.ask("SELECT state FROM settlement_run WHERE pool_id = 1") == [("calculated",)]

    def test_a_second_person_approves(self, house: House) -> None:
        torben = house.browser(TORBEN)
        torben.post(f"{HERE}/approve", HERE, seen=seen(house))
        assert house.ask("SELECT state, approved_by FROM settlement_run WHERE pool_id = 1") == [
            ("approved", TORBEN)
        ]
        assert "Approved" in torben.get(HERE).text

    def test_closing_asks_for_the_periods_name(self, house: House) -> None:
        svenja = house.browser(SVENJA)
        wrong = svenja.post(f"{HERE}/close", f"{HERE}/close", name="January")
        assert wrong.status_code == 422
        assert "Type 2026-01 to close the period." in wrong.text
        assert 'value="January"' in wrong.text  # nothing typed is lost
        assert house.ask("SELECT count(*) FROM long_job WHERE kind = 'settlement_close'") == [(0,)]

    def test_a_double_click_closes_once(self, house: House) -> None:
        svenja = house.browser(SVENJA)
        for _ in range(2):
            answer = svenja.post(f"{HERE}/close", f"{HERE}/close", name="2026-01")
            assert answer.location == HERE
        house.work()
        assert house.ask("SELECT state, closed_by FROM settlement_run WHERE pool_id = 1") == [
            ("closed", SVENJA)
        ]
        assert house.ask("SELECT count(*), sum(payout) FROM statement") == [(2, pytest.approx(297))]
        late = svenja.post(f"{HERE}/close", f"{HERE}/close", name="2026-01")
        assert late.status_code == 409
        assert house.ask("SELECT count(*) FROM statement") == [(2,)]

    def test_every_firm_is_told_once(self, house: House) -> None:
        actor = Actor(Door.WORKER, POOL, None, "tests")
        with open_session(house.engine, actor) as session:
            told = session.query(Notification).filter(Notification.firm_id.is_not(None)).all()
            firms = {s.firm_id for s in session.query(Statement)}
            assert session.query(Issue).filter_by(kind="statement").count() == 2
        assert {n.firm_id for n in told} == firms
        assert len(told) == len(firms)
        assert {n.values["period"] for n in told} == {"2026-01"}

    def test_the_payout_list_is_a_file(self, house: House) -> None:
        svenja = house.browser(SVENJA)
        assert "Berg" in svenja.get(f"{HERE}/payouts").text
        file = svenja.get(f"{HERE}/payouts?format=csv")
        assert file.mimetype == "text/csv"
        assert "198" in file.text
        assert house.browser(TORBEN).get(f"{HERE}/compare").status_code == 200

    def test_statements_are_found_and_read(self, house: House) -> None:
        svenja = house.browser(SVENJA)
        with counted(house.app) as statements:
            page = svenja.get("/statements").text
        assert len(statements) <= 8
        ids = set(re.findall(r"/statements/(\d+)\"", page))
        assert len(ids) == 2
        for statement in sorted(ids):
            with counted(house.app) as statements:
                page = svenja.get(f"/statements/{statement}").text
            assert len(statements) <= 12
            assert "How the payout comes about" in page
            lines = set(re.findall(r"(/statements/\d+/lines/\d+/why)", page))
            assert lines
            for line in lines:
                assert "How it was reckoned" in svenja.get(line).text
                part = svenja.get(line, **{"HX-Request": "true", "HX-Target": "drawer"}).text
                assert part.startswith("<aside")

    def test_papers_are_the_stored_bytes(self, house: House) -> None:
        svenja = house.browser(SVENJA)
        stored = set(content(house.root).values())
        for (statement,) in house.ask("SELECT id FROM statement"):
            for kind in ("statement", "csv"):
                got = svenja.get(f"/statements/{statement}/{kind}")
                assert got.data in stored
                assert "attachment" in got.headers["Content-Disposition"]
            assert svenja.get(f"/statements/{statement}/act").status_code == 404

    def test_another_pools_statement_is_not_there(self, house: House) -> None:
        svenja = house.browser(SVENJA)
        for other in ask_other(house, "SELECT id FROM statement"):
            for path in ("", "/statement", "/lines/1/why"):
                assert svenja.get(f"/statements/{other}{path}").status_code == 404, path

    def test_any_entry_of_the_books_is_explained(self, house: House) -> None:
        svenja = house.browser(SVENJA)
        for run, happening, producer in house.ask(
            "SELECT DISTINCT run_id, event_id, producer_id FROM posting "
            "WHERE pool_id = 1 AND account = 2"
        ):
            path = f"/runs/{run}/events/{happening}/producers/{producer}/why"
            assert "How it was reckoned" in svenja.get(path).text
            assert svenja.get(path.replace("/producers/", "/producers/9")).status_code == 404


class TestCancel:
    """A calculation is cancelled, a draft thrown away; the period can be calculated again."""

    def test_a_draft_is_thrown_away_with_what_it_wrote(self, house: House) -> None:
        svenja = house.browser(SVENJA)
        svenja.post("/runs", "/runs", through="2026-01-31")
        house.work()
        assert house.ask("SELECT count(*) > 0 FROM posting") == [(True,)]
        answer = svenja.post(f"{HERE}/drop", HERE)
        assert "thrown away" in svenja.get(answer.location).text
        house.work()
        for table in ("posting", "run_balance", "run_figure", "run_producer_figure", "run_packet"):
            assert house.ask(f"SELECT count(*) FROM {table}") == [(0,)], table
        answer = svenja.post(f"{HERE}/drop", HERE)
        assert "look at it again" in svenja.get(answer.location).text

    def test_a_calculation_is_cancelled_while_it_runs(
        self, house: House, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        svenja = house.browser(SVENJA)
        svenja.post("/runs", "/runs", through="2026-01-31")
        calculate = runs.calculate_next
        dropped: list[int] = []

        def dropping(session: object, actor: object, run_id: int) -> int | None:
            if not dropped:  # somebody cancels after the packet was taken
                dropped.append(run_id)
                svenja.post(f"/runs/{run_id}/drop", "/runs")
            return calculate(session, actor, run_id)  # type: ignore[arg-type]

        monkeypatch.setattr(runs, "calculate_next", dropping)
        house.work()
        (run_id,) = dropped
        states = "SELECT state FROM settlement_run WHERE pool_id = 1 ORDER BY id DESC LIMIT 1"
        assert house.ask(states) == [("dropped",)]
        assert house.ask("SELECT state FROM long_job ORDER BY id DESC LIMIT 1") == [("cancelled",)]
        assert house.ask(f"SELECT count(*) FROM posting WHERE run_id = {run_id}") == [(0,)]

    def test_a_day_that_is_none_is_said(self, house: House) -> None:
        svenja = house.browser(SVENJA)
        answer = svenja.post("/runs", "/runs", through="soon")
        assert "Write the day as YYYY-MM-DD." in svenja.get(answer.location).text


def seen(house: House) -> str:
    """What the page of the run shows to the second person."""
    page = house.browser(TORBEN).get(HERE).text
    found = re.search(r'name="seen" value="([^"]+)"', page)
    assert found
    return found[1].replace("&#43;", "+")


def ask_other(house: House, question: str) -> list[int]:
    actor = Actor(Door.WORKER, OTHER, None, "tests")
    with open_session(house.engine, actor) as session:
        return [row[0] for row in session.execute(text(question))]


@contextmanager
def counted(app: Flask) -> Iterator[list[str]]:
    """The SQL statements of what is asked meanwhile."""
    statements: list[str] = []

    def note(_: object, __: object, statement: str, *___: object) -> None:
        statements.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    yield statements
    event.remove(engine, "before_cursor_execute", note)
