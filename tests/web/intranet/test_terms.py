"""Payment terms, invoices and parameters in the browser; what an auditor may not do."""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask import url_for
from werkzeug.routing.converters import NumberConverter

from pool_module.payouts import operations as payouts
from shared.models.incoming import Delivery, DeliveryLine
from shared.models.pools import Organisation, Pool, Team
from shared.permissions import PERMISSIONS_OF, Permission, Role
from shared.vocabulary import Door
from shared.web.access import DECLARED, EVERYBODY, OWN_LOGIN, PERSONAL
from tests.servers import Database, PostgresServer
from tests.web.intranet.range_office import Office, range_office
from tests.web.portals import Browser

NEW = "/terms/new"
# where an auditor changes something: his login, his place, what he likes to see, his file
PERSONAL_ROOMS = {"kit", "evidence", "place", "rates", "terms"}


@pytest.fixture(scope="class")
def office(
    postgres: PostgresServer, template: Database, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Office]:
    database = postgres.cloned(template, "test_terms_office")
    with range_office(database, tmp_path_factory.mktemp("files")) as made:
        yield made
    postgres.drop("test_terms_office")


def typed(**fields: Any) -> dict[str, Any]:
    usual = {
        "party": "company", "organisation_id": "0", "payable_days": "14", "payable_from": "issue",
        "receivable_days": "", "receivable_from": "issue", "active": "yes", "then": "ok",
    }  # fmt: skip
    return usual | fields


def stored(office: Office) -> list[tuple[Any, ...]]:
    found = office.pool.select(
        "SELECT party, payable_days, receivable_days, overrides, active FROM due_terms "
        "WHERE pool_id = :pool ORDER BY id"
    )
    return [tuple(row) for row in found]


class TestTerms:
    """The grid and its form, step by step."""

    def test_a_new_form_has_its_presets(self, office: Office) -> None:
        desk, kiefer = office.browser(), office.pool.id("company", "Kiefer")
        page = desk.get(f"{NEW}?company={kiefer}").text
        assert re.search(rf'value="c{kiefer}" selected', page)
        assert re.search(r'id="active"[^>]*checked', page)
        assert not re.search(r'id="overrides"[^>]*checked', page)
        assert "not undone by Cancel" in page
        assert 'id="organisation_id"' not in page  # there is no layer
        assert f'href="/terms?company={kiefer}"' in page  # Cancel goes back to where one was

    def test_ok_save_and_add_and_what_is_wrong(self, office: Office) -> None:
        desk, kiefer = office.browser(), office.pool.id("company", "Kiefer")
        done = desk.post(NEW, NEW, fields=typed(whom=f"c{kiefer}"))
        assert (done.status_code, done.location.endswith("/terms")) == (303, True)
        path = f"{NEW}?company={kiefer}"
        producer = typed(
            whom=f"c{kiefer}", party="producer", receivable_days="45", overrides="yes", then="add"
        )
        assert desk.post(path, path, fields=producer).location.endswith(path)
        way = desk.post(NEW, NEW, fields=typed(whom=f"c{kiefer}", payable_days="30"))
        assert way.status_code == 409
        assert "These terms stand in the way" in way.text
        assert 'value="30"' in way.text
        wrong = desk.post(
            NEW, NEW, fields=typed(whom=f"c{kiefer}", party="team", payable_days="bald")
        )
        assert wrong.status_code == 422
        for said in ('value="bald"', "whole days", "Choose a team"):
            assert said in wrong.text
        nothing = desk.post(NEW, NEW, fields=typed(whom=f"c{kiefer}", payable_days=""))
        assert "at least one side" in nothing.text
        assert stored(office) == [
            ("company", 14, None, False, True),
            ("producer", 14, 45, True, True),
        ]

    def test_a_record_protects_its_fields_until_edit(self, office: Office) -> None:
        desk = office.browser()
        (number,) = office.pool.select(
            "SELECT id FROM due_terms WHERE pool_id = :pool AND party = 'company'"
        )[0]
        page = desk.get(f"/terms/{number}").text
        assert "<select" not in page.partition("<main")[2].partition("</main")[0]
        edit = f"/terms/{number}/edit"
        form = desk.get(edit).text
        assert 'id="whom"' not in form  # the company is read only in the rule
        version = re.search(r'name="version" value="(\d+)"', form)
        assert version
        fields = typed(whom="c1", payable_days="10", version=version[1])
        assert desk.post(edit, edit, fields=fields).status_code == 303
        late = desk.post(edit, edit, fields=fields | {"payable_days": "12"})
        assert late.status_code == 409
        assert "Somebody else has saved" in late.text
        assert stored(office)[0][1] == 10

    def test_several_are_switched_at_once(self, office: Office) -> None:
        desk = office.browser()
        ids = [str(row.id) for row in office.pool.select(
            "SELECT id FROM due_terms WHERE pool_id = :pool ORDER BY id")]  # fmt: skip
        desk.post("/terms/inactivate", "/terms", fields={"selected": ids})
        assert [row[4] for row in stored(office)] == [False, False]
        listed = desk.get("/terms").text
        assert "Kiefer" not in listed.partition("<tbody")[2]
        desk.post("/terms/active-only", "/terms", value="no")
        assert "Kiefer" in desk.get("/terms").text.partition("<tbody")[2]
        # remembered for this reader alone
        other = office.browser(Role.ADMIN).get("/terms").text
        assert "Kiefer" not in other.partition("<tbody")[2]
        desk.post("/terms/activate", "/terms", fields={"selected": ids})
        assert [row[4] for row in stored(office)] == [True, True]

    def test_group_copy(self, office: Office) -> None:
        desk = office.browser()
        number = office.pool.select("SELECT min(id) FROM due_terms WHERE pool_id = :pool")[0][0]
        linde, aquila = office.pool.id("company", "Linde"), office.pool.id("insurer", "Aquila")
        path = f"/terms/{number}/copy"
        desk.post(path, path, fields={"targets": [f"c{linde}", f"i{aquila}"]})
        assert len(stored(office)) == 4

    def test_with_the_layer_the_organisation_is_asked(self, office: Office) -> None:
        worker = office.pool.actor(Door.WORKER)
        with office.pool.at(worker) as session:
            session.get_one(Pool, office.pool.pool_id).organisations_on = True
            north = Organisation(pool_id=office.pool.pool_id, name="Nord", is_default=True)
            session.add(north)
            session.flush()
            number = north.id
        desk, kiefer = office.browser(), office.pool.id("company", "Kiefer")
        assert 'id="organisation_id"' in desk.get(NEW).text
        fields = typed(whom=f"c{kiefer}", organisation_id=str(number))
        assert desk.post(NEW, NEW, fields=fields).status_code == 303
        assert "Nord" in desk.get("/terms").text
        # no step of the order asks for a team's terms in an organisation
        with office.pool.at(worker) as session:
            division = office.pool.id("division", "Gewerbe", "name")
            team = Team(pool_id=office.pool.pool_id, name="Watt", division_id=division)
            session.add(team)
            session.flush()
            whom = f"t{team.id}"
        fields = typed(party="team", whom=whom, organisation_id=str(number))
        refused = desk.post(NEW, NEW, fields=fields)
        assert refused.status_code == 422
        assert "A team belongs to one organisation" in refused.text
        fields["organisation_id"] = "0"
        assert desk.post(NEW, NEW, fields=fields).status_code == 303

    def test_teams_look_after_companies(self, office: Office) -> None:
        worker = office.pool.actor(Door.WORKER)
        division = office.pool.id("division", "Gewerbe", "name")
        with office.pool.at(worker) as session:
            team = Team(pool_id=office.pool.pool_id, name="Küste", division_id=division)
            session.add(team)
            session.flush()
            number = team.id
        desk, kiefer = office.browser(), office.pool.id("company", "Kiefer")
        aquila = office.pool.id("insurer", "Aquila")
        fields = {"team": str(number), "companies": [f"c{kiefer}", f"i{aquila}"]}
        assert desk.post("/terms/teams", "/terms/teams", fields=fields).status_code == 303
        page = desk.get("/terms/teams").text
        assert "Küste" in page
        assert f'href="/terms/new?team={number}"' in page

    def test_invoices_of_all_teams_filtered_to_one(self, office: Office) -> None:
        """AIM-61: the register, its sums, and the menu that is absent without the right."""
        insurer = office.pool.id("insurer", "Aquila")
        worker = office.pool.actor(Door.WORKER)
        with office.pool.at(worker) as session:
            delivery = Delivery(
                pool_id=office.pool.pool_id, insurer_id=insurer, format="csv", file_name="a.csv",
                sha256="0" * 64, state="imported",
            )  # fmt: skip
            session.add(delivery)
            session.flush()
            for currency, net in (("EUR", "350.00"), ("UAH", "-20.00")):
                session.add(
                    DeliveryLine(
                        pool_id=office.pool.pool_id, delivery_id=delivery.id, source_key=currency,
                        row_number=1, outcome="event", currency=currency, net=Decimal(net),
                        booked_on=date(2026, 1, 31),
                    )
                )  # fmt: skip
            session.flush()
            assert payouts.write_delivery_items(session, worker, delivery.id) == 2
        desk = office.browser()
        page = desk.get("/invoices").text
        assert page.count("Aquila") >= 2
        team = office.pool.id("team", "Küste", "name")
        assert "Aquila" in desk.get(f"/invoices?team={team}").text
        assert "Aquila" not in desk.get("/invoices?team=999").text.partition("<tbody")[2]
        sums = desk.get("/invoices?part=totals", **{"HX-Request": "true"}).text
        assert "350.00" in sums
        number = office.pool.select(
            "SELECT id FROM invoice WHERE pool_id = :pool AND currency = 'EUR'"
        )[0][0]
        shown = desk.get(f"/invoices/{number}").text
        for said in ("Default of the system", "no team", "wins", "Steps of the order"):
            assert (said in shown) == (said != "no team"), said
        clerk = office.browser(Role.CLERK)
        assert clerk.get("/invoices").status_code == 403
        assert 'href="/invoices"' not in clerk.get("/").text
        assert 'href="/invoices"' in desk.get("/").text
        export = desk.get("/invoices?format=csv")
        assert (export.mimetype, "350.00" in export.text) == ("text/csv", True)

    def test_an_invoice_is_noted_as_paid(self, office: Office) -> None:
        desk = office.browser()
        number = office.pool.select(
            "SELECT id FROM invoice WHERE pool_id = :pool AND currency = 'EUR'"
        )[0][0]
        asked = desk.post("/invoices/pay", "/invoices", fields={"selected": str(number)})
        assert 'id="day"' in asked.text
        wrong = desk.post(
            "/invoices/pay", "/invoices", fields={"selected": str(number), "day": "bald"}
        )
        assert (wrong.status_code, 'value="bald"' in wrong.text) == (422, True)
        desk.post("/invoices/pay", "/invoices", fields={"selected": str(number), "day": "1.3.2026"})
        paid = office.pool.select(
            "SELECT settled, settled_on FROM invoice WHERE pool_id = :pool AND id = :id", id=number
        )
        assert tuple(paid[0]) == (Decimal(350), date(2026, 3, 1))
        assert office.browser(Role.AUDITOR).post(
            "/invoices/pay", "/invoices", fields={"selected": str(number)}
        ).status_code == 403  # fmt: skip

    def test_parameters_per_organisation(self, office: Office) -> None:
        """AIM-33: choose the organisation, set, and see which differ from the default."""
        admin = office.browser(Role.ADMIN)
        north = office.pool.id("organisation", "Nord", "name")
        path = f"/parameters/renewal_days?organisation={north}"
        wrong = admin.post(path, path, value="999")
        assert (wrong.status_code, 'value="999"' in wrong.text) == (422, True)
        assert "from 1 to 365" in wrong.text
        assert admin.post(path, path, value="8").status_code == 303
        here = admin.get(f"/parameters?organisation={north}").text
        assert "1 differs from the default" in here
        assert "0 differ from the default" in admin.get("/parameters").text
        assert "8 days" in admin.get(path).text
        reset = f"/parameters/renewal_days/reset?organisation={north}"
        admin.post(reset, path)
        assert "0 differ" in admin.get(f"/parameters?organisation={north}").text
        basis = "/parameters/payable_basis"
        assert admin.post(basis, basis, value="period_end").status_code == 303
        assert admin.post(basis, basis, value="tomorrow").status_code == 422
        accountant = office.browser()
        assert accountant.get(path).status_code == 200
        assert accountant.post(path, "/parameters", value="8").status_code == 403
        assert admin.get("/parameters?organisation=999").status_code == 404
        assert admin.get("/parameters/colour").status_code == 404
        whole = f"/parameters/bank_waiting_days?organisation={north}"
        assert admin.get(whole).status_code == 404
        assert "bank_waiting" not in here

    def test_two_set_a_parameter_at_once(self, office: Office) -> None:
        admin, second = office.browser(Role.ADMIN), office.browser(Role.ADMIN, name="second")
        for path, mine, theirs in (
            ("/parameters/answer_days", {"value": "3"}, {"value": "5"}),
            ("/parameters/payable_basis", {"value": "month_end"}, {"value": "issue"}),
            ("/parameters/regions/DE-HH", {"form_set": "extended", "then": "save"},
             {"form_set": "simplified", "then": "save"}),
        ):  # fmt: skip
            found = re.search(r'name="version" value="(\d+)"', second.get(path).text)
            assert found
            fields = {"version": found[1]}
            assert admin.post(path, path, fields=mine | fields).status_code == 303
            refused = second.post(path, path, fields=theirs | fields)
            assert refused.status_code == 409, path
            assert "Somebody else has saved" in refused.text
            again = re.search(r'name="version" value="(\d+)"', refused.text)
            assert again
            fields = {"version": again[1]}
            if "regions" not in path:  # the button beside it knows what it takes back
                assert second.post(f"{path}/reset", path, version=found[1]).status_code == 303
                assert f'name="version" value="{again[1]}"' in admin.get(path).text
            assert second.post(path, path, fields=theirs | fields).status_code == 303

    def test_regional_defaults(self, office: Office) -> None:
        admin = office.browser(Role.ADMIN)
        path = "/parameters/regions/UA-46"
        fields = {"form_set": "extended", "then": "save"}
        assert admin.post(path, path, fields=fields).status_code == 303
        page = admin.get("/parameters/regions").text
        assert "Extended forms" in page
        admin.post(path, path, fields={**fields, "then": "reset"})
        assert "Extended forms" not in admin.get("/parameters/regions").text

    def test_the_least_payout(self, office: Office) -> None:
        admin = office.browser(Role.ADMIN)
        path = "/parameters/minimum-payout/EUR"
        assert admin.post(path, path, amount="25,00", start="1.1.2026").status_code == 303
        assert "25.00" in admin.get("/parameters/minimum-payout").text
        assert admin.post(path, path, amount="-1", start="1.1.2026").status_code == 422

    def test_of_two_who_set_the_least_payout_the_second_is_shown_the_first_ones(
        self, office: Office
    ) -> None:
        admin, path = office.browser(Role.ADMIN), "/parameters/minimum-payout/UAH"

        def shown(page: str) -> str:
            found = re.search(r'name="version" value="(\d+)"', page)
            assert found
            return found[1]

        seen = shown(admin.get(path).text)
        first = {"amount": "100,00", "start": "1.1.2026", "version": seen}
        assert admin.post(path, path, fields=first).status_code == 303
        second = admin.post(path, path, fields={**first, "amount": "250,00"})
        assert second.status_code == 409
        clash = second.text.partition('class="tbl auto cf"')[2].partition("</table>")[0]
        assert ">250,00<" in clash or ">250.00<" in clash
        assert ">100.00<" in clash
        again = {**first, "amount": "250,00", "version": shown(second.text)}
        assert admin.post(path, path, fields=again).status_code == 303
        assert "250.00" in admin.get("/parameters/minimum-payout").text


def test_an_auditor_only_reads(office: Office) -> None:
    """Every address that changes something answers him 403, but for what is his own."""
    auditor = office.browser(Role.AUDITOR)
    app = office.app
    refused, kept = 0, []
    for rule in app.url_map.iter_rules():
        methods = (rule.methods or set()) - {"GET", "HEAD", "OPTIONS"}
        view = app.view_functions[rule.endpoint]
        if not methods or getattr(view, DECLARED, None) in {EVERYBODY, None}:
            continue
        if getattr(view, PERSONAL, False) or getattr(view, OWN_LOGIN, False):
            kept.append(rule.endpoint)
            continue
        values = {name: _value(rule, name) for name in rule.arguments}
        with app.test_request_context(base_url=auditor.host):
            path = url_for(rule.endpoint, **values)
        answer = auditor.post(path, "/journal")
        assert answer.status_code == 403, (rule.endpoint, answer.status_code)
        refused += 1
    assert refused > 80
    assert {"kit.prefer", "kit.save_view", "evidence.export"} <= set(kept)
    # and whatever else he may call speaks of his own login or of what he likes to see
    rooms = {name.partition(".")[0] for name in kept}
    assert rooms <= PERSONAL_ROOMS, rooms - PERSONAL_ROOMS


def _value(rule: Any, name: str) -> Any:
    """Something an address takes."""
    converter = rule._converters[name]
    if hasattr(converter, "items"):
        return min(converter.items)
    return 1 if isinstance(converter, NumberConverter) else "x"


def test_an_auditor_reads_every_page_of_the_menu(office: Office) -> None:
    auditor = office.browser(Role.AUDITOR)
    page = auditor.get("/").text
    for address in ("/terms", "/invoices", "/parameters", "/permissions", "/evidence", "/journal"):
        assert f'href="{address}"' in page, address
        assert auditor.get(address).status_code == 200
    assert Permission.PERMISSIONS_EDIT not in PERMISSIONS_OF[Role.AUDITOR]


def test_the_rate_form_offers_organisations_with_the_layer_alone(
    postgres: PostgresServer, template: Database, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """AIM-01: before the layer is on, no field of it appears; divisions do."""
    database = postgres.cloned(template, "test_terms_rates")
    with range_office(database, tmp_path_factory.mktemp("files")) as office:
        with office.pool.at(office.pool.actor(Door.WORKER)) as session:
            session.add(Organisation(pool_id=office.pool.pool_id, name="Nord"))
        desk: Browser = office.browser()
        for page in (desk.get("/rates/new").text, desk.get("/rates/which").text):
            assert "Nord<" not in page
            assert "Gewerbe" in page
        with office.pool.at(office.pool.actor(Door.WORKER)) as session:
            session.get_one(Pool, office.pool.pool_id).organisations_on = True
        assert "Nord<" in desk.get("/rates/new").text
    postgres.drop("test_terms_rates")
