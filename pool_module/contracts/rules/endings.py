"""Why a contract is cut, and what that makes of it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from shared.vocabulary import ContractState


class Ending(StrEnum):
    """A reason for which a contract ends or shrinks."""

    CUSTOMER = "customer"
    ARREARS = "arrears"
    RISK_CEASED = "risk_ceased"
    INSURER = "insurer"
    DEATH = "death"
    REVOKED = "revoked"
    NOT_TAKEN_UP = "not_taken_up"
    REDUCED = "reduced"
    PAID_UP = "paid_up"


@dataclass(frozen=True)
class Effect:
    """What a reason does.

    Attributes:
        state: the contract's from then on.
        void: as if never concluded (settlement rules, "Facts").
        whole: nothing stays in force; else a part does.
    """

    state: ContractState
    void: bool = False
    whole: bool = True


_ENDS: Final = Effect(ContractState.CANCELLED)
EFFECTS: Final = {
    Ending.CUSTOMER: _ENDS,
    Ending.ARREARS: _ENDS,
    Ending.RISK_CEASED: _ENDS,
    Ending.INSURER: _ENDS,
    Ending.DEATH: Effect(ContractState.EXPIRED),
    Ending.REVOKED: Effect(ContractState.CANCELLED, void=True),
    Ending.NOT_TAKEN_UP: Effect(ContractState.CANCELLED, void=True),
    Ending.REDUCED: Effect(ContractState.ACTIVE, whole=False),
    Ending.PAID_UP: Effect(ContractState.PAID_UP, whole=False),
}
