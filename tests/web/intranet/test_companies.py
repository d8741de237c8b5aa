"""Companies and people as the administration keeps them in the portal."""

import html
import io
import re
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from sqlalchemy import event, text
from werkzeug.test import TestResponse

from admin_module.companies.operations import proofs
from admin_module.companies.operations.proofs import Evidence
from shared.models.pools import Company
from shared.vocabulary import Door, ProofKind
from shared.web.database import db
from tests.database.admin_module.conftest import OTHER_IBAN
from tests.database.pool_module.casework import POOL
from tests.factories.days import TODAY
from tests.servers import Database, PostgresServer
from tests.web.firms import ADMIN, BROKER, CLERK, HELPER, OTHER, SECOND, Firms, open_firms

MOST_STATEMENTS = 8
NEW = {
    "name": "Neue Firma GmbH", "kind": "firm", "intermediary_type": "broker", "country": "DE",
    "language": "de", "currency": "EUR", "register_number": "d-neue-firma-01",
    "first_name": "Anna", "last_name": "Neu", "user_email": "anna@neu.example", "role": "broker",
}  # fmt: skip


@pytest.fixture(scope="module")
def house(
    postgres: PostgresServer, template: Database, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Firms]:
    database = postgres.cloned(template, "test_companies_web")
    with open_firms(database, tmp_path_factory.mktemp("files")) as opened:
        yield opened
    postgres.drop("test_companies_web")


def scalar(house: Firms, query: str, **values: object) -> object:
    with house.desk.at(Door.WORKER) as session:
        return session.execute(text(query), values).scalar_one_or_none()


class TestPages:
    def test_every_page_stands(self, house: Firms) -> None:
        browser, firm = house.browser(ADMIN), f"/companies/{house.desk.firm_id}"
        tabs = ("checklist", "data", "people", "documents", "bank", "modules", "history")
        for path in (
            "/companies",
            "/companies?missing=check",
            "/companies?missing=users&state=active",
            "/companies?q=kon&sort=-code",
            "/companies/onboard",
            f"/companies/onboard?template={house.desk.firm_id}",
            *(f"{firm}?tab={tab}" for tab in tabs),
            f"{firm}/edit",
            f"{firm}/prove?kind=training",
            f"{firm}/bank",
            f"{firm}/copy",
            f"{firm}/leave",
            "/companies/gates",
            "/companies/lists",
            "/people",
            "/people?state=invited&door=extranet",
            f"/people/{house.members[HELPER]}",
            f"/people/{house.members[ADMIN]}",
            "/people/new",
            f"/people/new?company={house.desk.firm_id}",
            f"/people/{house.members[HELPER]}/leave",
        ):
            assert browser.get(path).status_code == 200, path

    def test_nobody_without_the_right_gets_in(self, house: Firms) -> None:
        clerk = house.browser(CLERK)
        assert clerk.get("/companies").status_code == 200
        for path in ("/companies/onboard", "/people", "/companies/gates", "/companies/lists"):
            assert clerk.get(path).status_code == 403, path
        assert house.browser(ADMIN).get("/companies/999999").status_code == 404
        assert house.browser(ADMIN).get("/people/999999").status_code == 404

    @pytest.mark.parametrize("path", ["/companies", "/people"])
    def test_a_list_costs_few_statements(self, house: Firms, path: str) -> None:
        browser, seen = house.browser(ADMIN), []
        browser.get(path)
        with house.apps[Door.INTRANET].app_context():
            engine = db.engine

        def count(*args: object) -> None:
            seen.append(args[2])

        event.listen(engine, "before_cursor_execute", count)
        browser.get(path)
        event.remove(engine, "before_cursor_execute", count)
        assert len(seen) <= MOST_STATEMENTS


class TestOnboarding:
    def test_one_page_brings_firm_first_user_and_place(self, house: Firms) -> None:
        browser = house.browser(ADMIN)
        fields = {**NEW, "parent_id": str(house.desk.producer_id)}
        answer = browser.post("/companies/onboard", "/companies/onboard", fields=fields)
        assert answer.status_code == 303
        page = browser.get(answer.location).text
        assert "Neue Firma GmbH" in page
        assert "Selling agreement" in page  # what is missing stands first
        made = scalar(house, "SELECT id FROM company WHERE name = 'Neue Firma GmbH'")
        parent = scalar(
            house, "SELECT p.parent_id FROM placement p JOIN producer d ON d.id = p.producer_id "
            "WHERE d.firm_id = :firm", firm=made,
        )  # fmt: skip
        assert parent == house.desk.producer_id
        assert "Anna Neu" in browser.get(f"/companies/{made}?tab=people").text
        assert scalar(house, "SELECT count(*) FROM outbox WHERE task = 'mail.send'")

    def test_nothing_typed_is_lost_and_nothing_half_is_made(self, house: Firms) -> None:
        browser = house.browser(ADMIN)
        wrong = {**NEW, "name": "Halb GmbH", "register_number": "D-1", "user_email": "no address"}
        answer = browser.post("/companies/onboard", "/companies/onboard", fields=wrong)
        assert answer.status_code == 422
        assert "D-AB12-CD345-67" in answer.text
        assert "Halb GmbH" in answer.text
        good = {**wrong, "register_number": ""}
        assert (
            browser.post("/companies/onboard", "/companies/onboard", fields=good).status_code == 422
        )
        assert scalar(house, "SELECT id FROM company WHERE name = 'Halb GmbH'") is None

    def test_an_identifier_is_checked_as_it_is_typed(self, house: Firms) -> None:
        browser = house.browser(ADMIN)
        for field, wrong, right in (
            ("register_number", "D-1", "D-ZZ12-CD345-68"),
            ("vat_id", "DE1", "DE136695976"),
            ("tax_number", "1", "181/815/08155"),
        ):
            path = f"/companies/check/{field}"
            bad = browser.post(path, "/companies/onboard", fields={**NEW, field: wrong}).text
            assert f'id="{field}-err"' in bad
            assert wrong in bad
            good = browser.post(path, "/companies/onboard", fields={**NEW, field: right}).text
            assert f'id="{field}-err"' not in good
            assert "checked" in good

    def test_an_adviser_comes_in_without_a_place(self, house: Firms) -> None:
        nobody = dict.fromkeys(("first_name", "last_name", "user_email"), "")
        fields = {**NEW, **nobody, "name": "Beratung GmbH", "register_number": "",
                  "intermediary_type": "adviser"}  # fmt: skip
        browser = house.browser(ADMIN)
        page = browser.get(
            browser.post("/companies/onboard", "/companies/onboard", fields=fields).location
        ).text
        assert "Place in the hierarchy" not in page
        made = scalar(house, "SELECT id FROM company WHERE name = 'Beratung GmbH'")
        refused = browser.post(
            f"/companies/{made}/place", f"/companies/{made}/place",
            fields={"parent_id": "", "from_day": "01.11.2026"},
        )  # fmt: skip
        assert refused.status_code == 409
        assert "no commission goes there" in refused.text


class TestProofs:
    def test_recorded_with_its_file_sent_back_and_withdrawn(self, house: Firms) -> None:
        browser, firm = house.browser(ADMIN), f"/companies/{house.desk.firm_id}"
        fields = {
            "kind": "indemnity", "result": "valid", "number": "VSH-7", "valid_from": "01.01.2026",
            "valid_until": "31.12.2099", "files": (io.BytesIO(b"%PDF-1.7\n%x"), "police.pdf"),
        }  # fmt: skip
        answer = browser.post(f"{firm}/prove", f"{firm}/prove", fields=fields)
        assert answer.status_code == 303
        assert "VSH-7" in browser.get(firm).text
        document = scalar(house, "SELECT document_id FROM proof WHERE number = 'VSH-7'")
        assert browser.get(f"/documents/{document}").data.startswith(b"%PDF")
        with house.desk.at(Door.EXTRANET, BROKER) as session:
            sent = proofs.submit(
                session, house.desk.firm_id, Evidence(kind=ProofKind.REGISTER, valid_from=TODAY)
            ).id
        browser.post(f"{firm}/proofs/{sent}/refuse", firm, note="unleserlich")
        assert scalar(house, "SELECT state FROM proof WHERE id = :id", id=sent) == "refused"
        assert "unleserlich" in house.browser(BROKER).get("/firm").text

    def test_one_after_the_other_until_nothing_is_missing(self, house: Firms) -> None:
        browser, firm = house.browser(ADMIN), f"/companies/{house.desk.neighbour_id}"
        here, seen = f"{firm}/prove?kind=register", []
        while "/prove" in here:
            kind = here.partition("kind=")[2]
            seen.append(kind)
            fields = {"kind": kind, "result": "valid", "valid_from": "01.01.2026",
                      "signed_on": "01.01.2026", "do": "next"}  # fmt: skip
            here = browser.post(f"{firm}/prove", here, fields=fields).location
        assert seen == ["register", "indemnity", "agreement"]
        assert here == f"{firm}/bank"

    def test_a_proof_is_decided_at_its_own_firm(self, house: Firms) -> None:
        browser, firm = house.browser(ADMIN), f"/companies/{house.desk.firm_id}"
        other = f"/companies/{house.desk.neighbour_id}"
        with house.desk.at(Door.EXTRANET, BROKER) as session:
            sent = proofs.submit(
                session, house.desk.firm_id, Evidence(kind=ProofKind.REGISTER, valid_from=TODAY)
            ).id
        for what in ("accept", "refuse", "withdraw"):
            answer = browser.post(f"{other}/proofs/{sent}/{what}", firm, note="x")
            assert answer.status_code == 404
        assert scalar(house, "SELECT state FROM proof WHERE id = :id", id=sent) == "submitted"
        browser.post(f"{firm}/proofs/{sent}/withdraw", firm)
        assert scalar(house, "SELECT state FROM proof WHERE id = :id", id=sent) == "withdrawn"

    def test_an_agreement_is_signed_by_today_and_counts_from_its_first_day(
        self, house: Firms
    ) -> None:
        browser, firm = house.browser(ADMIN), f"/companies/{house.desk.firm_id}"
        after = TODAY + timedelta(days=400)

        def record(begin: date, signed: date) -> TestResponse:
            fields = {
                "kind": "agreement",
                "result": "valid",
                "number": "VV-9",
                "valid_from": f"{begin:%d.%m.%Y}",
                "signed_on": f"{signed:%d.%m.%Y}",
            }
            return browser.post(f"{firm}/prove", f"{firm}/prove?kind=agreement", fields=fields)

        refused = record(TODAY, after)
        assert refused.status_code == 422
        assert 'id="signed_on-err"' in refused.text
        assert "Nobody can have signed" in refused.text
        assert record(after, date(2026, 1, 1)).status_code == 303
        assert f"Recorded; it counts from {after.day}" in browser.get(firm).text
        assert record(date(2026, 1, 1), date(2026, 1, 1)).status_code == 303
        assert "Recorded; it counts from now on." in browser.get(firm).text

    def test_who_checked_it_is_called_by_name(self, house: Firms) -> None:
        browser, firm = house.browser(ADMIN), f"/companies/{house.desk.firm_id}"
        with house.desk.at(Door.EXTRANET, BROKER) as session:
            sent = proofs.submit(
                session, house.desk.firm_id, Evidence(kind=ProofKind.REGISTER, valid_from=TODAY)
            ).id
        browser.post(f"{firm}/proofs/{sent}/accept", firm)
        page = browser.get(firm).text
        assert f"<td>{ADMIN}" not in page
        assert "<td>Frauke" in page

    def test_reversed_days_are_refused(self, house: Firms) -> None:
        firm = f"/companies/{house.desk.firm_id}"
        fields = {"kind": "register", "valid_from": "02.01.2026", "valid_until": "01.01.2026"}
        answer = house.browser(ADMIN).post(f"{firm}/prove", f"{firm}/prove", fields=fields)
        assert answer.status_code == 422
        assert "must not be before" in answer.text


class TestBank:
    def test_two_people_and_a_masked_number(self, house: Firms) -> None:
        firm = f"/companies/{house.desk.firm_id}"
        admin, second = house.browser(ADMIN), house.browser(SECOND)
        fields = {"iban": OTHER_IBAN, "holder": "Kontor GmbH", "reason": "Neue Hausbank"}
        assert admin.post(f"{firm}/bank", f"{firm}/bank", fields=fields).status_code == 303
        page = admin.get(f"{firm}?tab=bank").text
        assert OTHER_IBAN not in page
        assert "DE27 … 9700" in page
        assert "a second person approves" in page
        found = re.search(rf"{firm}/bank/(\d+)/approve", second.get(f"{firm}?tab=bank").text)
        assert found
        approve = found[0]
        elsewhere = approve.replace(firm, f"/companies/{house.desk.neighbour_id}")
        for what in ("approve", "refuse", "withdraw", "iban"):
            answer = second.post(elsewhere.replace("approve", what), f"{firm}?tab=bank", note="x")
            assert answer.status_code == 404
        admin.post(approve, f"{firm}?tab=bank")
        assert scalar(house, "SELECT state FROM bank_change ORDER BY id DESC LIMIT 1") == "proposed"
        second.post(approve, f"{firm}?tab=bank")
        assert scalar(house, "SELECT state FROM bank_change ORDER BY id DESC LIMIT 1") == "approved"
        assert "take effect after a waiting time" in house.browser(BROKER).get("/bell").text
        assert second.get("/work").status_code == 200

    def test_the_whole_number_is_shown_when_asked_for(self, house: Firms) -> None:
        browser, here = house.browser(CLERK), f"/companies/{house.desk.firm_id}?tab=bank"
        whole = "DE89 3704 0044 0532 0130 00"
        assert whole not in browser.get(here).text
        browser.post(f"/companies/{house.desk.firm_id}/iban", here)
        assert whole in browser.get(here).text
        asked = scalar(house, "SELECT recorded_by FROM audit_entry WHERE action = 'account shown'")
        assert asked == CLERK

    def test_where_there_is_no_account_none_is_called_another(self, house: Firms) -> None:
        browser = house.browser(ADMIN)
        assert "Propose others" not in browser.get(
            f"/companies/{house.desk.neighbour_id}?tab=bank").text  # fmt: skip
        assert "Propose bank details" in browser.get(
            f"/companies/{house.desk.neighbour_id}?tab=bank").text  # fmt: skip

    def test_a_wrong_iban_is_said_at_its_field(self, house: Firms) -> None:
        firm = f"/companies/{house.desk.neighbour_id}"
        fields = {"iban": "DE00 1234", "holder": "X", "reason": "Y"}
        answer = house.browser(ADMIN).post(f"{firm}/bank", f"{firm}/bank", fields=fields)
        assert answer.status_code == 422
        assert 'id="iban-err"' in answer.text
        assert "DE00 1234" in answer.text


def links_of(page: str) -> set[str]:
    """Where a page leads within the portal; files are none of it."""
    found = re.findall(r'href="(/[^"]*)"', page)
    return {html.unescape(path) for path in found if not path.startswith("/kit/")}


class TestModules:
    def test_without_the_pool_module_the_brokers_menu_and_routes_are_gone(
        self, house: Firms
    ) -> None:
        admin, broker = house.browser(ADMIN), house.browser(BROKER)
        here = f"/companies/{house.desk.firm_id}"
        assert broker.get("/contracts").status_code == 200
        admin.post(f"{here}/modules/pool/off", f"{here}?tab=modules")
        assert broker.get("/contracts").status_code == 403
        home = broker.get("/").text
        assert links_of(home)
        for path in links_of(home):
            assert broker.get(path).status_code == 200, path
        assert "My applications" not in home
        admin.post(f"{here}/modules/pool/on", f"{here}?tab=modules")
        assert broker.get("/contracts").status_code == 200

    def test_its_history_is_told_in_words(self, house: Firms) -> None:
        admin = house.browser(ADMIN)
        here = f"/companies/{house.desk.firm_id}"
        admin.post(f"{here}/modules/pool/off", f"{here}?tab=modules")
        admin.post(f"{here}/modules/pool/on", f"{here}?tab=modules")
        page = admin.get(f"{here}?tab=history").text
        assert re.search("Module: Pool", page)
        assert "Status: on" in page
        for raw in ("True", "False", "module:", "valid_from", "None", ADMIN):
            assert raw not in page.partition("<h1")[2].partition("<footer")[0], raw
        entry = re.findall(r'href="(/journal/\d+)"', admin.get("/journal?subject=company").text)[0]
        told = admin.get(entry).text
        assert '<th scope="row">Module</th>' in told
        assert "<td>off</td><td>on</td>" in told


class TestPeople:
    def test_switched_off_the_next_click_is_refused_and_undone_it_is_not(
        self, house: Firms
    ) -> None:
        admin, helper = house.browser(ADMIN), house.browser(HELPER)
        here = f"/people/{house.members[HELPER]}"
        assert helper.get("/").status_code == 200
        admin.post(f"{here}/off", here)
        assert helper.get("/").status_code == 303  # to the door
        assert f"{here}/on" in admin.get(here).text
        admin.post(f"{here}/on", here)
        assert house.browser(HELPER).get("/").status_code == 200

    def test_another_role_holds_from_the_next_sign_in(self, house: Firms) -> None:
        admin, helper = house.browser(ADMIN), house.browser(HELPER)
        assert helper.get("/firm").status_code == 403
        here = f"/people/{house.members[HELPER]}"
        admin.post(f"{here}/role", here, role="broker")
        assert helper.get("/").status_code == 303
        assert house.browser(HELPER).get("/firm").status_code == 200
        admin.post(f"{here}/role", here, role="admin")  # none of his door
        role = scalar(house, "SELECT role FROM people_known() WHERE email = :mail", mail=HELPER)
        assert role == "broker"
        admin.post(f"{here}/role", here, role="assistant")

    def test_somebody_is_invited(self, house: Firms) -> None:
        admin, path = house.browser(ADMIN), f"/people/new?company={house.desk.firm_id}"
        fields = {"company_id": str(house.desk.firm_id), "name": "Nina Neu",
                  "email": "nina@kontor.example", "language": "de",
                  "role": "assistant"}  # fmt: skip
        answer = admin.post(path, path, fields=fields)
        assert answer.status_code == 303
        assert "Invited" in admin.get(answer.location).text
        wrong = admin.post(path, path, fields={**fields, "email": "w@w.example", "role": "admin"})
        assert wrong.status_code == 403
        assert "give this role" in wrong.text

    def test_a_leaver_hands_over_and_his_firm_reads_on(self, house: Firms) -> None:
        admin, other = house.browser(ADMIN), house.browser(OTHER)
        here = f"/people/{house.members[OTHER]}"
        answer = admin.post(
            f"{here}/leave", f"{here}/leave", fields={"colleague_id": "", "firm_too": "yes"}
        )
        assert answer.status_code == 303
        assert other.get("/").status_code == 303
        firm = house.desk.neighbour_id
        state = scalar(house, "SELECT state FROM company WHERE id = :id", id=firm)
        assert state == "exit"
        assert "read until" in admin.get(f"/companies/{firm}?tab=data").text

        admin.post(f"{here}/on", here)
        reader = house.browser(OTHER)
        assert reader.get("/contracts").status_code == 200
        refused = reader.post("/threads/new", "/contracts", fields={"title": "x", "body": "y"})
        assert refused.status_code == 403
        assert reader.get("/threads/new").status_code == 403
        # the start page says what has become of him, and offers nothing that would be refused
        home = reader.get("/").text
        assert "has left the pool" in home
        for page in ("/", "/contracts", "/statements", "/threads", "/book"):
            for path in links_of(reader.get(page).text):
                assert reader.get(path).status_code == 200, (page, path)
        kept = reader.post("/preferences", "/contracts", name="theme", value="dark")
        assert kept.status_code == 303
        assert reader.get("/firm").status_code == 403
        admin.post(f"/companies/{firm}/come-back", f"/companies/{firm}?tab=data")
        assert scalar(house, "SELECT state FROM company WHERE id = :id", id=firm) == "active"


class TestLists:
    def test_brought_and_looked_at(self, house: Firms) -> None:
        admin = house.browser(ADMIN)
        content = b"Firma;Nr.;Nachname\nListe GmbH;L-9;Neu\n"
        fields = {"files": (io.BytesIO(content), "firmen.csv")}
        answer = admin.post("/companies/lists", "/companies/lists", fields=fields)
        assert answer.status_code == 303
        assert admin.get(answer.location).status_code == 200
        with house.desk.at(Door.WORKER) as session:
            session.execute(
                text("""UPDATE firm_list SET state = 'read', columns = '{"name": "Firma"}',
                    rows = '[{"number": 2, "cells": {"name": "=1+1"}, "said": {}, "known": null,
                    "done": false, "errors": {"name": "The firm''s name is missing."}}]'""")
            )
        page = admin.get(answer.location).text
        assert "The firm&#39;s name is missing." in page
        assert "Rows to correct" in page
        rest = admin.get(f"{answer.location}/rest.xlsx")
        assert rest.data.startswith(b"PK")


class TestGates:
    def test_the_table_and_whom_it_stops(self, house: Firms) -> None:
        page = house.browser(ADMIN).get("/companies/gates").text
        assert "Selling agreement" in page
        with house.desk.at(Door.WORKER) as session:
            name = session.get_one(Company, (POOL, house.desk.neighbour_id)).name
        assert name in page
        assert "Open the gates" in page
