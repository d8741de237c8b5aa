"""An application register for an insurer, as a GDV file (VU-Vermittler, applications).

Per application 0052, 0100 per party, 0200, 0202 and 9952, between 0001 and 9999. Fields of single
lines (0210 …) are not written: the pool keeps applications of every line in one form.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from typing import Final

from pool_module.incoming.errors import DoesNotFit
from pool_module.incoming.formats.gdv.layout import LAYOUTS
from pool_module.incoming.formats.gdv.model import Contact
from pool_module.incoming.formats.gdv.writer import ENCODING, LINE_END, Value, write_record

APPLICATION_SENT: Final = "001"
SIGNATURE_AT_HAND: Final = "02"

_SENT_CATEGORY: Final = "100001000"
_BROKER: Final = "2"
_INSURER: Final = "1"
_VERSIONS: Final = {
    "0001": "2.5",
    "0052": "1.2",
    "0100": "2.3",
    "0200": "2.5",
    "0202": "1.0",
    "9952": "1.1",
    "9999": "1.1",
}
_SHORT_CONTACTS: Final = range(1, 5)
_LONG_CONTACTS: Final = range(5, 8)
_SHORT_CONTACT: Final = LAYOUTS["0100", 2]["contact_1"].length


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterParty:
    """A party of an application; codes are those of 0100 (role 01 is the applicant).

    Attributes:
        name_1: surname, or the firm's name; ``name_3``: first name.
        contacts: up to four of 20 characters and three of 60.
    """

    name_1: str
    role: str = "01"
    salutation: str = "0"
    name_2: str = ""
    name_3: str = ""
    title: str = ""
    country: str = "D"
    postcode: str = ""
    city: str = ""
    street: str = ""
    birth_date: date | None = None
    nationality: str = ""
    gender: str = ""
    customer_number_broker: str = ""
    payment_method: str = ""
    iban: str = ""
    bic: str = ""
    contacts: tuple[Contact, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterApplication:
    """An application as it goes to the insurer.

    Attributes:
        line: GDV line (Sparte), three digits.
        contract_number: the broker's provisional number; the insurer's, where it is known.
        transaction: the broker's number of the transaction; the insurer's reply repeats it.
        order_number: the broker's order number, up to 9 characters; joins the later contract.
        net_premium: yearly, without tax; ``gross_premium``: with tax.
        consent_privacy: consent to the privacy clause; ``consent_health``: release from secrecy.
            Both None: no record 0202.
    """

    line: str
    contract_number: str
    transaction: str
    posted_on: date
    parties: tuple[RegisterParty, ...]
    posted_at: time | None = None
    business_case: str = APPLICATION_SENT
    authorisation: str = SIGNATURE_AT_HAND
    order_number: str = ""
    begin: date | None = None
    end: date | None = None
    frequency: str = ""
    currency: str = "EUR"
    net_premium: Decimal | None = None
    gross_premium: Decimal | None = None
    application_date: date | None = None
    product_name: str = ""
    product_form: str = ""
    broker_mark: str = ""
    consent_privacy: bool | None = None
    consent_health: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """Applications to one insurer, sent together."""

    insurer_number: str
    sender: str
    recipient: str
    agency_number: str
    created_from: date
    created_to: date
    applications: tuple[RegisterApplication, ...]


def write_register(register: Register) -> bytes:
    """Write a register as a file: ISO-8859-1, CRLF behind every record.

    Raises:
        DoesNotFit: a value does not fit its field; ``field`` names it. Nothing is shortened and
            nothing transliterated here, because the result would be another name.
    """
    headers = list(_headers(register))
    content = [
        record
        for application in register.applications
        for record in _records(register, application)
    ]
    lines = [*headers, *content, _trailer(register, len(content))]
    return "".join(line + LINE_END for line in lines).encode(ENCODING)


def _headers(register: Register) -> Iterator[str]:
    """Write all three parts of the header, as receivers expect them."""
    values: dict[str, Value] = {
        "insurer_number": register.insurer_number,
        "sender": register.sender,
        "recipient": register.recipient,
        "created_from": register.created_from,
        "created_to": register.created_to,
        "agency_number": register.agency_number,
        "sender_kind": _BROKER,
        "recipient_kind": _INSURER,
    }
    values |= {f"version_{record_type}": version for record_type, version in _VERSIONS.items()}
    for part in (1, 2, 3):
        yield write_record("0001", part, values)


def _trailer(register: Register, records: int) -> str:
    premiums = [application.net_premium or Decimal(0) for application in register.applications]
    values: dict[str, Value] = {
        "records": records,
        "agency_number": register.agency_number,
        "net_premium": sum(premiums, Decimal(0)),
    }
    zero = dict.fromkeys(("gross_premium", "commission", "claims", "claim_costs"), Decimal(0))
    return write_record("9999", 1, values | zero)


def _records(register: Register, application: RegisterApplication) -> Iterator[str]:
    head: dict[str, Value] = {
        "insurer_number": register.insurer_number,
        "line": application.line,
        "contract_number": application.contract_number,
        "sequence": "01",
        "agency_number": register.agency_number,
    }
    yield write_record("0052", 1, head | _business_case(application))
    for party in application.parties:
        yield from _party(head, party)
    yield write_record("0200", 1, head | _contract(application))
    yield write_record("0200", 2, head | _contract(application))
    if application.consent_privacy is not None or application.consent_health is not None:
        consents: dict[str, Value] = {
            "consent_privacy": _yes_no(application.consent_privacy),
            "consent_health": _yes_no(application.consent_health),
        }
        yield write_record("0202", 1, head | consents)
    yield write_record("9952", 1, head | {"transaction_broker": application.transaction})


def _business_case(application: RegisterApplication) -> dict[str, Value]:
    is_application = application.business_case == APPLICATION_SENT
    return {
        "business_case": application.business_case,
        "posted_on": application.posted_on,
        "posted_at": application.posted_at,
        "transaction_broker": application.transaction,
        "authorisation": application.authorisation,
        "category": _SENT_CATEGORY if is_application else "",
    }


def _contract(application: RegisterApplication) -> dict[str, Value]:
    return {
        "begin": application.begin,
        "end": application.end,
        "frequency": application.frequency,
        "order_number": application.order_number,
        "currency": application.currency,
        "net_premium": application.net_premium,
        "gross_premium": application.gross_premium,
        "application_date": application.application_date,
        "product_name": application.product_name,
        "product_form": application.product_form,
        "broker_mark": application.broker_mark,
    }


def _party(head: dict[str, Value], party: RegisterParty) -> Iterator[str]:
    values: dict[str, Value] = {
        "salutation": party.salutation,
        "name_1": party.name_1,
        "name_2": party.name_2,
        "name_3": party.name_3,
        "title": party.title,
        "country": party.country,
        "postcode": party.postcode,
        "city": party.city,
        "street": party.street,
        "birth_date": party.birth_date,
        "nationality": party.nationality,
        "role": party.role,
        "gender": party.gender,
        "customer_number_broker": party.customer_number_broker,
        "payment_method": party.payment_method,
        "iban": party.iban,
        "bic": party.bic,
    }
    contacts = _contacts(party.contacts)
    yield write_record("0100", 1, head | values)
    yield write_record("0100", 2, head | values | contacts)
    if any(f"contact_{number}" in contacts for number in _LONG_CONTACTS):
        yield write_record("0100", 3, head | contacts)
    if party.iban or party.bic:
        yield write_record("0100", 4, head | values)


def _contacts(contacts: tuple[Contact, ...]) -> dict[str, Value]:
    """Give every contact a place: the four short ones in part 2, the three long ones in part 3."""
    short, long = list(_SHORT_CONTACTS), list(_LONG_CONTACTS)
    values: dict[str, Value] = {}
    for contact in contacts:
        places = short if short and len(contact.value) <= _SHORT_CONTACT else long
        if not places:
            raise DoesNotFit("There is no place for this contact.", field="contacts")
        number = places.pop(0)
        values[f"contact_type_{number}"] = contact.kind
        values[f"contact_{number}"] = contact.value
    return values


def _yes_no(consent: bool | None) -> str:  # noqa: FBT001  -- the answer itself, no switch
    """Write a consent: 1 given, 0 refused, blank where nobody asked."""
    return "" if consent is None else str(int(consent))
