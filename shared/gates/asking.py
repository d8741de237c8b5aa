"""Asking the gates at a point: who is blocked is refused, with every reason at once."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session
from typing_extensions import override

from shared.actor import Actor
from shared.errors import Refused
from shared.gates.reading import gates_on, read_one
from shared.gates.rules import Verdict, verdicts
from shared.labels import label
from shared.models.hierarchy import Producer
from shared.models.pools import Company
from shared.vocabulary import Gate, GateAction, GatePoint, IntermediaryType


@dataclass(frozen=True)
class Case:
    """A piece of business before a gate.

    Attributes:
        firm_id: whose it is; None: the pool's own.
        sells: whether the firm may sell the product on the day.
        consent: whether the customer agreed to health data, where it is needed.
    """

    firm_id: int | None
    sells: bool = True
    consent: bool = True


class _Reasons:
    """The reasons of a refusal, said in the reader's language where they are read."""

    def __init__(self, gates: Collection[Gate]) -> None:
        self.gates = tuple(gates)

    @override
    def __str__(self) -> str:
        return "; ".join(str(label(Gate, gate).text) for gate in self.gates)


class GateClosed(Refused):
    """A firm has not proved what it must for this.

    Attributes:
        gates: what is missing.
    """

    def __init__(self, gates: Sequence[Gate]) -> None:
        super().__init__("This can't go on: %(reasons)s.", reasons=_Reasons(gates))
        self.gates = tuple(gates)


class NoCommission(Refused):
    """An insurance adviser is paid by his customers alone (sec. 34d (2) GewO, sec. 48c VAG)."""

    def __init__(self, name: str) -> None:
        super().__init__(
            "%(name)s is an insurance adviser, paid by customers alone: no commission goes there.",
            name=name,
        )


def look(session: Session, actor: Actor, case: Case, point: GatePoint, day: date) -> list[Verdict]:
    """What the gates do to a case at a point; nothing where they are open to everybody."""
    if case.firm_id is None or not gates_on(session, actor):
        return []
    firm = read_one(session, actor, case.firm_id, day)
    if firm is None:
        return []
    return verdicts(firm, point, day, sells=case.sells, consent=case.consent)


def pass_through(
    session: Session, actor: Actor, case: Case, point: GatePoint, day: date
) -> list[Verdict]:
    """Let a case pass, or refuse it.

    Returns:
        What warns or holds quietly.

    Raises:
        GateClosed: something blocks; every reason is told.
    """
    found = look(session, actor, case, point, day)
    blocking = [verdict.gate for verdict in found if verdict.action is GateAction.BLOCK]
    if blocking:
        raise GateClosed(blocking)
    return found


def no_adviser(
    session: Session,
    actor: Actor,
    *,
    producer_ids: Collection[int] = (),
    company_ids: Collection[int] = (),
) -> None:
    """Refuse what would bring an adviser commission: as a payee, or through his producers.

    Raises:
        NoCommission: names him.
    """
    owned = select(Producer.firm_id).where(
        Producer.pool_id == actor.pool_id, Producer.id.in_(producer_ids)
    )
    found = session.scalars(
        select(Company.name)
        .where(
            Company.pool_id == actor.pool_id,
            Company.intermediary_type == IntermediaryType.ADVISER,
            Company.id.in_(company_ids) | Company.id.in_(owned),
        )
        .limit(1)
    ).first()
    if found is not None:
        raise NoCommission(found)
