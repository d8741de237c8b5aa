"""Who is limited to another unit is not there: walked by every address that carries a thing of his.

In the divided town all the staff works in the south. Insurers, or a firm, are limited to the north:
their things answer 404 by their address, and no list leads to one.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import pytest
from flask import Flask
from sqlalchemy import Connection, text

from shared.db import make_engine
from shared.vocabulary import Door
from tests.factories.town import ADLER, Row, Town
from tests.web import addresses
from tests.web.portals import CREATE, config_of, dispose
from tests.web.visitors import Visitor

pytestmark = pytest.mark.usefixtures("nothing_stays")

# of an insurer, by table; :i are the insurers
OF_INSURER: Final = {
    "agreement": "insurer_id = ANY(:i) OR product_id IN (SELECT id FROM product)",
    "delivery": "insurer_id = ANY(:i)",
    "document": "subject IN ('insurer', 'product', 'product_version')",
    "due_terms": "insurer_id = ANY(:i)",
    "insurer": "id = ANY(:i)",
    "invoice": "insurer_id = ANY(:i)",
    "product": "insurer_id = ANY(:i)",
    "product_version": "true",
    "rule": "insurer_id = ANY(:i) OR product_id IN (SELECT id FROM product)",
    "thread": "subject IN ('insurer', 'product') OR subject IS NULL AND insurer_id = ANY(:i)",
    "upload": "insurer_id = ANY(:i)",
}
# of a broker firm; :f is the firm
FIRMS_PRODUCERS: Final = "(SELECT id FROM producer WHERE firm_id = :f)"
OF_FIRM: Final = {
    "bank_change": "firm_id = :f",
    "company": "id = :f",
    "document": "subject = 'company' AND subject_id = :f",
    "due_terms": "company_id = :f",
    "invoice": "company_id = :f",
    "membership": "company_id = :f",
    "producer": "firm_id = :f",
    "proof": "firm_id = :f",
    "proposal": f"producer_id IN {FIRMS_PRODUCERS}",
    "rule": f"producer_id IN {FIRMS_PRODUCERS}",
    "thread": "subject IS NULL AND firm_id = :f",
}
# a payee's statement is the settlement's, which is the whole pool's: told by right (decision 28)
OF_THE_SETTLEMENT: Final = ("statements.", "evidence.", "runs.", "figures.")
# what is due and what insurers sent is too; who has no such right meets the limit (decision 30)
MONEY: Final = ("deliveries.", "invoices.")
# it does not ask which one: it is about two
BESIDE: Final = ("documents.create",)
LIST: Final = re.compile(r"^[^<]+$")


# rows the town has none of: threads, terms and papers of just these
WANTED: Final = (
    """INSERT INTO thread (pool_id, organisation_id, firm_id, title, last_at, last_side,
        recorded_by)
    SELECT :pool, o.id, :f, 'limited', clock_timestamp(), 'firm', 'limited'
    FROM organisation o WHERE o.pool_id = :pool AND o.name = 'S'""",
    """INSERT INTO thread (pool_id, organisation_id, insurer_id, title, last_at, last_side,
        recorded_by)
    SELECT :pool, o.id, i.id, 'limited', clock_timestamp(), 'insurer', 'limited'
    FROM organisation o JOIN insurer i ON i.pool_id = o.pool_id
    WHERE o.pool_id = :pool AND o.name = 'S'""",
    """INSERT INTO document (pool_id, subject, subject_id, kind, file_name, media_type, sha256,
        size, recorded_by)
    SELECT pool_id, 'company', :f, 'other', 'limited.pdf', media_type, sha256, size, 'limited'
    FROM document WHERE pool_id = :pool AND subject = 'product'""",
    """INSERT INTO due_terms (pool_id, party, insurer_id, payable_days, recorded_by)
    SELECT i.pool_id, 'company', i.id, 7, 'limited' FROM insurer i WHERE i.pool_id = :pool
    ON CONFLICT DO NOTHING""",
    """INSERT INTO rule (pool_id, code, kind, product_id, producer_id, rate_of, rate, valid,
        recorded_by)
    SELECT :pool, 'limited', r.kind, p.id, d.id, 'received', 0.5, '[2030-01-01,)', 'limited'
    FROM product p, producer d, (SELECT 'acquisition' AS kind) r
    WHERE p.pool_id = :pool AND d.pool_id = :pool AND d.firm_id = :f LIMIT 1""",
    """UPDATE upload SET insurer_id = (SELECT min(id) FROM insurer WHERE pool_id = :pool)
    WHERE pool_id = :pool""",
    """INSERT INTO invoice (pool_id, side, number, delivery_id, insurer_id, currency, amount,
        arose_on, due_on, step, days, counted_from, recorded_by)
    SELECT v.pool_id, 'receivable', 'L-' || v.id, v.id, v.insurer_id, 'EUR', 7777.77,
        CURRENT_DATE, CURRENT_DATE, 'default', 30, 'issue', 'limited'
    FROM delivery v WHERE v.pool_id = :pool""",
)


@dataclass(frozen=True)
class Limited:
    """What is limited: rows by table, and the addresses that lead to them."""

    found: dict[str, list[Row]]
    paths: list[tuple[str, str]]  # method, path
    money: list[tuple[str, str]]


def _prepare(connection: Connection, town: Town) -> None:
    here = {"pool": town.pool_id, "f": town.firms[ADLER]}
    for statement in WANTED:
        connection.execute(text(statement), here)


def _limit(connection: Connection, town: Town, column: str, wanted: list[int]) -> None:
    connection.execute(
        text(
            f"INSERT INTO master_access (pool_id, {column}, organisation_id, recorded_by)"
            " SELECT o.pool_id, m.id, o.id, 'limited' FROM organisation o,"
            " unnest(CAST(:ids AS int[])) AS m (id) WHERE o.pool_id = :pool AND o.is_default"
        ),
        {"pool": town.pool_id, "ids": wanted},
    )


def _rows(
    connection: Connection, town: Town, tables: dict[str, str], given: dict[str, Any]
) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for table, condition in tables.items():
        asked = text(f"SELECT * FROM {table} WHERE pool_id = :pool AND ({condition}) ORDER BY id")
        rows = connection.execute(asked, {"pool": town.pool_id, **given}).mappings()
        found[table] = [dict(row) for row in rows]
    return found


@pytest.fixture(params=["insurer", "firm"])
def limited(
    request: pytest.FixtureRequest, divided: Town, divided_portal: Flask
) -> Iterator[Limited]:
    engine = make_engine(divided.database.owner_url)
    firm = divided.firms[ADLER]
    with engine.begin() as connection:
        _prepare(connection, divided)
        asked = text("SELECT id FROM insurer WHERE pool_id = :pool")
        insurers = list(connection.execute(asked, {"pool": divided.pool_id}).scalars())
        if request.param == "insurer":
            _limit(connection, divided, "insurer_id", insurers)
            found = _rows(connection, divided, OF_INSURER, {"i": insurers})
        else:
            _limit(connection, divided, "company_id", [firm])
            found = _rows(connection, divided, OF_FIRM, {"f": firm})
    yield Limited(
        found, list(_paths(divided_portal, found)), list(_paths(divided_portal, found, MONEY))
    )
    with engine.begin() as connection:
        for table in ("master_access", "thread", "document", "due_terms", "invoice", "rule"):
            connection.execute(text(f"DELETE FROM {table} WHERE recorded_by = 'limited'"))
        connection.execute(
            text("UPDATE upload SET insurer_id = NULL WHERE pool_id = :pool"),
            {"pool": divided.pool_id},
        )
    engine.dispose()


@pytest.fixture
def brokers(divided: Town) -> Iterator[Flask]:
    """The extranet of the divided town."""
    app = CREATE[Door.EXTRANET](config_of(divided.database, Door.EXTRANET))
    yield app
    dispose(app)


def _paths(
    app: Flask, found: dict[str, list[Row]], rooms: tuple[str, ...] = ()
) -> Iterator[tuple[str, str]]:
    for rule in addresses.rules(app):
        tables = addresses.tables_of(rule)
        skipped = rule.endpoint.startswith(OF_THE_SETTLEMENT) or rule.endpoint in BESIDE
        skipped = skipped or rule.endpoint.startswith(MONEY) != bool(rooms)
        if skipped or set(tables.values()).isdisjoint(found):
            continue
        path = addresses.of_rows(rule, found)
        for method in addresses.methods(rule) if path else ():
            yield method, str(path)


class TestByItsAddress:
    def test_there_is_something_of_every_kind(self, limited: Limited) -> None:
        assert [table for table, rows in limited.found.items() if not rows] == []
        assert len(limited.paths) > 20

    @pytest.mark.parametrize("name", ["accountant", "auditor"])
    def test_money_is_there_for_who_sees_the_whole_pool(
        self, divided: Town, divided_portal: Flask, limited: Limited, name: str
    ) -> None:
        """Half a register of items, or a sum without its file, is a wrong one (AIM-61)."""
        visitor = Visitor(divided_portal, Door.INTRANET, divided.somebody(name))
        read = [path for method, path in limited.money if method == "GET"]
        shown = [path for path in read if re.fullmatch(r"/(deliveries|invoices)/\d+", path)]
        assert shown
        assert {path: visitor.get(path).status_code for path in shown} == dict.fromkeys(shown, 200)
        for path in shown:
            linked = set(re.findall(r'href="(/[^"#?]*\d)"', visitor.get(path).text))
            dead = {each for each in linked if visitor.get(each).status_code >= 400}
            assert dead == set(), f"{path} leads to {dead}"
        number = shown[-1].rpartition("/")[2]
        assert f'/invoices/{number}"' in visitor.get("/invoices").text

    def test_and_not_for_who_does_not(
        self, divided: Town, divided_portal: Flask, limited: Limited
    ) -> None:
        visitor = Visitor(divided_portal, Door.INTRANET, divided.somebody("clerk"))
        answers = {path: visitor.ask(method, path).status_code for method, path in limited.money}
        assert set(answers.values()) <= {400, 403, 404}, answers
        assert 404 in answers.values() or "company" in limited.found  # items of firms he lacks

    @pytest.mark.parametrize("name", ["admin", "accountant", "auditor"])
    def test_it_is_not_there(
        self, divided: Town, divided_portal: Flask, limited: Limited, name: str
    ) -> None:
        visitor = Visitor(divided_portal, Door.INTRANET, divided.somebody(name))
        wrong = []
        for method, path in limited.paths:
            answer = visitor.ask(method, path)
            # who lacks the right is refused first; a form without a word before anybody looks
            right = {404, 403} if method == "GET" else {404, 403, 400}
            if name == "admin" and method == "GET":
                right = {404}
            if answer.status_code not in right:
                wrong.append(f"{method} {path}: {answer.status_code}")
        assert wrong == [], "\n".join(wrong)

    def test_nor_for_a_broker_of_no_such_unit(
        self, divided: Town, brokers: Flask, limited: Limited
    ) -> None:
        """What insurers limited to a unit offer is offered by firms of that unit."""
        if "insurer" not in limited.found:
            return  # a firm's own things are its people's, whatever it is limited to
        visitor = Visitor(brokers, Door.EXTRANET, divided.somebody("broker"))
        found = {t: limited.found[t] for t in ("insurer", "product", "product_version", "document")}
        wrong = []
        assert len(list(_paths(brokers, found))) > 1
        for method, path in _paths(brokers, found):
            answer = visitor.ask(method, path)
            if answer.status_code not in {404, 403}:
                wrong.append(f"{method} {path}: {answer.status_code}")
        assert wrong == [], "\n".join(wrong)

    def test_no_list_leads_there(
        self, divided: Town, divided_portal: Flask, limited: Limited
    ) -> None:
        visitor = Visitor(divided_portal, Door.INTRANET, divided.somebody("admin"))
        hidden = {path for method, path in limited.paths if method == "GET"}
        wrong = []
        for rule in addresses.rules(divided_portal):
            skipped = rule.endpoint.startswith((*OF_THE_SETTLEMENT, "kit.", "journal."))
            if "GET" not in addresses.methods(rule) or "<" in rule.rule or skipped:
                continue
            page = visitor.get(rule.rule).text
            linked = {re.sub(r"\?.*", "", each) for each in re.findall(r'href="(/[^"#]*)', page)}
            wrong += [f"{rule.rule} leads to {path}" for path in sorted(linked & hidden)]
        assert wrong == [], "\n".join(wrong)

    def test_nor_do_rights_and_the_journal(
        self, divided: Town, divided_portal: Flask, limited: Limited
    ) -> None:
        admin = Visitor(divided_portal, Door.INTRANET, divided.somebody("admin"))
        page = admin.get("/journal").text
        hidden = {path for method, path in limited.paths if method == "GET"}
        assert hidden.isdisjoint(re.findall(r'href="(/(?:insurers|companies)/\d+)"', page))
        for company in limited.found.get("company", []):
            place = f"c{company['id']}"
            assert place not in re.findall(r'<option[^>]* value="([^"]+)"', admin.get(
                "/permissions").text)  # fmt: skip
            assert company["name"] not in admin.get("/permissions").text
            for path in ("/permissions", "/permissions/clerk/applications_read"):
                assert admin.get(f"{path}?scope={place}").status_code == 404, path
