"""Organisations in the portal: kept, enabled, switched between; walls on every page."""

import gc
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import event, text

import portal_intranet
from admin_module.organisations.operations import access
from admin_module.parameters.operations import set_parameter
from shared.models.contracts import Event
from shared.parameters import Parameter, ReportReach
from shared.vocabulary import Door, Unit
from shared.web.database import db
from tests.database.admin_module.two_houses import (
    BOTH,
    CANARY,
    CHIEF,
    NORTH,
    NOWHERE,
    SOUTH,
    Houses,
    staff_of,
)  # fmt: skip
from tests.database.pool_module.casework import POOL, open_desk
from tests.factories.days import TODAY
from tests.servers import Database
from tests.web.intranet.house import House, open_house
from tests.web.portals import TOKEN, Browser, config_of, dispose

MOST_STATEMENTS = 8
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40
SHOWN = (
    "/", "/work", "/customers", "/contracts", "/applications", "/threads", "/journal", "/bell",
    "/renewals?within=180", "/search?q=whit", "/customers?format=csv", "/contracts?format=csv",
    "/applications?format=xlsx", "/renewals?format=csv", "/figures", "/figures/producers",
    "/figures/reported", "/discrepancies", "/statements", "/contracts?part=totals",
    "/customers?q=Whit",
)  # fmt: skip


@pytest.fixture(scope="class")
def house(own_database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with open_house(own_database, tmp_path_factory.mktemp("files")) as made:
        yield made


class TestWall:
    @pytest.mark.parametrize("path", SHOWN)
    def test_no_page_list_or_file_tells_of_another_organisation(
        self, house: House, path: str
    ) -> None:
        response = house.browser(NORTH).get(path)
        assert response.status_code == 200
        if "search" not in path:  # which says that somebody is known: see the clearance
            assert CANARY.encode() not in response.data
        assert b"S-1" not in response.data
        assert b"987.65" not in response.data or "South" not in path

    def test_the_other_one_sees_his(self, house: House) -> None:
        browser = house.browser(SOUTH)
        for path in ("/customers", "/contracts", "/applications", "/threads", "/work"):
            page = browser.get(path)
            assert CANARY in page.text or "S-1" in page.text, path
            assert "Amundsen" not in page.text
            assert "Großmann" not in page.text

    @pytest.mark.parametrize("kind", ["customer", "contract", "application", "thread"])
    def test_a_foreign_id_is_404(self, house: House, kind: str) -> None:
        number = house.houses.made["South"][kind]
        assert house.browser(NORTH).get(f"/{kind}s/{number}").status_code == 404
        assert house.browser(SOUTH).get(f"/{kind}s/{number}").status_code == 200

    def test_a_foreign_document_is_404(self, house: House) -> None:
        number = house.houses.made["South"]["document"]
        assert house.browser(NORTH).get(f"/documents/{number}").status_code == 404

    def test_who_is_in_no_team_has_empty_lists(self, house: House) -> None:
        browser = house.browser(NOWHERE)
        for path in ("/customers", "/contracts", "/applications"):
            page = browser.get(path).text
            assert not any(name in page for name in (CANARY, "Amundsen", "Großmann"))
        assert 'action="/place"' not in browser.get("/").text

    def test_who_is_in_no_team_writes_nothing_and_is_told_why(self, house: House) -> None:
        answer = house.browser(NOWHERE).post("/customers/new", "/customers/new", last_name="Nobody")
        assert answer.status_code == 403
        assert "You work in no team" in answer.text

    def test_reports_of_the_whole_pool_are_a_right(self, house: House) -> None:
        # the director sees reports past the wall, and customers not
        chief = house.browser(CHIEF)
        assert CANARY not in chief.get("/customers").text
        assert chief.get("/figures").status_code == 200

    def test_reports_are_not_walled_where_the_pool_says_so(self, house: House) -> None:
        contract = house.houses.made["South"]["contract"]
        with house.houses.desk.at(Door.WORKER) as session:
            session.add(
                Event(pool_id=POOL, ref="E-9", contract_id=contract, kind="acquisition",
                      effective=TODAY, due=TODAY, received=Decimal("12.00"))
            )  # fmt: skip

        def tell(*, walled: bool) -> str:
            with house.houses.desk.at(Door.INTRANET, NORTH) as session:
                reach = ReportReach.ORGANISATION if walled else ReportReach.POOL
                set_parameter(session, Parameter.REPORT_REACH, None, reach.value)
            browser = house.browser(BOTH)
            assert browser.get("/statements").status_code == (403 if walled else 200)
            assert ('href="/statements"' in browser.get("/").text) is not walled
            return browser.get("/figures/reported").text

        assert "S-1" not in tell(walled=True)
        assert "S-1" in tell(walled=False)
        assert "S-1" not in house.browser(BOTH).get("/contracts").text
        assert "S-1" not in tell(walled=True)
        assert "S-1" in house.browser(CHIEF).get("/figures/reported").text

    def test_lists_cost_no_statement_more(self, house: House) -> None:
        browser = house.browser(SOUTH)
        browser.get("/contracts")
        told: list[str] = []
        with house.app.app_context():
            engine = db.engine

        def tell(_c: object, _cur: object, statement: str, *_: object) -> None:
            told.append(statement)

        event.listen(engine, "before_cursor_execute", tell)
        browser.get("/contracts?sort=-begin_on")
        event.remove(engine, "before_cursor_execute", tell)
        assert len(told) <= MOST_STATEMENTS


class TestSwitching:
    def test_the_head_names_the_place_and_offers_the_others(self, house: House) -> None:
        page = house.browser(BOTH).get("/customers").text
        assert '"Nordlicht GmbH / Retail / Hamburg"' in page
        assert "South / Fleet / Munich" in page
        assert '<p class="printed">' in page
        alone = house.browser(SOUTH).get("/customers").text
        assert "South / Fleet / Munich" in alone
        assert "Hamburg" not in alone  # absent, not grey
        assert 'action="/place"' not in alone

    def test_another_organisation_in_the_same_session(self, house: House) -> None:
        browser = house.browser(BOTH)
        before, south = browser.token(), house.houses.teams["South"]
        assert CANARY not in browser.get("/customers").text
        response = browser.post("/place", "/customers", team=str(south))
        assert (response.status_code, response.location) == (303, "/")
        assert browser.token() != before
        page = browser.get("/customers").text
        assert CANARY in page
        assert "Amundsen" not in page
        # the token before is worth nothing
        thief = Browser(house.app.test_client(), Door.INTRANET)
        thief.client.set_cookie("intranet", before, domain="intranet.localhost")
        assert thief.get("/customers").status_code == 303

    def test_a_form_of_the_organisation_that_was_left_is_not_kept_in_the_other(
        self, house: House
    ) -> None:
        browser = house.browser(BOTH)
        opened = TOKEN.search(browser.get("/customers/new").text)
        assert opened is not None
        for name in ("South", "North"):
            browser.post("/place", "/customers", team=str(house.houses.teams[name]))
            answer = browser.client.post(
                "/customers/new",
                base_url=browser.host,
                data={"csrf_token": opened[1], "last_name": "Misplaced"},
                headers={"Sec-Fetch-Site": "same-origin", "Accept-Language": "en"},
            )
            assert answer.status_code == 400
            assert "out of date" in answer.text
        assert "Misplaced" not in browser.get("/customers").text

    def test_only_where_he_works(self, house: House) -> None:
        browser = house.browser(SOUTH)
        for team in (house.houses.teams["North"], 4711):
            assert browser.post("/place", "/customers", team=str(team)).status_code == 404
        assert CANARY in browser.get("/customers").text

    def test_teams_are_chosen_from_the_list(self, house: House) -> None:
        houses, browser = house.houses, house.browser(NORTH)
        path = f"/people/{houses.members[NOWHERE]}/teams"
        page = browser.get(path)
        assert "South / Fleet / Munich" in page.text
        south = str(houses.teams["South"])
        wrong = browser.post(path, path, fields={"teams": [south]}, default=str(4711))
        assert wrong.status_code == 422
        assert browser.post(path, path, fields={"teams": [south]}, default=south).status_code == 303
        assert CANARY in house.browser(NOWHERE).get("/customers").text
        nowhere = browser.post(path, path, fields={"teams": []}, default="")
        assert nowhere.status_code == 422
        assert "Choose a team" in nowhere.text
        assert browser.get("/people/4711/teams").status_code == 404
        assert house.browser(SOUTH).get(path).status_code == 403


class TestLimits:
    def test_a_producer_of_a_limited_firm_is_refused_not_dropped(self, house: House) -> None:
        houses, browser = house.houses, house.browser(NORTH)
        with houses.desk.at(Door.INTRANET, NORTH) as session:
            limit = access.limit(session, "FIRM-B", Unit.DIVISION, houses.divisions["South"])
        customer, desk = houses.made["North"]["customer"], houses.desk
        case = f"/applications/{houses.made['North']['application']}/edit"
        fields = {
            "customer_id": customer, "product_id": desk.product_id, "producer": "B",
            "firm_id": desk.firm_id, "version": "1",
        }  # fmt: skip
        for path in ("/applications/new", case):
            refused = browser.post(path, "/applications", fields=fields)
            assert refused.status_code == 422
            assert "Choose a producer of the list" in refused.text
        with houses.desk.at(Door.INTRANET, NORTH) as session:
            access.end(session, limit)
        # who stands in a case stays there, also where his firm was limited since
        with houses.desk.at(Door.INTRANET, NORTH) as session:
            limit = access.limit(session, "FIRM-A", Unit.DIVISION, houses.divisions["South"])
        page = browser.get(case).text
        version = page.split('name="version"')[1].split('value="')[1].split('"')[0]
        shown = page.split('name="producer"')[1].split('value="')[1].split('"')[0]
        fields |= {"producer": shown, "version": version, "firm_id": ""}
        assert browser.post(case, case, fields=fields).status_code == 303
        with houses.desk.at(Door.INTRANET, NORTH) as session:
            kept = text("SELECT producer_id FROM application WHERE id = :id")
            number = houses.made["North"]["application"]
            assert session.execute(kept, {"id": number}).scalar_one() == desk.producer_id
            access.end(session, limit)


class TestKeeping:
    def test_every_page_stands(self, house: House) -> None:
        houses, browser = house.houses, house.browser(NORTH)
        for path in (
            "/organisations", "/organisations/division", "/organisations/team",
            f"/organisations/division?of={houses.organisations['South']}",
            f"/organisations/organisation/{houses.organisations['North']}",
            f"/organisations/division/{houses.divisions['South']}",
            f"/organisations/team/{houses.teams['South']}",
            "/organisations/organisation/new", "/organisations/division/new",
            "/organisations/team/new", f"/organisations/team/{houses.teams['South']}/edit",
            "/organisations/limits", "/renewals", "/clearance", "/clearance?q=whitfield",
            "/clearance/requests", "/clearance/new?q=Meier, Ada",
        ):  # fmt: skip
            assert browser.get(path).status_code == 200, path
        for path in ("/organisations/house", "/organisations/team/4711"):
            assert browser.get(path).status_code == 404
        assert house.browser(SOUTH).get("/organisations/team/new").status_code == 403

    @pytest.mark.parametrize("kind", ["division", "team"])
    def test_what_a_unit_belongs_to_has_to_be_chosen(self, house: House, kind: str) -> None:
        browser, path = house.browser(NORTH), f"/organisations/{kind}/new"
        field = browser.get(path).text.partition('<label for="parent">')[2].partition("</select>")
        assert "Belongs to" in field[0]
        assert "(optional)" not in field[0]
        assert re.search(r'<select[^>]* name="parent" required', field[0])
        refused = browser.post(path, path, name="Loose", parent="", active="yes")
        assert refused.status_code == 422
        assert 'id="parent-err"' in refused.text
        assert 'value="Loose"' in refused.text

    def test_filter_by_organisation_says_how_many(self, house: House) -> None:
        browser = house.browser(NORTH)
        page = browser.get(f"/organisations/team?of={house.houses.organisations['South']}").text
        assert "Munich" in page
        assert "1 of 2" in page

    def test_a_division_is_not_moved(self, house: House) -> None:
        houses, browser = house.houses, house.browser(NORTH)
        path = f"/organisations/division/{houses.divisions['South']}/edit"
        refused = browser.post(
            path, path, name="Fleet", version="1", parent=str(houses.organisations["North"])
        )
        assert refused.status_code == 409
        assert "set it inactive and create it again" in refused.text

    def test_logo_folder_and_number(self, house: House) -> None:
        houses, browser = house.houses, house.browser(NORTH)
        path = f"/organisations/division/{houses.divisions['South']}"
        sent = {"logo": (io.BytesIO(PNG), "logo.png")}
        assert browser.post(f"{path}/logo", path, fields=sent).status_code == 303
        picture = browser.get(f"{path}/logo")
        assert (picture.mimetype, picture.data) == ("image/png", PNG)
        active = {"logo": (io.BytesIO(b"<svg onload='x'></svg>"), "x.svg")}
        browser.post(f"{path}/logo", path, fields=active)
        assert browser.get(f"{path}/logo").data == PNG
        with houses.desk.at(Door.WORKER) as session:
            asked = text("SELECT version FROM division WHERE id = :id")
            version = session.execute(asked, {"id": houses.divisions["South"]}).scalar_one()
            insurer = session.execute(text("SELECT min(id) FROM insurer")).scalar_one()
        edit = f"{path}/edit"
        wrong = browser.post(
            edit, edit, name="Fleet", version=str(version), document_store="../up", active="yes"
        )
        assert wrong.status_code == 422
        kept = browser.post(
            edit, edit, name="Fleet", version=str(version), document_store="fleet", active="yes",
            remit_to="Fleet Services",
        )  # fmt: skip
        assert kept.status_code == 303
        number = browser.post(f"{path}/codes", path, insurer=str(insurer), code="FL-77")
        assert number.status_code == 303
        assert "FL-77" in browser.get(path).text
        # a case of the division has its number, until its team has one of its own
        case = f"/applications/{houses.made['South']['application']}"
        south = house.browser(SOUTH)
        assert "FL-77" in south.get(case).text
        team = f"/organisations/team/{houses.teams['South']}"
        browser.post(f"{team}/codes", team, insurer=str(insurer), code="MU-1")
        page = south.get(case).text
        assert "MU-1" in page
        assert "FL-77" not in page
        assert "of the team Munich" in page

    def test_a_drawing_is_shown_where_nothing_runs(self, house: House) -> None:
        """Of SVG only what does nothing is kept, and a browser opens it in a sandbox."""
        houses, browser = house.houses, house.browser(NORTH)
        path = f"/organisations/division/{houses.divisions['South']}"
        drawing = b'<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0h4v4z"/></svg>'
        for sent in (drawing, b"<svg onload='x'></svg>", b"<svg><script>1</script></svg>"):
            browser.post(f"{path}/logo", path, fields={"logo": (io.BytesIO(sent), "x.svg")})
        shown = browser.get(f"{path}/logo")
        assert (shown.mimetype, shown.data) == ("image/svg+xml", drawing)
        assert shown.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert shown.headers["X-Content-Type-Options"] == "nosniff"

    def test_documents_of_its_cases_lie_in_its_folder(self, house: House) -> None:
        houses, browser = house.houses, house.browser(SOUTH)
        number = houses.made["South"]["contract"]
        contract = f"/contracts/{number}?tab=documents"
        sent = {"files": (io.BytesIO(b"%PDF-1.7 new one"), "new.pdf")}
        response = browser.post(
            "/documents", contract, fields=sent, subject="contract", subject_id=str(number),
            kind="letter",
        )  # fmt: skip
        assert response.status_code == 303
        with houses.desk.at(Door.WORKER) as session:
            row = session.execute(
                text("SELECT id, folder, sha256 FROM document ORDER BY id DESC LIMIT 1")
            ).one()
        assert row.folder == "fleet"
        found = list(houses.desk.root.glob(f"{POOL}/*/fleet/{row.sha256}"))
        assert len(found) == 1
        assert browser.get(f"/documents/{row.id}").data == b"%PDF-1.7 new one"

    def test_what_is_inactive_is_no_longer_offered(self, house: House) -> None:
        browser = house.browser(NORTH)
        made = browser.post(
            "/organisations/division/new", "/organisations/division/new", name="Old",
            parent=str(house.houses.organisations["South"]), active="yes",
        )  # fmt: skip
        assert "Old" in browser.get("/organisations/team/new").text
        edit = f"{made.location}/edit"
        assert browser.post(edit, edit, name="Old", version="1").status_code == 303
        assert "Old" not in browser.get("/organisations/team/new").text
        assert "Old" in browser.get("/organisations/division").text

    def test_where_people_work_alone_stays_open(self, house: House) -> None:
        browser = house.browser(NORTH)
        for kind, at in (
            ("team", house.houses.teams),
            ("organisation", house.houses.organisations),
        ):
            edit = f"/organisations/{kind}/{at['South']}/edit"
            version = re.search(r'name="version"[^>]*value="(\d+)"', browser.get(edit).text)
            assert version is not None
            answer = browser.post(edit, edit, name=f"South {kind}", version=version[1])
            assert answer.status_code in {409, 422}, kind
            assert "who work here alone" in answer.text


class TestEnabling:
    @pytest.fixture
    def off(self, own_database: Database, tmp_path: Path) -> Iterator[House]:
        """The same pool before it has organisations; each test enables for itself."""
        desk = open_desk(own_database, tmp_path)
        houses = Houses(desk)
        staff_of(desk, houses)
        app = portal_intranet.create_app(
            replace(config_of(own_database, Door.INTRANET), storage_dir=tmp_path)
        )
        yield House(houses, app)
        dispose(app)
        desk.close()
        gc.collect()

    def test_off_tried_out_confirmed(self, off: House) -> None:
        browser = off.browser(NORTH)
        for path in ("/", "/customers", "/contracts/new", "/clearance", "/renewals"):
            page = browser.get(path).text
            for menu in ("/organisations", "Organisations"):
                page = page.replace(menu, "")
            assert "rganisation" not in page, path
        assert browser.get("/organisations/organisation/new").status_code == 404
        enable = "/organisations/enable"
        page = browser.get(enable).text
        assert "Nordlicht GmbH" in page
        assert "very complex" in page
        assert browser.post(enable, enable, typed="Nordlicht").status_code == 422
        assert "off" in browser.get("/organisations").text
        with off.houses.desk.at(Door.WORKER) as session:  # trying it out left nothing
            assert session.execute(text("SELECT count(*) FROM organisation")).scalar_one() == 0
        assert browser.post(enable, enable, typed="Nordlicht GmbH").status_code == 303
        page = browser.get("/organisations").text
        assert "default" in page
        # everybody works on where he worked
        assert "Nordlicht GmbH" in browser.get("/customers").text
        assert "Großmann" in browser.get("/customers").text
        assert browser.get(enable).status_code == 409
