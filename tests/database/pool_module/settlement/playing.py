"""How the tests of this folder play scenarios."""

from typing import Protocol


class Play(Protocol):
    """Plays a scenario file's text in a pool of its own and returns what it prints."""

    def __call__(self, source: str, *, full: bool = False) -> dict[str, object]: ...
