"""Files people bring: what they are shown is what is taken, and only that."""

import zipfile
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from pool_module.incoming.errors import DeliveryRefused, UploadMoved, WrongInsurer
from pool_module.incoming.formats.error_file import error_file
from pool_module.incoming.operations import taking, uploads
from pool_module.incoming.operations.checking import Check
from pool_module.incoming.operations.taking import Taking
from pool_module.incoming.operations.uploads import Received
from pool_module.incoming.queries import uploads as queries
from shared.models.incoming import Upload, UploadRow
from tests.database.pool_module.incoming.office import (
    INSURER,
    TODAY,
    Office,
    commission,
    contract,
    holder,
)


@dataclass
class Desk:
    """Where somebody brings files."""

    office: Office

    @property
    def storage(self) -> Path:
        return self.office.folder / "files"

    def bring(self, path: Path, name: str | None = None) -> Received:
        [received] = uploads.receive(
            self.office.session,
            self.office.actor,
            [(name or path.name, path)],
            storage=self.storage,
        )
        self.office.session.commit()
        return received

    def upload(self, received: Received) -> Upload:
        assert received.upload_id is not None
        return queries.get_upload(self.office.session, self.office.actor, received.upload_id)

    def look(self, received: Received, *, chunk: int = 1_000) -> dict[str, int]:
        upload = self.upload(received)
        if upload.state == "read":
            uploads.describe(
                self.office.session,
                self.office.actor,
                upload.id,
                insurer=INSURER,
                columns=upload.mapping,
                storage=self.storage,
            )
            self.office.session.commit()
        check = Check(
            self.office.session,
            self.office.actor,
            upload.id,
            storage=self.storage,
            today=TODAY,
            chunk=chunk,
        )
        for _ in check.steps():
            self.office.session.commit()
        self.office.session.expire_all()
        found: dict[str, int] = {}
        for row in queries.summary(self.office.session, self.office.actor, upload.id):
            key = f"{row['subject']} {row['outcome']}"
            found[key] = found.get(key, 0) + row["rows"]
        return found

    def take(self, received: Received, *, steps: int | None = None) -> Taking:
        assert received.upload_id is not None
        upload = self.upload(received)
        if upload.state == "checked":
            uploads.take(self.office.session, self.office.actor, upload.id)
            self.office.session.commit()
        work = Taking(
            self.office.session,
            self.office.actor,
            upload.id,
            storage=self.storage,
            today=TODAY,
            chunk=2,
        )
        for number, _ in enumerate(work.steps(), 1):
            self.office.session.commit()
            if number == steps:
                break
        self.office.session.expire_all()
        return work

    def rows(self, received: Received, outcome: str | None = None) -> list[UploadRow]:
        assert received.upload_id is not None
        session, actor = self.office.session, self.office.actor
        return list(queries.rows(session, actor, received.upload_id, outcome=outcome, most=500))


@pytest.fixture
def counter(office: Office) -> Desk:
    office.name_insurer()
    return Desk(office)


def a_delivery(office: Office, *numbers: str) -> Path:
    lines: list[str] = []
    for number in numbers:
        lines += [
            *holder(contract_number=number),
            contract(contract_number=number),
            *commission("20.00", contract_number=number),
        ]
    return office.write(*lines)


def test_what_is_shown_is_what_is_taken(counter: Desk) -> None:
    office = counter.office.ready()
    received = counter.bring(a_delivery(office, "100001", "100002", "100003"))
    before = office.counts()
    assert counter.look(received, chunk=3) == {"contract new": 3, "line new": 3}
    assert office.counts() == before, "looking changes nothing"
    done = counter.take(received)
    told = done.result.as_dict()
    assert (told["contracts"]["new"], told["events"]) == (3, 3)  # type: ignore[index]
    assert counter.upload(received).state == "taken"
    assert len(office.events()) == 3


def test_the_figures_are_those_of_the_command_line(office: Office, counter: Desk) -> None:
    path = a_delivery(office.ready(), "100001", "100002")
    by_hand = counter.bring(path)
    shown = counter.look(by_hand)
    told = office.take(path).as_dict()
    assert shown["contract new"] == told["contracts"]["new"]  # type: ignore[index]
    assert shown["line new"] == told["events"]
    again = counter.take(by_hand).result.as_dict()
    assert again["events"] == 0, "the same bytes are the same delivery"
    assert len(office.events()) == 2


def test_changed_contracts_are_compared_field_by_field(counter: Desk) -> None:
    office = counter.office.ready()
    office.deliver(*holder(), contract())
    path = office.write(
        *holder(street="Neuer Weg 7"), contract(net_premium=Decimal("150.00"), frequency="2")
    )
    received = counter.bring(path)
    assert counter.look(received) == {"contract changed": 1}
    [row] = counter.rows(received)
    assert row.changes["net_premium"] == ["120.00", "150.00"]
    assert row.changes["frequency"] == ["yearly", "half_yearly"]
    assert "Neuer Weg 7" in row.changes["holder"][1]
    uploads.keep_ours(
        office.session, office.actor, row.upload_id, row.id, ["net_premium", "holder"]
    )
    counter.take(received)
    kept = office.contract()
    assert (kept.net_premium, kept.frequency) == (Decimal("120.00"), "half_yearly")
    assert office.select("SELECT street FROM customer WHERE pool_id = :pool") != [("Neuer Weg 7",)]


def test_an_unchanged_file_says_so(counter: Desk) -> None:
    office = counter.office.ready()
    path = a_delivery(office, "100001")
    office.take(path)
    received = counter.bring(path)
    assert counter.upload(received).details["taken"] is not None
    assert counter.look(received) == {"contract unchanged": 1, "line unchanged": 1}


def test_a_file_brought_twice_is_one_upload(counter: Desk) -> None:
    path = a_delivery(counter.office.ready(), "100001")
    first = counter.bring(path)
    second = counter.bring(path, "another name.gdv")
    assert (second.same, second.upload_id) == (True, first.upload_id)


ROWS = (
    "01.10.2026;4711;AP;100,00;20 %;20,00;20,00;0815;7",
    "01.10.2026;;AP;105,00;20 %;21,00;21,00;0815;7",
    "32.10.2026;4711;BP;100,00;1 %;1,00;1,00;0815;7",
    "01.10.2026;4711;BP;100,00;2 %;viel;viel;0815;7",
)


def test_errors_stand_in_their_cell_and_stay_out(counter: Desk) -> None:
    office = counter.office.ready()
    office.add_contract("4711")
    received = counter.bring(office.statement(*ROWS))
    assert counter.look(received) == {"line new": 1, "line error": 3}
    wrong = counter.rows(received, "error")
    assert [list(row.notes) for row in wrong] == [["contract_number"], ["booking_date"], ["amount"]]
    counter.take(received)
    assert [amount for _, _, amount in office.events()] == [Decimal("20.00")]
    assert office.open_causes() == []


def test_the_wrong_rows_come_back_corrected(counter: Desk) -> None:
    office = counter.office.ready()
    office.add_contract("4711")
    received = counter.bring(office.statement(*ROWS))
    counter.look(received)
    counter.take(received)
    upload = counter.upload(received)
    corrected: list[tuple[list[str], str, list[str]]] = []
    for row in counter.rows(received, "error"):
        cells = [c.replace("32.10", "30.10").replace("viel", "2,00") for c in row.cells["raw"]]
        corrected.append(([cells[0], "4711", *cells[2:]], "corrected", []))
    path = office.folder / "corrected.xlsx"
    path.write_bytes(error_file(upload.details["titles"], corrected, "rows"))
    again = counter.bring(path)
    assert counter.look(again) == {"line new": 3}
    counter.take(again)
    assert len(office.events()) == 4


def test_an_import_that_was_killed_goes_on(counter: Desk) -> None:
    office = counter.office.ready()
    received = counter.bring(a_delivery(office, *(str(200_000 + n) for n in range(6))))
    counter.look(received)
    counter.take(received, steps=3)
    assert 0 < len(office.events()) < 6
    assert counter.upload(received).state == "taking"
    counter.take(received)
    assert len(office.events()) == 6
    assert counter.upload(received).state == "taken"


def test_a_stopped_one_can_be_gone_on_with(counter: Desk) -> None:
    office = counter.office.ready()
    received = counter.bring(a_delivery(office, "300001", "300002", "300003"))
    counter.look(received)
    counter.take(received, steps=2)
    assert received.upload_id
    taking.stop(office.session, office.actor, received.upload_id)
    assert counter.upload(received).state == "checked"
    counter.take(received)
    assert len(office.events()) == 3


def test_two_people_take_the_same_file(counter: Desk) -> None:
    office = counter.office.ready()
    received = counter.bring(a_delivery(office, "100001"))
    counter.look(received)
    assert received.upload_id
    uploads.take(office.session, office.actor, received.upload_id)
    with pytest.raises(UploadMoved):
        uploads.take(office.session, office.actor, received.upload_id)
    with pytest.raises(UploadMoved):
        uploads.drop(office.session, office.actor, received.upload_id)


def a_bomb() -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<a/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (60 << 20))
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "picture"),
        (b"%PDF-1.7 and so on", "PDF"),
        (b"Dear colleague, here is nothing", "No row of the file names"),
        (a_bomb(), "packed too tightly"),
    ],
)
def test_wrong_files_say_what_they_are(counter: Desk, content: bytes, said: str) -> None:
    path = counter.office.folder / "wrong.csv"
    path.write_bytes(content)
    received = counter.bring(path)
    assert received.upload_id is None
    assert isinstance(received.refusal, DeliveryRefused)
    assert said in str(received.refusal)


def test_a_folder_is_no_file(counter: Desk) -> None:
    received = counter.bring(counter.office.folder)
    assert "is a folder" in str(received.refusal)


def test_the_insurer_is_found_by_his_contracts_and_a_wrong_one_refused(counter: Desk) -> None:
    from pool_module.products import operations as products  # noqa: PLC0415

    office = counter.office.ready()
    office.add_contract("4711")
    received = counter.bring(office.statement(ROWS[0]))
    upload = counter.upload(received)
    assert (upload.insurer_id, upload.state) == (office.insurer.id, "checking")
    products.insurer_of(office.session, office.actor, "BETA")
    with pytest.raises(WrongInsurer):
        uploads.describe(
            office.session,
            office.actor,
            upload.id,
            insurer="BETA",
            columns=upload.mapping,
            storage=counter.storage,
        )


def test_columns_nobody_knows_are_said_once_and_kept(counter: Desk) -> None:
    office = counter.office.ready()
    office.add_contract("4711")
    path = office.folder / "strange.csv"
    path.write_text("Wann;Wer;Was\n01.10.2026;4711;20,00\n", encoding="utf-8")
    received = counter.bring(path)
    upload = counter.upload(received)
    assert (upload.state, upload.mapping) == ("read", {})
    assert upload.details["rows"] == [["01.10.2026", "4711", "20,00"]]
    columns = {"Wann": "booking_date", "Wer": "contract_number", "Was": "net"}
    uploads.describe(
        office.session,
        office.actor,
        upload.id,
        insurer=INSURER,
        columns=columns,
        storage=counter.storage,
    )
    office.session.commit()
    assert counter.look(received) == {"line new": 1}
    counter.take(received)
    kept: list[Any] = office.select("SELECT mapping FROM import_mapping WHERE pool_id = :pool")
    assert kept == [(columns,)]


def test_a_doubt_says_its_cause_in_its_cell(counter: Desk) -> None:
    office = counter.office
    office.know_producer()
    office.agree("acquisition", 60, incoming_of="basis", incoming_rate=Decimal("0.19"))
    office.add_contract("4711")
    received = counter.bring(office.statement(ROWS[0]))
    assert counter.look(received) == {"line doubt": 1}
    [row] = counter.rows(received)
    assert row.notes == {"rate": {"cause": "rate_differs", "expected": "19.00"}}
    counter.take(received)
    assert office.open_causes() == ["rate_differs"]


def test_a_delivery_knows_its_sum(counter: Desk) -> None:
    office = counter.office.ready()
    office.add_contract("4711")
    office.state(office.statement(ROWS[0]))
    found = office.select("SELECT line_count, gross, currency FROM delivery WHERE pool_id = :pool")
    assert found == [(1, Decimal("20.00"), "EUR")]
