"""What stands on every page of both portals that somebody signed in can open."""

import re
from collections.abc import Callable, Iterator
from urllib.parse import parse_qsl, urlsplit

import pytest
from flask import Flask

from shared.vocabulary import Door
from shared.web.access import EVERYBODY
from tests.factories.town import Town
from tests.web import addresses
from tests.web.forms_of import forms_of
from tests.web.portals import PORTALS
from tests.web.visitors import Visitor

PEOPLE = {Door.INTRANET: "admin", Door.EXTRANET: "broker"}
SIGN_OUT = re.compile(
    r'<form method="post" action="/logout"><input[^>]*csrf_token[^>]*>'
    r'<button class="[^"]*"[^>]*>(?:<svg.*?</svg>)?\s*Sign out</button></form>'
)
# words in an address by which somebody else could come in, or act
SECRET = re.compile(r"pass|token|secret|code|csrf|session|proof|credential|iban|sealed")
# which of them are none
HARMLESS = {"postcode"}
ADDRESS = re.compile(r'\s(?:href|action|src|hx-get|hx-post)="([^"]*)"')


@pytest.fixture(scope="module")
def pages(town: Town, portal_of: Callable[[Door], Flask]) -> dict[Door, dict[str, str]]:
    """Every page by its address, that of an error and of a form that was refused too."""
    return {door: dict(_pages(town, portal_of(door), door)) for door in PORTALS}


def _pages(town: Town, app: Flask, door: Door) -> Iterator[tuple[str, str]]:
    visitor = Visitor(app, door, town.somebody(PEOPLE[door]))
    known = ["/nowhere", "/contracts/2000000000"]
    for rule in addresses.rules(app):
        # what is everybody's needs no session: there is nothing to end
        everybodys = getattr(app.view_functions[rule.endpoint], "_access", EVERYBODY) == EVERYBODY
        if "GET" in addresses.methods(rule) and not everybodys:
            person = visitor.person
            found = addresses.addresses_of(town, door, person.firm if person else "", rule)
            known += [path for whose, path in found if whose == addresses.OWN and path]
    for path in known:
        answer = visitor.get(path)
        if answer.mimetype == "text/html" and answer.status_code != 303:
            yield path, answer.text


@pytest.mark.parametrize("door", PORTALS)
def test_every_page_has_the_way_out(pages: dict[Door, dict[str, str]], door: Door) -> None:
    """A button in the person's menu, or below what could not be shown."""
    whole = {path: page for path, page in pages[door].items() if "<!doctype html>" in page}
    assert len(whole) > (40 if door is Door.EXTRANET else 100)
    without = [path for path, page in whole.items() if not SIGN_OUT.search(page)]
    assert without == []


@pytest.mark.parametrize("door", PORTALS)
def test_no_address_carries_a_secret(pages: dict[Door, dict[str, str]], door: Door) -> None:
    """Neither a link nor a form that is sent by its address: those stay in logs and histories."""
    wrong = []
    for path, page in pages[door].items():
        for address in ADDRESS.findall(page):
            names = {name for name, _ in parse_qsl(urlsplit(address).query, keep_blank_values=True)}
            wrong += [f"{path}: {n} in {address}" for n in names - HARMLESS if SECRET.search(n)]
        for form in forms_of(page):
            sent = {name for name, _ in form.fields} if form.method == "get" else set()
            wrong += [f"{path}: {n} of {form.action}" for n in sent - HARMLESS if SECRET.search(n)]
    assert wrong == []
