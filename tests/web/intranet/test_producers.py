"""Producers in the browser: the tree of any day, records, changes decided by two people."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import event, text

from pool_module.settlement.formats.scenario import read_scenario
from pool_module.settlement.operations import previewing
from pool_module.settlement.operations.scenario import ScenarioRun
from shared import workplace
from shared.actor import Actor
from shared.db import Engine, accounts, make_engine, open_session
from shared.models.pools import Company
from shared.permissions import Role
from shared.vocabulary import Door
from shared.web.database import db
from shared.web.passwords import hash_password
from tests.database.pool_module.settlement.small_pool import FACTS
from tests.servers import Database, PostgresServer
from tests.web.portals import CREATE, PASSWORD, Browser, config_of, dispose, readdressed

MOST_STATEMENTS = 8
PEOPLE = {
    "proposer@pool.example": Role.ACCOUNTANT,
    "second@pool.example": Role.DIRECTOR,
    "clerk@pool.example": Role.CLERK,
    "auditor@pool.example": Role.AUDITOR,
}
NEXT_YEAR = date(2031, 1, 1)
Enter = Callable[[str], Browser]


@dataclass(frozen=True)
class House:
    """The portal over a small pool whose January 2026 is settled."""

    app: Flask
    worker: Engine
    database: Database
    pool_id: int
    ids: dict[str, int]


def told(pool_id: int) -> Actor:
    return Actor(Door.WORKER, pool_id, None, "worker")


@pytest.fixture(scope="module")
def house(postgres: PostgresServer, template: Database) -> Iterator[House]:
    database = postgres.cloned(template, "test_producers")
    worker = make_engine(database.door_url(Door.WORKER))
    pool_id = accounts.new_pool_id(worker)
    scenario = {
        "name": "Nordlicht",
        "currency": "EUR",
        "steps": [
            *FACTS,
            {"producer": {"code": "Carl"}},
            {"producer": {"code": "Dora"}},
            {"settle": {"through": "2026-01-31"}},
        ],
    }
    with open_session(worker, told(pool_id)) as session:
        ScenarioRun(session, told(pool_id), read_scenario(json.dumps(scenario))).play()
        staff = Company(pool_id=pool_id, code="POOL", name="Nordlicht", kind="pool")
        session.add(staff)
        session.flush()
        for email, role in PEOPLE.items():
            account = accounts.create_account(
                session,
                email=email,
                name=email.partition("@")[0],
                password_hash=hash_password(PASSWORD),
                language="en",
            )
            accounts.create_membership(
                session, account_id=account, company_id=staff.id, door=Door.INTRANET, role=role
            )
        rows = session.execute(text("SELECT code, id FROM producer")).all()
        session.commit()
    app = CREATE[Door.INTRANET](config_of(database, Door.INTRANET))
    yield House(app, worker, database, pool_id, {row[0]: row[1] for row in rows})
    dispose(app)
    worker.dispose()
    postgres.drop("test_producers")


@pytest.fixture
def enter(house: House) -> Enter:
    def signed_in(email: str) -> Browser:
        browser = Browser(house.app.test_client(), Door.INTRANET)
        assert browser.sign_in(email).status_code == 303
        return browser

    return signed_in


def work_off(house: House) -> None:
    """What the worker does with the previews that were asked for."""
    with open_session(house.worker, told(house.pool_id)) as session:
        waiting = session.execute(
            text("SELECT id FROM proposal WHERE state = 'calculating' ORDER BY id")
        ).scalars()
        for proposal_id in list(waiting):
            job = workplace.find_job_of(session, "proposal", "proposal", proposal_id)
            assert job is not None
            session.commit()
            previewing.preview(session, told(house.pool_id), proposal_id, job.id)
            session.commit()


class TestTheTree:
    def test_shows_who_stands_under_whom(self, house: House, enter: Enter) -> None:
        page = enter("auditor@pool.example").get("/producers?day=2026-06-01").text
        assert re.search(f'id="tree-{house.ids["Adler"]}"[^>]*aria-level="1"', page)
        assert re.search(f'id="tree-{house.ids["Berg"]}"[^>]*aria-level="2"', page)
        # 3 % less the 2 % below
        assert "30‰" in page
        assert "10‰" in page

    def test_closes_a_branch_by_its_link(self, house: House, enter: Enter) -> None:
        page = enter("auditor@pool.example").get("/producers?day=2026-06-01&open=0").text
        assert f'id="tree-{house.ids["Berg"]}"' not in page

    def test_shows_the_whole_way_to_what_is_searched(self, house: House, enter: Enter) -> None:
        page = enter("auditor@pool.example").get("/producers?day=2026-06-01&q=berg").text
        assert f'id="tree-{house.ids["Adler"]}"' in page
        assert f'id="tree-{house.ids["Berg"]}"' in page
        assert f'id="tree-{house.ids["Carl"]}"' not in page

    def test_says_when_nobody_fits(self, enter: Enter) -> None:
        assert "Nobody fits" in enter("auditor@pool.example").get("/producers?q=nobody").text

    def test_before_anything_was_known_there_is_nobody(self, enter: Enter) -> None:
        page = enter("auditor@pool.example").get("/producers?known=2020-01-01").text
        assert "No producers yet" in page


@pytest.mark.parametrize(
    "path",
    ["/producers", "/producers/list", "/producers/careers", "/producers/compare",
     "/producers/changes", "/producers/{Berg}", "/producers/{Berg}?tab=history",
     "/producers/{Adler}?tab=people", "/producers/{Berg}/move", "/producers/new"],
)  # fmt: skip
def test_a_page_costs_few_statements(house: House, enter: Enter, path: str) -> None:
    browser = enter("proposer@pool.example")
    with house.app.app_context():
        engine = db.engine
    said: list[str] = []

    def listen(*told: object) -> None:
        said.append(str(told[2]))

    event.listen(engine, "before_cursor_execute", listen)
    try:
        response = browser.get(path.format(**house.ids))
    finally:
        event.remove(engine, "before_cursor_execute", listen)
    assert response.status_code == 200
    # the context of the transaction, and the tests' own guard, are no questions of the page
    asked = [s for s in said if "set_config" not in s and "rolsuper" not in s]
    assert len(asked) <= MOST_STATEMENTS, "\n".join(asked)


class TestRights:
    def test_a_clerk_reads_and_changes_nothing(self, house: House, enter: Enter) -> None:
        browser = enter("clerk@pool.example")
        berg = house.ids["Berg"]
        assert browser.get(f"/producers/{berg}").status_code == 200
        for path in ("move", "promote", "status", "edit"):
            assert browser.get(f"/producers/{berg}/{path}").status_code == 403
        assert browser.get("/producers/new").status_code == 403

    def test_nobody_is_404(self, enter: Enter) -> None:
        browser = enter("proposer@pool.example")
        for path in ("", "/move", "/edit"):
            assert browser.get(f"/producers/999999{path}").status_code == 404
        assert browser.get("/producers/changes/999999").status_code == 404


class TestAtOnce:
    def test_moves_from_next_year_and_undoes_it(self, house: House, enter: Enter) -> None:
        browser = enter("proposer@pool.example")
        dora = house.ids["Dora"]
        here = f"/producers/{dora}/move"
        looked = browser.get(f"{here}?from_day=01.01.2031&parent=Carl", **{
            "HX-Request": "true", "HX-Target": "reach"})  # fmt: skip
        assert "Saved at once" in looked.text
        sent = browser.post(here, here, parent="Carl", from_day="01.01.2031", reason="new team")
        assert sent.status_code == 303
        page = browser.get(f"/producers/{dora}?tab=history").text
        assert "new team" in page
        undo = re.search(r'name="moment" value="([^"]+)"', page)
        assert undo
        undone = browser.post(f"/producers/{dora}/undo", here, kind="placement", moment=undo[1])
        assert undone.status_code == 303
        assert "Undone" in browser.get(f"/producers/{dora}?tab=history").text

    def test_a_cycle_names_the_way_and_keeps_what_was_typed(
        self, house: House, enter: Enter
    ) -> None:
        browser = enter("proposer@pool.example")
        here = f"/producers/{house.ids['Adler']}/move"
        refused = browser.post(here, here, parent="Berg", from_day="01.01.2031", reason="typed")
        assert refused.status_code == 409
        assert "Adler → Berg → Adler" in refused.text
        assert "typed" in refused.text

    def test_a_day_that_is_none_is_said_at_the_field(self, house: House, enter: Enter) -> None:
        browser = enter("proposer@pool.example")
        here = f"/producers/{house.ids['Dora']}/status"
        refused = browser.post(here, here, status="paused", from_day="some day")
        assert refused.status_code == 422
        assert 'id="from_day-err"' in refused.text


def test_a_backdated_promotion_from_proposal_to_approval(house: House, enter: Enter) -> None:
    proposer, second = enter("proposer@pool.example"), enter("second@pool.example")
    berg = house.ids["Berg"]
    here = f"/producers/{berg}/promote"
    level = re.search(r'<option value="(\d+)"[^>]*>L2<', proposer.get(here).text)
    assert level
    without = proposer.post(here, here, level_id=level[1], from_day="01.01.2026")
    assert without.status_code == 422
    assert "Say why" in without.text
    sent = proposer.post(
        here, here, level_id=level[1], from_day="01.01.2026", reason="agreed in October"
    )
    change = sent.headers["Location"]
    assert re.fullmatch(r"/producers/changes/\d+", change)
    assert "Waiting for its turn" in proposer.get(change).text
    work_off(house)
    page = proposer.get(change).text
    assert "+100.00" in page
    assert "−100.00" in page
    assert "zero, in its 1 event" in page
    assert "Every line that changes" in page
    assert "C-1" in proposer.get(f"{change}/lines").text
    assert proposer.post(f"{change}/send", change).status_code == 303
    assert "a second person decides" in proposer.get(change).text
    with readdressed(house.database, "proposer@pool.example", "other@pool.example") as other:
        again = enter(other)
        page = again.get(change).text
        assert "a second person decides" in page
        assert f"{change}/decide" not in page
        again.post(f"{change}/decide", change, decision="approve", note="I say so myself")
        with open_session(house.worker, told(house.pool_id)) as session:
            state = session.execute(text("SELECT state FROM proposal ORDER BY id DESC LIMIT 1"))
            assert state.scalar_one() == "sent"
    proposer.post(f"{change}/decide", change, decision="approve", note="me")
    assert "Waits for a second person" in proposer.get(change).text
    assert (
        second.post(f"{change}/decide", change, decision="approve", note="fine").status_code == 303
    )
    page = second.get(change).text
    assert "The next settlement books these differences" in page
    assert "fine" in page
    assert "agreed in October" in proposer.get(f"/producers/{berg}?tab=history").text


def test_a_list_of_changes_speaks_the_readers_language(house: House, enter: Enter) -> None:
    browser = enter("proposer@pool.example")
    name = text("UPDATE career_level SET name_en = :name WHERE code = 'L2'")
    with open_session(house.worker, told(house.pool_id)) as session:
        session.execute(name, {"name": "Second level"})
        session.commit()
    for what in ("promote", "status"):
        here = f"/producers/{house.ids['Carl']}/{what}"
        option = re.search(r'<option value="(\d+)"[^>]*>Second level<', browser.get(here).text)
        wished = {"level_id": option[1]} if option else {"status": "paused"}
        sent = browser.post(here, here, from_day="01.01.2026", reason="agreed", **wished)
        assert sent.status_code == 303
    page = browser.get("/producers/changes").text
    file = browser.get("/producers/changes?format=csv&cols=wanted").text
    journal = enter("auditor@pool.example").get("/journal?format=csv&cols=action,subject,door").text
    with open_session(house.worker, told(house.pool_id)) as session:
        session.execute(name, {"name": None})
        session.commit()
    for shown in (page, file):
        assert "Second level" in shown
        assert "Paused" in shown
        assert "paused" not in shown
    assert "proposed;Backdated change;Intranet" in journal


class TestMasterData:
    def test_takes_somebody_in_and_edits_him(self, enter: Enter) -> None:
        browser = enter("proposer@pool.example")
        typed = {"code": "VM-9", "kind": "person", "last_name": "Шевченко", "first_name": "Олена",
                 "country": "UA", "firm_id": "0", "payee_id": "0"}  # fmt: skip
        made = browser.post("/producers/new", "/producers/new", fields=typed)
        assert made.status_code == 303
        assert made.headers["Location"].endswith("/move")
        again = browser.post("/producers/new", "/producers/new", fields=typed)
        assert again.status_code == 409
        assert "belongs to another producer" in again.text
        assert "Шевченко, Олена" in browser.get("/producers/list").text
        here = made.headers["Location"].replace("/move", "/edit")
        page = browser.get(here).text
        version = re.search(r'name="version" value="(\d+)"', page)
        firm = re.search(r'<option value="(\d+)" selected>Шевченко', page)
        assert version
        assert firm
        first = {**typed, "firm_id": firm[1], "payee_id": firm[1], "last_name": "Коваль"}
        assert browser.post(here, here, fields=first, version=version[1]).status_code == 303
        late = browser.post(here, here, fields={**first, "last_name": "Мороз"}, version=version[1])
        assert late.status_code == 409
        assert "Коваль" in late.text
        assert "Мороз" in late.text
