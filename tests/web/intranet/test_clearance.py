"""Clearance in the portal: who is whose, and the first one's word."""

import re
from collections.abc import Iterator
from datetime import date

import pytest

from pool_module.crm.operations.customers import Person, add_customer
from pool_module.crm.queries.clearance import MOST
from shared.models.access import RolePermission
from tests.database.admin_module.two_houses import (
    BOTH,
    CANARY,
    CHIEF,
    NORTH,
    NOWHERE,
    SOUTH,
)
from tests.database.pool_module.casework import POOL
from tests.servers import Database
from tests.web.intranet.house import House, open_house
from tests.web.portals import readdressed


@pytest.fixture(scope="class")
def house(own_database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with open_house(own_database, tmp_path_factory.mktemp("files")) as made:
        yield made


class TestClearance:
    def test_a_grey_hit_tells_nothing_more(self, house: House) -> None:
        browser = house.browser(NORTH)
        page = browser.get(f"/clearance?q={CANARY}").text
        row = page[page.index('<tr class="off">') : page.index("</tbody>")]
        assert CANARY in row
        assert "restricted" in row
        assert "insured" in row
        assert "987" not in row
        assert "€" not in row
        number = house.houses.made["South"]["customer"]
        opened = browser.get(f"/clearance/{number}")
        assert opened.status_code == 403
        assert "may not view" in opened.text
        assert "1970" not in opened.text
        assert "20095" not in opened.text
        # one's own has no such page
        own = house.houses.made["North"]["customer"]
        assert browser.get(f"/clearance/{own}").status_code == 404
        assert "restricted" in browser.get(f"/search?q={CANARY}").text

    def test_a_cut_off_search_says_so(self, house: House) -> None:
        for email, number, year in ((SOUTH, MOST + 1, 1960), (NORTH, MOST, 1970)):
            with house.houses.at(email) as session:
                for each in range(number):
                    first, born = f"Nr{chr(97 + each)} {email[:3]}", date(year, 1, 1 + each)
                    add_customer(session, Person("Obermoser", first, birth_date=born))
        page = house.browser(NORTH).get("/clearance?q=obermoser").text
        assert page.count("Obermoser, Nr") == 2 * MOST
        assert "There are more: of other organisations" in page
        assert "of your own customers" not in page  # these are all
        assert f"the first {2 * MOST}" in page
        page = house.browser(SOUTH).get("/clearance?q=obermoser").text
        assert "of other organisations" not in page
        assert "There are more: of your own customers" in page
        assert 'href="/customers?q=obermoser"' in page
        narrow = house.browser(NORTH).get("/clearance?q=obermoser nra").text
        assert narrow.count("Obermoser, Nra") == 2
        assert "There are more" not in narrow

    def test_nobody_is_renamed_into_a_double(self, house: House) -> None:
        """What is refused when it is added is refused when it is changed into."""
        houses, browser = house.houses, house.browser(NORTH)
        with houses.at(NORTH) as session:
            born = date(1980, 3, 4)
            number = add_customer(session, Person("Harmlos", "Iris", birth_date=born)).id
        edit = f"/customers/{number}/edit"

        def send(**fields: str) -> tuple[int, str]:
            version = browser.get(edit).text.split('name="version"')[1].split('value="')[1]
            usual = {
                "last_name": "Harmlos", "first_name": "Iris", "birth_date": "04.03.1980",
                "version": version.split('"')[0],
            }  # fmt: skip
            answer = browser.post(edit, edit, fields=usual | fields)
            return answer.status_code, answer.text

        taken = (409, True)
        status, page = send(last_name=CANARY, birth_date="02.01.1970")
        assert (status, "ask it in the clearance" in page) == taken
        status, page = send(last_name=CANARY, birth_date="")
        assert (status, "ask it in the clearance" in page) == taken
        # of the same name, but born on another day: he is somebody else, until the day changes
        assert send(last_name=CANARY)[0] == 303
        status, page = send(last_name=CANARY, birth_date="02.01.1970")
        assert (status, "ask it in the clearance" in page) == taken
        # what does not say who he is may change
        assert send(last_name=CANARY, city="Hamburg")[0] == 303
        assert send()[0] == 303

    def test_a_double_needs_the_owners_word(self, house: House, own_database: Database) -> None:
        houses, browser = house.houses, house.browser(NORTH)
        fields = {"last_name": CANARY, "first_name": "Iris"}
        for path in ("/clearance/new", "/customers/new"):
            refused = browser.post(path, path, fields=fields)
            assert refused.status_code == 409
            assert "ask it in the clearance" in refused.text
        process = f"/clearance/{houses.made['South']['customer']}"
        assert browser.post(process, "/clearance", reason="").status_code == 422
        assert browser.post(process, "/clearance", reason="Moves north").status_code == 303
        assert "Approve" not in browser.get("/clearance/requests").text
        owner = house.browser(SOUTH)
        assert "Another organisation asks" in owner.get("/bell").text
        page = owner.get("/clearance/requests").text
        assert "Moves north" in page
        number = page.split("/clearance/requests/")[1].split("/")[0]
        approve = f"/clearance/requests/{number}/approved"
        assert house.browser(BOTH).post(approve, "/clearance").status_code == 404
        browser.post(approve, "/clearance")  # sees past the wall, and has asked himself
        with readdressed(own_database, NORTH, "other@north.example") as other:
            house.browser(other).post(approve, "/clearance")  # so has he under another address
        assert "has to decide" in browser.get("/clearance").text
        assert owner.post(approve, "/clearance/requests").status_code == 303
        assert browser.post("/clearance/new", "/clearance/new", fields=fields).status_code == 303

    def test_the_asking_team_is_not_offered_its_own_request(self, house: House) -> None:
        """The director sees past the wall and works where it was asked."""
        houses, chief = house.houses, house.browser(CHIEF)
        with houses.at(SOUTH) as session:
            number = add_customer(session, Person("Sundberg", "Ole")).id
        process = f"/clearance/{number}"
        asked = house.browser(NORTH).post(process, "/clearance", reason="Colleagues")
        assert asked.status_code == 303
        page = chief.get("/clearance/requests").text
        assert "Colleagues" in page
        assert "/clearance/requests/" not in page
        owner = house.browser(SOUTH)
        offered = re.findall(r'action="(/clearance/requests/[^"]+)"', owner.get(
            "/clearance/requests").text)  # fmt: skip
        assert len(offered) == 2
        chief.post(offered[0], "/clearance")
        assert "does not decide on its own request" in chief.get("/clearance").text
        assert owner.post(offered[0], "/clearance/requests").status_code == 303

    def test_who_asked_sees_how_it_stands_and_is_told(self, house: House) -> None:
        houses, browser, owner = house.houses, house.browser(NORTH), house.browser(SOUTH)
        with houses.at(SOUTH) as session:
            process = f"/clearance/{add_customer(session, Person('Sundermann', 'Ole')).id}"
        offered = 'name="reason"'

        def ask(why: str) -> int:
            return browser.post(process, "/clearance", reason=why).status_code

        def decide(state: str) -> None:
            page = owner.get("/clearance/requests").text
            number = page.split("/clearance/requests/")[1].split("/")[0]
            path = f"/clearance/requests/{number}/{state}"
            assert owner.post(path, "/clearance/requests").status_code == 303

        assert offered in browser.get(process).text
        assert ask("He asked us") == 303
        page = browser.get(process).text
        assert offered not in page
        assert "has not decided yet" in page
        assert "He asked us" in page
        assert f'href="{process}"' in house.browser(BOTH).get("/clearance/requests").text
        assert ask("He asked us twice") == 409
        assert "twice" not in owner.get("/clearance/requests").text
        decide("refused")
        assert "does not agree that you take" in browser.get("/bell").text
        assert f'href="{process}"' in browser.get("/bell").text
        page = browser.get(process).text
        assert "does not agree." in page
        assert offered in page  # one may ask again
        assert ask("He signed a mandate") == 303
        decide("approved")
        assert "you may take its customer in as well" in browser.get("/bell").text
        assert "you may take its customer" not in house.browser(BOTH).get("/bell").text
        page = browser.get(process).text
        assert offered not in page
        assert "can be taken in here as well" in page
        assert "/clearance/new?q=Sundermann" in page
        assert ask("Once more") == 409
        fields = {"last_name": "Sundermann", "first_name": "Ole"}
        assert browser.post("/clearance/new", "/clearance/new", fields=fields).status_code == 303


class TestRequestsPastTheWall:
    """Who sees every request is led where he may go, and reads the name alone of the others."""

    def test_no_name_leads_nowhere(self, house: House) -> None:
        houses = house.houses
        south, north = houses.made["South"]["customer"], houses.made["North"]["customer"]
        for email, number in ((NORTH, south), (SOUTH, north)):
            path = f"/clearance/{number}"
            asked = house.browser(email).post(path, "/clearance", reason="He moves")
            assert asked.status_code == 303
        with houses.at(NORTH) as session:
            session.add(
                RolePermission(
                    pool_id=POOL, role="clerk", permission="reports_all", allowed=True, reason="x"
                )
            )
        led = {
            CHIEF: {f"/customers/{north}", f"/clearance/{south}"},
            SOUTH: {f"/customers/{south}", f"/clearance/{north}"},
            NOWHERE: set(),  # he works in no team: nothing of it opens to him
        }
        for email, expected in led.items():
            browser = house.browser(email)
            page = browser.get("/clearance/requests").text
            rows = page[page.index("<tbody>") : page.index("</tbody>")]
            assert rows.count("He moves") == 2
            assert CANARY in rows
            assert "Amundsen" in rows
            links = set(re.findall(r'<a [^>]*href="([^"]+)"', rows))
            assert links == expected
            for path in links:
                # one's own opens; another's says how the request stands, and nothing else of him
                wanted = 200 if path.startswith("/customers") else 403
                assert browser.get(path).status_code == wanted
