"""A GDV file: contracts (0100, 0200) with their bookings of premium and commission (0400, 0410)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from brokerpool.demo.contracts import PAYMENTS, ContractOf
from brokerpool.demo.customers import Customer
from brokerpool.demo.deliveries.letters import fit
from brokerpool.demo.deliveries.reports import Report
from brokerpool.demo.sources import source
from pool_module.incoming.formats.gdv.writer import ENCODING, LINE_END, Value, write_record
from pool_module.incoming.formats.numbers import normalise_number
from shared.vocabulary import Kind

FREQUENCIES: Final = {"monthly": "8", "quarterly": "4", "half_yearly": "2", "yearly": "1",
                      "single": "6"}  # fmt: skip
POLICY, RENEWAL, POLICY_STORNO = "10", "30", "11"
ACQUISITION, RENEWED = "1", "7"
IN_FORCE, CANCELLED = "1", "4"
BY_CUSTOMER: Final = "20"  # Abgangsgrund
VERSIONS: Final = {"0001": "2.5", "0100": "2.3", "0200": "2.5", "0400": "1.7", "0410": "1.4",
                   "9999": "1.1"}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Sender:
    """Who delivers, and the month it is about."""

    name: str
    number: str
    start: date
    end: date


@dataclass(frozen=True, kw_only=True)
class Holding:
    """A contract of the file with its bookings.

    Attributes:
        told: its own record comes along; without, the bookings name a contract nobody knows.
    """

    contract: ContractOf
    agency: str
    reports: list[Report]
    told: bool = True


def gdv_file(sender: Sender, holdings: list[Holding], keys: dict[str, str]) -> bytes:
    """Write a file: the whole portfolio, as insurers deliver it each time.

    Args:
        sender: the insurer.
        holdings: its contracts with their commission lines.
        keys: line of business → GDV key.
    """
    lines = [_header(sender)]
    for holding in holdings:
        lines += _block(sender, holding, keys[holding.contract.product.line])
    reports = [report for holding in holdings for report in holding.reports]
    yearly = sum((h.contract.net_premium for h in holdings if h.told), Decimal(0))
    collected = sum((_premium(r) for r in reports), Decimal(0))
    commission = sum((r.amount for r in reports), Decimal(0))
    lines.append(
        write_record(
            "9999",
            1,
            {
                "records": len(lines) - 1,
                "net_premium": yearly,
                "gross_premium": collected,
                "commission": commission,
                "claims": Decimal(0),
                "claim_costs": Decimal(0),
            },
        )
    )
    return "".join(line + LINE_END for line in lines).encode(ENCODING)


def _header(sender: Sender) -> str:
    versions = {f"version_{kind}": version for kind, version in VERSIONS.items()}
    return write_record(
        "0001",
        1,
        {
            "insurer_number": sender.number,
            "sender": sender.name,
            "recipient": source("firms")["operator"]["row"][4],
            "created_from": sender.start,
            "created_to": sender.end,
            "sender_kind": "1",
            "recipient_kind": "2",
            **versions,
        },
    )


def _block(sender: Sender, holding: Holding, key: str) -> Iterator[str]:
    contract = holding.contract
    head: dict[str, Value] = {
        "insurer_number": sender.number,
        "line": key,
        "contract_number": normalise_number(contract.number),
        "sequence": "01",
        "agency_number": holding.agency,
    }
    if holding.told:
        yield write_record("0100", 1, head | _holder(contract.holder))
        yield write_record("0200", 1, head | _contract(contract))
        yield write_record("0200", 2, head | _contract_more(contract))
    for report in holding.reports:
        yield write_record("0400", 1, head | _booking(report))
        yield write_record("0410", 1, head | _commission(report))


def _holder(holder: Customer) -> dict[str, Value]:
    # what is longer than the field goes on in the next one, with its next word
    name = holder.last_name
    cut = len(name) if len(name) <= 30 else name.rfind(" ", 0, 31)
    return {
        "salutation": "3" if holder.legal_person else "0",
        "name_1": fit(name[:cut], 30),
        "name_2": fit(name[cut:].lstrip(), 30),
        "name_3": fit(holder.first_name or "", 30),
        "title": holder.title,
        "country": "D",
        "postcode": holder.postcode,
        "city": fit(holder.city, 25),
        "street": fit(holder.street, 30),
        "birth_date": holder.birth_date,
        "role": "01",
    }


def _contract(contract: ContractOf) -> dict[str, Value]:
    cut = contract.cut
    gone = cut is not None and cut.factor == 0 and cut.revoked is None
    return {
        "collection": "1",
        "begin": contract.begin,
        "frequency": FREQUENCIES[contract.product.often],
        "status": CANCELLED if gone else IN_FORCE,
        "exit_reason": BY_CUSTOMER if gone else None,
        "exit_date": cut.on if cut and gone else None,
        "currency": contract.currency,
        "net_premium": contract.net_premium,
        "customer_number_insurer": contract.holder.number,
        "application_date": contract.applied_on,
    }


def _contract_more(contract: ContractOf) -> dict[str, Value]:
    return {
        "product_name": fit(contract.product.name, 20),
        "gross_premium": contract.gross_premium,
        "printed_number": contract.number,
        "issue_date": contract.issued_on,
    }


def _booking(report: Report) -> dict[str, Value]:
    policy = POLICY_STORNO if report.amount < 0 else POLICY
    premium = _premium(report)
    return {
        "collection": "1",
        "posting_type": policy if report.kind == Kind.ACQUISITION else RENEWAL,
        "booking_date": report.booked,
        "period_from": report.start,
        "frequency": FREQUENCIES[report.contract.product.often],
        "currency": report.contract.currency,
        "net_premium": premium,
        "gross_premium": premium,
        "commission": report.amount,
    }


def _commission(report: Report) -> dict[str, Value]:
    return {
        "period_from": report.start,
        "net_premium": _premium(report),
        "base_1": report.base,
        "rate_1": report.rate * 100,
        "amount_1": report.amount,
        "kind_1": ACQUISITION if report.kind == Kind.ACQUISITION else RENEWED,
    }


def _premium(report: Report) -> Decimal:
    """The premium that was collected; nothing when commission is taken back."""
    if report.amount < 0:
        return Decimal("0.00")
    contract = report.contract
    return Decimal(contract.premium // PAYMENTS[contract.product.often]).scaleb(-2)
