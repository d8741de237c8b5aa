"""What the hierarchy refuses."""

from shared.errors import Refused


class CycleRefused(Refused):
    """A producer would stand above himself."""

    def __init__(self, producer: str, parent: str) -> None:
        super().__init__(
            "%(parent)s stands below %(producer)s on one of these days: a cycle",
            field="parent",
            producer=producer,
            parent=parent,
        )
