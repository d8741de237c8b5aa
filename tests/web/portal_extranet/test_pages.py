"""Every page of the extranet, as those who may and as those who may not."""

import re

import pytest

from tests.web.portal_extranet.conftest import Portal

PAGES = (
    "/",
    "/payout",
    "/payout?part=recurring",
    "/book",
    "/book?by=insurer",
    "/book?by=adviser",
    "/contracts",
    "/contracts?q=özt",
    "/contracts?part=totals",
    "/contracts/{C-1}",
    "/contracts/{C-1}?tab=commission",
    "/contracts/{C-1}?tab=documents",
    "/contracts/{C-1}?tab=messages",
    "/contracts/{C-1}/convert",
    "/contracts/{C-3}/convert",
    "/statements",
    "/statements/{statement}",
    "/statements/{statement}?correction=yes",
    "/statements/{statement}/lines/{line}/why",
    "/liability",
    "/products",
    "/products?q=vis",
    "/products/{product}",
    "/applications",
    "/applications/{A-1}",
    "/applications/{A-2}",
    "/applications/new",
    "/applications/new?q=dem",
    "/applications/new/product?customer={customer}",
    "/own/contracts",
    "/own/customers",
    "/own/customers?of=pool",
    "/own/customers/{customer}",
    "/own/customers/new",
    "/threads",
    "/threads/new",
    "/threads/new?send=document",
    "/threads/new?subject=contract&subject_id={C-1}",
    "/threads/new?subject=statement_line&subject_id={line}",
)
MONEY = ("/payout", "/statements", "/liability", "/statements/{statement}",
         "/statements/{statement}/papers/statement", "/statements/{statement}/lines/{line}/why",
         "/contracts/{C-1}/convert")  # fmt: skip
# what belongs to Berg alone
FOREIGN = (
    "/contracts/{C-1}", "/contracts/{C-1}/convert", "/statements/{statement}",
    "/statements/{statement}/papers/statement", "/statements/{statement}/lines/{line}/why",
    "/applications/{A-1}", "/applications/{A-1}/edit", "/own/customers/{customer}",
    "/own/customers/{customer}/edit", "/applications/new/product?customer={customer}",
    "/threads/new?subject=contract&subject_id={C-1}",
    "/threads/new?subject=statement_line&subject_id={line}",
    "/own/contracts/{C-1}", "/own/contracts/999999", "/threads/999999", "/documents/999999",
)  # fmt: skip


def filled(portal: Portal, path: str) -> str:
    brokers = portal.brokers
    known = {
        **brokers.contracts,
        **brokers.applications,
        "statement": brokers.statements["Berg", "2026-02"],
        "line": brokers.lines["Berg", "2026-02"],
        "product": brokers.product_id,
        "customer": brokers.customers["C-1"],
    }
    for name, number in known.items():
        path = path.replace("{" + name + "}", str(number))
    return path


@pytest.mark.parametrize("path", PAGES)
def test_a_broker_opens_it(read_portal: Portal, path: str) -> None:
    found = read_portal.broker.get(filled(read_portal, path))
    assert found.status_code == 200, found.text[:2000]


def test_a_number_leads_to_its_statement_and_an_amount_to_its_explanation(
    read_portal: Portal,
) -> None:
    statement = filled(read_portal, "/statements/{statement}")
    page = read_portal.broker.get(statement).text
    number = re.search(r"20\d\d-\d\d/\d+", page)
    assert number
    assert statement in read_portal.broker.get(f"/search?q={number[0]}").text
    amount = re.search(r"data-why[^>]*>([\d.,]+)</a>", page)
    assert amount
    found = read_portal.broker.get(f"/search?q=€{amount[1]}").text
    assert re.search(r'href="/statements/\d+/lines/\d+/why"', found)


@pytest.mark.parametrize("path", FOREIGN)
def test_another_firms_is_not_there(read_portal: Portal, path: str) -> None:
    assert read_portal.neighbour.get(filled(read_portal, path)).status_code == 404


@pytest.mark.parametrize("path", MONEY)
def test_an_assistant_sees_no_statements_and_converts_nothing(
    read_portal: Portal, path: str
) -> None:
    assert read_portal.assistant.get(filled(read_portal, path)).status_code == 403


@pytest.mark.parametrize("path", [p for p in PAGES if not p.startswith(MONEY)])
def test_an_assistant_opens_the_rest(read_portal: Portal, path: str) -> None:
    if "statement" in path or path.endswith("/convert"):
        return
    found = read_portal.assistant.get(filled(read_portal, path))
    assert found.status_code == 200
    assert "/liability" not in found.text
    assert "/convert" not in found.text
