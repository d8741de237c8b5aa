"""From records to values: parties (0100) and contracts (0200)."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Final

from pool_module.incoming.formats.gdv.model import Contact, Contract, PartialDate, Party
from pool_module.incoming.formats.gdv.record import Record

_SECTION_SIGNS: Final = str.maketrans("§\x15", "@@")  # 0x15 is § on a DOS host


class _Parts:
    """The parts (Teildatensätze) of one thing; a field of a part not delivered is blank."""

    def __init__(self, records: list[Record]) -> None:
        self.records = records

    def _carrier(self, name: str) -> Record | None:
        return next((record for record in self.records if record.has(name)), None)

    def text(self, name: str) -> str:
        record = self._carrier(name)
        return record.value(name) if record else ""

    def day(self, name: str) -> date | None:
        record = self._carrier(name)
        return record.day(name) if record else None

    def partial(self, name: str) -> PartialDate | None:
        record = self._carrier(name)
        return record.partial(name) if record else None

    def amount(self, name: str) -> Decimal | None:
        record = self._carrier(name)
        return record.amount(name) if record else None


def parties_of(records: Iterable[Record]) -> tuple[Party, ...]:
    """Read parties from their 0100 records: part 1 opens a party, further parts go with it."""
    groups: list[list[Record]] = []
    for record in records:
        if record.part == 1 or not groups:
            groups.append([])
        groups[-1].append(record)
    return tuple(_party(_Parts(group)) for group in groups)


def _party(parts: _Parts) -> Party:
    return Party(
        line_number=parts.records[0].number,
        role=parts.text("role"),
        salutation=parts.text("salutation"),
        name_1=parts.text("name_1"),
        name_2=parts.text("name_2"),
        name_3=parts.text("name_3"),
        title=parts.text("title"),
        country=parts.text("country"),
        postcode=parts.text("postcode"),
        city=parts.text("city"),
        street=parts.text("street"),
        po_box=parts.text("po_box"),
        birth_date=parts.partial("birth_date"),
        nationality=parts.text("nationality"),
        gender=parts.text("gender"),
        customer_number_insurer=parts.text("customer_number_insurer"),
        customer_number_broker=parts.text("customer_number_broker"),
        person_number=parts.text("person_number"),
        payment_method=parts.text("payment_method"),
        legal_form=parts.text("legal_form"),
        birth_name=parts.text("birth_name"),
        iban=parts.text("iban"),
        bic=parts.text("bic"),
        contacts=tuple(_contacts(parts)),
    )


def _contacts(parts: _Parts) -> list[Contact]:
    """Read ways of contact; hosts that write DIN 66003 have § where others have the @."""
    found = [
        (parts.text(f"contact_type_{number}"), parts.text(f"contact_{number}"))
        for number in range(1, 8)
    ]
    return [Contact(kind, value.translate(_SECTION_SIGNS)) for kind, value in found if value]


def contracts_of(records: Iterable[Record]) -> tuple[Contract, ...]:
    """Read contracts from their 0200 records: part 1 opens one, part 2 goes with it."""
    groups: list[list[Record]] = []
    for record in records:
        if record.part == 1:
            groups.append([record])
        elif record.part == 2 and groups and len(groups[-1]) == 1:
            groups[-1].append(record)
        else:
            record.warn("part", "This part has no part 1 before it and was not read.")
    return tuple(_contract(_Parts(group)) for group in groups)


def _contract(parts: _Parts) -> Contract:
    return Contract(
        line_number=parts.records[0].number,
        head=parts.records[0].head(),
        collection=parts.text("collection"),
        begin=parts.day("begin"),
        end=parts.day("end"),
        next_due=parts.partial("next_due"),
        frequency=parts.text("frequency"),
        status=parts.text("status"),
        exit_reason=parts.text("exit_reason"),
        exit_date=parts.day("exit_date"),
        change_reason=parts.text("change_reason"),
        change_date=parts.day("change_date"),
        currency=parts.text("currency"),
        net_premium=parts.amount("net_premium"),
        gross_premium=parts.amount("gross_premium"),
        application_date=parts.day("application_date"),
        application_received=parts.day("application_received"),
        issue_date=parts.day("issue_date"),
        order_number=parts.text("order_number"),
        contract_number_broker=parts.text("contract_number_broker"),
        reference_contract_number=parts.text("reference_contract_number"),
        printed_number=parts.text("printed_number"),
        product_form=parts.text("product_form"),
        product_name=parts.text("product_name"),
        customer_number_insurer=parts.text("customer_number_insurer"),
        customer_number_broker=parts.text("customer_number_broker"),
        broker_mark=parts.text("broker_mark"),
        linked_contract=parts.text("linked_contract"),
    )
