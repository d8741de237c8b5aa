"""Contracts, customers, applications and messages as staff use them in the portal."""

import gc
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import event

import portal_intranet
from pool_module.applications import operations as applications
from pool_module.applications.operations import Wanted
from pool_module.crm.operations import threads
from shared.db import accounts
from shared.models.pools import Company
from shared.permissions import Role
from shared.vocabulary import Door
from shared.web.database import db
from shared.web.passwords import hash_password
from tests.database.pool_module.casework import POOL, Desk, open_desk
from tests.factories.days import NOW, TODAY
from tests.servers import Database
from tests.web.portals import PASSWORD, Browser, config_of, dispose

CLERK, AUDITOR = "clerk@pool.example", "auditor@pool.example"
MOST_STATEMENTS = 8


@dataclass
class Office:
    desk: Desk
    app: Flask

    def browser(self, email: str = CLERK) -> Browser:
        browser = Browser(self.app.test_client(), Door.INTRANET)
        assert browser.sign_in(email).status_code == 303
        return browser

    def version(self, table: str, number: int) -> str:
        with self.desk.at(Door.INTRANET) as session:
            return str(
                session.connection()
                .exec_driver_sql(f"SELECT version FROM {table} WHERE id = {number}")
                .scalar_one()
            )


@pytest.fixture(scope="class")
def office(own_database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    root: Path = tmp_path_factory.mktemp("files")
    desk = open_desk(own_database, root)
    with desk.at(Door.WORKER) as session:
        company = Company(pool_id=POOL, code="POOL", name="Nordlicht", kind="pool")
        session.add(company)
        session.flush()
        for email, role in ((CLERK, Role.CLERK), (AUDITOR, Role.AUDITOR)):
            account = accounts.create_account(
                session,
                email=email,
                name=email.split("@")[0].title(),
                password_hash=hash_password(PASSWORD),
                language="en",
            )
            accounts.create_membership(
                session,
                account_id=account,
                company_id=company.id,
                door=Door.INTRANET,
                role=role,
            )
    config = replace(config_of(own_database, Door.INTRANET), storage_dir=root)
    app = portal_intranet.create_app(config)
    yield Office(desk, app)
    dispose(app)
    desk.close()


def draft_of(desk: Desk) -> int:
    with desk.at(Door.EXTRANET, "olena") as session:
        wanted = Wanted(desk.product_id, desk.customer_id, applied_on=TODAY)
        number = applications.save_draft(session, wanted).id
        applications.submit(session, number, today=TODAY)
    return number


class TestPages:
    def test_every_page_stands(self, office: Office) -> None:
        browser, desk = office.browser(), office.desk
        number = draft_of(desk)
        contract, customer = f"/contracts/{desk.contract_id}", f"/customers/{desk.customer_id}"
        application = f"/applications/{number}"
        for path in (
            "/contracts", "/contracts?arrears=yes", "/contracts?silent=90&q=gross", "/customers",
            "/applications?older=14", "/applications?without_contract=yes",
            "/applications?mine=yes",
            "/threads", "/threads?unanswered=yes", "/threads/new", "/contracts/new",
            "/customers/new", "/applications/new", "/applications/new?find=gro",
            f"/applications/new?customer={desk.customer_id}",
            f"/contracts/new?customer={desk.customer_id}",
            *(f"{contract}?tab={tab}" for tab in ("data", "commission", "timeline", "documents",
                                                  "threads")),
            f"{contract}/edit", f"{contract}/shares", f"{contract}/end", f"{contract}/clawback",
            *(f"{customer}?tab={tab}" for tab in ("data", "contracts", "applications",
                                                  "documents", "threads")),
            f"{customer}/edit",
            *(f"{application}?tab={tab}" for tab in ("data", "documents", "threads")),
            f"{application}/edit", f"{application}/contract",
            f"/threads/new?subject=contract&subject_id={desk.contract_id}",
        ):  # fmt: skip
            assert browser.get(path).status_code == 200, path

    @pytest.mark.parametrize("path", ["contracts", "customers", "applications", "threads"])
    def test_what_is_not_there_or_anothers_is_404(self, office: Office, path: str) -> None:
        assert office.browser().get(f"/{path}/4711").status_code == 404

    def test_who_reads_alone_is_offered_no_change_and_refused_one(self, office: Office) -> None:
        browser, contract = office.browser(AUDITOR), f"/contracts/{office.desk.contract_id}"
        page = browser.get(contract)
        assert page.status_code == 200
        assert "/end" not in page.text
        assert browser.get(f"{contract}/edit").status_code == 403
        assert browser.post("/tasks", contract, title="x").status_code == 403
        assert browser.post("/documents", contract, subject="contract").status_code == 403

    @pytest.mark.parametrize("path", ["contracts", "customers", "applications", "threads"])
    def test_a_list_costs_few_statements(self, office: Office, path: str) -> None:
        browser = office.browser()
        browser.get(f"/{path}")
        told: list[str] = []
        with office.app.app_context():
            engine = db.engine

        def tell(_c: object, _cur: object, statement: str, *_: object) -> None:
            told.append(statement)

        event.listen(engine, "before_cursor_execute", tell)
        browser.get(f"/{path}?sort=-begin_on")
        event.remove(engine, "before_cursor_execute", tell)
        assert len(told) <= MOST_STATEMENTS, told


class TestContracts:
    def test_the_drawer_is_a_part_of_the_page(self, office: Office) -> None:
        page = office.browser().get(
            f"/contracts/{office.desk.contract_id}",
            **{"HX-Request": "true", "HX-Target": "drawer"},
        )
        assert "<aside" in page.text
        assert "<html" not in page.text
        assert "Großmann, Jörg" in page.text

    def test_two_people_edit_one_contract(self, office: Office) -> None:
        place = f"/contracts/{office.desk.contract_id}/edit"
        seen = office.version("contract", office.desk.contract_id)
        browser = office.browser()
        typed = {"number": "AL-7741-206", "begin_on": "15.01.2026", "frequency": "quarterly"}
        first = browser.post(
            place, place, fields={**typed, "net_premium": "1,100.00", "version": seen}
        )
        assert first.status_code == 303
        second = browser.post(
            place, place, fields={**typed, "net_premium": "1,234.50", "version": seen}
        )
        assert second.status_code == 409
        assert "1,234.50" in second.text
        assert "1,100.00" in second.text
        assert CLERK in second.text

    def test_shares_that_are_not_the_whole_are_refused_with_what_is_missing(
        self, office: Office
    ) -> None:
        place = f"/contracts/{office.desk.contract_id}/shares"
        fields = {"producers-0": "A", "shares-0": "60", "producers-1": "B", "shares-1": "33.3333"}
        refused = office.browser().post(place, place, fields=fields)
        assert refused.status_code == 422
        assert "6.6667 %" in refused.text
        assert 'value="33.3333"' in refused.text
        fields["shares-1"] = "40"
        assert office.browser().post(place, place, fields=fields).status_code == 303

    def test_cancelled_and_taken_back(self, office: Office) -> None:
        place, browser = f"/contracts/{office.desk.contract_id}/end", office.browser()
        ended = browser.post(place, place, ending="customer", on_day="01.12.2026", note="Umzug")
        assert ended.status_code == 303
        page = browser.get(f"/contracts/{office.desk.contract_id}").text
        assert "Cancelled by the customer: Umzug" in page
        back = browser.post(
            f"/contracts/{office.desk.contract_id}/reinstate",
            f"/contracts/{office.desk.contract_id}",
        )
        assert back.status_code == 303
        assert "Umzug" not in browser.get(f"/contracts/{office.desk.contract_id}").text

    # werkzeug's client leaves the temporary file of so large a body to the collector
    @pytest.mark.filterwarnings("ignore::ResourceWarning")
    def test_a_document_is_kept_and_sent_as_a_file(self, office: Office) -> None:
        browser, here = office.browser(), f"/contracts/{office.desk.contract_id}"
        fields = {
            "subject": "contract", "subject_id": office.desk.contract_id, "kind": "policy",
            "shared": "yes", "next": here,
            "files": (io.BytesIO(b"%PDF-1.7 " + b"x" * 3_000_000), "police.pdf"),
        }  # fmt: skip
        assert browser.post("/documents", here, fields=fields).status_code == 303
        page = browser.get(f"{here}?tab=documents").text
        number = re.search(r'href="(/documents/\d+)"', page)
        assert number
        file = browser.get(number[1])
        assert file.headers["Content-Disposition"] == "attachment; filename=police.pdf"
        assert file.mimetype == "application/pdf"
        del browser, file
        gc.collect()


class TestCustomers:
    def test_who_may_be_known_is_shown_before_he_is_added(self, office: Office) -> None:
        browser = office.browser()
        typed = {"last_name": "Grossmann", "first_name": "Joerg", "birth_date": "1.5.1980"}
        shown = browser.post("/customers/new", "/customers/new", fields=typed)
        assert shown.status_code == 409
        assert f"/customers/{office.desk.customer_id}" in shown.text
        added = browser.post("/customers/new", "/customers/new", fields={**typed, "anyway": "yes"})
        assert added.status_code == 303


class TestApplications:
    def test_from_the_brokers_upload_to_the_contract(self, office: Office) -> None:
        browser, number = office.browser(), draft_of(office.desk)
        place = f"/applications/{number}"
        for state in ("sent_to_insurer", "accepted"):
            moved = browser.post(f"{place}/move/{state}", place)
            assert moved.status_code == 303, state
        made = browser.post(
            f"{place}/contract", f"{place}/contract", number="AL-55", producer="A", version=""
        )
        assert made.status_code == 303
        contract = browser.get(made.headers["Location"]).text
        assert place in contract
        assert made.headers["Location"] in browser.get(place).text
        twice = browser.post(f"{place}/move/accepted", place)
        assert twice.status_code == 409

    def test_a_clerk_registers_one(self, office: Office) -> None:
        browser, desk = office.browser(), office.desk
        place = f"/applications/new?customer={desk.customer_id}"
        fields = {
            "customer_id": desk.customer_id, "product_id": desk.product_id, "producer": "A",
            "firm_id": desk.firm_id, "applied_on": "20.11.2026", "net_premium": "1.200,00",
            "then": "submit",
        }  # fmt: skip
        made = browser.post("/applications/new", place, fields=fields)
        assert made.status_code == 303
        page = browser.get(made.headers["Location"]).text
        assert "Submitted" in page
        assert "1,200.00" in page

    def test_a_producer_nobody_knows_is_refused(self, office: Office) -> None:
        """What was typed is not dropped: an application without its producer pays nobody."""
        browser, desk = office.browser(), office.desk
        case = f"/applications/{draft_of(desk)}"
        usual = {
            "customer_id": desk.customer_id, "product_id": desk.product_id, "version": "",
            "firm_id": desk.firm_id, "number": "AL-404", "producer": "no such code",
        }  # fmt: skip
        new = f"/applications/new?customer={desk.customer_id}"
        for path, page in (
            ("/applications/new", new), (f"{case}/edit", case), (f"{case}/contract", case),
        ):  # fmt: skip
            refused = browser.post(path, page, fields=usual)
            assert refused.status_code == 422, path
            assert refused.text.count("Choose a producer of the list") == 2  # above, at its field
            assert 'value="no such code"' in refused.text

        def saves(typed: str) -> str:
            version = office.version("application", int(case[14:]))
            fields = usual | {"producer": typed, "version": version}
            assert browser.post(f"{case}/edit", case, fields=fields).status_code == 303
            page = browser.get(f"{case}/edit").text
            shown = re.search(r'name="producer"[^>]*value="([^"]*)"', page)
            assert shown
            return shown[1]

        assert saves("") == ""
        named = saves("B")
        assert named
        assert saves(named) == named  # as he stands there
        assert saves("") == ""

    def test_a_query_and_a_rejection_say_why(self, office: Office) -> None:
        browser, place = office.browser(), f"/applications/{draft_of(office.desk)}"
        assert browser.post(f"{place}/move/rejected", place).status_code == 422
        fields = {"note": "Bitte", "documents": ["Ausweis", ""]}
        assert browser.post(f"{place}/ask", place, fields=fields).status_code == 303
        assert "• Ausweis" in browser.get(place).text

    def test_a_register_needs_a_choice(self, office: Office) -> None:
        refused = office.browser().post(
            "/applications/register", "/applications", next="/applications"
        )
        assert refused.status_code == 303


class TestThreads:
    def test_a_note_is_what_one_gets_and_an_answer_is_chosen(self, office: Office) -> None:
        browser, desk = office.browser(), office.desk
        with desk.at(Door.EXTRANET, "olena") as session:
            number = threads.open_thread(
                session, author="Олена", title="Frage", body="Wann?", now=NOW
            ).id
        place = f"/threads/{number}"
        assert "Wann?" in browser.get(place).text
        noted = browser.post(f"{place}/answer", place, body="nur für uns")
        assert noted.status_code == 303
        assert "unanswered" in browser.get("/threads?unanswered=yes").text
        sent = browser.post(f"{place}/answer", place, body="Morgen", internal="no")
        assert sent.status_code == 303
        empty = browser.post(f"{place}/answer", place, body=" ", internal="no")
        assert empty.status_code == 422

    def test_written_from_a_record(self, office: Office) -> None:
        browser = office.browser()
        place = f"/threads/new?subject=contract&subject_id={office.desk.contract_id}"
        assert "AL-7741-206" in browser.get(place).text
        fields = {
            "subject": "contract", "subject_id": office.desk.contract_id, "title": "Nachfrage",
            "body": "Bitte melden", "internal": "no", "firm_id": str(office.desk.firm_id),
        }  # fmt: skip
        made = browser.post("/threads/new", place, fields=fields)
        assert made.status_code == 303
        record = browser.get(f"/contracts/{office.desk.contract_id}?tab=threads").text
        assert "Nachfrage" in record


class TestTasks:
    def test_added_done_and_undone(self, office: Office) -> None:
        browser, here = office.browser(), f"/contracts/{office.desk.contract_id}"
        fields = {
            "subject": "contract", "subject_id": office.desk.contract_id, "title": "Anrufen",
            "due_on": "+7", "assignee_id": "", "next": here,
        }  # fmt: skip
        assert browser.post("/tasks", here, fields=fields).status_code == 303
        page = browser.get(here).text
        number = re.search(r'action="(/tasks/\d+)/done"', page)
        assert number
        assert browser.post(f"{number[1]}/done", here, next=here).status_code == 303
        assert f"{number[1]}/undo" in browser.get(here).text
