"""What asks for a fresh proof: the login itself, money, rights. Without one nothing is written."""

from collections.abc import Callable, Iterator

import psycopg
import pytest
from flask import Flask

from shared.permissions import effective
from shared.vocabulary import Door
from shared.web.access import DECLARED, STEPS_UP
from tests.factories.town import Somebody, Town
from tests.web import addresses
from tests.web.portals import PORTALS
from tests.web.visitors import Visitor
from tests.web.written import EACH, Written

OWN_LOGIN = {"kit.add_factor", "kit.change_email", "kit.change_password", "kit.remove_factor",
             "kit.renew_codes"}  # fmt: skip
MONEY = {"companies.approve", "companies.propose", "companies.refuse_bank", "producers.decide",
         "runs.approve", "runs.close"}  # fmt: skip
RIGHTS = {"companies.gates", "organisations.enable", "people.reset", "people.role",
          "permissions.change", "place.teams"}  # fmt: skip
ASKING = {
    Door.INTRANET: OWN_LOGIN | MONEY | RIGHTS,
    Door.EXTRANET: OWN_LOGIN | {"firm.bank", "people.role"},
}
PEOPLE = {Door.INTRANET: ("admin", "accountant", "director"), Door.EXTRANET: ("broker",)}


@pytest.fixture(scope="module")
def stale(town: Town) -> Iterator[None]:
    """Everybody's last proof is an hour old."""
    with psycopg.connect(town.database.owner_url, autocommit=True) as owner:
        owner.execute("UPDATE web_session SET stepped_up_at = now() - interval '1 hour'")
        yield
        owner.execute("UPDATE web_session SET stepped_up_at = now()")


def asking(app: Flask) -> set[str]:
    return {e for e, view in app.view_functions.items() if getattr(view, STEPS_UP, False)}


@pytest.mark.parametrize("door", PORTALS)
def test_what_asks_is_listed(portal_of: Callable[[Door], Flask], door: Door) -> None:
    assert asking(portal_of(door)) == ASKING[door]


@pytest.mark.parametrize("door", PORTALS)
@pytest.mark.usefixtures("nothing_stays", "stale")
def test_without_one_nothing_is_written(
    town: Town, portal_of: Callable[[Door], Flask], written: Written, door: Door
) -> None:
    app, asked, wrong = portal_of(door), set(), []
    for name in PEOPLE[door]:
        person = town.somebody(name)
        visitor = Visitor(app, door, person)
        for endpoint, path in _addresses(town, app, person):
            answer = visitor.post(path)
            asked.add(endpoint)
            if 'name="proving"' not in answer.text or answer.status_code != 200:
                wrong.append(f"{name}: {path}: {answer.status_code}")
    assert wrong == []
    assert written.by_post <= EACH
    assert asked | {"kit.remove_factor"} == ASKING[door]  # not everybody of the town has one


def _addresses(town: Town, app: Flask, person: Somebody) -> Iterator[tuple[str, str]]:
    held = effective(person.role, {}, (), leaving=False)
    for rule in addresses.rules(app):
        permission = getattr(app.view_functions[rule.endpoint], DECLARED, None)
        if rule.endpoint in asking(app) and permission in held and "POST" in (rule.methods or ()):
            for whose, path in addresses.addresses_of(town, person.door, person.firm, rule):
                if whose == addresses.OWN and path:
                    yield rule.endpoint, path
