"""Addresses of both portals, with the ids of somebody's rows in them.

``ROWS`` says of which table an id in an address is. A view whose address has an id nobody named
here fails the matrix test: tomorrow's pages join, or the build stops.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask import Flask
from werkzeug.routing import Rule

from shared.vocabulary import Door
from tests.factories.divided import SOUTH, WALLED
from tests.factories.town import ADLER, BERG, FAR, POOL, Row, Town

# of a blueprint's addresses: parameter → table, or table and column
ROWS: Final[Mapping[str, Mapping[str, str]]] = {
    "agreements": {"id": "agreement"},
    "applications": {"id": "application"},
    "clearance": {"id": "clearance_request"},
    "companies": {"id": "company", "change": "bank_change", "proof": "proof"},
    "contracts": {"id": "contract"},
    "customers": {"id": "customer"},
    "deliveries": {"id": "delivery"},
    "discrepancies": {"id": "discrepancy"},
    "documents": {"id": "document"},
    "evidence": {"id": "document", "statement": "statement", "line": "statement_line"},
    "figures": {"run_id": "settlement_run"},
    "insurers": {"id": "insurer"},
    "invoices": {"id": "invoice"},
    "journal": {"id": "audit_entry"},
    "kit": {"id": "second_factor", "job_id": "long_job", "view_id": "saved_view"},
    "organisations": {"id": "division"},
    "own": {"id": "contract"},
    "people": {"id": "membership"},
    "place": {"id": "membership"},
    "producers": {"id": "producer"},
    "products": {
        "id": "product", "document_id": "document", "version_id": "product_version",
        "firm_id": "company",
    },
    "rates": {"id": "rule"},
    "runs": {"id": "settlement_run"},
    "statements": {
        "id": "statement", "statement_id": "statement", "line": "statement_line",
        "line_id": "statement_line", "run": "settlement_run", "event": "event",
        "producer": "producer",
    },
    "tasks": {"id": "task"},
    "terms": {"id": "due_terms"},
    "threads": {"id": "thread", "document_id": "document"},
    "work": {"id": "task"},
}  # fmt: skip
# and of single views, where they differ
OF_VIEW: Final[Mapping[str, Mapping[str, str]]] = {
    "clearance.process": {"id": "customer"},
    "companies.list": {"id": "firm_list"},
    "companies.returned": {"id": "firm_list"},
    "companies.take_list": {"id": "firm_list"},
    "companies.read_again": {"id": "firm_list"},
    "companies.drop_list": {"id": "firm_list"},
    "deliveries.describe": {"id": "upload"},
    "deliveries.drop": {"id": "upload"},
    "deliveries.errors": {"id": "upload"},
    "deliveries.keep": {"id": "upload", "row": "upload_row"},
    "deliveries.look": {"id": "upload"},
    "deliveries.take": {"id": "upload"},
    "firm.withdraw": {"id": "proof"},
    "firm.withdraw_bank": {"id": "bank_change"},
    "organisations.end_limit": {"id": "master_access"},
    "own.customer": {"id": "customer"},
    "own.edit_customer": {"id": "customer"},
    "producers.calculate": {"id": "proposal"},
    "producers.change": {"id": "proposal"},
    "producers.change_lines": {"id": "proposal"},
    "producers.decide": {"id": "proposal"},
    "producers.send": {"id": "proposal"},
    "producers.withdraw": {"id": "proposal"},
}
# words in addresses that are no ids
WORDS: Final[Mapping[str, str]] = {
    "code": "de", "filename": "base.css", "kind": "statement", "permission": "export",
    "role": "clerk", "state": "withdrawn", "token": "x" * 43,
}  # fmt: skip
WORDS_OF: Final[Mapping[str, Mapping[str, str]]] = {
    "organisations": {"kind": "division"},
    "parameters": {"code": "DE", "name": "payable_days"},
}
# whose rows a cell asks for
OWN, PRIVATE, MIXED = "own", "a firm's own", "own with another's part"
OTHER, STRANGERS, NOWHERE = "another firm's", "another pool's", "nobody's"
OTHER_ORGANISATION = "another organisation's"
# what everybody of a pool may look at belongs to no firm
OF_RANGE: Final = ("insurer", "product", "product_version")
CONVERTER: Final = re.compile(r"<(?:(\w+)(?:\([^>]*?\))?:)?(\w+)>")


class UnknownIdError(LookupError):
    """An address has an id of which ``ROWS`` does not say what it is."""


@dataclass(frozen=True)
class Address:
    """An address with whose rows stand in it; ``path`` is None where he has no such row."""

    endpoint: str
    method: str
    whose: str
    path: str | None


def rules(app: Flask) -> list[Rule]:
    """What a portal answers."""
    return sorted(app.url_map.iter_rules(), key=lambda rule: (rule.endpoint, rule.rule))


def methods(rule: Rule) -> list[str]:
    """What is sent there."""
    return sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})


def tables_of(rule: Rule) -> dict[str, str]:
    """The table of each id in an address, in its order.

    Raises:
        UnknownIdError: there is one that has none.
    """
    blueprint = rule.endpoint.partition(".")[0]
    known = {**ROWS.get(blueprint, {}), **OF_VIEW.get(rule.endpoint, {})}
    found = {}
    for converter, name in CONVERTER.findall(rule.rule):
        if converter == "int":
            if name not in known:
                raise UnknownIdError(f"say in tests/web/addresses.py what {name} of {rule} is")
            found[name] = known[name]
    return found


def addresses_of(town: Town, door: Door, firm: str, rule: Rule) -> Iterator[tuple[str, str | None]]:
    """Everything of which an address can be asked: (whose, path)."""
    tables = tables_of(rule)
    if not tables:
        yield OWN, _path(rule, {})
        return
    own = _mine(town, door, firm, rule, tables)
    yield OWN, _path(rule, own) if own else None
    if door is Door.EXTRANET and set(tables.values()).isdisjoint(OF_RANGE):
        other = ADLER if firm != ADLER else BERG
        foreign = _mine(town, door, other, rule, tables)
        yield OTHER, _path(rule, foreign) if foreign else None
        yield from _mixed(rule, own, foreign)
    if door is Door.INTRANET:
        hidden = _chosen(town.private.get(BERG, {}), tables)
        yield PRIVATE, _path(rule, hidden) if hidden else None
    strange = _chosen(town.rows[FAR], tables)
    yield STRANGERS, _path(rule, strange) if strange else None
    yield from _mixed(rule, own, strange)
    yield NOWHERE, _path(rule, dict.fromkeys(tables, 2_000_000_000))


def of_organisations(town: Town, rule: Rule, side: str) -> Iterator[tuple[str, str | None]]:
    """Of what an organisation keeps to itself, in a divided town: its own, the other's, both.

    What is the pool's names no organisation: where a thing's table is walled it is the north's.
    """
    tables = tables_of(rule)
    if set(tables.values()).isdisjoint(WALLED) or rule.endpoint.startswith("products."):
        return  # a product's leaflets are everybody's
    sides = (ADLER, BERG) if side == SOUTH else (BERG, ADLER)
    own, other = (_near(town, (firm, POOL), tables) for firm in sides)
    yield OWN, _path(rule, own) if own else None
    yield OTHER_ORGANISATION, _path(rule, other) if other else None
    yield from _mixed(rule, own, other)


def displaced(town: Town, door: Door, firm: str, rule: Rule) -> Iterator[str]:
    """A thing's part under others of its kind, seen as well or strangers': it is none of theirs."""
    tables = tables_of(rule)
    own = _mine(town, door, firm, rule, tables) if len(tables) > 1 else None
    if not own:
        return
    first = next(iter(tables))
    for owner in (BERG, ADLER, POOL, FAR) if door is Door.INTRANET else (firm, FAR):
        for row in town.rows.get(owner, {}).get(tables[first], []):
            if row["id"] != own[first]:
                yield _path(rule, {**own, first: row["id"]})


def of_rows(rule: Rule, found: Mapping[str, list[Row]]) -> str | None:
    """An address with such rows in it; None: it has no ids, or there are no such rows."""
    tables = tables_of(rule)
    ids = _chosen(found, tables) if tables else None
    return _path(rule, ids) if ids else None


def _mixed(
    rule: Rule, own: Mapping[str, Any] | None, foreign: Mapping[str, Any] | None
) -> Iterator[tuple[str, str]]:
    """The own thing with a part of another's."""
    if own and foreign and len(own) > 1:
        last = list(own)[-1]
        yield MIXED, _path(rule, {**own, last: foreign[last]})


def _mine(
    town: Town, door: Door, firm: str, rule: Rule, tables: Mapping[str, str]
) -> dict[str, Any] | None:
    """Ids of what a person may see: of his firm, or of the pool."""
    if rule.endpoint.startswith("own."):
        return _chosen(town.private.get(firm, {}), tables)
    near = [firm, POOL] if door is Door.EXTRANET else [BERG, ADLER, POOL]
    if door is Door.EXTRANET and not set(tables.values()) & set(OF_RANGE):
        near = [firm]
    return _near(town, near, tables)


def _near(town: Town, owners: Sequence[str], tables: Mapping[str, str]) -> dict[str, Any] | None:
    """Ids of what these have, of the first who has such a thing."""
    joined: dict[str, list[Row]] = {}
    for owner in owners:
        for name, found in town.rows.get(owner, {}).items():
            joined.setdefault(name, []).extend(found)
    return _chosen(joined, tables)


def _chosen(
    found: Mapping[str, list[Row]], tables: Mapping[str, str], chosen: Mapping[str, Row] = {}
) -> dict[str, Any] | None:
    """A row for each id: a part is one of the thing before it, so the first thing that has one."""
    if len(chosen) == len(tables):
        return {name: row["id"] for name, row in chosen.items()}
    name, table = list(tables.items())[len(chosen)]
    candidates = found.get(table, [])
    for before, row in chosen.items():
        of = tables[before]
        candidates = [c for c in candidates if c.get(f"{of}_id", row["id"]) == row["id"]]
        if table == "document":  # it names its thing by a word and a number
            about = (of, row["id"])
            candidates = [c for c in candidates if (c["subject"], c["subject_id"]) == about]
    tried = (_chosen(found, tables, {**chosen, name: row}) for row in candidates)
    return next((ids for ids in tried if ids is not None), None)


def _path(rule: Rule, ids: Mapping[str, Any]) -> str:
    words = {**WORDS, **WORDS_OF.get(rule.endpoint.partition(".")[0], {})}

    def filled(match: re.Match[str]) -> str:
        converter, name = match.groups()
        if converter == "any":
            return re.split(r"[(,)]", match[0])[1].strip()
        return str(ids[name]) if name in ids else words[name]

    return CONVERTER.sub(filled, rule.rule)
