"""What of a firm's commission is under liability: line by line, with its contract."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import text

from pool_module.overview.rules.liability import AtRisk, Month, outlook, owed_on
from shared.actor import Actor
from shared.db import Session
from shared.money import ZERO

LINES = text("""
    SELECT l.event_id, l.contract_id, l.line_id, l.kind, l.effective, l.liability_end,
           l.full_months, l.earning, l.factor_start, l.factor_now, l.lost, l.piece, l.reserve,
           l.currency, s.statement_id, s.contract_number, s.holder, s.product, s.producer
    FROM liability_lines(:day) l
    JOIN statement_line s ON s.pool_id = :pool AND s.id = l.line_id AND s.firm_id = ANY(:firms)
    WHERE CAST(:contract AS bigint) IS NULL OR l.contract_id = :contract""")
BALANCES = text("""
    SELECT DISTINCT ON (company_id, currency) currency, closing, reserve_closing
    FROM statement WHERE pool_id = :pool AND firm_id = ANY(:firms)
    ORDER BY company_id, currency, run_id DESC""")


@dataclass(frozen=True)
class Line:
    """A line under liability: what would be taken back today, and where it stands."""

    risk: AtRisk
    owed: Decimal
    statement_id: int
    contract_number: str
    holder: str
    product: str
    producer: str


@dataclass(frozen=True)
class Liability:
    """A firm's liability in a currency.

    Attributes:
        owed: if everything were cancelled today.
        reserve: held for it; it pays first.
        balance: what the account holds beside.
        months: today and the coming sixty.
        lines: the largest first.
    """

    currency: str
    owed: Decimal
    reserve: Decimal
    balance: Decimal
    months: tuple[Month, ...]
    lines: tuple[Line, ...]

    @property
    def uncovered(self) -> Decimal:
        """What neither reserve nor balance would pay."""
        return max(self.owed - self.reserve - max(self.balance, ZERO), ZERO)


def lines_at_risk(
    session: Session, actor: Actor, day: date, *, contract_id: int | None = None
) -> list[Line]:
    """The lines whose liability runs beyond a day, the largest first; of one contract if asked."""
    rows = session.execute(
        LINES,
        {
            "pool": actor.pool_id,
            "firms": sorted(actor.firm_ids),
            "day": day,
            "contract": contract_id,
        },
    ).mappings()
    found = []
    for row in rows:
        values = dict(row)
        rest = {
            name: values.pop(name)
            for name in ("statement_id", "contract_number", "holder", "product", "producer")
        }
        risk = AtRisk(**values)
        found.append(Line(risk, owed_on(risk, day), **rest))
    return sorted(found, key=lambda line: (-line.owed, line.risk.event_id))


def liability_of(session: Session, actor: Actor, day: date) -> list[Liability]:
    """The actor's firms' liability per currency, the largest first."""
    lines = lines_at_risk(session, actor, day)
    balances: dict[str, tuple[Decimal, Decimal]] = {}
    here = {"pool": actor.pool_id, "firms": sorted(actor.firm_ids)}
    for currency, closing, reserve in session.execute(BALANCES, here):
        before = balances.get(currency, (ZERO, ZERO))
        balances[currency] = (before[0] + closing, before[1] + reserve)
    found = [
        _in_currency(currency, [x for x in lines if x.risk.currency == currency], balances, day)
        for currency in sorted({*balances, *(line.risk.currency for line in lines)})
    ]
    return sorted(found, key=lambda each: each.owed, reverse=True)


def _in_currency(
    currency: str,
    lines: Sequence[Line],
    balances: dict[str, tuple[Decimal, Decimal]],
    day: date,
) -> Liability:
    months = outlook([line.risk for line in lines], day)
    balance, reserve = balances.get(currency, (ZERO, ZERO))
    return Liability(currency, months[0].owed, reserve, balance, tuple(months), tuple(lines))
