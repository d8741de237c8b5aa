"""What an import has to say at the end."""

from collections import Counter
from dataclasses import dataclass, field

from pool_module.incoming.formats.remarks import RemarkList

MOST_NUMBERS = 100


@dataclass
class ImportResult:
    """Counts of an import.

    Attributes:
        contracts: new, changed, unchanged, missing, twice (again in the same file), nameless.
        missing: numbers of contracts in force the delivery did not hold (the first hundred).
        lines: outcome → lines; ``known`` came before; ``:cause`` → discrepancies opened.
        settled: waiting lines this delivery settled, by outcome.
        applications: new, changed, unchanged.
    """

    format: str
    encoding: str | None = None
    records: int = 0
    contracts: Counter[str] = field(default_factory=Counter)
    missing: list[str] = field(default_factory=list)
    lines: Counter[str] = field(default_factory=Counter)
    settled: Counter[str] = field(default_factory=Counter)
    applications: Counter[str] = field(default_factory=Counter)
    remarks: RemarkList = field(default_factory=RemarkList)

    @property
    def changed(self) -> bool:
        """Whether anything was written."""
        quiet = {"known", "unchanged", "missing", "twice", "nameless"}
        counters = (self.contracts, self.lines, self.applications, self.settled)
        return any(n for counter in counters for name, n in counter.items() if name not in quiet)

    def as_dict(self) -> dict[str, object]:
        """The result as JSON takes it."""
        causes = {
            name[1:]: number
            for counter in (self.contracts, self.lines)
            for name, number in sorted(counter.items())
            if name.startswith(":") and number
        }
        contracts = ("new", "changed", "unchanged", "missing")
        return {
            "format": self.format,
            "encoding": self.encoding,
            "records": self.records,
            "contracts": {name: self.contracts[name] for name in contracts},
            "missing": self.missing[:MOST_NUMBERS],
            "events": self.lines["event"],
            "evidence": self.lines["evidence"],
            "noted": self.lines["noted"],
            "known": self.lines["known"],
            "discrepancies": causes,
            "settled": dict(sorted(self.settled.items())),
            "applications": {
                name: self.applications[name] for name in ("new", "changed", "unchanged")
            },
            "warnings": self.remarks.texts(),
        }
