"""What a clerk does for firms: proofs, checks, new bank details; and nothing that is not his."""

import re
from collections.abc import Iterator
from html import unescape

import pytest
from sqlalchemy import text

from admin_module.companies.operations import proofs
from admin_module.companies.operations.proofs import Evidence
from shared import gates
from shared.db import actor_of
from shared.vocabulary import Door, Gate, GatePoint, ProofKind
from tests.database.admin_module.conftest import OTHER_IBAN
from tests.factories.days import TODAY
from tests.servers import Database, PostgresServer
from tests.web.firms import ADMIN, BROKER, CLERK, SECOND, Firms, open_firms
from tests.web.forms_of import forms_of

TABS = ("checklist", "data", "people", "documents", "bank", "modules", "history")
NOT_HIS = ("edit", "copy", "leave", "place")


@pytest.fixture(scope="module")
def house(
    postgres: PostgresServer, template: Database, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Firms]:
    database = postgres.cloned(template, "test_clerk_web")
    with open_firms(database, tmp_path_factory.mktemp("files")) as opened:
        yield opened
    postgres.drop("test_clerk_web")


def scalar(house: Firms, query: str, **values: object) -> object:
    with house.desk.at(Door.WORKER) as session:
        return session.execute(text(query), values).scalar_one_or_none()


def sent_by_the_firm(house: Firms) -> int:
    with house.desk.at(Door.EXTRANET, BROKER) as session:
        evidence = Evidence(kind=ProofKind.REGISTER, valid_from=TODAY)
        return proofs.submit(session, house.desk.firm_id, evidence).id


class TestClerk:
    def test_whatever_he_is_offered_opens(self, house: Firms) -> None:
        clerk, seen = house.browser(CLERK), set()
        sent_by_the_firm(house)
        for number in (house.desk.firm_id, house.desk.neighbour_id):
            for tab in TABS:
                page = clerk.get(f"/companies/{number}?tab={tab}").text
                for path in re.findall(r'href="(/[^"#]*)"', page):
                    seen.add(unescape(path))
                for form in forms_of(page):
                    if form.method == "post" and form.action.startswith("/companies"):
                        answer = clerk.post(form.action, f"/companies/{number}", note="gesehen")
                        assert answer.status_code == 303, form.action
        for path in seen:
            if not path.startswith("/kit/") and "sign-out" not in path:
                assert clerk.get(path).status_code == 200, path
        offered = {path.rpartition("/")[2].partition("?")[0] for path in seen}
        assert {"prove", "bank"} <= offered
        assert not offered & {*NOT_HIS, "onboard", "gates", "lists"}

    def test_what_is_not_his_stays_closed(self, house: Firms) -> None:
        clerk, firm = house.browser(CLERK), f"/companies/{house.desk.firm_id}"
        closed = [f"{firm}/{word}" for word in NOT_HIS]
        for path in (*closed, "/companies/onboard", "/companies/gates", "/companies/lists"):
            assert clerk.get(path).status_code == 403, path
        page = clerk.get(firm).text
        assert "Record a proof" in page
        assert f"{firm}/edit" not in page

    def test_an_agreement_is_stored_and_a_failed_check_blocks(self, house: Firms) -> None:
        clerk, firm = house.browser(CLERK), f"/companies/{house.desk.firm_id}"
        agreement = {
            "kind": "agreement", "result": "valid", "number": "V-7", "valid_from": "01.01.2026",
            "valid_until": "31.12.2099", "signed_on": "02.01.2026",
        }  # fmt: skip
        assert clerk.post(f"{firm}/prove", f"{firm}/prove", fields=agreement).status_code == 303
        assert "V-7" in clerk.get(firm).text
        check = {"kind": "background", "result": "failed", "valid_from": "01.11.2026"}
        assert clerk.post(f"{firm}/prove", f"{firm}/prove", fields=check).status_code == 303
        by = scalar(house, "SELECT checked_by FROM proof WHERE kind = 'background'")
        assert by == CLERK
        with house.desk.at(Door.INTRANET, CLERK) as session:
            firm_now = gates.read_one(session, actor_of(session), house.desk.firm_id, TODAY)
            assert firm_now is not None
            blocked = {v.gate for v in gates.verdicts(firm_now, GatePoint.SUBMISSION, TODAY)}
            assert Gate.BACKGROUND in blocked

    def test_what_the_firm_sent_is_in_his_work_and_counts_by_his_word(self, house: Firms) -> None:
        clerk, firm = house.browser(CLERK), f"/companies/{house.desk.firm_id}"
        sent = sent_by_the_firm(house)
        assert firm in clerk.get("/work").text
        clerk.post(f"{firm}/proofs/{sent}/accept", firm)
        state = scalar(house, "SELECT state || checked_by FROM proof WHERE id = :id", id=sent)
        assert state == f"accepted{CLERK}"

    def test_he_proposes_an_account_and_another_person_approves(self, house: Firms) -> None:
        firm = f"/companies/{house.desk.firm_id}"
        clerk, admin, here = house.browser(CLERK), house.browser(ADMIN), f"{firm}?tab=bank"
        fields = {"iban": OTHER_IBAN, "holder": "Kontor GmbH", "reason": "Neue Hausbank"}
        last = "SELECT state FROM bank_change ORDER BY id DESC LIMIT 1"

        def propose() -> str:
            assert clerk.post(f"{firm}/bank", f"{firm}/bank", fields=fields).status_code == 303
            made = scalar(house, "SELECT max(id) FROM bank_change")
            return f"{firm}/bank/{made}"

        change = propose()
        page = clerk.get(here).text
        assert f"{change}/withdraw" in page
        assert f"{change}/approve" not in page
        assert clerk.post(f"{change}/approve", here).status_code == 403
        # whoever else there is refuses it; taking back is for who proposed it
        admin.post(f"{change}/withdraw", here)
        assert "Only who proposed" in admin.get(here).text
        assert scalar(house, last) == "proposed"
        clerk.post(f"{change}/withdraw", here)
        assert scalar(house, last) == "withdrawn"
        house.browser(SECOND).post(f"{propose()}/approve", here)
        assert scalar(house, last) == "approved"

    def test_he_is_offered_nothing_at_bank_details_that_wait(self, house: Firms) -> None:
        firm = f"/companies/{house.desk.neighbour_id}"
        clerk, second = house.browser(CLERK), house.browser(SECOND)
        fields = {"iban": OTHER_IBAN, "holder": "Nachbar GmbH", "reason": "Neue Hausbank"}
        check = 'aria-label="Check: Bank details"'
        assert 'aria-label="Propose: Bank details"' in clerk.get(firm).text
        assert clerk.post(f"{firm}/bank", f"{firm}/bank", fields=fields).status_code == 303
        # whoever can approve them is offered it, nobody else
        assert check not in clerk.get(firm).text
        assert check in second.get(firm).text
        change = scalar(house, "SELECT max(id) FROM bank_change")
        second.post(f"{firm}/bank/{change}/approve", f"{firm}?tab=bank")
        for who in (clerk, second):
            page = who.get(firm).text
            assert check not in page
            assert "Propose: Bank details" not in page
