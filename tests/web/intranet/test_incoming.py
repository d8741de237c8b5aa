"""An insurer's file through the web: brought, looked at, taken over, and cleared up by clicks."""

import io
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, event, text
from werkzeug.test import TestResponse

from shared.actor import Actor
from shared.db import accounts, make_engine, open_session
from shared.models.pools import Company
from shared.permissions import Role
from shared.vocabulary import Door
from shared.web.database import db
from shared.web.passwords import hash_password
from tests.database.pool_module.incoming.office import INSURER, Office, commission, contract
from tests.database.pool_module.settlement.test_closing import run_jobs
from tests.servers import Database
from tests.web.portals import CREATE, PASSWORD, Browser, check_page, config_of, dispose

POOL, OTHER = 1, 2
PEOPLE = {
    "svenja@pool.example": Role.ACCOUNTANT,
    "jule@pool.example": Role.CLERK,
    "renate@pool.example": Role.AUDITOR,
}
SVENJA, JULE, RENATE = PEOPLE
EQUAL = 24


@dataclass(frozen=True)
class House:
    """The pool, its portal, and the worker, whose jobs run when they are told to."""

    app: Flask
    engine: Engine
    folder: Path
    office: Office

    def browser(self, email: str) -> Browser:
        browser = Browser(self.app.test_client(), Door.INTRANET)
        assert browser.sign_in(email).status_code == 303
        return browser

    def work(self) -> None:
        run_jobs(self.engine, self.folder / "files")

    def ask(self, question: str) -> list[tuple[object, ...]]:
        with open_session(self.engine, Actor(Door.WORKER, POOL, None, "tests")) as session:
            return [tuple(row) for row in session.execute(text(question))]

    def bring(self, browser: Browser, name: str, content: bytes) -> TestResponse:
        files = {"files": (io.BytesIO(content), name)}
        return browser.post("/deliveries/uploads", "/deliveries", fields=files)


def the_file(office: Office) -> bytes:
    """Two dozen lines of a rate nobody agreed on, one as agreed, one of an unknown contract."""
    records: list[str] = []
    for number in range(500, 500 + EQUAL):
        values: dict[str, Any] = {"contract_number": str(number)}
        records.append(contract(**values))
        records += commission("22.50", kind="7", base="100.00", rate="22.5", **values)
    records.append(contract(contract_number="600"))
    records += commission("22.00", kind="7", base="100.00", rate="22", contract_number="600")
    records += commission("9.00", kind="7", contract_number="999")
    return office.write(*records).read_bytes()


@pytest.fixture(scope="class")
def house(own_database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A pool that knows the insurer's agency number, with 22 % agreed; and another pool."""
    engine = make_engine(own_database.door_url(Door.WORKER))
    folder = tmp_path_factory.mktemp("incoming")
    with open_session(engine, Actor(Door.WORKER, OTHER, None, "tests")) as session, session.begin():
        other = Office(session, session.info["actor"], folder).open()
        other.name_insurer()
    session = open_session(engine, Actor(Door.WORKER, POOL, None, "tests"))
    office = Office(session, session.info["actor"], folder).open()
    office.know_producer()
    office.agree("recurring", incoming_of="basis", incoming_rate=Decimal("0.22"))
    office.agree("acquisition", 60)
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
    session.commit()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STORAGE_DIR", str(folder / "files"))
        app = CREATE[Door.INTRANET](config_of(own_database, Door.INTRANET))
        app.config["STORAGE_DIR"] = folder / "files"
        yield House(app, engine, folder, office)
    session.close()
    dispose(app)
    engine.dispose()


def offered(page: str) -> dict[str, str]:
    """The fields of the first offer on the page."""
    start = '<form method="post" action="/discrepancies/resolve" class="inline"'
    form = re.search(f"{start}.*?</form>", page, re.DOTALL)
    assert form
    found = re.findall(r'name="(fix|ids|next)" value="([^"]*)"', form[0])
    return {name: value.replace("&amp;", "&") for name, value in found}


class TestFile:
    """One file, step by step; each test goes on where the one before ended."""

    def test_nothing_is_here_yet(self, house: House) -> None:
        svenja = house.browser(SVENJA)
        assert "No file was imported yet" in svenja.get("/deliveries").text
        assert "Nothing is open" in svenja.get("/discrepancies").text

    @pytest.mark.parametrize(
        ("content", "said"), [(b"", "The file is empty"), (b"\x89PNG\r\n\x1a\n123", "a picture")]
    )
    def test_a_wrong_file_is_said_in_one_sentence(
        self, house: House, content: bytes, said: str
    ) -> None:
        svenja = house.browser(SVENJA)
        answer = house.bring(svenja, "wrong.gdv", content)
        assert answer.location == "/deliveries"
        assert said in svenja.get("/deliveries").text
        assert house.ask("SELECT count(*) FROM upload") == [(0,)]

    def test_a_file_is_brought_and_waits_to_be_described(self, house: House) -> None:
        svenja = house.browser(SVENJA)
        answer = house.bring(svenja, "ALPHA_2026-10.gdv", the_file(house.office))
        assert answer.location == "/deliveries/uploads/1"
        assert "which column is which" in svenja.get(answer.location).text
        again = house.bring(svenja, "ALPHA again.gdv", the_file(house.office))
        assert again.location == "/deliveries/uploads/1", "the same bytes lie here already"

    def test_it_is_looked_at_without_a_trace(self, house: House) -> None:
        svenja = house.browser(SVENJA)
        here = "/deliveries/uploads/1"
        assert svenja.post(f"{here}/describe", here, insurer=INSURER).location == here
        assert "Waiting for its turn" in svenja.get(here).text
        house.work()
        page = svenja.get(here).text
        assert "Take over 51 rows" in page.replace("\u00a0", " ")
        assert house.ask("SELECT count(*) FROM contract") == [(0,)]
        doubts = svenja.get(f"{here}?outcome=doubt").text
        assert doubts.count("Rate differs") == EQUAL
        assert "HX-Redirect" in svenja.get(
            here, **{"HX-Request": "true", "HX-Target": "upload-job"}
        ).headers  # fmt: skip

    def test_who_may_only_read_takes_nothing(self, house: House) -> None:
        renate = house.browser(RENATE)
        here = "/deliveries/uploads/1"
        assert "Take over" not in renate.get(here).text.partition("<main")[2].partition("wiz")[0]
        for path in (f"{here}/take", f"{here}/drop", f"{here}/describe", "/deliveries/uploads"):
            assert renate.post(path, here).status_code == 403, path

    def test_it_is_taken_over_once(self, house: House) -> None:
        svenja = house.browser(SVENJA)
        here = "/deliveries/uploads/1"
        for _ in range(2):  # clicked twice
            assert svenja.post(f"{here}/take", here).location == here
        assert house.ask("SELECT count(*) FROM long_job WHERE kind LIKE '%take%'") == [(1,)]
        house.work()
        assert "It is imported" in svenja.get(here).text
        assert house.ask("SELECT line_count, gross, recorded_by FROM delivery") == [
            (26, Decimal("571.00"), SVENJA)
        ]
        assert "is imported" in svenja.get("/bell").text

    def test_the_delivery_tells_what_became_of_it(self, house: House) -> None:
        svenja = house.browser(SVENJA)
        [(delivery,)] = house.ask("SELECT id FROM delivery")
        page = svenja.get(f"/deliveries/{delivery}").text
        assert "571.00" in page
        assert "0.00" in page
        assert svenja.get(f"/deliveries/{delivery}/file").data == the_file(house.office)
        assert svenja.get("/deliveries").text.count("ALPHA_2026-10.gdv") == 1
        assert svenja.get("/deliveries/7777").status_code == 404
        assert svenja.get("/deliveries/uploads/77").status_code == 404

    def test_the_page_costs_few_statements(self, house: House) -> None:
        svenja = house.browser(SVENJA)
        for path in ("/discrepancies", "/deliveries"):
            statements = self.counted(house, svenja, path)
            assert len(statements) <= 11, statements

    @staticmethod
    def counted(house: House, browser: Browser, path: str) -> list[str]:
        statements: list[str] = []

        def note(*arguments: object) -> None:
            statements.append(str(arguments[2]))

        with house.app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            browser.get(path)
        finally:
            event.remove(engine, "before_cursor_execute", note)
        return statements

    def test_who_may_not_agree_on_rates_is_refused(self, house: House) -> None:
        jule = house.browser(JULE)
        page = jule.get("/discrepancies?cause=rate_differs").text
        assert "Who may agree on rates" in page
        ids = ",".join(str(row[0]) for row in house.ask(
            "SELECT id FROM discrepancy WHERE cause = 'rate_differs'"))  # fmt: skip
        given = {"fix": "agree", "ids": ids}
        assert (
            jule.post("/discrepancies/resolve", "/discrepancies", fields=given).status_code == 403
        )
        renate = house.browser(RENATE)
        leave = {"fix": "leave", "ids": ids, "reason": "no"}
        assert (
            renate.post("/discrepancies/resolve", "/discrepancies", fields=leave).status_code == 403
        )

    def test_a_case_with_several_forms_has_no_id_twice(self, house: House) -> None:
        svenja = house.browser(SVENJA)
        case = house.ask("SELECT min(id) FROM discrepancy WHERE cause = 'rate_differs'")[0][0]
        here = f"/discrepancies/{case}"
        page = svenja.get(here).text  # a browser of the tests looks at the ids of every page
        assert page.count('name="reason"') > 1
        refused = svenja.post(f"{here}/resolve", here, fix="leave")
        assert refused.status_code == 422
        check_page(refused.text)
        assert 'href="#leave-reason"' in refused.text

    def test_24_equal_cases_are_one_click(self, house: House) -> None:
        svenja, malte = house.browser(SVENJA), house.browser(SVENJA)
        page = svenja.get("/discrepancies").text  # one click from anywhere
        assert f"{EQUAL} equal cases" in page
        fields = offered(page)
        assert len(fields["ids"].split(",")) == EQUAL
        answer = svenja.post(
            "/discrepancies/resolve", "/discrepancies", fields=fields
        )  # the second
        assert answer.status_code == 303
        told = svenja.get(answer.location).text
        assert f"{EQUAL} cases resolved. {EQUAL} lines booked." in told
        assert house.ask("SELECT count(*) FROM event") == [(EQUAL + 1,)]
        late = malte.post(
            "/discrepancies/resolve", "/discrepancies", fields=fields
        )  # a double click
        assert "has resolved this already" in malte.get(late.location).text
        assert house.ask("SELECT count(*) FROM event") == [(EQUAL + 1,)]

    def test_a_decision_without_a_reason_is_asked_for_one(self, house: House) -> None:
        svenja = house.browser(SVENJA)
        [(case,)] = house.ask("SELECT id FROM discrepancy WHERE state = 'open'")
        here = f"/discrepancies/{case}"
        answer = svenja.post(f"{here}/resolve", here, fix="leave")
        assert answer.status_code == 422
        assert "Please give a reason" in answer.text
        wrong = svenja.post(f"{here}/resolve", here, fix="assign", contract="12345")
        assert wrong.status_code == 422
        assert "no such contract" in wrong.text
        assert 'value="12345"' in wrong.text, "nothing typed is lost"

    def test_left_as_evidence_and_taken_back(self, house: House) -> None:
        svenja = house.browser(SVENJA)
        [(case,)] = house.ask("SELECT id FROM discrepancy WHERE state = 'open'")
        here = f"/discrepancies/{case}"
        answer = svenja.post(f"{here}/resolve", here, fix="leave", reason="They will correct it")
        assert answer.status_code == 303
        assert "Nothing is open" in svenja.get("/discrepancies").text
        svenja.post("/discrepancies/reopen", here, ids=str(case), next=here)
        assert house.ask("SELECT count(*) FROM discrepancy WHERE state = 'open'") == [(1,)]

    def test_it_is_taken_noted_and_booked_by_hand(self, house: House) -> None:
        svenja = house.browser(SVENJA)
        [(case,)] = house.ask("SELECT id FROM discrepancy WHERE state = 'open'")
        here = f"/discrepancies/{case}"
        svenja.post("/discrepancies/give", here, ids=str(case), to="me", due_on="30.11.2026")
        assert house.ask("SELECT due_on::text FROM task WHERE done_at IS NULL") == [("2026-11-30",)]
        svenja.post(f"{here}/note", here, text="Asked on the phone")
        assert "Asked on the phone" in svenja.get(here).text
        answer = svenja.post(f"{here}/resolve", here, fix="assign", contract="600")
        assert answer.status_code == 303
        assert house.ask("SELECT count(*) FROM event") == [(EQUAL + 2,)]
        assert house.ask("SELECT count(*) FROM task WHERE done_at IS NULL") == [(0,)]

    def test_what_is_not_here_is_not_found(self, house: House) -> None:
        svenja = house.browser(SVENJA)
        assert svenja.get("/discrepancies/999999").status_code == 404
        here = "/discrepancies"
        assert svenja.post("/discrepancies/999999/resolve", here, fix="leave").status_code == 404


class TestTwoAtOnce:
    """Two people resolve the same case in the same moment."""

    def test_one_of_them_is_told_who_was_faster(self, house: House) -> None:
        svenja = house.browser(SVENJA)
        house.office.deliver(contract(), *commission("30.00", kind="7", base="100.00", rate="30"))
        [(case,)] = house.ask("SELECT id FROM discrepancy WHERE state = 'open'")
        decision = {"fix": "accept", "ids": str(case), "reason": "agreed by phone"}
        browsers = [svenja, house.browser(JULE)]
        with ThreadPoolExecutor(2) as pool:
            answers = list(
                pool.map(
                    lambda each: each.post(
                        "/discrepancies/resolve", "/discrepancies", fields=decision
                    ),
                    browsers,
                )
            )
        assert [answer.status_code for answer in answers] == [303, 303]
        assert house.ask("SELECT count(*) FROM event") == [(1,)]
        told = [each.get("/discrepancies").text for each in browsers]
        assert sum("has resolved this already" in page for page in told) == 1
        assert sum("1 case resolved" in page for page in told) == 1


class TestTable:
    """A statement with wrong rows, whose columns somebody has to name."""

    def test_wrong_rows_come_out_as_a_workbook(self, house: House) -> None:
        svenja = house.browser(SVENJA)
        house.office.add_contract("4711")
        house.office.session.commit()
        table = "Wann;Wer;Was\n01.10.2026;4711;20,00\n01.10.2026;4711;viel\n"
        answer = house.bring(svenja, "odd.csv", table.encode())
        here = answer.location
        columns = {"column-0": "booking_date", "column-1": "contract_number", "column-2": "net"}
        svenja.post(f"{here}/describe", here, fields={"insurer": INSURER, **columns})
        house.work()
        page = svenja.get(f"{here}?outcome=error").text
        assert "No amount: viel" in page
        book = svenja.get(f"{here}/errors.xlsx")
        assert book.data.startswith(b"PK")
        assert "odd-errors.xlsx" in book.headers["Content-Disposition"]
        svenja.post(f"{here}/take", here)
        house.work()
        assert house.ask("SELECT count(*) FROM delivery_line") == [(1,)]

    def test_bad_columns_are_refused(self, house: House) -> None:
        svenja = house.browser(SVENJA)
        answer = house.bring(svenja, "odd2.csv", b"Wann;Wer;Was\n02.10.2026;4711;21,00\n")
        here = answer.location
        svenja.post(f"{here}/drop", here)
        assert house.ask("SELECT state FROM upload ORDER BY id DESC LIMIT 1") == [("dropped",)]
