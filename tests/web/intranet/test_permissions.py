"""The matrix of rights: read, changed for a reason after a fresh proof, and working at once."""

import re
from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine, text

from shared.permissions import Permission, Role
from tests.servers import Database, PostgresServer
from tests.web.intranet.range_office import Office, range_office
from tests.web.portals import Browser

CELL = "/permissions/clerk/applications_read"


@pytest.fixture(scope="class")
def office(
    postgres: PostgresServer, template: Database, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Office]:
    database = postgres.cloned(template, "test_rights_office")
    with range_office(database, tmp_path_factory.mktemp("files")) as made:
        yield made
    postgres.drop("test_rights_office")


class TestMatrix:
    """One office, one right after the other."""

    def test_every_cell_says_what_holds_and_from_where(self, office: Office) -> None:
        page = office.browser(Role.AUDITOR).get("/permissions").text
        for sentence in ("See applications.", "Approve a settlement another person calculated."):
            assert sentence in page
        assert page.count("from the role itself") > len(Permission) * 3
        assert "belongs to the other portal" in page
        kiefer = office.pool.id("company", "Kiefer")
        assert "Kiefer GmbH" in office.browser(Role.ADMIN).get(f"/permissions?scope=c{kiefer}").text
        phone = office.browser(Role.ADMIN).get("/permissions?role=assistant").text
        assert re.search(r'<h2 id="role-h">Assistant</h2>', phone)

    def test_a_right_taken_is_gone_with_the_next_request(self, office: Office) -> None:
        admin, clerk = office.browser(Role.ADMIN), office.browser(Role.CLERK)
        assert clerk.get("/applications").status_code == 200
        nothing = admin.post(CELL, CELL, allowed="taken", reason="")
        assert nothing.status_code == 422
        assert admin.post(CELL, CELL, allowed="taken", reason="Aufgabe ging").status_code == 303
        assert clerk.get("/applications").status_code == 403
        assert 'href="/applications"' not in clerk.get("/").text
        shown = admin.get(CELL).text
        assert "Aufgabe ging" in shown
        assert "admin@pool.example" in shown
        assert "Aufgabe ging" in office.browser(Role.AUDITOR).get("/permissions").text
        # the level of the pool gives it back to the people of the pool
        level = f"{CELL}?scope=kpool"
        assert admin.post(level, level, allowed="given", reason="Ausnahme").status_code == 303
        assert clerk.get("/applications").status_code == 200
        assert "from everywhere" in admin.get(level).text
        assert admin.post(level, level, allowed="inherited", reason="vorbei").status_code == 303
        assert clerk.get("/applications").status_code == 403

    def test_two_admins_at_once(self, office: Office) -> None:
        """The second is shown what the first said, and decides anew."""
        first, second = office.browser(Role.ADMIN), office.browser(Role.ADMIN, name="second")
        cell = "/permissions/clerk/messages_read?scope=kpool"

        def version(browser: Browser) -> str:
            found = re.search(r'name="version" value="(\d+)"', browser.get(cell).text)
            assert found
            return found[1]

        shown = version(first), version(second)
        assert shown[0] == shown[1]
        fields = {"allowed": "taken", "reason": "Brief", "version": shown[0]}
        assert first.post(cell, cell, fields=fields).status_code == 303
        fields = {"allowed": "given", "reason": "Notiz vom 4.11.", "version": shown[1]}
        refused = second.post(cell, cell, fields=fields)
        assert refused.status_code == 409
        assert "Somebody else has saved" in refused.text
        assert "Notiz vom 4.11." in refused.text
        fields["version"] = version(first)
        assert f'name="version" value="{fields["version"]}"' in refused.text
        assert second.post(cell, cell, fields=fields).status_code == 303
        # taking it back counts too
        fields = {"allowed": "inherited", "reason": "vorbei", "version": version(first)}
        late = {"allowed": "taken", "reason": "spät", "version": fields["version"]}
        assert first.post(cell, cell, fields=fields).status_code == 303
        assert second.post(cell, cell, fields=late).status_code == 409

    @pytest.mark.parametrize(
        ("path", "allowed", "said"),
        [
            ("/permissions/admin/permissions_edit", "taken", "Nobody would be left"),
            ("/permissions/admin/accounts_edit", "taken", "Nobody would be left"),
            ("/permissions/admin/settlement_approve", "given", "both give rights and approve"),
            ("/permissions/assistant/rates_read", "given", "other portal"),
            ("/permissions/clerk/own_contracts", "given", "other portal"),
            ("/permissions/auditor/rates_edit", "given", "An auditor only reads"),
        ],
    )
    def test_what_is_refused(self, office: Office, path: str, allowed: str, said: str) -> None:
        admin = office.browser(Role.ADMIN)
        answer = admin.post(path, "/permissions/clerk/export", allowed=allowed, reason="weil")
        assert answer.status_code == 409
        assert said in answer.text

    def test_who_may_not_is_told(self, office: Office) -> None:
        assert office.browser(Role.CLERK).get("/permissions").status_code == 403
        auditor = office.browser(Role.AUDITOR)
        assert 'name="reason"' not in auditor.get(CELL).text
        refused = auditor.post(CELL, "/journal", allowed="given", reason="weil")
        assert refused.status_code == 403
        admin = office.browser(Role.ADMIN)
        for wrong in ("/permissions/king/export", "/permissions/clerk/fly",
                      f"{CELL}?scope=c999999", "/permissions?scope=x"):  # fmt: skip
            assert admin.get(wrong).status_code == 404

    def test_a_change_asks_for_a_fresh_proof(self, office: Office) -> None:
        """Somebody at an unattended desk gets a question, and nothing is changed."""
        admin = office.browser(Role.ADMIN)
        before = office.pool.select("SELECT count(*) FROM role_permission WHERE pool_id = :pool")
        owner = office.pool.database.owner_url.replace("postgresql://", "postgresql+psycopg://", 1)
        engine = create_engine(owner)
        with engine.begin() as connection:
            connection.execute(text("UPDATE web_session SET stepped_up_at = NULL"))
        engine.dispose()
        answer = admin.post(CELL, CELL, allowed="given", reason="Brief vom 3.11.")
        assert answer.status_code != 303
        assert "Brief vom 3.11." in answer.text  # nothing typed is lost
        after = office.pool.select("SELECT count(*) FROM role_permission WHERE pool_id = :pool")
        assert after == before
