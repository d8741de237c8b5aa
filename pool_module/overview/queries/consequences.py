"""What a broker loses, keeps and owes when he takes a contract into his own keeping."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import func, select, text

from pool_module.contracts.errors import NoSuchContract
from pool_module.contracts.queries.conversions import find_pool_contract
from pool_module.settlement.queries.liability import EntryAtRisk, entries_at_risk
from shared.actor import Actor
from shared.db import Session
from shared.models.contracts import Contract
from shared.models.ledger import Statement, StatementLine
from shared.money import ZERO, plain
from shared.periods import add_months
from shared.vocabulary import Kind

MOST = 10_000


@dataclass(frozen=True)
class Consequences:
    """What follows from a conversion on a day.

    Attributes:
        stops: what recurring commission came to in the last twelve months, per currency.
        liability: entries that stay under liability, the largest first.
    """

    contract: Contract
    day: date
    stops: dict[str, Decimal]
    liability: tuple[EntryAtRisk, ...]

    @property
    def until(self) -> date | None:
        """The day the last liability ends; None without any."""
        return max((entry.liability_end for entry in self.liability), default=None)

    @property
    def next_due_on(self) -> date | None:
        """When the next premium is due: from then on nothing of it comes over the pool."""
        return self.contract.next_due_on

    @property
    def owed(self) -> dict[str, tuple[Decimal, Decimal]]:
        """Per currency what a cancellation on the day would cost, and what of it is held."""
        found: dict[str, tuple[Decimal, Decimal]] = {}
        for entry in self.liability:
            before = found.get(entry.currency, (ZERO, ZERO))
            found[entry.currency] = (before[0] + entry.open, before[1] + entry.reserve)
        return found

    def as_json(self) -> dict[str, object]:
        """The consequences as they are kept with the conversion."""
        return {
            "number": self.contract.number,
            "day": self.day.isoformat(),
            "stops": {currency: plain(amount) for currency, amount in self.stops.items()},
            "owed": {
                currency: {"open": plain(owed), "reserve": plain(held)}
                for currency, (owed, held) in self.owed.items()
            },
            "until": self.until.isoformat() if self.until else None,
            "next_due_on": self.next_due_on.isoformat() if self.next_due_on else None,
        }

    @property
    def digest(self) -> str:
        """Recognises what was shown when it is confirmed."""
        told = {"version": self.contract.version, **self.as_json()}
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def consequences_of(session: Session, actor: Actor, contract_id: int, day: date) -> Consequences:
    """What follows if a pool contract of the actor's firm is converted on a day.

    Raises:
        NoSuchContract: not of the actor's firm.
    """
    contract = find_pool_contract(session, actor, contract_id)
    if contract is None:
        raise NoSuchContract
    lines = line_ids(session, actor, contract_id)
    at_risk = [
        entry
        for firm_id in sorted(actor.firm_ids)
        for entry in entries_at_risk(session, actor, firm_id, day, most=MOST)
        if entry.line_id in lines
    ]
    return Consequences(contract, day, _stops(session, actor, lines, day), tuple(at_risk))


def line_ids(session: Session, actor: Actor, contract_id: int) -> frozenset[int]:
    """The statement lines of the actor's firms on a contract of theirs."""
    assert actor.firm_ids
    rows = session.execute(
        text("SELECT line_id FROM contract_lines(ARRAY[CAST(:contract AS bigint)])"),
        {"contract": contract_id},
    )
    return frozenset(rows.scalars())


def _stops(session: Session, actor: Actor, lines: frozenset[int], day: date) -> dict[str, Decimal]:
    rows = session.execute(
        select(Statement.currency, func.sum(StatementLine.payable + StatementLine.reserve))
        .join(
            Statement,
            (Statement.pool_id == StatementLine.pool_id)
            & (Statement.id == StatementLine.statement_id),
        )
        .where(
            StatementLine.pool_id == actor.pool_id,
            StatementLine.firm_id.in_(actor.firm_ids),
            StatementLine.id.in_(lines),
            StatementLine.kind == Kind.RECURRING,
            StatementLine.effective > add_months(day, -12),
        )
        .group_by(Statement.currency)
    )
    return {currency: amount for currency, amount in rows if amount}


def commission_of(session: Session, actor: Actor, contract_id: int) -> Sequence[StatementLine]:
    """What the actor's firms were credited of a contract of theirs, the latest first."""
    lines = line_ids(session, actor, contract_id)
    return session.scalars(
        select(StatementLine)
        .where(
            StatementLine.pool_id == actor.pool_id,
            StatementLine.firm_id.in_(actor.firm_ids),
            StatementLine.id.in_(lines),
        )
        .order_by(StatementLine.id.desc())
    ).all()
