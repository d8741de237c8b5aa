"""Lists of firms: read whatever they are written in, judged cell by cell."""

import io

import openpyxl
import pytest

from admin_module.companies.errors import Known
from admin_module.onboarding import rules
from admin_module.onboarding.errors import ListTooLong, ListUnreadable
from admin_module.onboarding.formats.returned import returned_file
from admin_module.onboarding.formats.tables import MOST_ROWS, NAMES, read_table
from admin_module.onboarding.operations.lists import titles
from admin_module.onboarding.rules import Firms, Superior
from portal_intranet.views.companies.lists import COLUMNS, TOLD
from shared.i18n import catalogue
from shared.models.firms import FirmList
from shared.vocabulary import LANGUAGES

KNOWN = Known(
    9, "Kontor Neun G.m.b.H.", "K-9",
    numbers={"register_number": "D-AB99-CD345-99", "vat_id": "DE136695976"},
)  # fmt: skip
GERMAN = "Firma;Nr.;Registernummer;Vorname;Nachname;E-Mail;Rolle\n"
ROW = "Kontor Müller GmbH;K-1;D-AB12-CD345-67;Jörg;Müller;joerg@kontor.example;Makler\n"


def xlsx(rows: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_a_german_csv(encoding: str) -> None:
    table = read_table((GERMAN + ROW).encode(encoding))
    assert table.columns["register_number"] == "Registernummer"
    assert table.rows[0].cells["name"] == "Kontor Müller GmbH"
    assert table.rows[0].number == 2


def test_a_ukrainian_csv_in_windows_letters() -> None:
    text = "Фірма,ЄДРПОУ,Країна\nТОВ Карпатський Поліс,32855961,UA\n"
    table = read_table(text.encode("cp1251"))
    assert table.rows[0].cells == {
        "name": "ТОВ Карпатський Поліс", "national_id": "32855961", "country": "UA",
    }  # fmt: skip


def test_an_excel_file_with_a_title_above_its_columns() -> None:
    table = read_table(xlsx([["Liste"], [], ["Company", "Number", "PLZ"], ["Kontor", "7", 20095]]))
    assert table.rows[0].cells == {"name": "Kontor", "code": "7", "postcode": "20095"}


@pytest.mark.parametrize("content", [b"a;b\n1;2\n", b"\x00\x01", b"", b"PK\x03\x04broken"])
def test_what_is_no_list(content: bytes) -> None:
    with pytest.raises(ListUnreadable):
        read_table(content)


def test_a_list_that_is_too_long() -> None:
    with pytest.raises(ListTooLong):
        read_table(("Firma\n" + "X\n" * (MOST_ROWS + 1)).encode())


def judged(text: str) -> rules.Judged:
    table = read_table((GERMAN + text).encode())
    row = table.rows[0]
    return rules.judge(row.number, row.cells, Firms([KNOWN]))


def test_a_right_row_has_no_errors() -> None:
    one = judged(ROW)
    assert one.errors == {}
    assert one.said["role"] == "broker"
    assert one.known is None


def test_each_wrong_cell_says_why() -> None:
    one = judged("Kontor;K-9;D-AB12;Jörg;;joerg;Chef\n")
    assert set(one.errors) == {"register_number", "last_name", "person_email", "role"}
    assert one.known == 9


def test_every_sentence_of_the_preview_is_offered_for_translation() -> None:
    msgids = {told._args[0] for told in TOLD}
    assert set(rules.SENTENCES) <= msgids


def test_what_is_sent_back_can_be_brought_again() -> None:
    columns = {"name": "Firma", "register_number": "Registernummer"}
    rows = [({"name": "=cmd()", "register_number": "D-1"}, {"register_number": "wrong"})]
    content = returned_file(columns, rows, remark="What is wrong")
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    assert sheet["A2"].data_type == "s"  # never a formula
    assert sheet["B2"].comment is not None
    table = read_table(content)
    assert table.rows[0].cells == {"name": "=cmd()", "register_number": "D-1"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_and_the_refusal_name_columns_that_are_understood(language: str) -> None:
    said = catalogue(language).gettext
    headings = {field: said(told._args[0]) for field, told in COLUMNS.items()}
    assert read_table("\t".join(headings.values()).encode()).columns == headings
    assert headings["name"] in said(ListUnreadable().message)


def test_no_heading_means_two_columns() -> None:
    names = [name.casefold() for told in NAMES.values() for name in told]
    assert len(names) == len(set(names))


def test_a_superior_is_known_or_made_by_a_row_before() -> None:
    cells = {"name": "Unten", "above": "Oben"}
    assert rules.judge(2, cells, Firms(), {"oben": (Superior("Oben", 7),)}).errors == {}
    assert rules.judge(2, cells, Firms(), {}).errors == {"above": rules.NO_SUPERIOR}
    superiors: dict[str, tuple[Superior, ...]] = {}
    rules.add_made(superiors, rules.judge(3, {"name": "Oben", "code": "O-1"}, Firms()))
    assert superiors == dict.fromkeys(("oben", "o-1"), (Superior("O-1 Oben", firm_id=-3),))
    assert rules.judge(4, cells, Firms(), superiors).errors == {}
    advisers: dict[str, tuple[Superior, ...]] = {}
    adviser = {"name": "Oben", "intermediary_type": "Berater"}
    rules.add_made(advisers, rules.judge(4, adviser, Firms()))
    assert rules.judge(5, cells, Firms(), advisers).errors == {"above": rules.NO_PLACE}


def test_two_who_are_called_alike_are_told_with_their_numbers() -> None:
    several = (Superior("O-1 Oben", 1), Superior("VM-2 Oben", 2))
    one = rules.judge(2, {"name": "Unten", "above": "OBEN"}, Firms(), {"oben": several})
    assert one.errors == {"above": rules.TWO_SUPERIORS}
    assert one.values == {"several": "O-1 Oben, VM-2 Oben"}


@pytest.mark.parametrize(
    "heading",
    ["Steht unter", "Unterstellt unter:", "Übergeordnete Firma", "Reports to", "Parent firm",
     "Підпорядковується", "Керівна фірма"],
)  # fmt: skip
def test_everyday_words_for_whom_a_firm_stands_under_are_understood(heading: str) -> None:
    table = read_table(f"Firma;{heading}\nUnten;Oben\n".encode())
    assert (table.rows[0].cells["above"], table.unread) == ("Oben", ())


def test_an_address_without_a_role_invites_nobody_and_that_is_said() -> None:
    assert judged("Kontor;K-1;;Jörg;Müller;j@kontor.example;\n").errors == {
        "role": rules.ROLE_MISSING,
    }  # fmt: skip
    assert judged("Kontor;K-1;;Jörg;Müller;;\n").errors == {}


def test_columns_keep_the_files_order_however_they_are_stored() -> None:
    placed = FirmList(columns={"name": [1, "Firma"], "city": [0, "Ort"]})
    assert list(titles(placed).items()) == [("city", "Ort"), ("name", "Firma")]
    before = FirmList(columns={"city": "Ort", "code": "Nr.", "name": "Firma"})
    assert list(titles(before)) == ["name", "code", "city"]


class TestDoubles:
    """What could be a second firm of one there is, or of a row before, is said in the cell."""

    def judged(self, **cells: str) -> rules.Judged:
        return rules.judge(2, cells, Firms([KNOWN]))

    def test_a_name_is_compared_as_people_do(self) -> None:
        for name in ("kontor neun gmbh", "Kontor  Neun GmbH", "KONTOR NEUN G.M.B.H."):
            one = self.judged(name=name)
            assert (one.known, one.errors) == (9, {})

    def test_the_same_name_with_another_number_is_not_taken_for_the_same(self) -> None:
        for numbers in ({"code": "K-10"}, {"register_number": "D-AB12-CD345-67"}):
            one = self.judged(name="Kontor Neun GmbH", **numbers)
            assert one.errors == {"name": rules.SAME_NAME}
            assert one.values == {"firm": "Kontor Neun G.m.b.H."}

    def test_somebody_says_that_it_is_another_one(self) -> None:
        one = self.judged(name="Kontor Neun GmbH", code="K-10", vat_id="DE136695976", another="ja")
        assert (one.known, one.errors) == (None, {})
        one = self.judged(name="Kontor Neun GmbH", another="ja")
        assert one.errors == {"another": rules.NO_NUMBER}

    def test_a_number_is_one_firms_alone(self) -> None:
        firms = Firms([KNOWN, Known(8, "Acht", "K-8")])
        cells = {"name": "Acht", "code": "K-8", "register_number": "D-AB99-CD345-99"}
        one = rules.judge(2, cells, firms)
        assert one.errors == {"register_number": rules.OTHERS}
        assert one.values == {"firm": "Kontor Neun G.m.b.H."}

    def test_a_vat_id_of_another_firm(self) -> None:
        one = self.judged(name="Zehn", vat_id="DE 136695976")
        assert one.errors == {"vat_id": rules.SAME_VAT_ID}
        assert self.judged(name="Kontor Neun GmbH", vat_id="DE136695976").errors == {}

    def test_who_has_left_does_not_come_back_by_a_list(self) -> None:
        gone = Firms([Known(7, "Weg", "K-7", live=False)])
        assert rules.judge(2, {"name": "Weg", "code": "K-7"}, gone).errors == {"code": rules.LEFT}

    def test_rows_of_one_file_are_held_against_each_other(self) -> None:
        firms = Firms()
        rows = (
            {"name": "Neu GmbH", "code": "N-1", "vat_id": "DE136695976"},
            {"name": "Neu GmbH", "last_name": "Zwei"},
            {"name": "neu gmbh", "code": "N-2"},
            {"name": "Anders", "code": "N-3", "vat_id": "DE136695976"},
        )
        errors = [rules.judge(n, row, firms).errors for n, row in enumerate(rows, 2)]
        assert errors == [
            {}, {}, {"name": rules.TWO_FIRMS}, {"vat_id": rules.SAME_VAT_ID},
        ]  # fmt: skip

    def test_a_person_without_an_address_is_kept_and_that_is_said(self) -> None:
        one = self.judged(name="Elf", first_name="Eva", last_name="Elf")
        assert (one.errors, one.notes) == ({}, {"last_name": rules.NO_LOGIN})


@pytest.mark.parametrize(
    ("state", "at_work", "truly"),
    [
        ("reading", True, "reading"), ("reading", False, "stopped"), ("taking", False, "read"),
        ("taking", True, "taking"), ("taken", False, "taken"), ("refused", False, "refused"),
    ],
)  # fmt: skip
def test_what_a_list_is_when_its_job_is_over(state: str, truly: str, *, at_work: bool) -> None:
    assert rules.standing(state, at_work=at_work) == truly
