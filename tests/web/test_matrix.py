"""Every route, every role, everybody's rows: what is declared is what happens, and nothing breaks.

Expected follows from the declared permission alone: nobody is led to the sign-in, who lacks the
right gets 403, what is not his 404, and what is his anything but an error of ours. What a request
would write is undone, so that each cell meets the same town.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from flask import Flask
from werkzeug.routing import Rule

from shared.permissions import Permission, Role, effective
from shared.vocabulary import Door
from shared.web.access import OWN_LOGIN, PERSONAL, REACH, WHOLE
from tests.factories.divided import NORTH, SOUTH, seated
from tests.factories.town import Somebody, Town
from tests.web import addresses
from tests.web.addresses import OTHER_ORGANISATION, Address
from tests.web.visitors import Visitor
from tests.web.written import Written

NOBODY = "nobody"
STAFF = [role.value for role in Role if role not in {Role.BROKER, Role.ASSISTANT}]
BROKERS = ["broker", "assistant", "adler's broker", "former partner"]
PEOPLE = [
    *((Door.INTRANET, name) for name in (NOBODY, *STAFF)),
    *((Door.EXTRANET, name) for name in (NOBODY, *BROKERS)),
]
EVERYBODYS = "everybody"
LED = {303}  # to the sign-in
READ, SENT = {200, 303}, {200, 204, 303, 400, 403, 404, 409, 413, 422}
# they end the very session that asks; tests/web/test_security.py and test_sign_in.py ask them
ENDS = {"kit.sign_out", "kit.end_sessions"}
# what may be missing of what is one's own: a paper that was not issued, a file that is none
MAYBE_NONE = {
    "statements.paper",
    "contracts.clawback",
    "kit.job",
    "kit.link",
    "applications.product",
    "parameters.region",
    "clearance.process",
    "evidence.exported",
    "organisations.logo",
    "place.teams",
}
# which right it takes is known only when the thing is: they ask for it themselves
ASKS_ITSELF = {
    "documents.show",
    "documents.create",
    "kit.cancel_job",
    "kit.job",
    "threads.document",
}
# of these nobody of the town has a row; the tests of their rooms ask for others'
NO_ROWS = {"kit.remove_factor", "organisations.end_limit"}
# they answer alike whether there is such a thing or not
SAY_THE_SAME = {"kit.remove_factor"}
# a hit of another organisation is announced as restricted
ANNOUNCED = {"clearance.process"}
# addresses of a part of a thing
PARTS: dict[Door, set[str]] = {
    Door.INTRANET: {
        "companies.approve", "companies.decide", "companies.refuse_bank", "companies.reveal_new",
        "companies.take_back", "deliveries.keep", "evidence.sample", "products.document",
        "products.edit_version", "products.end_authorisation", "statements.why",
        "statements.why_of_entry",
    },
    Door.EXTRANET: {"statements.why"},
}  # fmt: skip
CELLS: Counter[str] = Counter()
ROUTES: set[tuple[str, str, str]] = set()


def cells(town: Town, app: Flask, door: Door, firm: str) -> Iterator[tuple[Rule, Address]]:
    for rule in addresses.rules(app):
        for whose, path in addresses.addresses_of(town, door, firm, rule):
            for method in addresses.methods(rule):
                yield rule, Address(rule.endpoint, method, whose, path)


def expected(app: Flask, person: Somebody | None, address: Address) -> set[int]:
    """The answers that are right."""
    view = app.view_functions[address.endpoint]
    access = getattr(view, "_access", EVERYBODYS)
    reads = address.method == "GET"
    missing = {404} if address.endpoint in MAYBE_NONE else set()
    if access == EVERYBODYS:
        return READ | missing if reads else SENT
    if person is None:
        return LED
    assert isinstance(access, Permission)
    # who only reads opens no form he could not send
    form = any("POST" in (r.methods or ()) for r in app.url_map.iter_rules(address.endpoint))
    if not _may(view, access, person, reads=reads and not (form and person.firm == "gone")):
        return {403}
    asks = {403} if address.endpoint in ASKS_ITSELF else set()
    if address.whose == addresses.OWN:
        return (READ | missing if reads else SENT) | asks
    if address.endpoint in SAY_THE_SAME:
        return {303}
    # a form without a word in it may be refused before anybody looks whose thing it is about
    return {404} | asks | (set() if reads else {400})


def _within(app: Flask, person: Somebody, address: Address) -> set[int]:
    """The answers that are right about what an organisation keeps to itself."""
    view = app.view_functions[address.endpoint]
    sees = Permission.REPORTS_ALL in effective(person.role, {}, (), leaving=False)
    if getattr(view, WHOLE, False) and not sees:
        return {403}  # his own part of it is not told either
    if address.whose != OTHER_ORGANISATION:
        return expected(app, person, address)
    if address.endpoint in ANNOUNCED:  # AIM-58: that it is there is told, what it is not
        told = expected(app, person, replace(address, whose=addresses.OWN))
        return told if told == {403} else {403, 422}
    past = sees and getattr(view, REACH, False)
    return expected(app, person, replace(address, whose=addresses.OWN) if past else address)


def _may(view: object, access: Permission, person: Somebody, *, reads: bool) -> bool:
    """Whether somebody may call a view: by his role, and by what who only reads may change."""
    former = person.firm == "gone"
    changes = getattr(view, OWN_LOGIN, False) or (getattr(view, PERSONAL, False) and not former)
    held = effective(person.role, {}, (), leaving=former)
    return access in held and (reads or changes or not (former or person.role == Role.AUDITOR))


@pytest.mark.parametrize(("door", "name"), PEOPLE, ids=[f"{d}-{n}" for d, n in PEOPLE])
@pytest.mark.usefixtures("nothing_stays")
def test_every_route_answers_as_declared(
    town: Town, portal_of: Callable[[Door], Flask], written: Written, door: Door, name: str
) -> None:
    app = portal_of(door)
    person = None if name == NOBODY else town.somebody(name)
    visitor = Visitor(app, door, person)
    firm = person.firm if person else "berg"
    wrong = []
    for rule, address in cells(town, app, door, firm):
        if address.path is None or (address.endpoint in ENDS and person):
            continue
        answer = visitor.ask(address.method, address.path)
        CELLS[door] += 1
        ROUTES.add((door, rule.endpoint, address.method))
        right = expected(app, person, address)
        if address.whose == addresses.OWN and address.method == "POST" and right >= SENT:
            CELLS["own sent"] += 1
            CELLS["done"] += answer.status_code < 400
        led = right is not LED or "/login" in answer.location
        if answer.status_code not in right or not led:
            wrong.append(f"{address.method} {address.path} ({address.whose}): "
                         f"{answer.status_code}, not {sorted(right)}")  # fmt: skip
    CELLS["wrong"] += len(wrong)
    assert wrong == [], "\n".join(wrong)
    assert written.unexpected() == []
    assert written.asked or not person


@pytest.mark.parametrize("door", [Door.INTRANET, Door.EXTRANET])
@pytest.mark.usefixtures("nothing_stays")
def test_a_part_is_not_there_under_another_thing(
    town: Town, portal_of: Callable[[Door], Flask], door: Door
) -> None:
    """The first id of an address counts: a firm's proof is not withdrawn at another firm's."""
    app, wrong, asked = portal_of(door), [], set()
    for name in STAFF if door is Door.INTRANET else ["broker"]:
        person = town.somebody(name)
        visitor = Visitor(app, door, person)
        for rule in addresses.rules(app):
            view = app.view_functions[rule.endpoint]
            access = getattr(view, "_access", None)
            if not isinstance(access, Permission):
                continue
            for path in addresses.displaced(town, door, person.firm or "berg", rule):
                for method in addresses.methods(rule):
                    if not _may(view, access, person, reads=method == "GET"):
                        continue
                    asked.add((rule.endpoint, method))
                    answer = visitor.ask(method, path)
                    if answer.status_code != 404:
                        wrong.append(f"{name}: {method} {path}: {answer.status_code}")
    assert wrong == [], "\n".join(wrong)
    assert {e for e, _ in asked} >= PARTS[door]


@pytest.fixture(scope="module", params=[SOUTH, NORTH])
def side(request: pytest.FixtureRequest, divided: Town) -> Iterator[str]:
    """The organisation all the staff works in meanwhile: the south, or the default one."""
    with seated(divided, request.param):
        yield request.param


@pytest.mark.parametrize("name", STAFF)
@pytest.mark.usefixtures("nothing_stays")
def test_another_organisations_is_behind_the_wall(
    divided: Town, divided_portal: Flask, side: str, name: str
) -> None:
    """What is his organisation's answers as declared; what is another's is not there."""
    person = divided.somebody(name)
    visitor = Visitor(divided_portal, Door.INTRANET, person)
    wrong = []
    for rule in addresses.rules(divided_portal):
        for whose, path in addresses.of_organisations(divided, rule, side):
            for method in addresses.methods(rule):
                assert path or whose != OTHER_ORGANISATION, f"{rule.endpoint}: no such row"
                if path is None:
                    continue
                answer = visitor.ask(method, path)
                CELLS[side] += 1
                right = _within(divided_portal, person, Address(rule.endpoint, method, whose, path))
                if answer.status_code not in right:
                    wrong.append(f"{method} {path} ({whose}): "
                                 f"{answer.status_code}, not {sorted(right)}")  # fmt: skip
    CELLS["wrong"] += len(wrong)
    assert wrong == [], "\n".join(wrong)


def test_the_matrix_is_whole(
    town: Town,
    portal_of: Callable[[Door], Flask],
    record_property: Callable[[str, object], None],
) -> None:
    """Every address was asked for, of one's own and of everybody else's; the figures are told."""
    missing = []
    for door, person in ((Door.INTRANET, "admin"), (Door.EXTRANET, "broker")):
        found = town.somebody(person)
        for rule, address in cells(town, portal_of(door), door, found.firm):
            hides = address.whose != addresses.PRIVATE or set(
                addresses.tables_of(rule).values()
            ) & {"contract", "customer"}
            if address.path is None and hides and rule.endpoint not in NO_ROWS:
                missing.append(f"{address.endpoint}: no row that is {address.whose}")
    assert missing == [], "\n".join(missing)
    asked = sum(CELLS[door] for door in Door)
    record_property(
        "figures",
        f"matrix: {len(ROUTES)} routes, {len(PEOPLE)} roles, {asked} cells,"
        f" {CELLS[SOUTH]} of organisations seen from the one and {CELLS[NORTH]} from the other,"
        f" {CELLS['wrong']} wrong; of {CELLS['own sent']} empty forms about one's own"
        f" {CELLS['done']} were taken",
    )


@pytest.mark.parametrize("door", sorted({door for door, _ in PEOPLE}))
def test_every_view_says_who_may_call_it(portal_of: Callable[[Door], Flask], door: Door) -> None:
    app = portal_of(door)
    said = {e: getattr(v, "_access", None) for e, v in app.view_functions.items()}
    silent = [e for e, access in said.items() if not access and not e.endswith(".static")]
    assert silent == []
    assert all(a == EVERYBODYS or isinstance(a, Permission) for a in said.values() if a)
