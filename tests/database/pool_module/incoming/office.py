"""A small pool that takes deliveries: one insurer, one producer, and figures one can follow."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import text

from pool_module.agreements import operations as agreements
from pool_module.contracts import operations as contracts
from pool_module.hierarchy import operations as hierarchy
from pool_module.incoming.operations import discrepancies
from pool_module.incoming.operations.gdv import GdvImport
from pool_module.incoming.operations.result import ImportResult
from pool_module.incoming.operations.statement import StatementImport
from pool_module.products import operations as products
from pool_module.settlement.operations import runs
from shared.actor import Actor
from shared.db import Session
from shared.db.facts import stretch
from shared.models.contracts import Contract
from shared.models.hierarchy import Producer
from shared.models.pools import Pool
from shared.models.products import Agreement, Insurer, Rule
from tests.unit.pool_module.incoming.formats.deliveries import HEADER, record, trailer

TODAY = date(2026, 11, 20)
INSURER, AGENCY = "ALPHA", "0815"
POOLS = count(910_000)
TABLES = (
    "customer", "contract", "contract_terms", "contract_share", "contract_cut", "premium_due",
    "event", "application", "application_change", "delivery", "delivery_line", "discrepancy",
    "agency_number", "import_mapping", "raw_record", "line_of_business", "product", "audit_entry",
)  # fmt: skip


@dataclass
class Office:
    """The pool at work."""

    session: Session
    actor: Actor
    folder: Path
    names: Iterator[int] = field(default_factory=count)

    def open(self) -> "Office":
        self.session.add(Pool(id=self.actor.pool_id, code=f"P{self.actor.pool_id}", name="Pool"))
        self.session.flush()
        return self

    @cached_property
    def insurer(self) -> Insurer:
        return products.insurer_of(self.session, self.actor, INSURER)

    def name_insurer(self) -> None:
        """The insurer comes into being by being named."""
        _ = self.insurer

    @cached_property
    def producer(self) -> Producer:
        return hierarchy.add_producer(self.session, self.actor, code="A")

    def know_producer(self) -> None:
        """The insurer's agency number means producer A, who gets 80 % of what comes in."""
        self.map(AGENCY)
        for kind in ("acquisition", "recurring", "other"):
            agreements.add_rule(
                self.session,
                self.actor,
                Rule(
                    code=kind,
                    kind=kind,
                    rate_of="received",
                    rate=Decimal("0.8"),
                    valid=stretch(None, None),
                ),
            )

    def map(self, number: str) -> Counter[str]:
        self.name_insurer()
        return discrepancies.map_agency_number(
            self.session, self.actor, INSURER, number, self.producer, today=TODAY
        )

    def agree(self, kind: str, months: int = 0, **values: Any) -> None:
        row = Agreement(
            kind=kind,
            insurer_id=self.insurer.id,
            liability_months=months,
            valid=stretch(None, None),
            **values,
        )
        agreements.add_agreement(self.session, self.actor, row)

    def ready(self, *, months: int = 60) -> "Office":
        """Everything known: the producer, liability for acquisition, none for the rest."""
        self.know_producer()
        self.agree("acquisition", months)
        self.agree("recurring")
        self.agree("other")
        return self

    def write(self, *records: str) -> Path:
        path = self.folder / f"delivery-{next(self.names)}.gdv"
        lines = [HEADER, *records, trailer(len(records))]
        path.write_bytes("".join(f"{line}\r\n" for line in lines).encode("latin-1"))
        return path

    def deliver(self, *records: str) -> ImportResult:
        """Import a delivery of these records."""
        return self.take(self.write(*records))

    def take(self, path: Path, *, chunk: int = 2_000) -> ImportResult:
        self.name_insurer()
        work = GdvImport(
            self.session,
            self.actor,
            INSURER,
            path,
            storage=self.folder / "files",
            today=TODAY,
            chunk=chunk,
        )
        for _ in work.steps():
            self.session.commit()
        return work.result

    def state(self, path: Path, **options: Any) -> ImportResult:
        """Import a statement."""
        self.name_insurer()
        work = StatementImport(
            self.session,
            self.actor,
            INSURER,
            path,
            storage=self.folder / "files",
            today=TODAY,
            **options,
        )
        for _ in work.steps():
            self.session.commit()
        return work.result

    def statement(self, *rows: str) -> Path:
        path = self.folder / f"statement-{next(self.names)}.csv"
        header = "Datum;Vertrag;Art;Basis;Satz;Brutto;Netto;AP-VM;Lauf"
        path.write_text("\n".join((header, *rows)) + "\n", encoding="utf-8")
        return path

    def select(self, query: str, **values: object) -> list[Any]:
        given = {"pool": self.actor.pool_id, **values}
        return list(self.session.execute(text(query), given).all())

    def counts(self) -> dict[str, int]:
        """How many rows each table has."""
        return {
            table: self.select("SELECT count(*) FROM " + table + " WHERE pool_id = :pool")[0][0]
            for table in TABLES
        }

    def check(self) -> None:
        """Lines, events and discrepancies tell the same story, always."""
        assert not self.select(
            "SELECT l.id FROM delivery_line l WHERE l.pool_id = :pool "
            "AND (l.outcome = 'event') <> (l.event_id IS NOT NULL)"
        )
        assert not self.select(
            "SELECT l.id FROM delivery_line l WHERE l.pool_id = :pool "
            "AND (l.outcome = 'discrepancy')::int <> (SELECT count(*) FROM discrepancy d "
            "WHERE d.pool_id = :pool AND d.delivery_line_id = l.id AND d.state = 'open')"
        )
        assert not self.select(
            "SELECT e.id FROM event e WHERE e.pool_id = :pool AND NOT EXISTS ("
            "SELECT 1 FROM delivery_line l WHERE l.pool_id = :pool AND l.event_id = e.id)"
        )

    def events(self) -> list[tuple[str, date, Decimal]]:
        rows = self.select(
            "SELECT kind, effective, received FROM event WHERE pool_id = :pool ORDER BY id"
        )
        return [tuple(row) for row in rows]

    def open_causes(self) -> list[str]:
        rows = self.select(
            "SELECT cause FROM discrepancy WHERE pool_id = :pool AND state = 'open' ORDER BY id"
        )
        return [row[0] for row in rows]

    def open_ids(self, cause: str) -> list[int]:
        rows = self.select(
            "SELECT id FROM discrepancy WHERE pool_id = :pool AND state = 'open' AND cause = :c",
            c=cause,
        )
        return [row[0] for row in rows]

    def contract(self, number: str = "4711") -> Contract:
        found = self.select(
            "SELECT id FROM contract WHERE pool_id = :pool AND number_key = :n", n=number
        )
        return self.session.get_one(Contract, (self.actor.pool_id, found[0][0]))

    def add_contract(self, number: str, *, line: str = "130") -> Contract:
        product = self.select("SELECT id FROM product WHERE pool_id = :pool AND code = 'X'")
        if not product:
            products.add_product(self.session, self.actor, code="X", insurer=INSURER, line=line)
            product = self.select("SELECT id FROM product WHERE pool_id = :pool AND code = 'X'")
        from shared.models.products import Product  # noqa: PLC0415

        made = contracts.add_contract(
            self.session,
            self.actor,
            number=number,
            number_key=number,
            product=self.session.get_one(Product, (self.actor.pool_id, product[0][0])),
            currency="EUR",
            shares=[contracts.ShareOf(self.producer, Decimal(1))],
        )
        made.begin_on = date(2026, 1, 1)
        self.session.flush()
        return made

    def settle(self, through: date) -> dict[str, Decimal]:
        """Settle through the real engine; gives the movement per account."""
        run_id = runs.begin(self.session, self.actor, through).id
        while runs.calculate_next(self.session, self.actor, run_id) is not None:
            pass
        assert runs.finish(self.session, self.actor, run_id)
        second = Actor(self.actor.door, self.actor.pool_id, None, "second")
        runs.approve(self.session, second, run_id)
        runs.close(self.session, self.actor, run_id, through)
        rows = self.select(
            "SELECT account, sum(amount) FROM ledger WHERE pool_id = :pool AND run_id = :run "
            "GROUP BY account",
            run=run_id,
        )
        names = {1: "receivable", 2: "payable", 3: "reserve", 4: "margin"}
        return {names[account]: amount for account, amount in rows if amount}


def holder(**values: Any) -> Iterable[str]:
    """A policyholder's records."""
    yield record("0100", name_1="Muster", name_3="Änne", role="01", **values)


def contract(**values: Any) -> str:
    """A contract's record: a year of 120.00, in force since 2026."""
    usual: dict[str, Any] = {
        "begin": date(2026, 1, 1),
        "status": "1",
        "frequency": "1",
        "currency": "EUR",
        "net_premium": Decimal("120.00"),
    }
    return record("0200", **(usual | values))


def commission(
    amount: str,
    *,
    kind: str = "1",
    posting: str = "10",
    booked: date = date(2026, 10, 31),
    base: str = "0",
    rate: str = "0",
    **values: Any,
) -> list[str]:
    """A booking with one commission."""
    period = date(2026, 10, 1)
    return [
        record(
            "0400",
            posting_type=posting,
            booking_date=booked,
            period_from=period,
            commission=Decimal(amount),
            currency="EUR",
            **values,
        ),
        record(
            "0410",
            period_from=period,
            base_1=Decimal(base),
            rate_1=Decimal(rate),
            amount_1=Decimal(amount),
            kind_1=kind,
            **values,
        ),
    ]
