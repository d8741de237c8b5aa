"""Insurers and products in the browser."""

import gc
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import event

from shared.permissions import Role
from shared.web.database import db
from tests.servers import Database, PostgresServer
from tests.web.intranet.range_office import Office, range_office
from tests.web.portals import Browser

INSURER = {
    "code": "BORUSSIA", "name": "Borussia AG", "country": "DE", "city": "Köln", "street": "",
    "postcode": "", "email": "", "phone": "", "note": "",
}  # fmt: skip


@pytest.fixture(scope="module")
def office(
    postgres: PostgresServer, template: Database, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Office]:
    database = postgres.cloned(template, "test_range_office")
    with range_office(database, tmp_path_factory.mktemp("files")) as made:
        yield made


@pytest.fixture
def desk(office: Office) -> Browser:
    return office.browser()


def saved_at(office: Office, path: str, page: str, **fields: object) -> str:
    """Where a form leads once it is saved."""
    response = office.browser().post(path, page, fields=fields)
    assert response.status_code == 303, response.text[-4000:]
    return response.location


def new_product(office: Office, code: str, **fields: object) -> int:
    where = saved_at(
        office, "/products/new", "/products/new", code=code, name=f"Tarif {code}",
        insurer_id=office.pool.id("insurer", "Aquila"),
        line_id=office.pool.id("line_of_business", "Leben"), **fields,
    )  # fmt: skip
    return int(where.rpartition("/")[2])


@pytest.mark.parametrize(
    "path",
    [
        "/insurers", "/insurers?q=aqu", "/insurers/new", "/products", "/products?agreed=no",
        "/products?insurer=1&state=active", "/products/new",
    ],
)  # fmt: skip
def test_pages_are_good(desk: Browser, path: str) -> None:
    assert desk.get(path).status_code == 200


def test_an_insurer_from_new_to_a_conflict(office: Office) -> None:
    where = saved_at(office, "/insurers/new", "/insurers/new", **INSURER)
    desk = office.browser()
    for tab in ("data", "products", "agreements", "numbers"):
        assert desk.get(f"{where}?tab={tab}").status_code == 200
    taken = desk.post("/insurers/new", "/insurers/new", fields=INSURER)
    assert (taken.status_code, "is taken by Borussia AG" in taken.text) == (409, True)
    edit = f"{where}/edit"
    saved_at(office, edit, edit, **INSURER | {"city": "Bonn"}, version="1")
    late = desk.post(edit, edit, fields=INSURER | {"phone": "0221 1", "version": "1"})
    assert late.status_code == 409
    assert "Somebody else has saved" in late.text
    assert 'value="0221 1"' in late.text
    assert "Bonn" in late.text
    version = re.search(r'name="version" value="(\d+)"', late.text)
    assert version
    saved_at(office, edit, edit, **INSURER | {"phone": "0221 1", "version": version[1]})


def test_a_product_from_draft_to_withdrawn(office: Office) -> None:
    number = new_product(
        office, "BU", offered_until="31.12.2030", restricted="yes",
        feature=["Zulage", "Alter"], feature_value=["ja", "18–60"],
    )  # fmt: skip
    desk = office.browser()
    page = desk.get(f"/products/{number}")
    assert page.text.index("Zulage") < page.text.index("Alter")
    assert "31 Dec 2030" in page.text
    move = f"/products/{number}/become/active"
    assert "find it in the range" in desk.get(move).text
    assert desk.get(f"/products/{number}/become/draft").status_code == 404
    saved_at(office, move, move, version="1")
    again = desk.post(move, f"/products/{number}/become/withdrawn", fields={"version": "1"})
    assert again.location.endswith(f"/products/{number}")
    assert "saved while you had it open" in desk.get(again.location).text
    edit = f"/products/{number}/edit"
    wrong = desk.post(edit, edit, fields={"code": "", "name": "x", "offered_from": "neulich"})
    assert wrong.status_code == 422
    assert 'value="neulich"' in wrong.text


# the test's own client keeps a large upload's body in a file it does not close
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_versions_and_documents(office: Office) -> None:
    number = new_product(office, "V")
    new = f"/products/{number}/versions/new"
    version = {"name": "2025", "valid_from": "1.1.2025", "unit_value": "1.000,00",
               "cap_years": "35", "product_factor": "1"}  # fmt: skip
    saved_at(office, new, new, **version)
    desk = office.browser()
    overlap = desk.post(new, new, fields=version | {"name": "2026", "valid_from": "1.1.2026"})
    assert (overlap.status_code, "overlap version 2025" in overlap.text) == (409, True)
    listed = desk.get(f"/products/{number}?tab=versions").text
    assert "1,000.00" in listed
    edit = re.search(rf'href="(/products/{number}/versions/\d+)"', listed)
    assert edit
    saved_at(office, edit[1], edit[1], **version | {"valid_until": "31.12.2025"})
    saved_at(office, new, new, **version | {"name": "2026", "valid_from": "1.1.2026"})

    tab = f"/products/{number}?tab=documents"
    add = f"/products/{number}/documents"
    pdf = b"%PDF-1.7" + b"x" * (3 * 1024 * 1024)
    saved_at(office, add, tab, file=(io.BytesIO(pdf), "AVB.pdf"), title="Bedingungen",
             valid_from="1.1.2026", of_version="0")  # fmt: skip
    link = re.search(rf'href="({add}/\d+)"', desk.get(tab).text)
    assert link
    answer = desk.get(link[1])
    assert answer.data == pdf
    assert answer.headers["Content-Disposition"] == "attachment; filename=AVB.pdf"
    bad = desk.post(add, tab, fields={"file": (io.BytesIO(b"MZ"), "a.pdf"), "of_version": "0"})
    assert (bad.status_code, "Take a PDF" in bad.text) == (422, True)
    assert desk.get(f"{add}/999999").status_code == 404
    gc.collect()


def test_who_may_sell(office: Office) -> None:
    number = new_product(office, "R", restricted="yes")
    new = f"/products/{number}/selling/new"
    firms = [office.pool.id("company", code) for code in ("Kiefer", "Linde")]
    where = saved_at(
        office, new, new, firms=[str(f) for f in firms], allowed="yes", valid_from="1.1.2026"
    )
    desk = office.browser()
    assert desk.get(where).text.count("may sell</span>") == 2
    end = f"/products/{number}/selling/{firms[0]}/end"
    saved_at(office, end, where)
    nobody = desk.post(new, new, fields={"allowed": "yes", "valid_from": "1.1.2026"})
    assert nobody.status_code == 422


def test_who_may_not_write_reads(office: Office) -> None:
    auditor = office.browser(Role.AUDITOR)
    number = office.pool.id("product", "P")
    page = auditor.get(f"/products/{number}")
    assert page.status_code == 200
    assert f"/products/{number}/edit" not in page.text
    for path in ("/products/new", f"/products/{number}/edit", "/insurers/new",
                 f"/products/{number}/selling/new"):  # fmt: skip
        assert auditor.get(path).status_code == 403
    assert office.browser(Role.CLERK).get("/products/new").status_code == 200


def test_another_pools_things_are_not_there(office: Office) -> None:
    worker_sees = office.pool.select("SELECT id FROM product WHERE pool_id = :pool")
    foreign = next(n for n in range(1, 50) if (n,) not in [tuple(r) for r in worker_sees])
    desk = office.browser()
    for path in (f"/products/{foreign}", f"/products/{foreign}/edit", "/insurers/4711"):
        assert desk.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/products?state=active", "/insurers"])
def test_a_list_costs_few_statements(office: Office, path: str) -> None:
    desk = office.browser()
    statements: list[str] = []

    def count(*args: object) -> None:
        statements.append(str(args[2]))

    with office.app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", count)
    try:
        assert desk.get(path).status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", count)
    assert len(statements) <= 8, statements


def test_files_of_lists(office: Office) -> None:
    answer = office.browser().get("/products?format=csv&cols=code,agreed")
    assert answer.status_code == 200
    assert "P" in answer.text


def test_storage_is_where_it_should_be(office: Office) -> None:
    assert Path(office.app.config["STORAGE_DIR"]).exists()
