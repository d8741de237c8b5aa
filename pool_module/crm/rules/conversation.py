"""The states of a thread, and what brings it from one to another."""

from enum import StrEnum
from typing import Final

from shared.vocabulary import ThreadState


class Side(StrEnum):
    """Who speaks."""

    POOL = "pool"
    FIRM = "firm"
    INSURER = "insurer"


LIVE: Final = (ThreadState.OPEN, ThreadState.ANSWERED)
OUTCOMES: Final = (ThreadState.CORRECTION_BOOKED, ThreadState.REJECTED)


def state_after(message_of: Side) -> ThreadState:
    """The state after a message: the pool answers; who asks opens, also what was closed."""
    return ThreadState.ANSWERED if message_of is Side.POOL else ThreadState.OPEN


def may_settle(kind: str, state: str) -> bool:
    """Whether an outcome may be written: of a question about a line that has none."""
    return kind == "question" and state in LIVE
