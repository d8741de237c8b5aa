"""Where the money of a case is (feature G3): stage by stage, with the day it was reached."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from shared.vocabulary import ApplicationState


class Stage(StrEnum):
    """A step from the application to the payout."""

    SUBMITTED = "submitted"
    ISSUED = "issued"
    FIRST_PREMIUM = "first_premium"
    INSURER_SETTLED = "insurer_settled"
    IN_RUN = "in_run"
    PAID = "paid"


STAGES: Final = tuple(Stage)


@dataclass(frozen=True)
class Progress:
    """How far a case is.

    Attributes:
        days: the day each stage was reached, as far as it is known, or the moment: whose day that
            is, is the pool's to say.
        reached: the last stage reached; None for a draft.
        waiting: it stands still until the firm answers.
        ended: it came to nothing.
    """

    days: Mapping[Stage, date]
    reached: Stage | None
    waiting: bool = False
    ended: bool = False

    @property
    def count(self) -> int:
        """How many stages are behind it: a later one includes those before it."""
        return STAGES.index(self.reached) + 1 if self.reached else 0


def progress_of(state: str, days: Mapping[Stage, date | None]) -> Progress:
    """Tell how far a case is.

    Args:
        state: of its application.
        days: when each stage was reached; None where it was not.
    """
    known = {stage: day for stage, day in days.items() if day is not None}
    reached = max(known, key=STAGES.index, default=None)
    if reached is None and state not in {ApplicationState.DRAFT, ApplicationState.WITHDRAWN}:
        reached = Stage.SUBMITTED
    return Progress(
        known,
        reached,
        waiting=state == ApplicationState.INSURER_QUERY,
        ended=state in {ApplicationState.REJECTED, ApplicationState.WITHDRAWN},
    )
