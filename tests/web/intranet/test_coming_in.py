"""Firms and people who come in: what is said of mistakes, lists as a browser follows them."""

import io
import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from urllib.parse import urlencode

import pytest
from sqlalchemy import text
from werkzeug.test import TestResponse

from admin_module.companies.operations import proofs, watching
from admin_module.companies.operations.proofs import Evidence
from admin_module.onboarding.formats.tables import FIELD_OF, read_table
from admin_module.onboarding.operations import lists
from portal_intranet.views.companies.lists import COLUMNS
from shared import workplace
from shared.permissions import Permission
from shared.vocabulary import LANGUAGES, Door, ProofKind
from tests.database.admin_module.conftest import BEGUN
from tests.factories.days import TODAY
from tests.servers import Database, PostgresServer
from tests.web.firms import ADMIN, OTHER, Firms, open_firms
from tests.web.portals import Browser

FIRM = {
    "name": "Neue Firma GmbH", "kind": "firm", "intermediary_type": "broker", "country": "DE",
    "language": "de", "currency": "EUR",
}  # fmt: skip
USER = {"first_name": "Anna", "last_name": "Neu", "user_email": "anna@neu.example",
        "role": "broker"}  # fmt: skip
POLL = {"HX-Request": "true", "HX-Target": "list-job"}


@pytest.fixture(scope="module")
def house(
    postgres: PostgresServer, template: Database, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Firms]:
    database = postgres.cloned(template, "test_coming_in_web")
    with open_firms(database, tmp_path_factory.mktemp("files")) as opened:
        yield opened
    postgres.drop("test_coming_in_web")


def bring(browser: Browser, content: bytes) -> TestResponse:
    fields = {"files": (io.BytesIO(content), "firmen.csv")}
    return browser.post("/companies/lists", "/companies/lists", fields=fields)


def wrong_fields(answer: TestResponse) -> set[str]:
    return wrong_fields_at(answer, 422)


def wrong_fields_at(answer: TestResponse, status: int) -> set[str]:
    assert answer.status_code == status
    return set(re.findall(r'id="(\w+)-err"', answer.text))


class TestLists:
    @pytest.mark.parametrize("state", ["read", "taken", "refused"])
    def test_a_browser_that_follows_a_list_gets_the_page_when_it_is_over(
        self, house: Firms, state: str
    ) -> None:
        browser = house.browser(ADMIN)
        where = bring(browser, b"Firma\nListe GmbH\n").location
        made = int(where.rpartition("/")[2])
        going = browser.get(where, **POLL)
        assert going.status_code == 200
        assert 'id="list-job"' in going.text
        with house.desk.at(Door.WORKER) as session:
            session.execute(
                text("UPDATE firm_list SET state = :state WHERE id = :id"),
                {"state": state, "id": made},
            )
            session.execute(
                text("UPDATE long_job SET state = 'done', error = :error WHERE subject_id = :id "
                     "AND subject = 'firm_list'"),
                {"error": "The file is empty." if state == "refused" else None, "id": made},
            )  # fmt: skip
        over = browser.get(where, **POLL)
        assert over.status_code == 200
        assert over.headers["HX-Refresh"] == "true"
        assert "Being read" not in browser.get(where).text

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_the_columns_the_page_names_are_understood(self, house: Firms, language: str) -> None:
        page = house.browser(ADMIN)
        page.client.set_cookie("language", language, domain=f"{page.door.value}.localhost")
        shown = unescape(page.get("/companies/lists").text)
        names = re.search(r"<p class=\"s\">[^:<]+: ([^<]+)\.</p>", shown)
        assert names
        headings = names[1].split(", ")
        assert len(headings) == len(COLUMNS)
        assert [FIELD_OF[heading.casefold()] for heading in headings] == list(COLUMNS)
        assert read_table(";".join(headings).encode()).columns == dict(
            zip(COLUMNS, headings, strict=True)
        )

    def test_an_empty_file_is_called_empty(self, house: Firms) -> None:
        browser = house.browser(ADMIN)
        answer = bring(browser, b"")
        assert "The file is empty." in browser.get(answer.location).text

    def test_a_list_stopped_before_it_began_says_so_and_is_read_or_thrown_away(
        self, house: Firms
    ) -> None:
        browser = house.browser(ADMIN)
        where = bring(browser, b"Firma\nListe GmbH\n").location
        cancel = re.search(r'action="(/jobs/\d+/cancel)"', browser.get(where).text)
        assert cancel
        browser.post(cancel[1], where)
        page = browser.get(where).text
        assert "Reading was stopped" in page
        assert "Stopped, not read" in page
        assert "Stopped, not read" in browser.get("/companies/lists").text
        assert browser.get(where, **POLL).headers["HX-Refresh"] == "true"
        assert browser.post(f"{where}/take", where).status_code == 303
        assert "not ready" in browser.get(where).text
        browser.post(f"{where}/read", where)
        assert 'id="list-job"' in browser.get(where).text
        browser.post(f"{where}/drop", where)  # it is at work again
        assert "is not thrown away" in browser.get(where).text
        again = re.search(r'action="(/jobs/\d+/cancel)"', browser.get(where).text)
        assert again
        browser.post(again[1], where)
        assert browser.post(f"{where}/drop", where).location == "/companies/lists"
        assert f'href="{where}"' not in browser.get("/companies/lists").text
        assert "Thrown away" in browser.get(where).text

    def test_columns_stand_as_in_the_file(self, house: Firms) -> None:
        browser = house.browser(ADMIN)
        where = bring(browser, b"Ort;Firma\nBonn;Liste GmbH\n").location
        with house.desk.at(Door.WORKER) as session:
            session.execute(
                text("""UPDATE firm_list SET state = 'read', rows = '[]'::jsonb || '{"number": 2,
                    "cells": {"name": "Liste GmbH", "city": "Bonn"}, "said": {}, "known": null,
                    "done": false, "errors": {}}'::jsonb,
                    columns = '{"city": [0, "Ort"], "name": [1, "Firma"]}' WHERE id = :id"""),
                {"id": int(where.rpartition("/")[2])},
            )
        shown = re.findall(r'<th scope="col">([^<]+)</th>', browser.get(where).text)
        assert shown == ["Row", "What becomes of it", "City", "Firm"]

    def test_what_was_not_read_is_named(self, house: Firms) -> None:
        content = b"Ort;Firma;Lieblingsfarbe;Was nicht stimmt;\nBonn;Liste GmbH;Kontor;x;\n"
        table = read_table(content)
        assert table.unread == ("Lieblingsfarbe",)
        browser = house.browser(ADMIN)
        where = bring(browser, content).location
        made = int(where.rpartition("/")[2])
        assert "Not read" not in browser.get(where).text
        with house.desk.at(Door.WORKER, ADMIN) as session:
            lists.read(session, made, table)
        page = browser.get(where).text
        assert "Not read: Lieblingsfarbe." in page
        assert re.findall(r'<th scope="col">([^<]+)</th>', page)[2:] == ["City", "Firm"]
        assert "Brought by Frauke" in page
        rest = browser.get(f"{where}/rest.xlsx")
        assert rest.status_code == 200


class TestOnboarding:
    def onboard(self, house: Firms, **fields: str) -> TestResponse:
        path = "/companies/onboard"
        return house.browser(ADMIN).post(path, path, fields={**FIRM, **fields})

    def test_everything_that_is_wrong_is_said_at_once_and_at_its_field(self, house: Firms) -> None:
        answer = self.onboard(
            house, vat_id="DE1", tax_number="1", email="post@neu", first_name="Anna",
            user_email="eva@evil",
        )  # fmt: skip
        assert wrong_fields(answer) == {"vat_id", "tax_number", "email", "last_name", "user_email"}

    def test_an_address_without_a_last_name_marks_the_name_of_the_person(
        self, house: Firms
    ) -> None:
        answer = self.onboard(house, user_email="anna@neu.example")
        assert wrong_fields(answer) == {"last_name"}

    def test_who_was_put_at_the_top_has_a_place(self, house: Firms) -> None:
        answer = self.onboard(house, name="Oben GmbH", parent_id="", **USER)
        assert answer.status_code == 303
        line = house.browser(ADMIN).get(f"{answer.location}?tab=checklist").text
        assert "Place: Place in the hierarchy" not in line
        missing = house.browser(ADMIN).get("/companies?missing=place&q=Oben").text
        assert "Oben GmbH" not in missing

    def test_who_was_invited_is_not_missing_and_can_be_invited_again(self, house: Firms) -> None:
        browser = house.browser(ADMIN)
        bare = self.onboard(house, name="Ohne Leute GmbH").location
        line = self.line_of_first_user(browser, bare)
        assert "Missing" in line
        assert ">Invite<" in line
        user = {**USER, "user_email": "bea@kommt.example"}
        made = self.onboard(house, name="Bea Kommt GmbH", **user).location
        line = self.line_of_first_user(browser, made)
        assert "Missing" not in line
        assert re.search(rf">Invited<.*<small>since [^<]*{TODAY.year}</small>", line, re.DOTALL)
        assert ">Send the invitation again<" in line
        again = re.search(r'href="(/people/\d+)"', line)
        assert again
        assert f"{again[1]}/invite" in browser.get(again[1]).text

    def line_of_first_user(self, browser: Browser, firm: str) -> str:
        page = browser.get(f"{firm}?tab=checklist").text
        return page.partition("First user has come in")[2].partition("</li>")[0]

    def test_a_name_without_an_address_is_said_and_not_dropped(self, house: Firms) -> None:
        answer = self.onboard(house, name="Ohne Post GmbH", first_name="Anna", last_name="Neu")
        assert wrong_fields(answer) == {"user_email"}
        assert 'value="Anna"' in answer.text
        assert 'value="Neu"' in answer.text
        assert self.onboard(house, name="Ohne Post GmbH").status_code == 303


class TestDoubles:
    """A second firm of a name or a number is refused, or somebody says that it is another one."""

    def onboard(self, house: Firms, **fields: str) -> TestResponse:
        return TestOnboarding().onboard(house, **fields)

    def test_a_number_of_one_firm_leads_to_it(self, house: Firms) -> None:
        answer = self.onboard(house, name="Ganz anders", register_number="d-ab12 -cd345-67")
        assert wrong_fields_at(answer, 409) == {"register_number"}
        assert f'href="/companies/{house.desk.firm_id}"' in answer.text
        assert "Ganz anders" in answer.text

    def test_a_name_is_asked_about_and_said_to_be_anothers(self, house: Firms) -> None:
        answer = self.onboard(house, name="KONTOR  G.m.b.H.", city="Bonn")
        assert wrong_fields_at(answer, 409) == {"another"}
        assert f'href="/companies/{house.desk.firm_id}"' in answer.text
        assert 'value="KONTOR  G.m.b.H."' in answer.text
        assert 'value="Bonn"' in answer.text
        shown = re.search(r'name="shown" value="([^"]+)"', answer.text)
        assert shown
        assert shown[1] == str(house.desk.firm_id)
        said = {"name": "KONTOR G.m.b.H.", "another": "yes", "shown": shown[1]}
        # nothing is confirmed that was not shown
        assert self.onboard(house, **{**said, "shown": "0"}).status_code == 409
        made = self.onboard(house, **said)
        assert made.status_code == 303
        # and the third one asks about both
        assert self.onboard(house, **said).status_code == 409

    def test_a_vat_id_can_be_of_several_firms_of_a_group(self, house: Firms) -> None:
        first = self.onboard(house, name="Organträger GmbH", vat_id="DE136695976").location
        answer = self.onboard(house, name="Organ GmbH", vat_id="DE 136695976")
        assert wrong_fields_at(answer, 409) == {"another"}
        assert f'href="{first}"' in answer.text
        number = first.rpartition("/")[2]
        said = {"another": "yes", "shown": number}
        made = self.onboard(house, name="Organ GmbH", vat_id="DE136695976", **said)
        assert made.status_code == 303

    def test_it_is_said_as_it_is_typed(self, house: Firms) -> None:
        browser, path = house.browser(ADMIN), "/companies/check/register_number"
        typed = {**FIRM, "register_number": "D-AB12-CD345-67"}
        part = browser.post(path, "/companies/onboard", fields=typed).text
        assert "which is there already" in part
        assert f'href="/companies/{house.desk.firm_id}"' in part
        own = browser.post(
            f"{path}?company={house.desk.firm_id}", "/companies/onboard", fields=typed
        ).text
        assert "checked" in own

    def test_editing_a_firm_into_another_is_the_same(self, house: Firms) -> None:
        browser = house.browser(ADMIN)
        edit = f"{self.onboard(house, name='Später GmbH').location}/edit"
        version = re.search(r'name="version" value="(\d+)"', browser.get(edit).text)
        assert version
        typed = {**FIRM, "name": "Später GmbH", "code": "S-1", "version": version[1]}
        taken = browser.post(edit, edit, fields={**typed, "register_number": "D-AB12-CD345-67"})
        assert wrong_fields_at(taken, 409) == {"register_number"}
        assert 'value="D-AB12-CD345-67"' in taken.text
        asked = browser.post(edit, edit, fields={**typed, "name": "Organträger G.m.b.H"})
        assert wrong_fields_at(asked, 409) == {"another"}
        assert browser.post(edit, edit, fields=typed).status_code == 303

    def test_who_left_is_onboarded_anew_and_does_not_come_back_beside(self, house: Firms) -> None:
        browser = house.browser(ADMIN)
        number = {"register_number": "D-WEG0-WEG00-01"}
        gone = self.onboard(house, name="Weg GmbH", **number).location
        left = browser.post(f"{gone}/leave", f"{gone}/leave", left_on="01.11.2026", reason="")
        assert left.status_code == 303
        asked = self.onboard(house, name="Wieder GmbH", **number)
        assert wrong_fields_at(asked, 409) == {"another"}
        said = {"another": "yes", "shown": gone.rpartition("/")[2]}
        assert self.onboard(house, name="Wieder GmbH", **number, **said).status_code == 303
        browser.post(f"{gone}/come-back", gone)
        assert "which is there already" in browser.get(gone).text


class TestEditing:
    def test_of_two_who_edit_the_second_is_shown_what_differs_in_words(self, house: Firms) -> None:
        answer = TestOnboarding().onboard(house, name="Zwei GmbH", country="DE")
        edit, browser = f"{answer.location}/edit", house.browser(ADMIN)
        seen = re.search(r'name="version" value="(\d+)"', browser.get(edit).text)
        assert seen
        typed = {**FIRM, "name": "Zwei GmbH", "code": "Z-2", "version": seen[1]}
        assert browser.post(edit, edit, fields={**typed, "phone": "1"}).status_code == 303
        second = browser.post(
            edit, edit, fields={**typed, "phone": "1", "kind": "group", "collects_premiums": "yes"}
        )
        assert second.status_code == 409
        clash = second.text.partition('class="tbl auto cf"')[2].partition("</table>")[0]
        rows = re.findall(r"<tr><th[^>]*>(.*?)</th><td>(.*?)</td><td>(.*?)</td></tr>", clash)
        assert rows == [
            ("Kind", "Group", "Firm"), ("Collects premiums for insurers", "yes", "no"),
        ]  # fmt: skip


def test_a_firm_has_a_name_as_things_have_and_a_person_as_people_have(house: Firms) -> None:
    page = house.browser(ADMIN)
    page.client.set_cookie("language", "uk", domain=f"{page.door.value}.localhost")
    edit = f"/companies/{house.desk.firm_id}/edit"
    for path in ("/companies/onboard", edit, "/organisations/team/new"):
        assert 'for="name">Назва' in page.get(path).text, path
    heads = {path: re.findall(r"<th[^>]*>(.*?)</th>", page.get(path).text, re.DOTALL)
             for path in ("/companies", "/people")}  # fmt: skip
    told = {path: [re.sub(r"<[^>]+>", "", head).strip() for head in found]
            for path, found in heads.items()}  # fmt: skip
    assert "Назва" in told["/companies"]
    assert "Ім’я" in told["/people"]
    assert "Ім’я" not in told["/companies"]


def test_the_bell_tells_an_end_in_the_readers_language(house: Firms) -> None:
    end = TODAY + timedelta(days=7)
    firm = house.desk.neighbour_id
    with house.desk.at(Door.INTRANET, ADMIN) as session:
        proof = Evidence(
            kind=ProofKind.AGREEMENT, valid_from=BEGUN, signed_on=BEGUN, valid_until=end
        )
        proofs.record(session, firm, proof)
        told = {"proof": "Gewerbeerlaubnis", "firm": "Alt GmbH", "day": "20.12.2026"}
        workplace.notify(session, watching.ENDS, permission=Permission.COMPANIES_READ, values=told)
    with house.desk.at(Door.WORKER, "worker") as session:
        assert watching.watch(session, TODAY) == 1
    for email in (ADMIN, OTHER):
        browser = house.browser(email)
        for language, kind, day in (
            ("de", "Poolpartnervertrag", f"{end:%d.%m.%Y}"), ("en", "Selling agreement", ""),
            ("uk", "Агентський договір", f"{end:%d.%m.%Y}"),
        ):  # fmt: skip
            browser.client.set_cookie(
                "language", language, domain=f"{browser.door.value}.localhost"
            )
            page = unescape(browser.get("/bell").text)
            assert kind in page, language
            assert day in page
            assert end.isoformat() not in page
            # a line of before stays as it was written
            assert ("Gewerbeerlaubnis" in page and "20.12.2026" in page) is (email == ADMIN)


class TestPeople:
    def test_found_by_any_word_of_the_name_or_the_address(self, house: Firms) -> None:
        admin, path = house.browser(ADMIN), f"/people/new?company={house.desk.firm_id}"
        fields = {"company_id": str(house.desk.firm_id), "name": "Zoe Petersen-Berg",
                  "email": "zp@kontor.example", "language": "de", "role": "assistant"}  # fmt: skip
        made = admin.post(path, path, fields=fields).location
        assert "Zoe Petersen-Berg" in admin.get(made).text  # the word about the invitation is read
        for typed in ("Zoe", "peter", "BERG", "zp@", "zoe p", "petersen-berg"):
            page = admin.get(f"/people?{urlencode({'q': typed})}").text
            assert f'href="{made}' in page, typed
        for typed in ("etersen", "%", "_oe", "kontor.ex"):
            page = admin.get(f"/people?{urlencode({'q': typed})}").text
            assert f'href="{made}' not in page, typed

    def test_the_label_says_what_is_searched(self, house: Firms) -> None:
        assert "Word of name or e-mail" in house.browser(ADMIN).get("/people").text

    def test_nobody_gets_a_role_that_nobody_chose(self, house: Firms) -> None:
        admin = house.browser(ADMIN)
        for path in ("/people/new", f"/people/new?company={house.desk.firm_id}"):
            choice = admin.get(path).text.partition('name="role"')[2].partition("</select>")[0]
            options = re.findall(r'<option value="(\w*)"( selected)?', choice)
            assert options[0][0] == ""
            assert len(options) > 2
            assert [value for value, chosen in options[1:] if chosen] == []
            where = re.search(r'<option value="(\d+)" selected', admin.get(path).text)
            assert where
            fields = {"company_id": where[1], "name": "Eva", "email": "eva@kontor.example",
                      "language": "de"}  # fmt: skip
            for sent in ({"role": ""}, {}):
                answer = admin.post(path, path, fields={**fields, **sent})
                assert wrong_fields(answer) == {"role"}

    def test_an_address_without_a_domain_is_refused_at_its_field(self, house: Firms) -> None:
        admin, path = house.browser(ADMIN), f"/people/new?company={house.desk.firm_id}"
        fields = {"company_id": str(house.desk.firm_id), "name": "Eva", "email": "eva@evil",
                  "language": "de", "role": "assistant"}  # fmt: skip
        assert wrong_fields(admin.post(path, path, fields=fields)) == {"email"}
