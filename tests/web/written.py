"""Which tables a request wrote to, whoever wrote: its view, raw SQL, a function of the database."""

from collections import defaultdict
from typing import Any, Final

from flask import has_request_context, request

# a table that is written to is locked so until its transaction ends; temporary ones are nobody
# else's, and the catalogue's are written to with them
LOCKED: Final = """SELECT c.relname FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
 WHERE l.pid = pg_backend_pid() AND l.locktype = 'relation' AND c.relkind IN ('r', 'p')
 AND l.mode IN ('RowExclusiveLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
 AND c.relpersistence <> 't' AND c.relnamespace <> 'pg_catalog'::regnamespace"""
# by any GET: when the session was last used
EACH: Final[set[str]] = {"web_session"}
# a list taken out as a file stands in the journal
FILES: Final[set[str]] = {"audit_entry"}
# that one has read it
READ: Final[dict[str, set[str]]] = {"bell.index": {"preference"}, "threads.show": {"thread"}}


class Written:
    """Tables: of a GET by its view, of lists taken out as files apart; of all POSTs together."""

    def __init__(self) -> None:
        self.by_get: defaultdict[str, set[str]] = defaultdict(set)
        self.with_files: defaultdict[str, set[str]] = defaultdict(set)
        self.by_post: set[str] = set()
        self.asked = 0

    def note(self, connection: Any) -> None:
        """Ask a transaction that is about to be committed what it wrote."""
        if not has_request_context():
            return
        with connection.connection.cursor() as cursor:
            tables = {table for (table,) in cursor.execute(LOCKED).fetchall()}
        if request.method == "POST":
            self.by_post |= tables
        else:
            kept = self.with_files if "format" in request.args else self.by_get
            kept[request.endpoint or "nowhere"] |= tables
            self.asked += 1

    def unexpected(self) -> list[str]:
        """What nobody expects of a GET."""
        return _beyond(self.by_get, EACH) + _beyond(self.with_files, EACH | FILES)


def _beyond(found: dict[str, set[str]], expected: set[str]) -> list[str]:
    more = {view: tables - expected - READ.get(view, set()) for view, tables in found.items()}
    return [f"GET {view} writes {', '.join(sorted(told))}" for view, told in more.items() if told]
