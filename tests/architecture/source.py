"""The project's own files, read as text and as syntax trees."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import shared

ROOT = Path(shared.__file__).resolve().parent.parent
PACKAGES = (
    "admin_module", "brokerpool", "migrations", "pool_module", "portal_extranet",
    "portal_intranet", "shared",
)  # fmt: skip
ROOMS = ("admin_module", "pool_module")
LEFT_OUT = {"build", "dist", "__pycache__"}


@cache
def modules(*packages: str) -> tuple[Path, ...]:
    """The Python files of some packages; of all when none is named."""
    wanted = packages or PACKAGES
    return tuple(path for name in wanted for path in sorted((ROOT / name).rglob("*.py")))


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def nodes(path: Path) -> Iterator[ast.AST]:
    return ast.walk(tree(path))


def place(path: Path, node: ast.AST | None = None) -> str:
    """Where something stands, as an editor opens it."""
    line = f":{getattr(node, 'lineno', 0)}" if node else ""
    return f"{path.relative_to(ROOT)}{line}"


def files(*suffixes: str) -> Iterator[Path]:
    """The project's files, with one of the suffixes when some are named."""
    for path in sorted(ROOT.rglob("*")):
        parts = path.relative_to(ROOT).parts
        hidden = any(p.startswith(".") or p.endswith(".egg-info") or p in LEFT_OUT for p in parts)
        if path.is_file() and not hidden and (not suffixes or path.suffix in suffixes):
            yield path
