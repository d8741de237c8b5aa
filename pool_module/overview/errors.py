"""What the overview refuses."""

from shared.errors import NotFound


class NoSuchEntry(NotFound):
    """A line of the journal that is none of the actor's pool."""

    def __init__(self) -> None:
        super().__init__("There is no such entry.")
