"""From what the GDV reader gives to rows and lines."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from hashlib import blake2b

from pool_module.incoming.formats.gdv.blocks import ContractBlock
from pool_module.incoming.formats.gdv.commission import Booking, BookingLine
from pool_module.incoming.formats.gdv.model import Contract, PartialDate, Party
from pool_module.incoming.rules import contract_state as states
from pool_module.incoming.rules.line import Line
from shared.sorting import sort_key

_EMAIL = range(50, 53)
_FIRM = "3"


@dataclass(frozen=True, slots=True)
class ContractKey:
    """What makes a contract of an insurer recognisable."""

    number_key: str
    line: str
    sequence: int


def key_of(contract: Contract) -> ContractKey:
    """The key of a delivered contract."""
    head = contract.head
    return ContractKey(head.contract_key, head.line or "000", sequence_of(head.sequence))


def sequence_of(text: str) -> int:
    """Folgenummer as a number; blank and what is no number is the first."""
    return int(text) if text.isascii() and text.isdigit() else 1


def digest_of(block: ContractBlock) -> str:
    """What tells a changed contract from an unchanged one: all that is taken from it."""
    contract = replace(block.contract, line_number=0) if block.contract else None
    holder = replace(block.holder, line_number=0) if block.holder else None
    raw = [(r.record_type, r.text) for r in (*block.raw.sub_lines, *block.raw.others)]
    return blake2b(repr((contract, holder, raw)).encode(), digest_size=16).hexdigest()


def contract_row(contract: Contract, digest: str, currency: str, today: date) -> dict[str, object]:
    """A contract's columns, as far as they are delivered."""
    key = key_of(contract)
    state = states.state_of(contract.status, contract.exit_reason)
    frequency = states.frequency_of(contract.frequency)
    instalments = states.instalments_of(frequency)
    yearly = contract.gross_premium or contract.net_premium
    row: dict[str, object] = {
        "number": contract.head.contract_number,
        "number_key": key.number_key,
        "sequence": key.sequence,
        "state": state.value,
        "begin_on": contract.begin,
        "end_on": contract.end,
        "cancelled_on": contract.exit_date if states.is_off(state) else None,
        "cancellation_reason": (contract.exit_reason or None) if states.is_off(state) else None,
        "next_due_on": _next_due(contract, today) if not states.is_off(state) else None,
        "frequency": frequency,
        "net_premium": contract.net_premium,
        "gross_premium": contract.gross_premium,
        "currency": contract.currency or currency,
        "agency_number": contract.head.agency_number,
        "agency_key": contract.head.agency_key,
        "source_digest": digest,
        "applied_on": contract.application_date,
        "issued_on": contract.issue_date,
        "anchor": _anchor(contract),
        "instalments": instalments,
        "instalment": states.instalment(yearly, instalments) if yearly and instalments else None,
    }
    return row


def _anchor(contract: Contract) -> date | None:
    due: PartialDate | None = contract.next_due
    month, day = (due.month, due.day) if due else (None, None)
    return states.due_anchor(contract.begin, month, day)


def _next_due(contract: Contract, today: date) -> date | None:
    """The next yearly due date from today on."""
    anchor = _anchor(contract)
    if anchor is None:
        return None
    this_year = states.due_anchor(today, anchor.month, anchor.day)
    assert this_year is not None
    if this_year >= today:
        return this_year
    return states.due_anchor(date(today.year + 1, 1, 1), anchor.month, anchor.day)


def holder_row(insurer_id: int, key: ContractKey, party: Party, number: str) -> dict[str, object]:
    """A policyholder's columns.

    He is recognised by the insurer's customer number, else by name, birth date and postcode; where
    one of these is missing he is this contract's alone: a name is nobody.
    """
    born = party.birth_date.exact if party.birth_date else None
    is_firm = party.salutation == _FIRM or party.gender == "0"
    last_name = f"{party.name_1} {party.name_2}".strip() or party.name_3 or "?"
    return {
        "source_key": _holder_key(insurer_id, key, party, number, born),
        "legal_person": is_firm,
        "last_name": last_name,
        "first_name": party.name_3 or None,
        "title": party.title or None,
        "sort_key": sort_key(last_name, party.name_3),
        "birth_date": born,
        "street": party.street or None,
        "postcode": party.postcode or None,
        "city": party.city or None,
        "country": party.country or None,
        "email": _contact(party, email=True),
        "phone": _contact(party, email=False),
    }


def _holder_key(
    insurer_id: int, key: ContractKey, party: Party, number: str, born: date | None
) -> str:
    number = party.customer_number_insurer or number
    if number:
        return f"{insurer_id}/number/{number}"
    name = f"{party.name_1}|{party.name_2}|{party.name_3}".casefold()
    if born and party.postcode:
        return f"{insurer_id}/person/{_short(f'{name}|{born}|{party.postcode}')}"
    return f"{insurer_id}/contract/{key.number_key}/{key.line}/{key.sequence}/{_short(name)}"


def _short(text: str) -> str:
    return blake2b(text.encode(), digest_size=12).hexdigest()


def _contact(party: Party, *, email: bool) -> str | None:
    for contact in party.contacts:
        is_email = contact.kind.isdigit() and int(contact.kind) in _EMAIL
        if is_email == email:
            return contact.value
    return None


class LineKeys:
    """Gives lines their keys; equal lines of a file count up.

    Eight bytes a line are remembered, so that a line repeated far down still counts.
    """

    def __init__(self, insurer_id: int) -> None:
        self._insurer_id = insurer_id
        self._seen: Counter[int] = Counter()

    def key(self, content: str) -> str:
        """The key of the next line with this content."""
        digest = blake2b(content.encode(), digest_size=16).hexdigest()
        short = int(digest[:16], 16)
        self._seen[short] += 1
        return f"gdv/{self._insurer_id}/{digest}/{self._seen[short]}"


def lines_of(block: ContractBlock, keys: LineKeys) -> Iterator[Line]:
    """The commission lines of a block."""
    for booking in block.bookings:
        for line in booking.lines:
            yield _line(booking, line, keys)


def _line(booking: Booking, line: BookingLine, keys: LineKeys) -> Line:
    raw: dict[str, object] = {
        "commission_kind": line.commission_kind,
        "posting_type": line.posting_type,
        "endorsement": line.endorsement,
        "reference": booking.reference_insurer,
        "holder": booking.holder_text,
        "texts": list(booking.texts),
    }
    return Line(
        source_key=keys.key(line.key),
        row=line.line_number,
        kind=line.kind.value,
        amount=line.amount,
        contract_number=line.head.contract_number,
        number_key=line.head.contract_key,
        line_key=booking.head.line or None,
        sequence=sequence_of(line.head.sequence),
        agency_number=line.head.agency_number,
        agency_key=line.head.agency_key,
        booked_on=line.booking_date,
        period_from=line.period_from,
        period_to=line.period_to,
        base=line.base,
        rate=line.rate,
        rate_unit="percent" if line.rate else None,
        net=line.amount,
        currency=line.currency,
        correction=line.correction,
        storno=line.reversal,
        raw={name: value for name, value in raw.items() if value},
    )


def premiums_of(blocks: Iterable[ContractBlock]) -> list[dict[str, object]]:
    """Premiums that came in, with the day they were due: the start of the period they pay."""
    return [
        {
            "number_key": booking.head.contract_key,
            "due_on": booking.period_from,
            "paid_on": booking.booking_date,
            "amount": booking.gross_premium,
        }
        for block in blocks
        for booking in block.bookings
        if booking.period_from and booking.booking_date and (booking.gross_premium or 0) > 0
    ]
