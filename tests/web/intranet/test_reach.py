"""What tells of the whole pool: open to who sees it, refused with a sentence to who is walled.

In the divided town all the staff works in the south: the clerk sees it alone, auditor, director,
accountant and admin hold the right to see reports of the whole pool (decision 28). Where it was
taken from the accountants of the company, they are behind the wall as well.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from shared.db import make_engine
from shared.permissions import Permission
from shared.vocabulary import Door
from tests.factories.town import ADLER, BERG, POOL, Town
from tests.web.visitors import Visitor

WALLED, SEEING = ("clerk", "accountant"), ("auditor", "director", "accountant", "admin")
SENTENCE = "needs the right to see reports of the whole pool"
PortalOf = Callable[[Door], Flask]
Enter = Callable[[str], Visitor]

pytestmark = pytest.mark.usefixtures("nothing_stays")


@pytest.fixture
def enter(divided: Town, divided_portal: Flask) -> Enter:
    """Come in as somebody of the divided pool."""
    return lambda name: Visitor(divided_portal, Door.INTRANET, divided.somebody(name))


@pytest.fixture
def alone(town: Town, portal_of: PortalOf) -> Enter:
    """Come in where there are no organisations."""
    return lambda name: Visitor(portal_of(Door.INTRANET), Door.INTRANET, town.somebody(name))


@pytest.fixture
def taken(divided: Town) -> Iterator[None]:
    """The right was taken from the accountants of the pool's company."""
    ask(divided, "INSERT INTO role_permission (pool_id, role, permission, company_id, allowed,"
        " recorded_by) VALUES (:pool, 'accountant', 'reports_all',"
        f" {divided.firms['pool']}, false, 'tests') RETURNING id")  # fmt: skip
    yield
    ask(divided, "DELETE FROM role_permission WHERE pool_id = :pool AND recorded_by = 'tests'"
        " RETURNING id")  # fmt: skip


def ask(town: Town, question: str) -> list[Any]:
    engine = make_engine(town.database.owner_url)
    with engine.begin() as connection:
        found = list(connection.execute(text(question), {"pool": town.pool_id}))
    engine.dispose()
    return found


def row(town: Town, table: str) -> int:
    """Something of the pool."""
    found = [r["id"] for owner in (BERG, ADLER, POOL) for r in town.rows[owner].get(table, [])]
    return int(found[0])


def closed(town: Town) -> int:
    return int(ask(town, "SELECT max(run_id) FROM statement WHERE pool_id = :pool")[0][0])


def both(town: Town) -> tuple[int, int]:
    """A statement with lines of both organisations, and how many it has."""
    found = ask(
        town,
        "SELECT statement_id, count(*) FROM statement_line WHERE pool_id = :pool GROUP BY 1"
        " HAVING count(DISTINCT coalesce(organisation_id, 0)) > 1 LIMIT 1",
    )
    return found[0][0], found[0][1]


def of_the_whole_pool(town: Town) -> list[str]:
    """What can't be told in part."""
    run, (statement, _) = closed(town), both(town)
    return [
        f"/deliveries/{row(town, 'delivery')}/file", f"/runs/{run}/compare",
        f"/runs/{run}/payouts", f"/runs/{run}/payouts?format=csv", "/statements",
        "/statements?format=csv", "/statements?part=totals", f"/statements/{statement}",
        f"/statements/{statement}/statement",
    ]  # fmt: skip


class TestFiles:
    @pytest.mark.usefixtures("taken")
    @pytest.mark.parametrize("name", WALLED)
    def test_who_is_walled_is_refused_with_a_sentence(
        self, divided: Town, enter: Enter, name: str
    ) -> None:
        visitor = enter(name)
        for path in of_the_whole_pool(divided):
            answer = visitor.get(path)
            assert answer.status_code == 403, path
            assert SENTENCE in answer.text, path

    @pytest.mark.parametrize("name", SEEING)
    def test_who_sees_the_whole_pool_has_it(self, divided: Town, enter: Enter, name: str) -> None:
        visitor = enter(name)
        for path in of_the_whole_pool(divided):
            assert visitor.get(path).status_code == 200, path

    @pytest.mark.parametrize("name", WALLED)
    def test_without_the_layer_nobody_notices(self, town: Town, alone: Enter, name: str) -> None:
        visitor = alone(name)
        statement = row(town, "statement")
        for path in (
            f"/deliveries/{row(town, 'delivery')}/file", "/statements",
            f"/statements/{statement}", f"/runs/{closed(town)}/payouts",
        ):  # fmt: skip
            assert visitor.get(path).status_code == 200, path
        assert 'href="/statements"' in visitor.get("/").text
        assert "whole pool" not in visitor.get(f"/runs/{closed(town)}").text

    def test_what_is_refused_is_not_offered(self, divided: Town, enter: Enter) -> None:
        delivery, run = row(divided, "delivery"), closed(divided)
        clerk, auditor = enter("clerk"), enter("auditor")
        for path, link in (
            ("/", 'href="/statements"'),
            (f"/deliveries/{delivery}", f'href="/deliveries/{delivery}/file"'),
            (f"/runs/{run}", f'href="/runs/{run}/payouts"'),
        ):
            assert link not in clerk.get(path).text, path
            assert link in auditor.get(path).text, path

    def test_a_file_that_is_looked_at_is_its_bringers(self, divided: Town, enter: Enter) -> None:
        upload = row(divided, "upload")
        for path in (f"/deliveries/uploads/{upload}", f"/deliveries/uploads/{upload}/errors.xlsx"):
            assert enter("clerk").get(path).status_code == 403
            assert enter("director").get(path).status_code == 200
        for act in ("take", "drop", "describe"):
            refused = enter("clerk").post(f"/deliveries/uploads/{upload}/{act}")
            assert refused.status_code == 403, act


class TestRuns:
    def test_who_settles_sees_what_he_settles(self, divided: Town, enter: Enter) -> None:
        page = enter("accountant").get(f"/runs/{closed(divided)}").text
        assert "Its sums are those" not in page
        for card in ("exceptions", "files", "control"):
            assert f'id="{card}"' in page, card

    def test_and_of_customers_his_organisations_alone(self, divided: Town, enter: Enter) -> None:
        accountant = enter("accountant")
        for thing in ("customer", "contract", "application"):
            of = {who: divided.rows[who][thing][0]["id"] for who in (ADLER, BERG)}
            assert accountant.get(f"/{thing}s/{of[ADLER]}").status_code == 200
            assert accountant.get(f"/{thing}s/{of[BERG]}").status_code == 404

    @pytest.mark.usefixtures("taken")
    def test_from_whom_it_was_taken_sees_how_far_a_run_is_and_no_sum(
        self, divided: Town, enter: Enter
    ) -> None:
        here = f"/runs/{closed(divided)}"
        walled, whole = enter("accountant").get(here).text, enter("director").get(here).text
        assert "Its sums are those of the whole pool" in walled
        assert "Its sums are those" not in whole
        for card in ("deviations", "totals", "stated", "exceptions", "files", "control"):
            assert f'id="{card}"' not in walled, card
        assert 'id="log"' in walled
        assert "Exceptions" in whole
        assert "Exceptions" not in walled

    @pytest.mark.usefixtures("taken")
    def test_nobody_approves_what_he_has_not_seen(self, divided: Town, enter: Enter) -> None:
        answer = enter("accountant").post(f"/runs/{closed(divided)}/approve", {"seen": ""})
        assert answer.status_code == 403
        assert SENTENCE in answer.text

    @pytest.mark.usefixtures("taken")
    def test_nor_is_it_his_to_do(self, enter: Enter, monkeypatch: pytest.MonkeyPatch) -> None:
        told: list[frozenset[Permission]] = []

        def note(*_: object, permissions: frozenset[Permission], **__: object) -> list[object]:
            told.append(permissions)
            return []

        monkeypatch.setattr("portal_intranet.views.work.work", note)
        for name in ("accountant", "director"):
            assert enter(name).get("/work").status_code == 200
        for right in (Permission.SETTLEMENT_APPROVE, Permission.HIERARCHY_APPROVE):
            assert [right in each for each in told] == [False, True]
        assert Permission.SETTLEMENT_RUN in told[0]

    def test_the_search_names_no_statement(self, divided: Town, enter: Enter) -> None:
        found = ask(divided, "SELECT number FROM statement WHERE pool_id = :pool LIMIT 1")
        path = f"/search?q={found[0][0]}"
        assert 'href="/statements/' not in enter("clerk").get(path).text
        assert 'href="/statements/' in enter("auditor").get(path).text


class TestEvidence:
    def test_a_statement_is_checked_with_all_of_its_lines(
        self, divided: Town, enter: Enter
    ) -> None:
        statement, lines = both(divided)
        page = enter("auditor").get(f"/evidence/statements/{statement}").text
        assert f"yes, {lines} line" in page
        assert "Differs" not in page

    @pytest.mark.usefixtures("taken")
    def test_or_not_at_all(self, divided: Town, enter: Enter) -> None:
        statement, _ = both(divided)
        visitor = enter("accountant")
        for path in (f"/evidence/statements/{statement}", "/evidence/verify?number=1"):
            answer = visitor.get(path)
            assert answer.status_code == 403
            assert SENTENCE in answer.text
            assert "Differs" not in answer.text
        run = {"run": str(closed(divided))}
        assert enter("admin").post("/evidence/export", run).status_code == 303
        assert visitor.post("/evidence/export", run).status_code == 403

    @pytest.mark.usefixtures("taken")
    def test_samples_are_drawn_from_all_lines(self, divided: Town, enter: Enter) -> None:
        other = divided.rows[BERG]["statement_line"][0]
        path = f"/evidence/lines/{other['statement_id']}/{other['id']}"
        assert enter("auditor").get(path).status_code == 200
        assert enter("accountant").get(path).status_code == 404
        whole, walled = enter("auditor").get("/evidence").text, enter("accountant").get("/evidence")
        assert "/evidence/lines/" in whole
        assert 'action="/evidence/verify"' in whole
        assert 'action="/evidence/verify"' not in walled.text
        assert "Lines of your own organisation alone" in walled.text
        assert "Lines of your own organisation alone" not in whole


class TestStart:
    """The start page tells the truth of a month: of ones own organisation, or that it is closed."""

    def test_a_closed_month_is_not_called_open(self, divided: Town, enter: Enter) -> None:
        run = f"SELECT to_char(through, 'YYYY-MM') FROM settlement_run WHERE id = {closed(divided)}"
        ask(divided, "UPDATE run_figure SET organisation_id = 0 WHERE pool_id = :pool"
            " RETURNING run_id")  # fmt: skip
        page = enter("clerk").get(f"/?month={ask(divided, run)[0][0]}").text
        assert "not calculated yet" not in page
        assert "nothing in this month&#39;s settlement" in page
        assert "They stand here when both months are calculated" not in page
        assert "is kept for the whole pool alone" in page

    def test_a_notice_leads_where_its_reader_may_go(
        self, divided: Town, enter: Enter, taken: None
    ) -> None:
        assert taken is None
        for link in (f"/statements/{both(divided)[0]}", "/discrepancies", "/no/such/page"):
            ask(divided, "INSERT INTO notification (pool_id, text, link, recorded_by)"
                f" VALUES (:pool, 'About {link}', '{link}', 'tests') RETURNING id")  # fmt: skip
        for name, opens in (("accountant", False), ("director", True)):
            page = enter(name).get("/bell").text
            assert "About /statements/" in page
            assert (f'href="/statements/{both(divided)[0]}"' in page) is opens
            assert '<a href="/discrepancies">' in page
            assert "/no/such/page</a>" not in page
        ask(divided, "DELETE FROM notification WHERE recorded_by = 'tests' RETURNING id")


class TestDeliveries:
    """A file's sum is that of every organisation's lines; so is what is due of it."""

    def test_the_list_has_no_sums_behind_the_wall(self, enter: Enter) -> None:
        for name, told in (("clerk", False), ("accountant", True)):
            assert ("gross" in enter(name).get("/deliveries").text) is told
            titles = enter(name).get("/deliveries?format=csv&cols=file_name,gross").text
            assert ("Commission" in titles.splitlines()[0]) is told
        part = {"HX-Request": "true"}
        totals = [
            enter(name).get("/deliveries?part=totals", **part).text
            for name in ("clerk", "accountant")
        ]
        assert re.search(r"\d[.,]\d\d\b", totals[1])
        assert not re.search(r"\d[.,]\d\d\b", totals[0])
        # an address somebody kept orders by what he does not see
        assert enter("clerk").get("/deliveries?sort=-gross").status_code in {200, 400}

    @pytest.fixture
    def item(self, divided: Town) -> Iterator[Any]:
        """What is due of a file."""
        yield ask(divided, """INSERT INTO invoice (pool_id, side, number, delivery_id, insurer_id,
            currency, amount, arose_on, due_on, step, days, counted_from, recorded_by)
            SELECT v.pool_id, 'receivable', 'R-1', v.id, v.insurer_id, 'EUR', 7777.77, CURRENT_DATE,
            CURRENT_DATE, 'default', 30, 'issue', 'tests' FROM delivery v WHERE v.pool_id = :pool
            LIMIT 1 RETURNING id, delivery_id""")[0]  # fmt: skip
        ask(divided, "DELETE FROM invoice WHERE recorded_by = 'tests' AND pool_id = :pool"
            " RETURNING id")  # fmt: skip

    def test_nor_a_page_what_is_due(self, item: Any, enter: Enter) -> None:
        page = f"/deliveries/{item.delivery_id}"
        link = f'href="/invoices/{item.id}"'
        assert link in enter("accountant").get(page).text
        answer = enter("clerk").get(page)
        assert answer.status_code == 200
        assert "7,777.77" not in answer.text

    def test_and_a_page_counts_ones_own(self, divided: Town, enter: Enter) -> None:
        said, counted = "Counts and sums are of your own organisation.", "Not in the file any more"
        for name, walled in (("clerk", True), ("accountant", False)):
            page = enter(name).get(f"/deliveries/{row(divided, 'delivery')}").text
            assert (said in page) is walled
            assert (counted in page) is not walled


class TestProducers:
    """A producer sells for every organisation; each counts its own contracts."""

    def test_the_business_of_one_is_counted_within_reach(self, divided: Town, enter: Enter) -> None:
        found = ask(
            divided,
            """SELECT h.producer_id, count(DISTINCT h.contract_id) AS every,
                count(DISTINCT h.contract_id) FILTER (WHERE c.organisation_id IS NOT NULL) AS own
            FROM contract_share h JOIN contract c ON c.pool_id = h.pool_id
                AND c.id = h.contract_id AND NOT c.private
            JOIN producer d ON d.pool_id = h.pool_id AND d.id = h.producer_id
            WHERE h.pool_id = :pool AND h.superseded_at IS NULL GROUP BY 1
            HAVING count(*) FILTER (WHERE c.organisation_id IS NULL) > 0 LIMIT 1""",
        )[0]
        page = enter("clerk").get(f"/producers/{found.producer_id}").text
        told = re.search(r"Contracts with a share</dt>\s*<dd[^>]*>\s*(\d+)", page)
        assert told
        assert int(told[1]) == found.own < found.every
        assert "Statements of the payee" not in page
        page = enter("accountant").get(f"/producers/{found.producer_id}").text
        assert "Statements of the payee" in page


class TestJobs:
    """A job is of who started it: what others may know of it is on the thing's own page."""

    def test_a_colleagues_is_not_there(self, divided: Town, enter: Enter) -> None:
        number = ask(
            divided,
            """INSERT INTO long_job (pool_id, account_id, kind, state, result, recorded_by)
            SELECT :pool, m.account_id, 'evidence.export', 'done',
                '{"text": "Ready, of Whitfield", "link": "/evidence"}', 'tests'
            FROM membership m JOIN account a ON a.id = m.account_id
            WHERE m.pool_id = :pool AND a.email = '"""
            + divided.somebody("admin").email
            + "' LIMIT 1 RETURNING id",
        )[0][0]
        assert "Whitfield" in enter("admin").get(f"/jobs/{number}").text
        for name in ("clerk", "accountant", "auditor", "director"):
            assert enter(name).get(f"/jobs/{number}").status_code == 404, name
            assert enter(name).post(f"/jobs/{number}/cancel").status_code == 404, name
        ask(divided, "DELETE FROM long_job WHERE recorded_by = 'tests' RETURNING id")


class TestChanges:
    """What a change into closed periods moves is moved for the whole pool."""

    @pytest.fixture
    def proposal(self, divided: Town) -> Iterator[str]:
        """One with a line of each organisation, sent by somebody else."""
        number = row(divided, "proposal")
        before = ask(divided, f"SELECT state, calculation FROM proposal WHERE id = {number}")[0]
        ask(divided, f"UPDATE proposal SET state = 'sent', calculation = 77 WHERE id = {number}"
            " RETURNING id")  # fmt: skip
        for place, (firm, amount) in enumerate(((ADLER, "11.11"), (BERG, "4444.44"))):
            contract = divided.rows[firm]["contract"][0]["id"]
            ask(divided, "INSERT INTO proposal_line (pool_id, proposal_id, calculation, event_id,"
                " contract_id, producer_id, payee_id, account, currency, amount_old, amount_new,"
                f" reserve_old, reserve_new) SELECT e.pool_id, {number}, 77, e.id, {contract},"
                f" d.id, {divided.firms[firm]}, 2, 'EUR', 0, {amount}, 0, 0"
                " FROM event e, producer d WHERE e.pool_id = :pool AND d.pool_id = :pool"
                f" ORDER BY e.id, d.id LIMIT 1 OFFSET {place}"
                " RETURNING id")  # fmt: skip
        yield f"/producers/changes/{number}"
        ask(divided, "DELETE FROM proposal_line WHERE pool_id = :pool AND calculation = 77"
            " RETURNING id")  # fmt: skip
        ask(divided, f"UPDATE proposal SET state = '{before[0]}', calculation = {before[1]}"
            f" WHERE id = {number} RETURNING id")  # fmt: skip

    def test_its_sums_are_told_past_the_wall_alone(self, proposal: str, enter: Enter) -> None:
        whole, walled = enter("accountant").get(proposal).text, enter("clerk").get(proposal).text
        assert "4,455.55" in whole
        for amount in ("4,455.55", "4,444.44", "11.11"):
            assert amount not in walled, amount
        assert "Its sums are those of the whole pool" in walled
        assert "Its sums are those" not in whole

    def test_and_of_its_lines_ones_own(self, proposal: str, enter: Enter) -> None:
        for more in ("", "?format=csv", "?part=totals"):
            part = {"HX-Request": "true"} if "part" in more else {}
            path = f"{proposal}/lines{more}"
            whole = enter("accountant").get(path, **part).text.replace(",", "")
            walled = enter("clerk").get(path, **part).text.replace(",", "")
            assert "11.11" in walled, more
            assert "4444.44" not in walled, more
            assert "4455.55" not in walled, more
            assert "4444.44" in whole or "4455.55" in whole, more

    @pytest.mark.usefixtures("taken")
    def test_nobody_decides_what_he_has_not_seen(self, proposal: str, enter: Enter) -> None:
        for name, offered in (("accountant", False), ("director", True)):
            page = enter(name).get(proposal).text
            assert (f'action="{proposal}/decide"' in page) is offered
        answer = enter("accountant").post(f"{proposal}/decide", {"decision": "approve"})
        assert answer.status_code == 403
        assert SENTENCE in answer.text


class TestJournal:
    @pytest.mark.usefixtures("taken")
    def test_it_is_whole_for_who_sees_the_whole_pool(self, divided: Town, enter: Enter) -> None:
        other = divided.rows[BERG]["audit_entry"][0]["id"]
        assert enter("auditor").get(f"/journal/{other}").status_code == 200
        assert enter("accountant").get(f"/journal/{other}").status_code == 404
        whole = enter("auditor").get("/journal?format=csv").text
        walled = enter("accountant").get("/journal?format=csv").text
        assert len(whole.splitlines()) > len(walled.splitlines())

    @pytest.mark.usefixtures("taken")
    def test_and_says_where_it_is_not(self, enter: Enter, alone: Enter) -> None:
        said = "Changes of your own organisation alone stand here"
        assert said in enter("accountant").get("/journal").text
        assert said not in enter("auditor").get("/journal").text
        assert said not in alone("accountant").get("/journal").text

    def test_no_line_leads_where_nothing_opens(self, divided: Town, enter: Enter) -> None:
        """Who reads the journal of every organisation opens the records of his own alone."""
        things: dict[str, bool] = {}
        for thing in ("customer", "contract", "application", "thread"):
            for firm, opens in ((ADLER, True), (BERG, False)):
                number = divided.rows[firm][thing][0]["id"]
                things[f"/{thing}s/{number}"] = opens
                ask(divided, "INSERT INTO audit_entry (pool_id, organisation_id, door, action,"
                    f" subject, subject_id, recorded_by) SELECT :pool, x.organisation_id,"
                    f" 'intranet', 'changed', '{thing}', {number}, 'links' FROM {thing} x"
                    f" WHERE x.pool_id = :pool AND x.id = {number} RETURNING id")  # fmt: skip
        director = enter("director")
        page = director.get("/journal").text
        for path, opens in things.items():
            assert (f'href="{path}"' in page) is opens, path
            assert director.get(path).status_code == (200 if opens else 404), path
        lines = ask(divided, "SELECT id, subject, subject_id FROM audit_entry"
            " WHERE pool_id = :pool AND recorded_by = 'links'")  # fmt: skip
        assert len(lines) == len(things)
        for line in lines:
            path = f"/{line.subject}s/{line.subject_id}"
            assert (f'href="{path}"' in director.get(f"/journal/{line.id}").text) is things[path]
