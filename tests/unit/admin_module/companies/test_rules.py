"""Identifiers as they are typed, and how long a former partner reads."""

from datetime import date

import pytest

from admin_module.companies.rules.identifiers import checked, masked
from admin_module.companies.rules.keeping import reads_until, to_tell
from shared.errors import Invalid


@pytest.mark.parametrize(
    ("name", "typed", "country", "person", "kept"),
    [
        ("iban", "de89 3704 0044 0532 0130 00", "DE", False, "DE89370400440532013000"),
        ("iban", "UA213223130000026007233566001", "UA", False, "UA213223130000026007233566001"),
        ("register_number", "d-nt07-opkqr-16", "DE", False, "D-NT07-OPKQR-16"),
        ("vat_id", "DE 136 695 976", "DE", False, "DE136695976"),
        ("tax_number", "181/815/08155", "DE", False, "181/815/08155"),
        ("national_id", "32855961", "UA", False, "32855961"),
        ("national_id", "1759013776", "UA", True, "1759013776"),
        ("national_id", "", "UA", True, ""),
        ("register_number", "anything", "AT", False, "anything"),
    ],
)
def test_what_is_right_is_kept_in_one_form(
    name: str,
    typed: str,
    country: str,
    person: bool,  # noqa: FBT001
    kept: str,
) -> None:
    assert checked(name, typed, country=country, natural_person=person) == kept


@pytest.mark.parametrize(
    ("name", "typed", "country", "person"),
    [
        ("iban", "DE89370400440532013001", "DE", False),
        ("register_number", "D-NT07-OPKQ-16", "DE", False),
        ("vat_id", "DE136695978", "DE", False),
        ("tax_number", "12", "DE", False),
        ("national_id", "32855968", "UA", False),
        ("national_id", "1759013777", "UA", True),
        ("national_id", "32855961", "UA", True),
        ("vat_id", "12345", "UA", False),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    name: str,
    typed: str,
    country: str,
    person: bool,  # noqa: FBT001
) -> None:
    with pytest.raises(Invalid) as refused:
        checked(name, typed, country=country, natural_person=person)
    assert refused.value.field == name


def test_an_iban_shows_its_ends() -> None:
    assert masked("DE89370400440532013000") == "DE89 … 3000"
    assert masked(None) == ""


def test_a_german_reads_eight_years_from_the_end_of_the_year() -> None:
    left = date(2026, 11, 21)
    assert reads_until("DE", left_on=left, last_paper=None, last_liability=None) == date(
        2034, 12, 31
    )
    long = date(2031, 5, 1)  # a liability counts like a paper: a clawback brings one
    assert reads_until("DE", left_on=left, last_paper=left, last_liability=long) == date(
        2039, 12, 31
    )


def test_a_ukrainian_reads_1825_days() -> None:
    left = date(2026, 1, 1)
    assert reads_until("UA", left_on=left, last_paper=None, last_liability=None) == date(
        2030, 12, 31
    )


def test_an_end_is_told_60_30_and_7_days_before_each_once() -> None:
    end, told = date(2026, 12, 31), []
    seen: int | None = None
    for ordinal in range(date(2026, 10, 1).toordinal(), end.toordinal() + 5):
        day = date.fromordinal(ordinal)
        days = to_tell(end, day, seen)
        if days is not None:
            told.append((end - day).days)
            seen = days
    assert told == [60, 30, 7]
    assert to_tell(end, date(2026, 12, 28), None) == 7  # who looks late is told once
