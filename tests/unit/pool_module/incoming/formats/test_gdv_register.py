"""An application register written to an insurer is read back field by field."""

import io
from dataclasses import replace
from datetime import date, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pool_module.incoming.errors import DoesNotFit
from pool_module.incoming.formats.gdv.blocks import Application
from pool_module.incoming.formats.gdv.layout import LAYOUTS
from pool_module.incoming.formats.gdv.model import Contact, PackageEnd, PackageHeader
from pool_module.incoming.formats.gdv.reader import read_gdv
from pool_module.incoming.formats.gdv.register import (
    Register,
    RegisterApplication,
    RegisterParty,
    write_register,
)
from pool_module.incoming.formats.remarks import ReadingWarning
from tests.unit.pool_module.incoming.formats.deliveries import of_type

PARTY = RegisterParty(
    name_1="Größler",
    name_3="Änne",
    salutation="2",
    title="Dr.",
    postcode="44139",
    city="Dortmund",
    street="Weg 1",
    birth_date=date(1985, 1, 2),
    nationality="D",
    gender="2",
    customer_number_broker="K-17",
    payment_method="1",
    iban="DE02120300000000202051",
    bic="BYLADEM1001",
    contacts=(Contact("10", "0231 123456"), Contact("50", "aenne.groessler@example.org")),
)
APPLICATION = RegisterApplication(
    line="130",
    contract_number="A-2026-17",
    transaction="T-2026-17",
    posted_on=date(2026, 10, 2),
    posted_at=time(14, 5),
    parties=(PARTY,),
    order_number="A17",
    begin=date(2026, 11, 1),
    end=date(2027, 11, 1),
    frequency="1",
    net_premium=Decimal("100.00"),
    gross_premium=Decimal("119.00"),
    application_date=date(2026, 10, 1),
    product_name="Hausrat Komfort",
    product_form="HR1",
    broker_mark="team-nord",
    consent_privacy=True,
    consent_health=False,
)
REGISTER = Register(
    insurer_number="9999",
    sender="MUSTERPOOL GMBH",
    recipient="SYNTHETIK VERSICHERUNG AG",
    agency_number="4711000001",
    created_from=date(2026, 10, 1),
    created_to=date(2026, 10, 31),
    applications=(APPLICATION, replace(APPLICATION, transaction="T-2026-18", net_premium=None)),
)


def read_back(register: Register) -> list[Application]:
    source = io.BytesIO(write_register(register))
    return of_type(read_gdv(source, encoding="latin-1"), Application)


def test_the_file_has_the_shape_insurers_take() -> None:
    lines = write_register(REGISTER).decode("latin-1").split("\r\n")
    assert lines.pop() == ""
    assert {len(line) for line in lines} == {256}
    body = ["0052", "0100", "0100", "0100", "0100", "0200", "0200", "0202", "9952"]
    assert [line[:4] for line in lines] == ["0001"] * 3 + body * 2 + ["9999"]
    items = list(read_gdv(io.BytesIO(write_register(REGISTER))))
    assert of_type(iter(items), ReadingWarning) == []
    (header,) = of_type(iter(items), PackageHeader)
    assert header.versions["0052"] == "1.2"
    assert (header.sender_kind, header.recipient_kind) == ("2", "1")
    (end,) = of_type(iter(items), PackageEnd)
    assert end.stated == end.read


def test_an_application_comes_back() -> None:
    first, second = read_back(REGISTER)
    assert second.transaction_broker == "T-2026-18"
    assert (first.business_case, first.category, first.authorisation) == ("001", "100001000", "02")
    assert (first.posted_on, first.posted_at) == (date(2026, 10, 2), "140500")
    assert (first.consent_privacy, first.consent_health) == ("1", "0")
    assert (first.head.line, first.head.contract_number) == ("130", "A-2026-17")
    assert first.head.agency_number == "4711000001"
    (contract,) = first.contracts
    same = """order_number begin end frequency currency net_premium gross_premium
        application_date product_name product_form broker_mark"""
    for name in same.split():
        assert getattr(contract, name) == getattr(APPLICATION, name), name


def test_a_party_comes_back() -> None:
    party = read_back(REGISTER)[0].parties[0]
    for name in RegisterParty.__dataclass_fields__:
        if name != "birth_date":
            assert getattr(party, name) == getattr(PARTY, name), name
    assert party.birth_date
    assert party.birth_date.exact == PARTY.birth_date


@pytest.mark.parametrize(
    ("party", "field"),
    [
        (replace(PARTY, name_1="Шевченко"), "name_1"),
        (replace(PARTY, city="Łódź"), "city"),
        (replace(PARTY, street="Weg\r\n1"), "street"),
        (replace(PARTY, name_3="x" * 31), "name_3"),
        (replace(PARTY, contacts=(Contact("50", "x" * 30),) * 4), "contacts"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(party: RegisterParty, field: str) -> None:
    applications = (replace(APPLICATION, parties=(party,)),)
    with pytest.raises(DoesNotFit) as refusal:
        write_register(replace(REGISTER, applications=applications))
    assert refusal.value.field == field


@pytest.mark.parametrize("premium", ["-1.00", "0.001", "99999999999.00"])
def test_premiums_that_do_not_fit_are_refused(premium: str) -> None:
    application = replace(APPLICATION, net_premium=Decimal(premium))
    with pytest.raises(DoesNotFit) as refusal:
        write_register(replace(REGISTER, applications=(application,)))
    assert refusal.value.field == "net_premium"


def texts(record_type: str, part: int, name: str) -> st.SearchStrategy[str]:
    length = LAYOUTS[record_type, part][name].length
    letters = st.characters(max_codepoint=0xFF).filter(str.isprintable)
    return st.text(letters, min_size=1, max_size=length).map(str.strip).filter(bool)


@given(
    name=texts("0100", 1, "name_1"),
    city=texts("0100", 1, "city"),
    product=texts("0200", 2, "product_name"),
    premium=st.decimals(min_value=0, max_value="9999999999.99", places=2),
    begin=st.dates(),
)
def test_any_text_and_amount_comes_back(
    name: str, city: str, product: str, premium: Decimal, begin: date
) -> None:
    party = replace(PARTY, name_1=name, city=city)
    application = replace(
        APPLICATION, parties=(party,), product_name=product, net_premium=premium, begin=begin
    )
    (read,) = read_back(replace(REGISTER, applications=(application,)))
    assert (read.parties[0].name_1, read.parties[0].city) == (name, city)
    (contract,) = read.contracts
    assert (contract.product_name, contract.net_premium, contract.begin) == (
        product,
        premium,
        begin,
    )
