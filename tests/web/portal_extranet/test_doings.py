"""What brokers do in the extranet, and what happens when they do it twice or wrongly."""

import io
import re
from datetime import date
from hashlib import sha256

import pytest
from sqlalchemy import text
from werkzeug.test import TestResponse

from shared import clock
from shared.db import make_engine, open_session
from shared.models.contracts import Application, Contract, Conversion, Customer, Document
from shared.models.conversation import Thread
from tests.web.portal_extranet.conftest import Portal
from tests.web.portals import TOKEN, Browser

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def send(
    browser: Browser, path: str, page: str, files: dict[str, tuple[bytes, str]], **fields: str
) -> TestResponse:
    token = TOKEN.search(browser.get(page).text)
    assert token
    data = {"csrf_token": token[1], **fields}
    uploads = {name: (io.BytesIO(content), called) for name, (content, called) in files.items()}
    return browser.client.post(
        path,
        base_url=browser.host,
        data={**data, **uploads},
        headers={"Sec-Fetch-Site": "same-origin", "Accept-Language": "en"},
        content_type="multipart/form-data",
    )


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found
    return found[1]


def counted(portal: Portal, model: type, **values: object) -> int:
    """How many rows a broker has of a kind."""
    actor = portal.brokers.actor()
    engine = make_engine(portal.brokers.database.door_url(actor.door))
    with open_session(engine, actor) as session:
        found: int = session.query(model).filter_by(**values).count()
    engine.dispose()
    return found


class TestConversion:
    def test_consequences_first_then_typed_then_done_once(
        self, portal: Portal, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        # what it was paid in February is of the last twelve months only in its own year
        monkeypatch.setattr(clock, "today", lambda _zone: date(2026, 3, 15))
        broker, contract = portal.broker, portal.brokers.contracts["C-1"]
        path = f"/contracts/{contract}/convert"
        page = broker.get(path).text
        assert "€40.00" in page  # recurring commission of twelve months
        assert "C-1" in page
        seen = hidden(page, "seen")
        wrong = broker.post(path, path, confirmed="C-9", seen=seen)
        assert wrong.status_code == 422
        assert "Type the number of this contract" in wrong.text
        stale = broker.post(path, path, confirmed="C-1", seen="0" * 64)
        assert stale.status_code == 422
        assert "has changed since you saw the consequences" in stale.text
        assert counted(portal, Conversion) == 0
        done = broker.post(path, path, confirmed="c 1", seen=seen)
        assert done.status_code == 303
        again = broker.post(path, "/own/contracts", confirmed="c1", seen=seen)
        assert again.status_code == 303
        assert again.location == done.location
        assert counted(portal, Conversion) == 1
        own = broker.get(done.location)
        assert "Taken over from the pool" in own.text
        kept = broker.get(f"/contracts/{contract}").text
        assert "Converted on" in kept
        assert "/convert" not in kept
        assert portal.neighbour.get(done.location).status_code == 404
        assert portal.assistant.post(path, "/contracts", confirmed="C-1").status_code == 403

    def test_another_firms_contract_is_not_converted(self, portal: Portal) -> None:
        path = f"/contracts/{portal.brokers.contracts['C-1']}/convert"
        assert portal.neighbour.post(path, "/contracts", confirmed="C-1").status_code == 404
        assert counted(portal, Conversion) == 0


def begin(portal: Portal) -> TestResponse:
    """A draft for the first customer, of the product there is."""
    customer = str(portal.brokers.customers["C-1"])
    page = f"/applications/new/product?customer={customer}"
    return portal.broker.post(
        "/applications/new/product", page, customer=customer, product=str(portal.brokers.product_id)
    )


class TestApplication:
    def test_from_customer_to_the_pool_with_a_paper(self, portal: Portal) -> None:
        broker = portal.broker
        new = broker.post(
            "/applications/new", "/applications/new", last_name="Nowak", first_name="Ewa",
            birth_date="3.4.1980",
        )  # fmt: skip
        assert new.status_code == 303
        customer = new.location.rpartition("=")[2]
        offered = broker.get(new.location).text
        assert "Vision" in offered
        begun = broker.post(
            "/applications/new/product", new.location, customer=customer,
            product=str(portal.brokers.product_id),
        )  # fmt: skip
        assert begun.status_code == 303
        edit = begun.location
        assert counted(portal, Application, state="draft") == 1
        page = broker.get(edit).text
        choice = re.search(r'<option value="([1-9]\d*)">Berg</option>', page)
        assert choice
        adviser = choice[1]
        fields = {
            "version": hidden(page, "version"), "applied_on": "1.3.2026", "currency": "EUR",
            "producer_id": adviser, "frequency": "", "net_premium": "1200",
        }  # fmt: skip
        refused = send(broker, edit, edit, {"files": (b"MZ\x90\x00", "tool.exe")}, do="submit",
                       **fields)  # fmt: skip
        assert refused.status_code == 422
        assert "no file we can take" in refused.text
        assert 'value="1200"' in refused.text  # nothing typed is lost
        sent = send(broker, edit, edit, {"photo": (PDF, "IMG_1.pdf")}, do="submit", **fields)
        assert sent.status_code == 303
        case = sent.location
        assert re.search(r"<dt>Adviser</dt>\s*<dd[^>]*>Berg</dd>", broker.get(case).text)
        assert counted(portal, Application, state="submitted") == 1
        assert counted(portal, Document, subject="application") == 1
        again = send(broker, edit, "/applications", {}, do="submit", **fields)
        assert again.status_code == 303
        assert again.location == case
        assert counted(portal, Document, subject="application") == 1
        assert portal.neighbour.get(case).status_code == 404

    def test_a_query_is_answered_with_text_and_paper(self, portal: Portal) -> None:
        broker = portal.broker
        case = f"/applications/{portal.brokers.applications['A-2']}"
        assert "Medical report, please" in broker.get("/").text
        empty = send(broker, f"{case}/answer", case, {}, text="")
        assert empty.status_code == 422
        sent = send(broker, f"{case}/answer", case, {"photo": (PDF, "report.pdf")}, text="Here.")
        assert sent.status_code == 303
        assert counted(portal, Application, state="insurer_query") == 0
        assert "report.pdf" in broker.get(case).text
        twice = send(broker, f"{case}/answer", case, {}, text="Here.")
        assert twice.status_code == 409
        foreign = send(portal.neighbour, f"{case}/answer", "/threads/new", {}, text="x")
        assert foreign.status_code == 404

    def test_who_may_not_sell_is_told_why_and_keeps_the_draft(self, portal: Portal) -> None:
        broker, brokers = portal.broker, portal.brokers
        begun = begin(portal)
        engine = make_engine(brokers.database.owner_url)
        with engine.begin() as connection:
            connection.execute(text("UPDATE product SET restricted = true"))
        engine.dispose()
        page = f"/applications/new/product?customer={brokers.customers['C-1']}"
        assert "Your firm is not released for it" in broker.get(page).text
        fields = {"version": hidden(broker.get(begun.location).text, "version"),
                  "applied_on": "1.3.2026", "currency": "EUR", "producer_id": "0",
                  "frequency": ""}  # fmt: skip
        sent = send(broker, begun.location, begun.location, {"files": (PDF, "a.pdf")}, do="submit",
                    **fields)  # fmt: skip
        assert sent.location == begun.location
        assert "may not be sold by this firm now" in broker.get(begun.location).text
        assert counted(portal, Document, subject="application") == 1  # the paper is kept
        assert broker.get(f"/products/{brokers.product_id}").status_code == 404

    def test_a_draft_of_an_insurer_limited_to_others_opens_and_says_so(
        self, portal: Portal
    ) -> None:
        broker, brokers = portal.broker, portal.brokers
        begun = begin(portal)
        engine = make_engine(brokers.database.owner_url)
        with engine.begin() as connection:
            connection.execute(
                text(
                    "INSERT INTO organisation (pool_id, name, is_default, recorded_by)"
                    " SELECT id, 'North', true, 'test' FROM pool"
                )
            )
            connection.execute(
                text(
                    "INSERT INTO master_access (pool_id, insurer_id, organisation_id, recorded_by)"
                    " SELECT p.pool_id, p.insurer_id, o.id, 'test' FROM product p"
                    " JOIN organisation o ON o.pool_id = p.pool_id WHERE p.id = :product"
                ),
                {"product": brokers.product_id},
            )
        engine.dispose()
        assert broker.get(f"/products/{brokers.product_id}").status_code == 404
        opened = broker.get(begun.location)
        assert opened.status_code == 200
        fields = {"version": hidden(opened.text, "version"), "applied_on": "1.3.2026",
                  "currency": "EUR", "producer_id": "0", "frequency": ""}  # fmt: skip
        sent = send(broker, begun.location, begun.location, {}, do="submit", **fields)
        assert sent.location == begun.location
        assert "may not be sold by this firm now" in broker.get(begun.location).text
        case = begun.location.removesuffix("/edit")
        assert broker.get(case).status_code == 200
        assert counted(portal, Application, state="draft") == 1


class TestStatements:
    def test_papers_are_the_issued_bytes_each_time(self, read_portal: Portal) -> None:
        brokers, broker = read_portal.brokers, read_portal.broker
        statement = brokers.statements["Berg", "2026-02"]
        digests = set()
        for _ in range(2):
            found = broker.get(f"/statements/{statement}/papers/statement")
            assert found.mimetype == "application/pdf"
            assert "attachment" in found.headers["Content-Disposition"]
            digests.add(sha256(found.data).hexdigest())
        actor = brokers.actor()
        engine = make_engine(brokers.database.door_url(actor.door))
        with open_session(engine, actor) as session:
            asked = session.query(Document).filter_by(kind="statement", subject_id=statement)
            stored = asked.one()
            assert digests == {stored.sha256}
        engine.dispose()
        csv = broker.get(f"/statements/{statement}/papers/csv")
        assert csv.status_code == 200
        assert broker.get(f"/statements/{statement}/papers/act").status_code == 404

    def test_a_question_about_a_line_is_a_thread_with_a_state(self, portal: Portal) -> None:
        broker = portal.broker
        line = portal.brokers.lines["Berg", "2026-02"]
        page = f"/threads/new?subject=statement_line&subject_id={line}"
        sent = send(broker, "/threads/new", page, {}, subject="statement_line",
                    subject_id=str(line), title="Why so little?", body="Please look.")  # fmt: skip
        assert sent.status_code == 303
        assert counted(portal, Thread, kind="question", state="open") == 1
        shown = broker.get(sent.location).text
        assert "Why this amount?" in shown
        assert "The pool has not read it yet." in shown
        assert portal.neighbour.get(sent.location).status_code == 404
        stolen = send(portal.neighbour, "/threads/new", "/threads/new", {},
                      subject="statement_line", subject_id=str(line), title="x",
                      body="y")  # fmt: skip
        assert stolen.status_code == 404


class TestOwn:
    def test_customer_and_contract_kept_and_changed(self, portal: Portal) -> None:
        broker = portal.broker
        first = broker.get("/own/contracts/new")
        assert first.location == "/own/customers/new?then=contract"
        nameless = broker.post("/own/customers/new", "/own/customers/new", first_name="Uwe")
        assert nameless.status_code == 422
        assert 'value="Uwe"' in nameless.text
        made = broker.post("/own/customers/new?then=contract", "/own/customers/new",
                           last_name="Weiß", first_name="Uwe", phone="0151 1")  # fmt: skip
        page = made.location
        holder = page.rpartition("=")[2]
        kept = broker.post("/own/contracts/new", page, holder_id=holder, number="K 12/3",
                           state="active", currency="EUR", frequency="yearly",
                           net_premium="120,50", begin_on="1.2.2026")  # fmt: skip
        assert kept.status_code == 303
        assert "€120.50" in broker.get(kept.location).text
        edit = f"{kept.location}/edit"
        version = hidden(broker.get(edit).text, "version")
        values = {"holder_id": holder, "number": "K 12/4", "state": "active", "currency": "EUR",
                  "frequency": "", "version": version}  # fmt: skip
        assert broker.post(edit, edit, **values).status_code == 303
        late = broker.post(edit, edit, **{**values, "number": "K 12/5"})
        assert late.status_code == 409
        assert "Somebody else has saved" in late.text
        assert "K 12/4" in late.text
        paper = send(broker, f"{kept.location}/documents", kept.location,
                     {"files": (PDF, "policy.pdf")})  # fmt: skip
        assert paper.status_code == 303
        assert counted(portal, Document, private=True) == 1
        for path in (kept.location, edit, f"/own/customers/{holder}"):
            assert portal.neighbour.get(path).status_code == 404

    def test_staff_and_jobs_see_nothing_of_it(self, portal: Portal) -> None:
        broker, brokers = portal.broker, portal.brokers
        broker.post("/own/customers/new", "/own/customers/new", last_name="Geheim")
        for actor in (brokers.staff(), brokers.job()):
            engine = make_engine(brokers.database.door_url(actor.door))
            with open_session(engine, actor) as session:
                assert session.query(Customer).filter_by(last_name="Geheim").count() == 0
                assert session.query(Contract).filter_by(private=True).count() == 0
            engine.dispose()


def test_a_list_costs_few_statements(read_portal: Portal) -> None:
    from sqlalchemy import event  # noqa: PLC0415

    from shared.web.database import db  # noqa: PLC0415

    broker = read_portal.broker
    statement = read_portal.brokers.statements["Berg", "2026-02"]
    with read_portal.app.app_context():
        engine = db.engine
    seen: list[str] = []

    def note(_: object, __: object, statement: str, *___: object) -> None:
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        for path in (
            "/contracts",
            "/statements",
            f"/statements/{statement}",
            "/applications",
            "/own/contracts",
            "/own/customers",
            "/threads",
            "/book",
            "/products",
        ):
            seen.clear()
            assert broker.get(path).status_code == 200
            assert len(seen) <= 8, (path, seen)
    finally:
        event.remove(engine, "before_cursor_execute", note)
