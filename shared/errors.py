"""Expected refusals: exceptions with a status and a sentence a person understands.

A bug is an ordinary exception and becomes 500; a refusal is one of these.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from typing_extensions import override


class Refused(Exception):  # noqa: N818  -- a refusal is not an error of the program
    """The request is understood and not done.

    Attributes:
        status: the HTTP status it becomes in a portal.
        message: an English sentence, the key of its translation, with ``%(name)s`` places.
        values: what fills the places.
        field: the name of the input it belongs to, where there is one.
        problems: what is refused, one by one; mostly this alone.
    """

    status = 409

    def __init__(self, message: str, *, field: str | None = None, **values: object) -> None:
        super().__init__(message % values if values else message)
        self.message = message
        self.values = values
        self.field = field
        self.problems: tuple[Refused, ...] = (self,)


class Author(str):
    """Who did what a refusal speaks of, as rows keep him; a portal tells his name."""

    __slots__ = ()


@dataclass(frozen=True)
class Span:
    """Days a refusal speaks of, both included; None: without an end on that side.

    A portal writes them in the reader's language (``shared.web.refusals``).
    """

    first: date | None
    last: date | None

    @classmethod
    def before(cls, start: date | None, end: date | None) -> "Span":
        """The days [start, end)."""
        return cls(start, end - timedelta(days=1) if end else None)

    @override
    def __str__(self) -> str:
        """As ISO writes days."""
        return f"{self.first or '…'} – {self.last or '…'}"


class NotFound(Refused):
    """There is no such thing within the actor's reach."""

    status = 404


class Invalid(Refused):
    """What was typed or delivered can't be taken."""

    status = 422


class InvalidTogether(Invalid):
    """Several things that were typed can't be taken: each is said at its own field."""

    def __init__(self, problems: Sequence[Refused]) -> None:
        super().__init__("Several things that were typed are not right.")
        self.problems = tuple(problems)


def refuse(problems: Sequence[Refused]) -> None:
    """Refuse what has problems, with all of them at once; what has none goes on.

    Raises:
        Refused: the problem where there is one, else ``InvalidTogether``.
    """
    if len(problems) == 1:
        raise problems[0]
    if problems:
        raise InvalidTogether(problems)


class Forbidden(Refused):
    """The actor sees it but may not do this."""

    status = 403


class BehindTheWall(Forbidden):
    """It tells of customers of another organisation."""

    def __init__(self) -> None:
        super().__init__(
            "It names customers of other organisations: that needs the right to see reports of the "
            "whole pool."
        )


class Conflict(Refused):
    """Somebody else saved in the meantime.

    Attributes:
        stored: what stands by now, by field name.
        who: who saved it.
        when: when.
        version: of what stands.
    """

    def __init__(
        self, stored: Mapping[str, object], *, who: str, when: datetime | None, version: int
    ) -> None:
        super().__init__("%(who)s saved while you had it open.", who=Author(who))
        self.stored = stored
        self.who = who
        self.when = when
        self.version = version
