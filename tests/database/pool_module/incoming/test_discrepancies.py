"""Each cause of a discrepancy, and how it is settled."""

from datetime import date
from decimal import Decimal

import pytest

from pool_module.contracts import operations as contracts
from pool_module.incoming.errors import DiscrepancyMoved
from pool_module.incoming.operations import discrepancies
from pool_module.incoming.operations.gdv import GdvImport
from tests.database.pool_module.incoming.office import TODAY, Office, commission, contract


def accept(office: Office, cause: str) -> None:
    discrepancies.accept(office.session, office.actor, office.open_ids(cause), today=TODAY)


def recheck(office: Office) -> None:
    discrepancies.recheck(office.session, office.actor, "ALPHA", today=TODAY)


def test_a_line_becomes_an_event_with_the_norms_fields(office: Office) -> None:
    office.ready().deliver(contract(), *commission("20.00", base="100.00", rate="20"))
    found = office.select(
        "SELECT kind, effective, due, basis, received FROM event WHERE pool_id = :pool"
    )
    expected = ("acquisition", date(2026, 1, 1), date(2026, 10, 31), Decimal(100), Decimal(20))
    assert found == [expected]


def test_producer_unknown_is_settled_by_mapping_the_number_24_cases_at_once(
    office: Office,
) -> None:
    office.agree("acquisition", 60)
    numbers = [str(number) for number in range(100, 112)]
    office.deliver(
        *(
            line
            for number in numbers
            for line in (
                contract(contract_number=number),
                *commission("20.00", contract_number=number),
            )
        )
    )
    assert office.open_causes() == ["producer_unknown"] * 24
    assert office.map("0815") == {"contracts": 12, "event": 12}
    assert office.open_causes() == []
    assert len(office.events()) == 12
    owners = office.select("SELECT DISTINCT producer_id, firm_id FROM contract WHERE pool_id=:pool")
    assert owners == [(office.producer.id, office.producer.firm_id)]


def test_a_holder_goes_to_the_firm_of_the_producer_found(office: Office) -> None:
    from tests.database.pool_module.incoming.office import holder  # noqa: PLC0415

    office.deliver(*holder(), contract())
    office.map("0815")
    firms = office.select("SELECT firm_id FROM customer WHERE pool_id = :pool")
    assert firms == [(office.producer.firm_id,)]


def test_contract_not_found_is_settled_by_the_contract_coming(office: Office) -> None:
    office.ready().deliver(*commission("20.00"))
    assert office.open_causes() == ["contract_not_found"]
    result = office.deliver(contract())
    assert result.settled == {"event": 1}
    assert office.open_causes() == []


def test_contract_not_found_is_settled_by_saying_which_it_is(office: Office) -> None:
    office.ready().deliver(contract(contract_number="4711A"), *commission("20.00"))
    ids = office.open_ids("contract_not_found")
    held = office.contract("4711A")
    discrepancies.assign(office.session, office.actor, ids, held, today=TODAY)
    assert len(office.events()) == 1
    assert office.open_causes() == []


def test_contract_ambiguous(office: Office) -> None:
    office.ready()
    office.deliver(contract(line="130"), contract(line="110", contract_number="47-11"))
    office.deliver(*commission("20.00", line="110", contract_number="47 11"))
    assert len(office.events()) == 1, "the line decides"
    office.deliver(*commission("21.00", line="070"))
    ids = office.open_ids("contract_ambiguous")
    assert len(ids) == 1
    discrepancies.assign(office.session, office.actor, ids, office.contract(), today=TODAY)
    assert len(office.events()) == 2


def test_agreement_missing_is_settled_by_agreeing(office: Office) -> None:
    office.know_producer()
    office.deliver(contract(), *commission("20.00"), *commission("-5.00"))
    assert office.open_causes() == ["agreement_missing"] * 2
    office.agree("acquisition", 60)
    recheck(office)
    assert [amount for _, _, amount in office.events()] == [Decimal("20.00")]
    assert office.open_causes() == ["clawback_without_cancellation"]


def test_agreement_missing_accepted_books_also_what_is_negative(office: Office) -> None:
    office.know_producer()
    office.deliver(contract(), *commission("20.00"), *commission("-5.00"))
    accept(office, "agreement_missing")
    assert [amount for _, _, amount in office.events()] == [Decimal("20.00"), Decimal("-5.00")]


def test_amount_not_base_times_rate(office: Office) -> None:
    office.ready().deliver(contract(), *commission("20.00", base="100.00", rate="19"))
    [(expected, delivered)] = office.select(
        "SELECT expected, delivered FROM discrepancy WHERE pool_id = :pool"
    )
    assert (expected, delivered) == (Decimal("19.00"), Decimal("20.00"))
    accept(office, "amount_not_base_times_rate")
    assert office.events() == [("acquisition", date(2026, 1, 1), Decimal("20.00"))]


def test_a_cent_is_no_difference(office: Office) -> None:
    office.ready().deliver(contract(), *commission("19.01", base="100.00", rate="19"))
    assert office.open_causes() == []


def test_rate_differs_from_the_agreement(office: Office) -> None:
    office.know_producer()
    office.agree("acquisition", 60, incoming_of="basis", incoming_rate=Decimal("0.25"))
    office.deliver(contract(), *commission("20.00", base="100.00", rate="20"))
    assert office.open_causes() == ["rate_differs"]
    accept(office, "rate_differs")
    assert len(office.events()) == 1


def test_booked_twice_in_another_statement(office: Office) -> None:
    office.ready()
    office.add_contract("4711")
    row = "01.10.2026;4711;AP;100,00;20 %;20,00;20,00;0815;7"
    office.state(office.statement(row))
    second = office.statement(row, "02.10.2026;4711;BP;100,00;1 %;1,00;1,00;0815;7")
    office.state(second)
    assert len(office.events()) == 2
    assert office.open_causes() == ["booked_twice"]
    before = office.counts()
    assert not office.state(second).changed
    assert office.counts() == before
    accept(office, "booked_twice")
    assert len(office.events()) == 3


def test_booked_twice_in_another_format(office: Office) -> None:
    office.ready()
    office.deliver(contract(), *commission("20.00"))
    office.state(office.statement("31.10.2026;4711;AP;;;20,00;20,00;0815;7"))
    assert office.open_causes() == ["booked_twice"]


def test_a_rejected_line_stays_out(office: Office) -> None:
    office.ready().deliver(contract(), *commission("20.00", base="100.00", rate="19"))
    ids = office.open_ids("amount_not_base_times_rate")
    discrepancies.reject(office.session, office.actor, ids)
    recheck(office)
    assert office.events() == []
    assert office.select("SELECT outcome FROM delivery_line WHERE pool_id = :pool") == [
        ("rejected",)
    ]
    with pytest.raises(DiscrepancyMoved):
        discrepancies.accept(office.session, office.actor, ids, today=TODAY)


def test_a_second_doubt_follows_the_first(office: Office) -> None:
    office.know_producer()
    office.deliver(contract(), *commission("20.00", base="100.00", rate="19"))
    accept(office, "agreement_missing")
    assert office.open_causes() == ["amount_not_base_times_rate"]
    accept(office, "amount_not_base_times_rate")
    assert len(office.events()) == 1
    assert office.open_causes() == []


def test_what_can_not_be_accepted(office: Office) -> None:
    office.ready().deliver(*commission("20.00"))
    with pytest.raises(DiscrepancyMoved):
        accept(office, "contract_not_found")


def test_a_recurring_line_after_the_conversion_waits(office: Office) -> None:
    office.ready().deliver(contract())
    office.contract().state = "converted"
    office.session.flush()
    office.deliver(*commission("5.00", kind="7"), *commission("20.00"))
    assert [kind for kind, _, _ in office.events()] == ["acquisition"]
    assert office.open_causes() == ["contract_converted"]
    accept(office, "contract_converted")  # the insurer still pays the pool: so does the pool
    assert sorted(kind for kind, _, _ in office.events()) == ["acquisition", "recurring"]


def test_a_later_delivery_leaves_the_mark_of_a_conversion(office: Office) -> None:
    office.ready().deliver(contract())
    office.contract().state = "converted"
    office.session.flush()
    office.deliver(contract(net_premium=Decimal("240.00")))
    office.session.expire_all()
    assert office.contract().state == "converted"


def test_another_currency_is_never_booked(office: Office) -> None:
    office.ready()
    held = office.add_contract("4711")
    assert held.currency == "EUR"
    lines = commission("20.00")
    office.deliver(lines[0].replace("EUR", "UAH"), lines[1])
    accept(office, "amount_not_base_times_rate")
    assert office.events() == []
    assert office.open_causes() == ["amount_not_base_times_rate"]


def test_each_resolution_is_in_the_journal_and_names_its_person(office: Office) -> None:
    office.ready().deliver(contract(), *commission("20.00", base="100.00", rate="19"))
    [number] = office.open_ids("amount_not_base_times_rate")
    accept(office, "amount_not_base_times_rate")
    written = office.select(
        "SELECT action, recorded_by FROM audit_entry WHERE pool_id = :pool "
        "AND subject = 'discrepancy' AND subject_id = :id",
        id=number,
    )
    assert written == [("discrepancy.accepted", "Olena")]
    resolved = office.select(
        "SELECT resolution, resolved_by, resolved_at IS NOT NULL FROM discrepancy WHERE id = :id",
        id=number,
    )
    assert resolved == [("accepted", "Olena", True)]


def test_a_cut_alone_does_not_disturb_what_is_paid_later(office: Office) -> None:
    """A recurring line of a cancelled contract is an event like any other: no liability."""
    office.ready().deliver(contract())
    contracts.cut(office.session, office.actor, office.contract(), date(2026, 7, 1))
    office.deliver(*commission("5.00", kind="7"), *commission("-5.00", kind="7"))
    assert [amount for _, _, amount in office.events()] == [Decimal("5.00"), Decimal("-5.00")]


def test_a_number_mapped_during_an_import_is_found_at_its_end(office: Office) -> None:
    office.agree("acquisition", 60)
    work = GdvImport(
        office.session,
        office.actor,
        "ALPHA",
        office.write(contract(), *commission("20.00")),
        storage=office.folder / "files",
        today=TODAY,
    )
    steps = work.steps()
    next(steps)
    office.map("0815")
    for _ in steps:
        pass
    assert office.open_causes() == []
    assert len(office.events()) == 1
