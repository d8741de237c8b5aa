"""The states of a thread, and what brings it from one to another."""

from enum import StrEnum
from typing import Final


class Side(StrEnum):
    """Who speaks."""

    POOL = "pool"
    FIRM = "firm"
    INSURER = "insurer"


class ThreadState(StrEnum):
    """Life of a thread."""

    OPEN = "open"
    ANSWERED = "answered"
    CORRECTION_BOOKED = "correction_booked"
    REJECTED = "rejected"
    CLOSED = "closed"


LIVE: Final = (ThreadState.OPEN, ThreadState.ANSWERED)
OUTCOMES: Final = (ThreadState.CORRECTION_BOOKED, ThreadState.REJECTED)


def state_after(message_of: Side) -> ThreadState:
    """The state after a message: the pool answers; who asks opens, also what was closed."""
    return ThreadState.ANSWERED if message_of is Side.POOL else ThreadState.OPEN


def may_settle(kind: str, state: str) -> bool:
    """Whether an outcome may be written: of a question about a line that has none."""
    return kind == "question" and state in LIVE
