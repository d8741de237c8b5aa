"""Which tables a period's data is, and which of their rows: everything a settlement stood on."""

from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import Column, Date, DateTime, Integer, Numeric, text
from sqlalchemy.dialects.postgresql import DATERANGE

from pool_module.evidence.formats import Field, Kind, Table
from shared.actor import Actor
from shared.db import Session
from shared.models import Base
from shared.models.ledger import SettlementRun

# the text of a right of access has no use for these
LEFT_OUT: Final = {
    "pool_id", "key", "sort_key", "payable_cents", "payout_cents", "amount_cents", "iban",
    "bank_name", "email", "phone", "holder_key", "producer_key", "number_key", "net_premium_cents",
    "source_digest", "logo_sha256", "note", "account_id",
}  # fmt: skip
OF_RUN: Final = "t.run_id = :run"
OF_STATEMENTS: Final = (
    "t.statement_id IN (SELECT s.id FROM statement s WHERE s.pool_id = :pool AND s.run_id = :run)"
)
EVENTS: Final = "(SELECT q.event_id FROM posting q WHERE q.pool_id = :pool AND q.run_id = :run)"
CONTRACTS: Final = (
    f"(SELECT e.contract_id FROM event e WHERE e.pool_id = :pool AND e.id IN {EVENTS})"  # noqa: S608
)
KNOWN: Final = "t.recorded_at <= :known AND (t.superseded_at IS NULL OR t.superseded_at > :known)"
KNOWN_OF_CONTRACTS: Final = f"{KNOWN} AND t.contract_id IN {CONTRACTS}"
ALL: Final = "true"


class Wanted(NamedTuple):
    """A table, which of its rows, and what it is, in English."""

    name: str
    where: str
    meaning: str


def _(message: str) -> str:
    """Mark a text for the catalogues; it is put into the pool's language when it is written."""
    return message


WANTED: Final = (
    Wanted("settlement_run", "t.id = :run", _("The settlement: who calculated, approved, closed")),
    Wanted("statement", OF_RUN, _("Statements: what each payee was credited, withheld and paid")),
    Wanted("statement_line", OF_STATEMENTS, _("Lines of the statements")),
    Wanted("statement_withholding", OF_STATEMENTS, _("Taxes withheld")),
    Wanted("issue", OF_STATEMENTS, _("Papers issued, by the hash of their content")),
    Wanted("invoice", OF_STATEMENTS, _("What became payable and receivable, and when it is due")),
    Wanted("posting", OF_RUN, _("The ledger: postings of commission events")),
    Wanted("account_posting", OF_RUN, _("The ledger: adjustments, taxes and payouts of payees")),
    Wanted("event", f"t.id IN {EVENTS}", _("Commission events as insurers reported them")),
    Wanted("contract", f"t.id IN {CONTRACTS}", _("Contracts of these events")),
    Wanted("contract_terms", KNOWN_OF_CONTRACTS, _("Product, dates and organisation of contracts")),
    Wanted("contract_share", KNOWN_OF_CONTRACTS, _("Shares of producers in contracts")),
    Wanted("contract_cut", KNOWN_OF_CONTRACTS, _("Cancellations and reductions")),
    Wanted("rule", KNOWN, _("Rates the pool pays, as known at the settlement")),
    Wanted("agreement", KNOWN, _("Agreements with insurers, as known at the settlement")),
    Wanted("reference_dates", KNOWN, _("At which date rate, level and hierarchy are looked up")),
    Wanted("placement", KNOWN, _("Who stands above whom, as known at the settlement")),
    Wanted("career", KNOWN, _("Career levels, as known at the settlement")),
    Wanted("producer_status", KNOWN, _("Who is active, as known at the settlement")),
    Wanted("producer_group", KNOWN, _("Rate groups, as known at the settlement")),
    Wanted("producer_reserve", KNOWN, _("Own reserve rates, as known at the settlement")),
    Wanted("producer_payee", KNOWN, _("Who is paid for whom, as known at the settlement")),
    Wanted("payment_terms", KNOWN, _("Least payouts, as known at the settlement")),
    Wanted("withholding", KNOWN, _("Taxes to withhold, as known at the settlement")),
    Wanted("payment_hold", KNOWN, _("Payees on hold, as known at the settlement")),
    Wanted("adjustment", "t.recorded_at <= :known", _("Amounts credited or charged by hand")),
    Wanted("company", ALL, _("Companies: the pool, its firms and partners")),
    Wanted("producer", ALL, _("Producers")),
    Wanted("insurer", ALL, _("Insurers")),
    Wanted("line_of_business", ALL, _("Lines of business")),
    Wanted("product", ALL, _("Products")),
    Wanted("career_level", ALL, _("The career plan")),
    Wanted(
        "audit_entry",
        "t.recorded_at > coalesce(:since, '-infinity'::timestamptz) AND t.recorded_at <= :closed",
        _("The journal from the settlement before to the close of this one"),
    ),
)


def tables() -> list[Table]:
    """The tables of an export with their columns."""
    return [Table(one.name, one.meaning, tuple(_fields(one.name))) for one in WANTED]


def rows_of(
    session: Session, actor: Actor, table: Table, run: SettlementRun
) -> Iterator[Sequence[Any]]:
    """The rows of a table that belong to a settlement, a thousand at a time."""
    wanted = next(one for one in WANTED if one.name == table.name)
    order = "t.id" if "id" in Base.metadata.tables[table.name].columns else "t.event_id"
    columns = ", ".join(f"{fld.expression} AS {fld.name}" for fld in table.fields)
    clause = text(
        f"SELECT {columns} FROM {table.name} t "  # noqa: S608  -- names of our models
        f"WHERE t.pool_id = :pool AND {wanted.where} ORDER BY {order}"
    )
    given = {
        "pool": actor.pool_id,
        "run": run.id,
        "known": run.known_at,
        "since": run.previous_known_at,
        "closed": run.closed_at,
    }
    names = clause._bindparams  # noqa: SLF001  -- the parsed names of a text clause
    yield from session.execute(
        clause, {n: given[n] for n in names}, execution_options={"yield_per": 1000}
    )


def _fields(table: str) -> Iterator[Field]:
    for column in Base.metadata.tables[table].columns:
        if column.name in LEFT_OUT:
            continue
        if isinstance(column.type, DATERANGE):
            yield Field("valid_from", Kind.DAY, f"lower(t.{column.name})")
            yield Field("valid_until", Kind.DAY, f"upper(t.{column.name}) - 1")
        else:
            yield Field(column.name, _kind(column), f"t.{column.name}", _scale(column))


def _kind(column: Column[Any]) -> Kind:
    if isinstance(column.type, Date):
        return Kind.DAY
    if isinstance(column.type, Numeric | Integer):
        return Kind.NUMBER
    return Kind.MOMENT if isinstance(column.type, DateTime) else Kind.TEXT


def _scale(column: Column[Any]) -> int:
    return column.type.scale or 0 if isinstance(column.type, Numeric) else 0
