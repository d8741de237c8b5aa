"""``asvs.yml`` read, and docs/security.md made from it: ``python -m tests.architecture.asvs``."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
SOURCE, PAGE = ROOT / "asvs.yml", ROOT / "docs" / "security.md"
HEAD = """# Security, requirement by requirement

Made from `asvs.yml` by `make security`; do not edit. OWASP ASVS 5.0: level 1 and 2 whole, level 3
where it applies. Each row has a test that holds it, or a reason. How the walls stand: `walls.md`.
"""


@dataclass(frozen=True)
class Row:
    """A requirement.

    Attributes:
        said: what it asks, in own words.
        tests: path::name of what holds it.
        reason: why nothing does.
    """

    chapter: str
    id: str
    level: int
    said: str
    tests: tuple[str, ...]
    reason: str


def rows() -> Iterator[Row]:
    """Every row of the file."""
    for chapter, found in yaml.safe_load(SOURCE.read_text(encoding="utf-8")).items():
        for number, row in found.items():
            tests = tuple(row.get("test", ()))
            yield Row(chapter, number, row["level"], row["is"], tests, row.get("reason", ""))


def page() -> str:
    """What docs/security.md has to be."""
    listed = list(rows())
    held = sum(bool(row.tests) for row in listed)
    parts = [HEAD, f"{len(listed)} requirements, {held} held by tests.\n"]
    for chapter in dict.fromkeys(row.chapter for row in listed):
        parts.append(f"## {chapter}\n\n| id | level | what | held by |\n|---|---|---|---|")
        parts += [_line(row) for row in listed if row.chapter == chapter]
        parts.append("")
    return "\n".join(parts)


def _line(row: Row) -> str:
    tests = "<br>".join(f"`{test.removeprefix('tests/')}`" for test in row.tests)
    return f"| {row.id} | {row.level} | {row.said} | {tests or row.reason} |"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    sys.stdout.write(f"{PAGE}\n")
