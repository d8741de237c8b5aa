"""The own firm and its people, as a broker keeps them."""

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from pool_module.applications import operations as applications
from pool_module.applications.operations import Wanted
from shared.vocabulary import Door
from tests.database.admin_module.conftest import OTHER_IBAN
from tests.factories.days import TODAY
from tests.servers import Database, PostgresServer
from tests.web.firms import BROKER, HELPER, OTHER, Firms, open_firms


@pytest.fixture(scope="module")
def house(
    postgres: PostgresServer, template: Database, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Firms]:
    database = postgres.cloned(template, "test_firm_web")
    with open_firms(database, tmp_path_factory.mktemp("files")) as opened:
        yield opened
    postgres.drop("test_firm_web")


def scalar(house: Firms, query: str) -> object:
    with house.desk.at(Door.WORKER) as session:
        return session.execute(text(query)).scalar_one_or_none()


def test_every_page_stands_for_a_broker_and_none_for_his_assistant(house: Firms) -> None:
    paths = ("/firm", "/firm/prove", "/firm/prove?kind=training", "/firm/bank", "/people",
             "/people/new", f"/people/{house.members[HELPER]}")  # fmt: skip
    broker, helper = house.browser(BROKER), house.browser(HELPER)
    for path in paths:
        assert broker.get(path).status_code == 200, path
        assert helper.get(path).status_code == 403, path


def test_another_firms_people_and_proofs_are_not_there(house: Firms) -> None:
    broker = house.browser(BROKER)
    theirs = house.members[OTHER]
    assert broker.get(f"/people/{theirs}").status_code == 404
    for path in (f"/people/{theirs}/off", f"/people/{theirs}/role", f"/people/{theirs}/invite"):
        assert broker.post(path, "/people/new", role="assistant").status_code == 404, path
    assert OTHER not in broker.get("/people?cols=name,email").text
    other = house.browser(OTHER)
    assert other.post("/firm/proofs/1/withdraw", "/firm/prove").status_code == 404


def test_a_proof_is_sent_and_withdrawn(house: Firms) -> None:
    broker = house.browser(BROKER)
    fields = {"kind": "training", "valid_from": "01.11.2026", "year": "2026", "hours": "7,5"}
    assert broker.post("/firm/prove", "/firm/prove", fields=fields).status_code == 303
    page = broker.get("/firm").text
    assert "7.5 h in 2026" in page
    assert "To be checked" in page
    number = scalar(house, "SELECT max(id) FROM proof")
    broker.post(f"/firm/proofs/{number}/withdraw", "/firm")
    assert scalar(house, f"SELECT state FROM proof WHERE id = {number}") == "withdrawn"
    short = broker.post(
        "/firm/prove", "/firm/prove", fields={"kind": "training", "valid_from": "01.11.2026"}
    )
    assert short.status_code == 422
    assert "how many hours" in short.text


def test_a_new_account_is_proposed(house: Firms) -> None:
    broker = house.browser(BROKER)
    fields = {"iban": OTHER_IBAN, "holder": "Kontor GmbH", "reason": "Neue Hausbank"}
    assert broker.post("/firm/bank", "/firm/bank", fields=fields).status_code == 303
    page = broker.get("/firm").text
    assert "DE27 … 9700" in page
    assert OTHER_IBAN not in page
    number = scalar(house, "SELECT max(id) FROM bank_change")
    broker.post(f"/firm/bank/{number}/withdraw", "/firm")
    assert scalar(house, "SELECT state FROM bank_change") == "withdrawn"


def test_a_broker_gives_the_roles_of_his_firm_alone(house: Firms) -> None:
    broker = house.browser(BROKER)
    fields = {"name": "Nora Neu", "email": "nora@kontor.example", "language": "de",
              "role": "assistant"}  # fmt: skip
    assert broker.post("/people/new", "/people/new", fields=fields).status_code == 303
    assert "Nora Neu" in broker.get("/people").text
    refused = broker.post("/people/new", "/people/new", fields={**fields, "role": "admin"})
    assert refused.status_code == 422
    own = f"/people/{house.members[BROKER]}"
    assert "This is you" in broker.get(own).text
    broker.post(f"{own}/role", f"/people/{house.members[HELPER]}", role="assistant")
    role = scalar(house, f"SELECT role FROM people_known() WHERE email = '{BROKER}'")
    assert role == "broker"


def test_what_stops_an_application_stands_on_it_and_a_hold_says_why(house: Firms) -> None:
    desk = house.desk
    with desk.at(Door.EXTRANET, OTHER, firm=desk.neighbour_id) as session:
        wanted = Wanted(desk.product_id, applied_on=TODAY, producer_id=desk.second_id)
        draft = applications.save_draft(session, wanted, firm_id=desk.neighbour_id).id
    other = house.browser(OTHER)
    page = other.get(f"/applications/{draft}/edit").text
    assert "You can’t submit yet: There is no signed selling agreement." in page
    fields = {"applied_on": f"{TODAY:%d.%m.%Y}", "currency": "EUR", "do": "submit"}
    other.post(f"/applications/{draft}/edit", f"/applications/{draft}/edit", fields=fields)
    assert scalar(house, f"SELECT state FROM application WHERE id = {draft}") == "draft"
    firm = other.get("/firm").text
    assert "Your payouts are on hold because" in firm
    assert "There are no approved bank details" in firm
