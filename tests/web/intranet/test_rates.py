"""Rates and agreements in the browser."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import event

from pool_module.agreements.errors import AgreementOverlaps
from pool_module.agreements.operations import rates
from shared.errors import Span
from shared.models.pools import Division, Organisation, Pool
from shared.permissions import Role
from shared.vocabulary import Door
from shared.web.database import db
from shared.web.refusals import days_in_words
from tests.factories.days import TODAY
from tests.servers import Database, PostgresServer
from tests.web.intranet.range_office import Office, range_office
from tests.web.portals import Browser


@pytest.fixture
def office(
    postgres: PostgresServer, template: Database, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Office]:
    database = postgres.cloned(template, "test_rates_office")
    with range_office(database, tmp_path_factory.mktemp("files")) as made:
        yield made
    postgres.drop("test_rates_office")


def rule(office: Office, code: str, **values: Any) -> int:
    jana = office.pool.actor()
    with office.pool.at(jana) as session:
        return rates.create_rule(session, jana, office.pool.rule(code=code, **values)).id


def typed(office: Office, **fields: Any) -> dict[str, Any]:
    """A level's rate for everything, as somebody types it."""
    usual = {
        "kind": "acquisition", "scope": "any", "product_id": "0", "line_id": "0",
        "insurer_id": "0", "who": "level", "producer": "", "group_id": "0",
        "level_id": str(office.pool.id("career_level", "L1")), "rate_of": "basis", "rate": "22 ‰",
        "currency": "EUR", "everywhere": "yes", "organisation_id": "0", "division_id": "0",
        "active": "yes", "valid_from": "1.1.2026", "valid_until": "31.12.2026", "code": "",
        "reason": "", "then": "ok",
    }  # fmt: skip
    return usual | fields


def stored(office: Office) -> list[tuple[Any, ...]]:
    found = office.pool.select(
        "SELECT code, rate, valid::text FROM rule WHERE pool_id = :pool "
        "AND superseded_at IS NULL ORDER BY code"
    )
    return [tuple(row) for row in found]


def test_the_presets_of_the_one_form(office: Office) -> None:
    desk = office.browser()
    today = re.search(r'id="valid_from"[^>]*value="([^"]+)"', desk.get("/rates/new").text)
    assert today
    dated = desk.get("/rates/new?preset=dated").text
    until = re.search(r'id="valid_until"[^>]*value="([^"]*)"', dated)
    assert until
    assert until[1]
    default = desk.get("/rates/new?preset=default").text
    assert re.search(r'id="valid_until"[^>]*value=""', default)
    agent = desk.get("/rates/new?preset=agent").text
    assert re.search(r'name="who" value="producer" checked', agent)
    for page in (dated, default, agent):
        assert re.search(r'id="everywhere"[^>]*checked', page)
        assert re.search(r'id="active"[^>]*checked', page)
    assert "All divisions" in default
    product = office.pool.id("product", "P")
    locked = desk.get(f"/rates/new?product={product}").text
    assert '<select class="inp" id="product_id"' not in locked
    assert "Aquila" in locked


def test_ok_save_and_add_save_and_copy(office: Office) -> None:
    desk, new = office.browser(), "/rates/new"
    done = desk.post(new, new, fields=typed(office))
    assert done.status_code == 303
    assert "22‰" in desk.get(done.location).text
    assert stored(office) == [
        ("ACQ-L1", Decimal("0.02200000"), "[2026-01-01,2027-01-01)"),
    ]
    add = desk.post(new, new, fields=typed(office, kind="recurring", then="add"))
    assert add.location.endswith("/rates/new")
    copy = desk.post(new, new, fields=typed(office, kind="change", then="copy"))
    page = desk.get(copy.location).text
    assert re.search(r'value="change" selected', page)
    assert re.search(r'id="rate"[^>]*value="22‰"', page)
    product = office.pool.id("product", "P")
    path = f"{new}?product={product}"
    locked = desk.post(path, path, fields=typed(office, scope="any", who="anyone", rate="1,5 %"))
    assert locked.location.endswith(f"/products/{product}?tab=rates")
    assert ("ACQ-P", Decimal("0.01500000"), "[2026-01-01,2027-01-01)") in stored(office)


def test_what_is_wrong_is_said_and_kept(office: Office) -> None:
    desk, new = office.browser(), "/rates/new"
    wrong = desk.post(
        new, new, fields=typed(office, rate="viel", valid_from="bald", level_id="0", everywhere="")
    )
    assert wrong.status_code == 422
    page = wrong.text
    for kept in ('value="viel"', 'value="bald"', "whom the rate is for", "leave it global"):
        assert kept in page
    assert "Please check 4 things" in page
    nobody = desk.post(new, new, fields=typed(office, who="producer", producer="Zzz"))
    assert (nobody.status_code, "no producer Zzz" in nobody.text) == (422, True)
    several = desk.post(new, new, fields=typed(office, who="producer", producer="er"))
    assert "Berg" in several.text
    fixed = typed(office, rate_of="fixed", rate="9,00", who="producer", producer="Berg · Berg")
    assert desk.post(new, new, fields=fixed).status_code == 303


def test_a_division_of_another_organisation(office: Office) -> None:
    """Two things that exclude each other are refused: none of them is dropped."""
    pool = office.pool.pool_id
    with office.pool.at(office.pool.actor(Door.WORKER)) as session:
        session.get_one(Pool, pool).organisations_on = True
        north = Organisation(pool_id=pool, name="Nord", is_default=True)
        south = Organisation(pool_id=pool, name="Süd")
        session.add_all([north, south])
        session.flush()
        fleet = Division(pool_id=pool, name="Flotte", organisation_id=south.id)
        session.add(fleet)
        session.flush()
        first, second, of_second = str(north.id), str(south.id), str(fleet.id)
    of_first = str(office.pool.id("division", "Gewerbe", "name"))  # names none: the default one's
    desk, new = office.browser(), "/rates/new"
    rule(office, "ANY", rate=Decimal("0.01"))
    edit = f"/rates/{office.pool.id('rule', 'ANY')}/edit"
    product = office.pool.id("product", "P")
    for organisation, division in ((first, of_second), (second, of_first)):
        pair = {"organisation_id": organisation, "division_id": division}
        fields = typed(office, everywhere="", **pair)
        for path in (new, f"{new}?copy={edit.split('/')[2]}", edit):
            more = {"holds": "always", "since": ""} if path == edit else {}
            refused = desk.post(path, path, fields=fields | more)
            assert refused.status_code == 422, path
            assert "This division belongs to" in refused.text
        looked = desk.post(new, new, fields=fields | {"then": "preview"})
        assert looked.status_code == 422
        asked = desk.get(
            f"/rates/which?producer=Berg&product={product}&kind=acquisition&day=15.6.2026"
            f"&currency=EUR&organisation={organisation}&division={division}"
        )
        assert asked.status_code == 422
        assert "This division belongs to" in asked.text
    assert [code for code, *_ in stored(office)] == ["ANY"]
    fields = typed(office, everywhere="", organisation_id=second, division_id=of_second)
    assert desk.post(new, new, fields=fields).status_code == 303
    assert f"ACQ-L1-D{of_second}" in [code for code, *_ in stored(office)]


def test_two_accountants_at_once(office: Office) -> None:
    """The second is refused, sees the first's rate, and keeps what was typed."""
    jana, tom = office.browser(name="Jana"), office.browser(name="Tom")
    new = "/rates/new"
    assert jana.post(new, new, fields=typed(office, code="JANA")).status_code == 303
    late = tom.post(new, new, fields=typed(office, rate="2,5 %", reason="Brief vom 3.11."))
    assert late.status_code == 409
    assert 'value="2,5 %"' in late.text
    assert 'value="Brief vom 3.11."' in late.text
    number = office.pool.id("rule", "JANA")
    assert f'href="/rates/{number}"' in late.text
    assert len(stored(office)) == 1

    first = jana.get(f"/rates/{number}/edit").text
    assert "The change holds" in first
    change = typed(office, rate="3 %", holds="since", since="1.7.2026")
    path = f"/rates/{number}/edit"
    assert jana.post(path, path, fields=change).status_code == 303
    over = tom.post(path, path, fields=change | {"rate": "4 %"})
    assert (over.status_code, "while you had it open" in over.text) == (409, True)
    assert 'value="4 %"' in over.text
    assert [days for *_, days in stored(office)] == [
        "[2026-07-01,2027-01-01)",
        "[2026-01-01,2026-07-01)",
    ]


def test_a_look_before_saving(office: Office) -> None:
    desk, new = office.browser(), "/rates/new"
    look = desk.post(new, new, fields=typed(office, then="preview"))
    assert (look.status_code, "Nothing is booked yet" in look.text) == (200, True)
    assert stored(office) == []


def test_inactivate_and_activate_in_bulk(office: Office) -> None:
    desk = office.browser()
    ids = [str(rule(office, "A")), str(rule(office, "B", kind="recurring"))]
    ask = desk.post("/rates/inactivate", "/rates", fields={"selected": ids, "next": "/rates"})
    assert ask.status_code == 200
    assert "Inactivate 2 rates" in ask.text
    assert "Withdrawn from every date" in ask.text
    chosen: dict[str, Any] = {"selected": ids, "next": "/rates"}
    unread = desk.post(
        "/rates/inactivate", "/rates", fields=chosen | {"how": "end", "day": "irgendwann"}
    )
    assert unread.status_code == 422
    end = desk.post(
        "/rates/inactivate", "/rates", fields=chosen | {"how": "end", "day": "1.7.2026"}
    )
    assert end.status_code == 303
    assert [code for code, *_ in stored(office)] == ["A/2", "B/2"]
    gone = [str(office.pool.id("rule", code)) for code in ("A/2", "B/2")]
    desk.post("/rates/inactivate", "/rates", fields={"selected": gone, "how": "withdraw"})
    assert stored(office) == []
    back = {"selected": gone, "how": "since", "day": "1.1.2027"}
    assert desk.post("/rates/activate", "/rates", fields=back).status_code == 303
    assert [days for *_, days in stored(office)] == ["[2027-01-01,)"] * 2
    assert desk.post("/rates/activate", "/rates", fields={}).status_code == 303


def test_active_only_is_remembered(office: Office) -> None:
    jana, clerk = office.browser(), office.browser(Role.CLERK)
    rule(office, "OLD-ONE", end=date(2021, 1, 1))
    assert "OLD-ONE" not in jana.get("/rates").text
    assert jana.post("/rates/active-only", "/rates", value="no").status_code == 303
    assert "OLD-ONE" in jana.get("/rates").text
    assert "OLD-ONE" not in clerk.get("/rates").text
    assert "OLD-ONE" in clerk.get("/rates?state=ended").text


def test_copies_for_products(office: Office) -> None:
    desk = office.browser()
    p, q = office.pool.id("product", "P"), office.pool.id("product", "Q")
    number = rule(office, "ORIGIN", product_id=p)
    path = f"/rates/{number}/copy"
    assert desk.post(path, path, fields={"products": [str(q)]}).status_code == 303
    copy = desk.get(f"/rates/{office.pool.id('rule', 'ACQ-Q')}").text
    assert "Copied from" in copy
    assert "ORIGIN" in copy
    assert desk.post(path, path, fields={}).status_code == 422


def test_which_rate(office: Office) -> None:
    desk = office.browser()
    rule(office, "ANY", rate=Decimal("0.01"))
    rule(office, "LEVEL", level_id=office.pool.id("career_level", "L2"), rate=Decimal("0.03"))
    product = office.pool.id("product", "P")
    asked = (
        f"/rates/which?producer=Berg&product={product}&kind=acquisition&day=15.6.2026"
        "&basis=10.000,00&currency=EUR&organisation=0&division=0&received=&units="
        "&applied_on=&issued_on="
    )
    page = desk.get(asked)
    assert page.status_code == 200
    for told in ("€100.00", "€200.00", "€300.00", "Everybody loses to Career level"):
        assert told in page.text
    assert desk.get(asked.replace("Berg", "Zzz")).status_code == 422
    assert desk.get("/rates/which").status_code == 200


def test_gaps_and_margins(office: Office) -> None:
    desk = office.browser()
    page = desk.get("/rates/gaps").text
    assert page.count(">New rate<") == 4
    end = TODAY + timedelta(days=39)
    rule(office, "DEAR", rate=Decimal("0.05"), end=end)
    page = desk.get("/rates/gaps").text
    assert "everybody has a rate" in page
    assert "Go on for a year" in page
    go_on = re.search(r'href="(/rates/new\?copy=[^"]+)"', page)
    assert go_on
    assert f'value="{end:%d.%m.%Y}"' in desk.get(go_on[1].replace("&amp;", "&")).text
    negative = desk.get("/agreements/margins?show=negative").text
    assert negative.count("−10‰") == 2, negative[negative.find("<main") :]
    product = office.pool.id("product", "P")
    for tab in ("incoming", "rates"):
        assert "DEAR" in desk.get(f"/products/{product}?tab={tab}").text


def test_agreements(office: Office) -> None:
    desk, new = office.browser(), "/agreements/new"
    insurer = office.pool.id("insurer", "Aquila")
    fields = {
        "kind": "acquisition", "scope": "insurer", "product_id": "0", "line_id": "0",
        "insurer_id": str(insurer), "incoming_of": "basis", "incoming_rate": "42 ‰",
        "liability_months": "60", "full_liability_months": "0", "earning": "linear_monthly",
        "reserve_rate": "10 %", "reserve_release": "at_end", "valid_from": "1.7.2026",
        "valid_until": "", "reason": "",
    }  # fmt: skip
    refused = desk.post(new, new, fields=fields)
    assert refused.status_code == 409
    way = re.search(r'href="(/agreements/\d+)">This agreement', refused.text)
    assert way
    assert 'value="42 ‰"' in refused.text
    unnamed = desk.post(new, new, fields=fields | {"insurer_id": "0", "reserve_rate": "200"})
    assert unnamed.status_code == 422
    assert desk.get(way[1]).status_code == 200
    version = f"{way[1]}/version"
    look = desk.post(version, version, fields=fields | {"then": "preview"})
    assert "Nothing is booked yet" in look.text
    done = desk.post(version, version, fields=fields | {"then": "ok"})
    assert done.status_code == 303
    assert "42‰" in desk.get(done.location).text
    assert desk.post(version, way[1], fields=fields).status_code == 409
    end = f"{done.location}/end"
    assert desk.post(end, end, fields={"day": "1.1.2027"}).status_code == 303
    made = desk.post(new, new, fields=fields | {"kind": "recurring"})
    assert made.status_code == 303
    assert desk.get("/agreements?state=active").status_code == 200


def test_rights(office: Office) -> None:
    number = rule(office, "A")
    clerk, auditor = office.browser(Role.CLERK), office.browser(Role.AUDITOR)
    for reader in (clerk, auditor):
        page = reader.get(f"/rates/{number}")
        assert page.status_code == 200
        assert "/edit" not in page.text
        for path in ("/rates/new", f"/rates/{number}/edit", "/agreements/new"):
            assert reader.get(path).status_code == 403
    assert auditor.get("/rates/4711").status_code == 404
    assert office.browser().get("/rates/4711/edit").status_code == 404
    assert office.browser().get("/agreements/4711").status_code == 404


@pytest.mark.parametrize("path", ["/rates", "/rates?preset=dated&sort=-rate", "/agreements"])
def test_a_list_costs_few_statements(office: Office, path: str) -> None:
    desk: Browser = office.browser()
    rule(office, "A")
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


@pytest.mark.parametrize(
    ("language", "days"), [("de", "31.12.2026"), ("uk", "31.12.2026"), ("en", "2026")]
)
def test_days_in_the_way_are_said_as_the_reader_writes_them(
    office: Office, language: str, days: str
) -> None:
    desk = office.browser()
    desk.client.set_cookie("language", language, domain=f"{desk.door.value}.localhost")
    fields = typed(office, code="ERSTE")
    assert desk.post("/rates/new", "/rates/new", fields=fields).status_code == 303
    refused = desk.post("/rates/new", "/rates/new", fields=typed(office, code="ZWEITE"))
    assert refused.status_code == 409
    said = refused.text.partition("data-errors")[2].partition("</ul>")[0]
    assert "ERSTE" in said
    assert days in said
    assert "2026-" not in said


def test_an_agreement_in_the_way_says_its_days(office: Office) -> None:
    said = str(AgreementOverlaps(Span.before(date(2026, 1, 1), None), 7))
    assert said.startswith("Another agreement of the same kind and scope holds 2026-01-01 – …")
    with office.app.test_request_context(headers={"Accept-Language": "en"}):
        assert days_in_words(Span(date(2026, 1, 1), date(2026, 1, 31))).startswith("from ")
        assert days_in_words(Span(date(2026, 1, 1), None)).startswith("from ")
        assert days_in_words(Span(None, date(2026, 1, 31))).startswith("until ")
        assert days_in_words(Span(None, None)) == "on all days"
