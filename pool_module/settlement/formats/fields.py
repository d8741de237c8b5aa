"""The fields of one JSON object: each is asked for by name, what was not asked for is unknown."""

from collections.abc import Callable, Mapping
from typing import NoReturn, TypeVar

from pool_module.settlement.errors import ScenarioRefused

T = TypeVar("T")
D = TypeVar("D")


class RepeatedName(dict[str, object]):
    """A JSON object that names a field twice."""

    def __init__(self, pairs: list[tuple[str, object]], repeated: str) -> None:
        super().__init__(pairs)
        self.repeated = repeated


def json_object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Build a JSON object (``object_pairs_hook``), remembering a field named twice."""
    seen: set[str] = set()
    for name, _ in pairs:
        if name in seen:
            return RepeatedName(pairs, name)
        seen.add(name)
    return dict(pairs)


class Fields:
    """One object of a step; refusals name the step and the path of the field.

    Args:
        step: number of the step, 0 for the head.
        raw: what should be an object.
        path: where it stands in the step; empty for the step's own fields.
    """

    def __init__(self, step: int, raw: object, path: str = "") -> None:
        self.step = step
        self.path = path
        self._asked: set[str] = set()
        if not isinstance(raw, dict):
            raise ScenarioRefused(step, path or "step", "not an object")
        self._raw: Mapping[str, object] = raw
        if isinstance(raw, RepeatedName):
            self.refuse(raw.repeated, "named twice")

    def refuse(self, name: str, why: str) -> NoReturn:
        """Refuse the step because of one of its fields."""
        raise ScenarioRefused(self.step, f"{self.path}.{name}" if self.path else name, why)

    def has(self, name: str) -> bool:
        """Tell whether a field is given."""
        return name in self._raw

    def need(self, name: str, read: Callable[[object], T]) -> T:
        """Read a field that must be there."""
        if name not in self._raw:
            self.refuse(name, "missing")
        return self._read(name, read)

    def may(self, name: str, read: Callable[[object], T], default: D) -> T | D:
        """Read a field that may be there."""
        self._asked.add(name)
        return self._read(name, read) if name in self._raw else default

    def one_of(self, names: tuple[str, ...], *, needed: bool = False) -> None:
        """Refuse more than one of these fields, and none where one is needed."""
        given = [name for name in names if name in self._raw]
        if len(given) > 1:
            self.refuse(given[1], f"only one of {', '.join(names)}")
        if needed and not given:
            self.refuse(names[0], f"one of {', '.join(names)} is missing")

    def nothing_else(self) -> None:
        """Refuse fields nobody asked for."""
        for name in self._raw:
            if name not in self._asked:
                self.refuse(name, "unknown field")

    def _read(self, name: str, read: Callable[[object], T]) -> T:
        self._asked.add(name)
        try:
            return read(self._raw[name])
        except ValueError as error:
            self.refuse(name, str(error))
