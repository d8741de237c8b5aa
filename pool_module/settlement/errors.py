"""What settlement refuses."""

from typing import Final

from shared.errors import Invalid

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
