"""The story's facts, month by month, by the operations people's clicks call."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from brokerpool.demo import story
from brokerpool.demo.codes import Codes
from brokerpool.demo.offers import SPECIALISTS
from brokerpool.demo.recording import show_reinstated
from brokerpool.demo.world import World
from brokerpool.demo.writing import write
from pool_module.agreements import operations as agreements
from pool_module.contracts import operations as contracts
from pool_module.hierarchy import operations as hierarchy
from shared.actor import Actor
from shared.db.facts import stretch
from shared.models.contracts import Contract
from shared.models.hierarchy import Producer

NEXT_LEVEL: Final = {"L1": "L2", "L2": "L3", "L3": "L4", "L4": "L5", "L5": "L6"}
SPECIALISED: Final = 3
SOFTWARE_FEE: Final = ("NL-112", "NL-121", "NL-204", "NL-207", "NL-216", "NL-218")
FEE: Final = Decimal("-29.90")
GRANT: Final = ("NL-213", 4, Decimal("250.00"), "Zuschuss Messeauftritt")


class Story:
    """Records what the story says of a month.

    Args:
        session: the month's transaction.
        actor: who records it.
        world: the demo.
        codes: ids.
    """

    def __init__(self, session: Session, actor: Actor, world: World, codes: Codes) -> None:
        self._session = session
        self._actor = actor
        self._world = world
        self._codes = codes

    def tell(self, month: int) -> None:
        """Record what becomes known in a month."""
        self._promote(month)
        self._adjust(month)
        if month == SPECIALISED:
            self._specialise(month)
        if month == story.CHANGED:
            self._change_firm(month)
        if month == story.LEFT:
            self._leave(month)
        if month == story.HELD:
            self._hold(month)
        if month == story.REINSTATED:
            self._reinstate()

    def _promote(self, month: int) -> None:
        """Promotions of the month, and in its month the one that comes too late."""
        players = self._world.cast
        due: list[tuple[str, int, str | None]]
        due = [(code, month, None) for at, code in players.promoted if at == month]
        if month == story.RISE_RECORDED:
            late = "Stufenprüfung nachgeholt, gilt rückwirkend"
            due.append((players.rising, story.RISEN, late))
        for code, start, reason in due:
            level = next(s.level for s in self._world.sellers if s.code == code)
            hierarchy.promote(
                self._session,
                self._actor,
                self._producer(code),
                NEXT_LEVEL[level],
                stretch(self._world.months.first(start), None),
                reason=reason,
            )

    def _adjust(self, month: int) -> None:
        """Fees, every month, and a grant."""
        day = self._world.months.day(month, 28)
        write(
            self._session,
            "adjustment",
            (
                {
                    "company_id": self._codes.firms[firm],
                    "on_day": day,
                    "amount": amount,
                    "currency": "EUR",
                    "text": text,
                }
                for firm, amount, text in _adjustments(month, day)
            ),
        )

    def _specialise(self, month: int) -> None:
        valid = stretch(self._world.months.first(month), None)
        for code in self._world.cast.specialists:
            producer = self._producer(code)
            hierarchy.set_group(self._session, self._actor, producer, SPECIALISTS, valid)

    def _change_firm(self, month: int) -> None:
        """A seller goes to another firm: placed there, and paid there for what is new."""
        players = self._world.cast
        producer = self._producer(players.changer)
        valid = stretch(self._world.months.first(month), None)
        parent = self._producer(players.new_leader)
        reason = "Wechsel der Firma"
        hierarchy.place(self._session, self._actor, producer, parent, valid, reason=reason)
        hierarchy.change_payee(self._session, self._actor, producer, story.NEW_FIRM)

    def _leave(self, month: int) -> None:
        valid = stretch(self._world.months.first(month), None)
        producer = self._producer(self._world.cast.leaver)
        hierarchy.set_active(self._session, self._actor, producer, valid, active=False)

    def _hold(self, month: int) -> None:
        months = self._world.months
        agreements.hold_payments(
            self._session,
            self._actor,
            self._codes.firms[story.HELD_FIRM],
            stretch(months.first(month), months.first(month + 1)),
            reason="Nachweis der Berufshaftpflicht fehlt",
        )

    def _reinstate(self) -> None:
        for contract in self._world.contracts:
            if contract.cut and contract.cut.revoked == story.REINSTATED:
                contract_id = self._codes.contracts[contract.case]
                found = self._session.get_one(Contract, (self._actor.pool_id, contract_id))
                contracts.reinstate(self._session, self._actor, found)
                show_reinstated(self._session, contract_id)

    def _producer(self, code: str) -> Producer:
        return self._session.scalars(
            select(Producer).where(Producer.pool_id == self._actor.pool_id, Producer.code == code)
        ).one()


def _adjustments(month: int, day: date) -> Iterator[tuple[str, Decimal, str]]:
    for firm in SOFTWARE_FEE:
        yield firm, FEE, f"Softwaregebühr {day:%m/%Y}"
    firm, at, amount, text = GRANT
    if month == at:
        yield firm, amount, text
