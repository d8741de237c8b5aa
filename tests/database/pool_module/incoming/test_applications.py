"""Applications: what a broker sent, what the insurer answers, and the register we write."""

from datetime import date

import pytest

from pool_module.incoming.errors import DoesNotFit, NotWhole
from pool_module.incoming.formats.gdv.blocks import Application
from pool_module.incoming.formats.gdv.reader import read_gdv
from pool_module.incoming.operations import register
from tests.database.pool_module.incoming.office import TODAY, Office, contract, holder
from tests.unit.pool_module.incoming.formats.deliveries import record


def case(business_case: str, **values: str) -> list[str]:
    return [
        record("0052", business_case=business_case, transaction_broker="T1", **values),
        *holder(city="Köln", postcode="50667", birth_date=date(1980, 5, 1)),
        contract(application_date=date(2026, 11, 2)),
        record("9952", transaction_broker="T1"),
    ]


def states(office: Office) -> list[str]:
    rows = office.select("SELECT state FROM application_change WHERE pool_id = :pool ORDER BY id")
    return [row[0] for row in rows]


def test_an_application_and_the_answers_to_it(office: Office) -> None:
    office.deliver(*case("001"))
    answer = office.deliver(*case("005", case_text="Gesundheitsfragen"))
    assert answer.applications == {"changed": 1}
    office.deliver(*case("007", transaction_insurer="VU77"))
    assert states(office) == ["sent_to_insurer", "insurer_query", "accepted"]
    kept = office.select(
        "SELECT state, insurer_number, applied_on FROM application WHERE pool_id = :pool"
    )
    assert kept == [("accepted", "VU77", date(2026, 11, 2))]
    assert office.counts()["contract"] == 0


def test_delivered_again_it_is_unchanged(office: Office) -> None:
    both = office.write(*case("001"), *case("009"))
    office.take(both)
    before = office.counts()
    assert office.take(both).applications == {"unchanged": 2}
    assert office.counts() == before


def test_a_register_is_read_back(office: Office) -> None:
    office.map("0815")
    office.deliver(*case("001"))
    ids = [row[0] for row in office.select("SELECT id FROM application WHERE pool_id = :pool")]
    written = register.write(
        office.session, office.actor, "ALPHA", ids, agency_number="0815", today=TODAY
    )
    path = office.folder / "register.gdv"
    path.write_bytes(written.content)
    [read] = [item for item in read_gdv(path) if isinstance(item, Application)]
    assert (read.transaction_broker, read.business_case) == ("T1", "001")
    assert read.holder is not None
    assert (read.holder.name_1, read.holder.name_3) == ("Muster", "Änne")
    assert read.contracts[0].application_date == date(2026, 11, 2)
    again = office.take(path)
    assert again.applications == {"changed": 1}, "it meets its application by the case number"


def test_a_register_refuses_what_does_not_fit(office: Office) -> None:
    office.deliver(*case("001"))
    ids = [row[0] for row in office.select("SELECT id FROM application WHERE pool_id = :pool")]
    values = {"agency_number": "0815", "today": TODAY}
    office.select("UPDATE customer SET last_name = 'Шевченко' WHERE pool_id = :pool RETURNING 1")
    with pytest.raises(DoesNotFit):
        register.write(office.session, office.actor, "ALPHA", ids, **values)  # type: ignore[arg-type]
    office.session.expire_all()
    office.select("UPDATE application SET customer_id = NULL WHERE pool_id = :pool RETURNING 1")
    with pytest.raises(NotWhole):
        register.write(office.session, office.actor, "ALPHA", ids, **values)  # type: ignore[arg-type]
