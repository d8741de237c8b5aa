"""House rules of the code, each with its reason. Imports are held by import-linter."""

import ast
import re
from pathlib import Path

from tests.architecture.source import ROOT, files, modules, nodes, place, tree

# where a transaction ends: the command line, the worker, a request, a migration
MAY_COMMIT = ("brokerpool/", "migrations/env.py", "shared/worker.py", "shared/web/")
EMPTY_NAMES = {"common", "helper", "helpers", "manager", "managers", "misc", "service", "services",
               "util", "utils"}  # fmt: skip
# all but the command line, which counts seconds and speaks English
OF_PEOPLE = ("admin_module", "pool_module", "portal_extranet", "portal_intranet", "shared")
REFUSALS = {"Refused", "NotFound", "Invalid", "Forbidden"}
SESSIONS = {"Session"}
CLOCK = "shared/clock.py"
# the day of a moment by the server's zone, or the server's day
SERVERS_DAY = re.compile(
    r"\bcurrent_date\b|\blocaltimestamp\b|_at\)?::date|cast\([\w.]+_at, ?Date\)|_at:%"
    r"|_at\.date\(\)|_at [<>]=? CAST\(:\w+ AS date\)",
    re.IGNORECASE,
)
# whoever goes through a portal meets the real clock
AT_THE_DOOR = ("tests/web", "tests/journeys")
DAYS = "tests.factories.days"


def test_a_transaction_ends_at_the_edge() -> None:
    """One request or job is one transaction; who commits further in cuts it in two."""
    found = [
        place(path, node)
        for path in modules()
        for node in nodes(path)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "commit"
    ]
    assert [where for where in found if not where.startswith(MAY_COMMIT)] == []


def test_money_is_never_a_float() -> None:
    """0.1 + 0.2 is not 0.3. A reader may ask whether a cell is one, to make a Decimal of it."""
    found = [
        place(path, node)
        for path in modules(*OF_PEOPLE)
        for node in nodes(path)
        if (isinstance(node, ast.Name) and node.id == "float" and node not in _patterns(path))
        or (isinstance(node, ast.Constant) and isinstance(node.value, float))
    ]
    assert found == []


def test_there_is_one_clock() -> None:
    """Days are the pool's: who asks another clock, or casts a moment, gets the server's."""
    calls = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time"}
    found = [
        place(path, node)
        for path in modules()
        for node in nodes(path)
        if isinstance(node, ast.Call) and ast.unparse(node.func) in calls
    ]
    assert [where for where in found if not where.startswith(CLOCK)] == []
    cast = [
        f"{place(path)}: {said[0]}"
        for path in (*modules(*OF_PEOPLE), *files(".sql"))
        for said in SERVERS_DAY.finditer(path.read_text(encoding="utf-8"))
    ]
    assert cast == []


def test_a_test_at_the_door_has_the_day_it_is() -> None:
    """A day of its own would part from the portals' when the calendar goes on."""
    wrong = []
    for path in (p for folder in AT_THE_DOOR for p in sorted((ROOT / folder).rglob("*.py"))):
        for node in nodes(path):
            taken = isinstance(node, ast.ImportFrom) and node.module != DAYS
            names = {a.name for a in node.names} if isinstance(node, ast.ImportFrom) else {
                t.id for t in getattr(node, "targets", ()) if isinstance(t, ast.Name)
            }  # fmt: skip
            if (taken or isinstance(node, ast.Assign)) and names & {"NOW", "TODAY"}:
                wrong.append(place(path, node))
    assert wrong == []


def test_names_say_what_a_file_is_for() -> None:
    """Whatever is called utils grows until nobody finds anything in it."""
    assert [place(p) for p in files(".py") if p.stem in EMPTY_NAMES] == []
    assert [place(p) for p in files(".py") if p.parent.name in EMPTY_NAMES] == []


def test_queries_ask_for_whom() -> None:
    """Every public query knows who asks, by (session, actor, …) or by the session's own actor."""
    wrong = []
    for path in modules("admin_module", "pool_module"):
        if path.stem != "queries" and path.parent.name != "queries":
            continue
        for node in tree(path).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                names = [a.arg for a in node.args.args]
                knows = "actor" in names or "actor_of" in path.read_text(encoding="utf-8")
                # what takes no session asks nothing; the database's own clock has no rows to scope
                if "session" in names[1:] or (
                    "session" in names and not knows and _speaks_of_tables(node)
                ):
                    wrong.append(place(path, node))
    assert wrong == []


def test_a_query_either_finds_or_gets() -> None:
    """``find_…`` may return nothing and says so in its type; ``get_…`` raises."""
    wrong = []
    for path in modules("admin_module", "pool_module"):
        for node in nodes(path):
            if isinstance(node, ast.FunctionDef) and path.stem == "queries":
                returns = ast.unparse(node.returns) if node.returns else ""
                if node.name.startswith("get_") and "None" in returns:
                    wrong.append(place(path, node))
    assert wrong == []


def test_refusals_can_be_translated() -> None:
    """A refusal's sentence is its translation's key: a literal, never put together.

    The command line speaks English and may put in what it likes.
    """
    wrong = []
    for path in modules(*OF_PEOPLE):
        for node in nodes(path):
            if isinstance(node, ast.ClassDef) and _is_refusal(node):
                wrong += [place(path, c) for c in _inits_above(node) if not _literal(c)]
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
                called = node.exc.func
                if (
                    isinstance(called, ast.Name)
                    and called.id in REFUSALS
                    and not _literal(node.exc)
                ):
                    wrong.append(place(path, node))
    assert wrong == []


def test_nothing_leans_on_a_neighbouring_folder() -> None:
    """Whoever has the repository has everything: no path leads out of it."""
    outside = re.compile(r"\.\./shared|/work/(main|shared|wt)")
    known = {
        "tests/architecture/test_source.py",
        "tests/unit/pool_module/incoming/formats/deliveries.py",  # skips where it is missing
    }
    found = [
        place(path)
        for path in files(".py", ".sql", ".toml", ".md", ".html", ".css", ".txt", ".typ", "")
        if place(path) not in known
        and outside.search(path.read_text(encoding="utf-8", errors="replace"))
    ]
    assert found == []


def test_sql_files_say_what_they_are_for() -> None:
    """A step of the pipeline is read before it is run."""
    silent = [
        place(path)
        for path in files(".sql")
        if not re.match(r"-- [A-Z].*\S\n", path.read_text(encoding="utf-8"))
    ]
    assert silent == []


def test_sql_files_stand_in_an_engine_or_a_bench() -> None:
    """SQL is written in queries and in the engine; nowhere else is it looked for."""
    allowed = re.compile(r"(pool_module/\w+/engine/sql|brokerpool/bench/sql)/\w+\.sql")
    assert [place(p) for p in files(".sql") if not allowed.fullmatch(place(p))] == []


def test_modules_are_short() -> None:
    """A file with one purpose fits in a head."""
    long = [
        place(path)
        for path in modules()
        if len(path.read_text(encoding="utf-8").splitlines()) > 400
        and path.parent != ROOT / "migrations" / "versions"
    ]
    assert long == []


def _patterns(path: Path) -> list[ast.expr]:
    return [node.cls for node in nodes(path) if isinstance(node, ast.MatchClass)]


def _speaks_of_tables(node: ast.FunctionDef) -> bool:
    calls = [n for n in ast.walk(node) if isinstance(n, ast.Call)]
    return any("FROM" in ast.unparse(c).upper() or "scalars" in ast.unparse(c) for c in calls)


def _is_refusal(node: ast.ClassDef) -> bool:
    return any(isinstance(base, ast.Name) and base.id in REFUSALS for base in node.bases)


def _inits_above(node: ast.ClassDef) -> list[ast.Call]:
    return [
        n
        for n in ast.walk(node)
        if isinstance(n, ast.Call) and ast.unparse(n.func) == "super().__init__"
    ]


def _literal(call: ast.Call) -> bool:
    first = call.args[0] if call.args else None
    return isinstance(first, ast.Constant) and isinstance(first.value, str)
