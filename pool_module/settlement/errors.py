"""What settlement refuses."""

from decimal import Decimal
from typing import Final

from shared.errors import Author, Invalid, NotFound, Refused
from shared.money import plain

LONGEST: Final = 200


def one_line(text: str) -> str:
    """Make a text fit to stand in one line: white space joined, unprintables out, not too long."""
    joined = "".join(sign if sign.isprintable() else " " for sign in text)
    line = " ".join(joined.split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"


class ScenarioRefused(Invalid):
    """A step of a scenario file is malformed or refused; the file ends there.

    Its text is one line naming step and field (settlement rules, "Scenario files").

    Attributes:
        step: the number of the step counted from 1; 0 for the head of the file.
        reason: why, without step and field.
    """

    def __init__(self, step: int, field: str, message: str) -> None:
        place = one_line(field)
        self.step = step
        self.reason = one_line(message)
        super().__init__(
            "Step %(step)s, field %(place)s: %(reason)s",
            field=place,
            step=step,
            place=place,
            reason=self.reason,
        )


class PeriodClosed(Refused):
    """The day is not later than the settlement before."""

    def __init__(self, through: object, last: object) -> None:
        super().__init__(
            "the last settlement is through %(last)s; %(through)s is not later",
            field="through",
            through=through,
            last=last,
        )


class RunInTheWay(Refused):
    """Another calculation is open."""

    def __init__(self, through: object) -> None:
        super().__init__(
            "a settlement through %(through)s is open: close or drop it first",
            field="through",
            through=through,
        )


class RunMoved(Refused):
    """Somebody else moved the run on meanwhile."""

    def __init__(self, state: object) -> None:
        super().__init__("the run is %(state)s by now; look at it again", state=state)


class OwnAccountChange(Refused):
    """Whoever changed an account lets no money go to it."""

    def __init__(self, firms: str) -> None:
        super().__init__(
            "You changed the bank details of %(firms)s since the last payout: somebody else "
            "decides about this run.",
            firms=firms,
        )


class SecondPersonNeeded(Refused):
    """Who calculated may not approve."""

    status = 403

    def __init__(self, name: str) -> None:
        super().__init__(
            "%(name)s calculated this run; a second person approves it", name=Author(name)
        )


class NothingToCertify(Refused):
    """An act of services states what was earned; nothing or less than nothing needs none."""

    def __init__(self, total: Decimal) -> None:
        super().__init__(
            "There is nothing to certify: the services of the period come to %(total)s.",
            total=plain(total),
        )


class DetailsMissing(Refused):
    """A company's data lack what a paper must say."""

    def __init__(self, code: str, *fields: str) -> None:
        super().__init__(
            "%(company)s lacks what an act must say: %(fields)s",
            company=code,
            fields=", ".join(fields),
        )


class LinesDiffer(Refused):
    """The lines of a statement don't sum to it: nothing of its run is issued."""

    def __init__(self, number: str) -> None:
        super().__init__(
            "the lines of statement %(number)s don't sum to what it says", number=number
        )


class EntryUnknown(Refused):
    """No entry of that name."""

    status = 404

    def __init__(self, entry: str) -> None:
        super().__init__(
            "there is no entry %(entry)s: name it PERIOD/EVENT/PRODUCER, e.g. 2026-03/E1/A",
            entry=one_line(entry),
        )


class LineUnknown(NotFound):
    """There is no such line, entry or statement within the actor's reach."""

    def __init__(self) -> None:
        super().__init__("There is no such entry.")


class StatementUnknown(NotFound):
    """There is no such statement within the actor's reach."""

    def __init__(self) -> None:
        super().__init__("There is no such statement.")


class RunUnknown(NotFound):
    """There is no such settlement run in the pool."""

    def __init__(self) -> None:
        super().__init__("There is no such settlement run.")


class CalculatedAnew(Refused):
    """What was looked at is not what stands by now."""

    def __init__(self) -> None:
        super().__init__("The run was calculated anew meanwhile: look at it again.")


class NameDiffers(Invalid):
    """Closing is for good: the period's name has to be typed."""

    def __init__(self, name: str) -> None:
        super().__init__("Type %(name)s to close the period.", field="name", name=name)


class ProposalUnknown(NotFound):
    """No such proposal in the pool."""

    def __init__(self) -> None:
        super().__init__("There is no such change.")


class ProposalMoved(Refused):
    """Somebody decided, or sent it on, meanwhile."""

    def __init__(self, state: object) -> None:
        super().__init__("The change is %(state)s by now; look at it again.", state=state)


class OwnProposal(Refused):
    """Who proposed may not decide."""

    status = 403

    def __init__(self, name: object) -> None:
        super().__init__("%(name)s proposed this change; a second person decides.", name=name)


class ProposalStale(Refused):
    """What the preview rests on changed: it would be approved unseen."""

    def __init__(self, fact: str) -> None:
        self.fact = fact
        super().__init__(
            "The facts changed since the preview was calculated. Calculate it again and look at "
            "what it changes now."
        )


class ReachesBack(Refused):
    """Into what is settled only by proposal and second person."""

    def __init__(self, through: object) -> None:
        super().__init__(
            "This changes what is settled through %(through)s: it needs a second person.",
            field="from_day",
            through=through,
        )


class NotBalanced(Refused):
    """The differences of an event don't sum to zero: nothing of it may be booked."""

    def __init__(self, events: int) -> None:
        super().__init__("The differences of %(events)s events don't sum to zero.", events=events)


class ReasonMissing(Invalid):
    """A change into a closed period says why."""

    def __init__(self) -> None:
        super().__init__("Say why: it stands in every explanation later.", field="reason")
