"""GDV deliveries into the pool: contracts, holders, and what a second delivery changes."""

from datetime import date
from decimal import Decimal

import pytest

from pool_module.incoming.errors import DeliveryRefused, InsurerUnknown
from pool_module.incoming.operations.gdv import GdvImport
from tests.database.pool_module.incoming.office import (
    INSURER,
    TODAY,
    Office,
    commission,
    contract,
    holder,
)
from tests.unit.pool_module.incoming.formats.deliveries import FIXTURES, record, shared

OWN = FIXTURES / "gdv" / "gdv_bestand_inkasso_provision_iso8859-1_crlf.gdv"
SHARED = {
    "musterdatei_041222.txt": 14,
    "muster_bestand.gdv": 14,
    "unfall.gdv": 1,
    "kranken.gdv": 1,
    "missing_nachsatz.gdv": 1,
    "Bender_Leben.GDV": 3,
    "testcase_0220_010_13.txt": 1,
    "drei_datenpakete.txt": 0,
    "muster_kfzantrag.gdv": 0,
    "satz220.20.fehlerhaft.txt": 0,
    "gdv_bestand_inkasso_provision_iso8859-1_crlf.gdv": 5,
}


def test_our_own_delivery_with_everything_known(office: Office) -> None:
    office.ready()
    office.map("4711000001")
    result = office.take(OWN)
    assert result.contracts["new"] == 5
    assert office.events() == [
        ("acquisition", date(2026, 1, 1), Decimal("20.00")),
        ("recurring", date(2026, 10, 1), Decimal("10.50")),
        ("acquisition", date(2026, 10, 1), Decimal("1440.00")),
        ("recurring", date(2026, 10, 1), Decimal("18.00")),
        ("other", date(2026, 10, 1), Decimal("-3.33")),
    ]
    assert office.open_causes() == ["clawback_without_cancellation"]
    names = office.select(
        "SELECT last_name, first_name FROM customer WHERE pool_id = :pool ORDER BY sort_key"
    )
    assert [name[0] for name in names] == [
        "Beispiel GmbH",
        "Größler",
        "Muster",
        "Probe",
        "Testfall",
    ]
    assert office.select(
        "SELECT count(*) FROM contract_share WHERE pool_id = :pool AND share = 1"
    ) == [(5,)]
    assert office.select(
        "SELECT name_de, name_uk, name_en FROM line_of_business "
        "WHERE pool_id = :pool AND gdv_key = '070'"
    ) == [("Rechtsschutzversicherung", "Страхування судових витрат", "Legal expenses")]


def test_a_second_import_changes_nothing(office: Office) -> None:
    office.ready()
    office.map("4711000001")
    office.take(OWN)
    before = office.counts()
    again = office.take(OWN)
    assert office.counts() == before
    assert not again.changed
    assert (again.contracts["unchanged"], again.lines["known"]) == (5, 6)


def test_nothing_known_books_nothing_and_a_second_import_still_changes_nothing(
    office: Office,
) -> None:
    office.take(OWN)
    before = office.counts()
    assert before["event"] == 0
    assert before["contract"] == 5
    assert set(office.open_causes()) == {"producer_unknown", "agreement_missing"}
    office.take(OWN)
    assert office.counts() == before


@pytest.mark.parametrize("name", SHARED)
def test_deliveries_from_outside_import_and_import_again(name: str, office: Office) -> None:
    path = shared("data") / "gdv" / name
    office.ready()
    assert office.take(path).contracts["new"] == SHARED[name]
    before = office.counts()
    assert not office.take(path).changed
    assert office.counts() == before


def test_applications_from_outside(office: Office) -> None:
    path = shared("data") / "gdv" / "muster_kfzantrag.gdv"
    assert office.take(path).applications == {"new": 4}
    states = office.select("SELECT DISTINCT state FROM application WHERE pool_id = :pool")
    assert states == [("sent_to_insurer",)]
    assert office.take(path).applications == {"unchanged": 4}


def test_garbage_is_refused_before_anything_is_written(office: Office) -> None:
    path = office.folder / "garbage"
    path.write_bytes(b"no delivery at all\n" * 20)
    office.name_insurer()
    before = office.counts()
    with pytest.raises(DeliveryRefused):
        office.take(path)
    assert office.counts() == before
    assert not (office.folder / "files").exists()


def test_an_unknown_insurer_is_refused_before_anything_is_written(office: Office) -> None:
    with pytest.raises(InsurerUnknown):
        GdvImport(office.session, office.actor, "NOBODY", OWN, storage=office.folder, today=TODAY)


def test_the_original_is_kept_by_its_content(office: Office) -> None:
    office.take(OWN)
    [(sha256, state)] = office.select("SELECT sha256, state FROM delivery WHERE pool_id = :pool")
    kept = office.folder / "files" / str(office.actor.pool_id) / "pool" / sha256
    assert kept.read_bytes() == OWN.read_bytes()
    assert state == "imported"


def test_contracts_new_changed_unchanged_missing(office: Office) -> None:
    office.ready()
    numbers = ("4711", "4712", "4713")
    office.deliver(*(contract(contract_number=n) for n in numbers))
    result = office.deliver(
        contract(contract_number="4711"),
        contract(contract_number="4712", net_premium=Decimal("150.00")),
        contract(contract_number="4714"),
    )
    assert result.contracts == {"new": 1, "changed": 1, "unchanged": 1, "missing": 1}
    assert result.missing == ["4713"]
    assert office.contract("4713").state == "active"
    assert office.contract("4712").net_premium == Decimal("150.00")
    cuts = office.select("SELECT count(*) FROM contract_cut WHERE pool_id = :pool")
    assert cuts == [(0,)], "neither a missing contract nor a smaller premium is a cut"


def test_missing_counts_only_what_the_delivering_agencies_have(office: Office) -> None:
    office.deliver(contract(contract_number="1", agency_number="OTHER"))
    assert not office.deliver(contract(contract_number="2")).missing


def test_a_delivery_without_contracts_misses_none(office: Office) -> None:
    office.ready().deliver(contract())
    assert not office.deliver(*commission("20.00")).missing


@pytest.mark.parametrize(("reason", "void"), [("01", False), ("12", True), ("40", True)])
def test_a_delivered_cancellation_is_a_cut(reason: str, void: bool, office: Office) -> None:  # noqa: FBT001
    office.ready().deliver(contract())
    ended = contract(status="4", exit_reason=reason, exit_date=date(2026, 7, 1))
    office.deliver(ended)
    cut = "SELECT on_day, factor, void FROM contract_cut WHERE pool_id = :pool"
    assert office.select(cut) == [(date(2026, 7, 1), 0, void)]
    held = office.contract()
    assert (held.state, held.cancelled_on) == ("cancelled", date(2026, 7, 1))
    office.deliver(ended, contract(contract_number="2"))
    assert len(office.select(cut)) == 1, "delivered again it is the same cut"


def test_in_force_again_reinstates_what_the_insurer_cancelled(office: Office) -> None:
    office.ready()
    office.deliver(contract(status="4", exit_reason="01", exit_date=date(2026, 7, 1)))
    office.deliver(contract())
    standing = "SELECT 1 FROM contract_cut WHERE pool_id = :pool AND superseded_at IS NULL"
    assert office.select(standing) == []


def test_a_cut_of_our_own_is_not_taken_back_by_a_delivery(office: Office) -> None:
    from pool_module.contracts import operations as contracts  # noqa: PLC0415

    office.ready().deliver(contract())
    contracts.cut(
        office.session, office.actor, office.contract(), date(2026, 7, 1), reason="letter"
    )
    office.deliver(contract(net_premium=Decimal("99.00")))
    standing = "SELECT 1 FROM contract_cut WHERE pool_id = :pool AND superseded_at IS NULL"
    assert len(office.select(standing)) == 1


def test_holders_are_never_merged_by_name_alone(office: Office) -> None:
    born = {"birth_date": date(1980, 5, 1), "postcode": "10115"}

    def person(number: str, **values: object) -> list[str]:
        return [*holder(contract_number=number, **values), contract(contract_number=number)]

    office.deliver(
        *person("1"),
        *person("2"),
        *person("3", **born),
        *person("4", **born),
        *person("5", **(born | {"postcode": "10117"})),
    )
    rows = office.select("SELECT holder_id FROM contract WHERE pool_id = :pool ORDER BY number_key")
    one, two, three, four, five = (row[0] for row in rows)
    assert three == four
    assert len({one, two, three, five}) == 4


def test_a_moved_holder_is_the_same_person_by_the_insurers_number(office: Office) -> None:
    def delivered(city: str) -> list[str]:
        number = record("0100", 2, customer_number_insurer="K1")
        return [*holder(city=city), number, contract()]

    office.deliver(*delivered("Berlin"))
    office.deliver(*delivered("Київ".encode("latin-1", "replace").decode()))
    office.deliver(*delivered("Bonn"))
    cities = office.select("SELECT city FROM customer WHERE pool_id = :pool")
    assert cities == [("Bonn",)]


def test_due_dates_of_the_coming_year(office: Office) -> None:
    office.ready().deliver(contract(frequency="4"))
    dues = "SELECT due_on, amount FROM premium_due WHERE pool_id = :pool ORDER BY due_on"
    quarter = Decimal("30.00")
    assert office.select(dues) == [
        (date(2027, 1, 1), quarter),
        (date(2027, 4, 1), quarter),
        (date(2027, 7, 1), quarter),
        (date(2027, 10, 1), quarter),
    ]
    office.deliver(contract(frequency="1"))
    assert [row[1] for row in office.select(dues)] == [Decimal(120), 0, 0, 0]


def test_a_premium_that_came_in_meets_its_due_date(office: Office) -> None:
    office.ready().deliver(contract())
    paid = record(
        "0400",
        posting_type="30",
        booking_date=date(2027, 1, 5),
        period_from=date(2027, 1, 1),
        gross_premium=Decimal("120.00"),
    )
    office.deliver(paid)
    dues = office.select("SELECT paid_on, paid_amount FROM premium_due WHERE pool_id = :pool")
    assert dues == [(date(2027, 1, 5), Decimal("120.00"))]


def test_a_contract_twice_in_a_file_is_taken_once_and_stays_unchanged(office: Office) -> None:
    path = office.write(contract(), contract(net_premium=Decimal("7.00")))
    taken = office.take(path).contracts
    assert (taken["new"], taken["twice"]) == (1, 1)
    assert not office.take(path).changed


def test_raw_records_are_kept_for_the_round_trip(office: Office) -> None:
    office.deliver(contract(), "0800" + contract()[4:])
    kept = office.select("SELECT record_type, lines FROM raw_record WHERE pool_id = :pool")
    assert [(kind, len(lines)) for kind, lines in kept] == [("0800", 1)]


def test_broken_off_and_done_again_nothing_is_doubled(office: Office) -> None:
    office.ready()
    path = office.write(
        *(
            line
            for number in ("1", "2", "3")
            for line in (
                contract(contract_number=number),
                *commission("20.00", contract_number=number),
            )
        )
    )
    work = GdvImport(
        office.session,
        office.actor,
        INSURER,
        path,
        storage=office.folder / "files",
        today=TODAY,
        chunk=2,
    )
    steps = work.steps()
    next(steps), next(steps)
    office.session.commit()
    assert len(office.events()) == 1
    result = office.take(path, chunk=2)
    assert len(office.events()) == 3
    assert (result.contracts["new"], result.contracts["unchanged"]) == (2, 1)


def test_the_journal_names_who_imported_what(office: Office) -> None:
    office.take(OWN)
    [(action, author)] = office.select(
        "SELECT action, recorded_by FROM audit_entry WHERE pool_id = :pool"
    )
    assert (action, author) == ("delivery.imported", "Olena")
