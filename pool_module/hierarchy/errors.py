"""What the hierarchy refuses."""

from collections.abc import Sequence

from shared.errors import Invalid, NotFound, Refused


class CycleRefused(Refused):
    """A producer would stand above himself."""

    def __init__(self, producer: str, parent: str, way: Sequence[str] = ()) -> None:
        super().__init__(
            "%(parent)s stands below %(producer)s on one of these days: a cycle (%(way)s)",
            field="parent",
            producer=producer,
            parent=parent,
            way=" → ".join(way or (parent, producer, parent)),
        )


class SecondParent(Refused):
    """One parent a day: who has one is moved, not placed a second time."""

    def __init__(self, producer: str, parent: str, since: object) -> None:
        super().__init__(
            "%(producer)s stands under %(parent)s already, since %(since)s: "
            "one parent a day. Move him instead.",
            field="parent",
            producer=producer,
            parent=parent,
            since=since,
        )


class WrongLevel(Refused):
    """The five levels of companies stand one under the other."""

    def __init__(self, producer: str, parent: str) -> None:
        super().__init__(
            "%(producer)s can't stand under %(parent)s: super-group, group, sub-group, firm and "
            "partner stand one under the other.",
            field="parent",
            producer=producer,
            parent=parent,
        )


class ProducerUnknown(NotFound):
    """No such producer in the pool."""

    def __init__(self) -> None:
        super().__init__("There is no such producer.", field="producer")


class ProducerUnclear(Invalid):
    """A name that means nobody, or several."""

    def __init__(self, words: str, hits: Sequence[str]) -> None:
        if hits:
            super().__init__(
                "%(words)s may be several: %(hits)s. Type the number.",
                field="parent",
                words=words,
                hits=", ".join(hits),
            )
        else:
            super().__init__("Nobody is called %(words)s.", field="parent", words=words)


class LevelUnknown(NotFound):
    """No such career level in the pool."""

    def __init__(self) -> None:
        super().__init__("There is no such career level.", field="level")


class FirmUnknown(NotFound):
    """No such firm in the pool."""

    def __init__(self) -> None:
        super().__init__("There is no such firm.", field="firm")


class CodeTaken(Refused):
    """A code names one producer."""

    def __init__(self, code: str) -> None:
        super().__init__(
            "The number %(code)s belongs to another producer.", field="code", code=code
        )


class NothingChanges(Invalid):
    """A change that changes nothing would be a line in the history for nothing."""

    def __init__(self) -> None:
        super().__init__("From that day on this holds already: nothing would change.")


class NoWayBack(Refused):
    """What was changed again since can't be taken back by its undo."""

    def __init__(self) -> None:
        super().__init__("This was changed again, or settled, since: it can't be undone any more.")
