"""What is given to somebody is given to who sees it, where a pool has organisations."""

from collections.abc import Iterator

import pytest

from pool_module.crm.errors import WouldNotSee
from pool_module.crm.operations import tasks
from shared.models.incoming import Discrepancy
from shared.vocabulary import Door
from tests.database.admin_module.two_houses import BOTH, NORTH, NOWHERE, SOUTH
from tests.database.pool_module.casework import POOL
from tests.servers import Database
from tests.web.intranet.house import House, open_house

STAFF = (NORTH, BOTH, SOUTH, NOWHERE)


@pytest.fixture(scope="class")
def house(own_database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with open_house(own_database, tmp_path_factory.mktemp("files")) as made:
        yield made


class TestTasks:
    def test_a_task_is_given_to_who_sees_it(self, house: House) -> None:
        houses, browser = house.houses, house.browser(NORTH)
        contract = f"/contracts/{houses.made['North']['contract']}"
        for path in ("/work/new", contract):
            page = browser.get(path).text
            offered = [f'<option value="{houses.people[who]}"' in page for who in STAFF]
            # who is in no team sees nothing, who works in both organisations works in this one
            assert dict(zip(STAFF, offered, strict=True)) == {
                NORTH: True, BOTH: True, SOUTH: False, NOWHERE: False,
            }, path  # fmt: skip
        fields = {"title": "Call him", "assignee": houses.people[SOUTH], "due_on": ""}
        refused = browser.post("/work/new", "/work/new", fields=fields)
        assert refused.status_code == 422
        assert "Call him" in refused.text
        fields["assignee"] = houses.people[BOTH]
        assert browser.post("/work/new", "/work/new", fields=fields).status_code == 303
        assert "Call him" in house.browser(BOTH).get("/work").text
        about = {"title": "Send it", "due_on": "", "subject": "contract", "next": contract,
                 "subject_id": houses.made["North"]["contract"]}  # fmt: skip
        browser.post("/tasks", contract, fields=about | {"assignee_id": houses.people[SOUTH]})
        page = browser.get(contract).text
        assert "Petra works in another organisation and would not see this task." in page
        assert "Send it" not in page
        browser.post("/tasks", contract, fields=about | {"assignee_id": houses.people[BOTH]})
        assert "Send it" in browser.get(contract).text

    def test_a_discrepancy_of_a_contract_is_its_organisations(self, house: House) -> None:
        houses, browser = house.houses, house.browser(NORTH)
        made = {}
        with houses.desk.at(Door.WORKER) as session:
            for contract in (houses.made["North"]["contract"], None):
                row = Discrepancy(pool_id=POOL, contract_id=contract, cause="producer_unknown")
                session.add(row)
                session.flush()
                made[contract is None] = row.id
        south = houses.people[SOUTH]
        for general, number in made.items():
            place = f"/discrepancies/{number}"
            assert (f'<option value="{south}"' in browser.get(place).text) is general
            fields = {"ids": number, "to": south, "due_on": "", "next": place}
            browser.post("/discrepancies/give", place, fields=fields)
            page = browser.get(place).text
            assert ("would not see this task" in page) is not general
            assert ("Given to Petra" in page) is general

    def test_what_is_everybodys_is_anybodys(self, house: House) -> None:
        houses = house.houses
        with houses.at(NORTH) as session:
            task = tasks.add_task(
                session, title="Ask for the tariff", subject="product",
                subject_id=houses.desk.product_id, assignee_id=houses.people[SOUTH],
            )  # fmt: skip
            own = tasks.add_task(session, title="Tidy up", assignee_id=houses.people[BOTH])
            with pytest.raises(WouldNotSee):
                tasks.assign(session, own.id, houses.people[SOUTH])
            tasks.assign(session, task.id, houses.people[BOTH])
            # who leaves: a colleague of elsewhere gets what he sees, the rest is nobody's
            leaver, heir = houses.people[BOTH], houses.people[SOUTH]
            assert tasks.hand_over(session, from_account=leaver, to_account=heir) >= 2
            assert (task.assignee_id, own.assignee_id) == (heir, None)
