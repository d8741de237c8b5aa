"""Equal cases resolved by one decision, and two people at the same one."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from pool_module.agreements import operations as agreements
from pool_module.incoming.errors import (
    DiscrepancyMoved,
    NoSuchCase,
    NotKnownHere,
    ResolvedAlready,
)
from pool_module.incoming.operations import resolving
from pool_module.incoming.operations.resolving import Decision
from pool_module.incoming.queries import cases
from pool_module.incoming.queries.cases import CaseFilter
from pool_module.incoming.rules.fixes import Done, Fix
from pool_module.products import queries as products
from shared.actor import Actor
from shared.db import Session
from shared.db.facts import stretch
from shared.models.products import Agreement
from shared.vocabulary import Door
from tests.database.pool_module.incoming.office import (
    TODAY,
    Office,
    commission,
    contract,
    holder,
)

RATE = "rate_differs"


def with_wrong_rates(office: Office, number: int = 24) -> list[int]:
    """Agreed are 22 %, delivered 22.5 %."""
    office.know_producer()
    office.agree(
        "recurring",
        incoming_of="basis",
        incoming_rate=Decimal("0.22"),
    )
    office.agree("acquisition", 60)
    office.deliver(
        *(
            line
            for n in range(number)
            for line in (
                contract(contract_number=str(500 + n)),
                *commission(
                    "22.50", kind="7", base="100.00", rate="22.5", contract_number=str(500 + n)
                ),
            )
        )
    )
    return office.open_ids(RATE)


def decide(office: Office, ids: list[int], fix: Fix, **values: object) -> Done:
    decision = Decision(fix=fix, **values)  # type: ignore[arg-type]
    done = resolving.resolve(office.session, office.actor, ids, decision, today=TODAY)
    office.session.commit()
    return done


def test_24_equal_cases_are_one_decision(office: Office) -> None:
    ids = with_wrong_rates(office)
    assert len(ids) == 24
    [equal] = cases.equal_cases(office.session, office.actor, CaseFilter(cause=RATE))
    assert (equal["cases"], equal["rate"], equal["agreed"]) == (
        24,
        Decimal("0.225"),
        Decimal("0.22"),
    )
    assert equal["since"] == date(2026, 10, 1)
    assert equal["difference"] == Decimal("12.00")
    done = decide(office, equal["ids"], Fix.AGREE, reason="Letter of 14 September")
    assert done.outcomes == {"event": 24}
    assert office.open_causes() == []
    rates = office.select(
        "SELECT valid::text, trim_scale(incoming_rate) FROM agreement "
        "WHERE pool_id = :pool AND kind = 'recurring' AND superseded_at IS NULL ORDER BY valid"
    )
    assert rates == [("(,2026-10-01)", Decimal("0.22")), ("[2026-10-01,)", Decimal("0.225"))]
    assert len(office.events()) == 24


def test_a_later_line_of_the_new_rate_needs_nobody(office: Office) -> None:
    decide(office, with_wrong_rates(office, 2), Fix.AGREE)
    office.deliver(
        *commission(
            "22.50",
            kind="7",
            base="100.00",
            rate="22.5",
            contract_number="500",
            booked=date(2026, 11, 3),
        )
    )
    assert office.open_causes() == []


def test_cases_that_are_not_equal_are_not_one_agreement(office: Office) -> None:
    ids = with_wrong_rates(office, 1)
    lines = commission("30.00", kind="7", base="100.00", rate="30", contract_number="500")
    office.deliver(*lines)
    with pytest.raises(DiscrepancyMoved):
        decide(office, office.open_ids(RATE), Fix.AGREE)
    assert len(office.open_ids(RATE)) == len(ids) + 1


def test_what_another_resolved_is_left_alone_and_told(office: Office) -> None:
    ids = with_wrong_rates(office, 3)
    decide(office, ids[:1], Fix.ACCEPT, reason="agreed by phone")
    done = decide(office, ids, Fix.ACCEPT, reason="as agreed")
    assert done.resolved == ids[1:]
    assert [(moved.id, moved.who, moved.how) for moved in done.moved] == [
        (ids[0], "Olena", "accepted")
    ]
    with pytest.raises(ResolvedAlready):
        decide(office, ids, Fix.ACCEPT, reason="as agreed")
    assert len(office.events()) == 3


def test_left_as_evidence_and_taken_back(office: Office) -> None:
    ids = with_wrong_rates(office, 2)
    decide(office, ids, Fix.LEAVE, reason="will be delivered again")
    assert office.open_causes() == []
    [sums] = cases.control_sums(office.session, office.actor, since=TODAY)
    assert (sums["delivered"], sums["evidence"], sums["open"]) == (45, 45, 0)
    resolving.reopen(office.session, office.actor, ids)
    assert office.open_ids(RATE) == ids
    assert office.events() == []
    with pytest.raises(DiscrepancyMoved):
        resolving.reopen(office.session, office.actor, ids)


def test_the_control_sum_shows_where_all_of_it_is(office: Office) -> None:
    ids = with_wrong_rates(office, 4)
    decide(office, ids[:1], Fix.ACCEPT, reason="as agreed")
    decide(office, ids[1:2], Fix.LEAVE, reason="as agreed")
    [sums] = cases.control_sums(office.session, office.actor, since=TODAY)
    assert [sums[name] for name in ("delivered", "booked", "evidence", "open", "difference")] == [
        Decimal("90.00"),
        Decimal("22.50"),
        Decimal("22.50"),
        Decimal("45.00"),
        Decimal("0.00"),
    ]
    found = cases.causes(office.session, office.actor, CaseFilter())
    assert [(row["cause"], row["cases"], row["amount"]) for row in found] == [(RATE, 2, 45)]


def test_a_contract_is_suggested_by_its_number(office: Office) -> None:
    office.ready().deliver(contract(contract_number="4711001"))
    office.deliver(*commission("20.00", contract_number="4711000"))
    ids = office.open_ids("contract_not_found")
    near = cases.suggestions(office.session, office.actor, ids)
    assert [row["number"] for row in near[ids[0]]] == ["4711001"]
    decide(office, ids, Fix.SUGGESTED)
    assert len(office.events()) == 1


def test_a_contract_is_suggested_by_its_holder(office: Office) -> None:

    office.ready().deliver(*holder(contract_number="778899"), contract(contract_number="778899"))
    path = office.folder / "named.csv"
    path.write_text(
        "Datum;Vertrag;Art;Kunde Name;Kunde Vorname;Brutto;Netto\n"
        "31.10.2026;ZZ-1;AP;Muster;Änne;20,00;20,00\n",
        encoding="utf-8",
    )
    office.state(path)
    ids = office.open_ids("contract_not_found")
    near = cases.suggestions(office.session, office.actor, ids)
    assert [(row["number"], row["same_holder"]) for row in near[ids[0]]] == [("778899", True)]


def test_a_contract_of_another_insurer_is_refused(office: Office) -> None:
    office.ready().deliver(*commission("20.00"))
    ids = office.open_ids("contract_not_found")
    with pytest.raises(NotKnownHere):
        decide(office, ids, Fix.ASSIGN, contract_id=999_999)


def test_an_agency_number_is_mapped_where_it_stands(office: Office) -> None:
    office.agree("acquisition", 60)
    office.deliver(contract(), *commission("20.00"))
    ids = office.open_ids("producer_unknown")
    assert len(cases.ids_of_same(office.session, office.actor, ids[0])) == 2
    with pytest.raises(NotKnownHere):
        decide(office, ids, Fix.MAP_AGENCY, producer="nobody")
    assert office.producer.code == "A"
    decide(office, ids, Fix.MAP_AGENCY, producer="A")
    assert office.open_causes() == []
    assert len(office.events()) == 1


def test_a_cancellation_is_recorded_on_the_day_the_line_says(office: Office) -> None:
    office.ready().deliver(contract(), *commission("20.00"))
    office.deliver(*commission("-10.00", posting="11", booked=date(2026, 11, 2)))
    ids = office.open_ids("clawback_without_cancellation")
    assert len(ids) == 1
    decide(office, ids, Fix.CUT)
    cuts = office.select("SELECT on_day FROM contract_cut WHERE pool_id = :pool")
    assert cuts == [(date(2026, 11, 2),)]


def test_a_products_name_is_mapped(office: Office) -> None:

    office.know_producer()
    office.deliver(contract(), *commission("20.00", base="100.00", rate="20"))
    ids = office.open_ids("agreement_missing")
    office.add_contract("1")  # its product is X

    product = products.find_product(office.session, office.actor, "X")
    assert product is not None
    row = Agreement(
        kind="acquisition", product_id=product.id, liability_months=60, valid=stretch(None, None)
    )
    agreements.add_agreement(office.session, office.actor, row)
    decide(office, ids, Fix.MAP_PRODUCT, product="X")
    assert office.open_causes() == []
    assert len(office.events()) == 1


def test_a_rate_is_agreed_where_nothing_was(office: Office) -> None:
    office.know_producer()
    office.deliver(contract(), *commission("20.00", kind="7", base="100.00", rate="20"))
    decide(office, office.open_ids("agreement_missing"), Fix.AGREE)
    assert office.open_causes() == []


def test_given_to_a_colleague_and_done(office: Office) -> None:
    ids = with_wrong_rates(office, 2)
    office.session.commit()
    account = None
    given = resolving.give_to(
        office.session, office.actor, ids, assignee_id=account, title="Rate differs"
    )
    assert given == 2
    resolving.note(office.session, office.actor, ids[0], "Asked Ms Kern on the phone")
    history = cases.history(office.session, office.actor, ids[0])
    assert [row["action"] for row in history] == ["discrepancy.noted", "discrepancy.given"]
    assert history[0]["new"]["text"] == "Asked Ms Kern on the phone"


def test_another_pools_case_is_not_there(
    office: Office, session_for: Callable[[Actor], Session]
) -> None:

    ids = with_wrong_rates(office, 1)
    other = Actor(Door.WORKER, office.actor.pool_id + 50_000, None, "Other")
    session = session_for(other)
    with pytest.raises(NoSuchCase):
        cases.get_case(session, other, ids[0])
