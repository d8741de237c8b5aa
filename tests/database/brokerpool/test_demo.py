"""The demo pool, loaded: its figures hang together and are the same everywhere."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from brokerpool.addresses import owner_url
from brokerpool.demo import loading, settling
from brokerpool.demo.deliveries.files import write_deliveries
from brokerpool.demo.loading import accountant, load
from brokerpool.demo.months import CLOSED, Months
from brokerpool.demo.presenting import prepare
from brokerpool.demo.printing import Report, as_json, as_text
from brokerpool.demo.story import HELD, LATE_RECORDED, RISE_RECORDED
from brokerpool.demo.summary import summarise
from brokerpool.demo.world import CONTRACTS, World, draw_world
from pool_module.settlement.operations.verification import verify
from shared.config import Config
from shared.db import make_engine, open_session
from shared.vocabulary import Door
from tests.servers import Database

TODAY = date(2026, 11, 20)
FULL = bool(os.environ.get("BROKERPOOL_PROOF"))
COUNT = CONTRACTS if FULL else 300
DIGEST = {
    300: "365731ab05217f7b8158d2197099152a78ff82c96c326db9757593b2d24061f3",
    CONTRACTS: "3f06928cebc21beb03f848bbc3f6dd6d928e5ea7b03a977ca8fc9db260ae2e63",
}


@dataclass(frozen=True)
class Demo:
    config: Config
    engine: Engine
    report: Report
    world: World

    def rows(self, query: str, **values: object) -> list[Any]:
        with self.session() as session:
            here = {"pool": self.report.pool_id, **values}
            names = text(query).compile().params
            return list(session.execute(text(query), {n: here[n] for n in names}))

    def session(self) -> Session:
        return open_session(self.engine, accountant(self.report.pool_id))

    def through(self, month: int) -> date:
        return self.world.months.last(month)


@pytest.fixture(scope="class")
def demo(own_database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    home = tmp_path_factory.mktemp("home")
    config = replace(own_database.config, home=home, storage_dir=home / "files")
    report = prepare(config, TODAY, contracts=COUNT, say=lambda _: None)
    engine = make_engine(own_database.door_url(Door.WORKER))
    yield Demo(config, engine, report, draw_world(Months.before(TODAY), COUNT))
    engine.dispose()


class TestDemo:
    def test_fourteen_months_are_closed_and_the_one_that_was_delivered_is_open(
        self, demo: Demo
    ) -> None:
        summary = demo.report.summary
        assert (summary.closed[0], summary.closed[-1]) == ("2025-08", "2026-09")
        assert (len(summary.closed), demo.report.open_month) == (CLOSED, "2026-10")
        # five per insurer came by its delivery; brokers keep some of their own, unseen by jobs
        assert summary.counts["contract"] == COUNT + 10
        assert (summary.counts["company"], summary.counts["insurer"]) == (41, 6)
        assert summary.counts["product"] == 30
        assert {t.currency for t in summary.totals} == {"EUR", "UAH"}

    def test_the_deliveries_bring_the_problems_they_were_made_with(self, demo: Demo) -> None:
        assert demo.report.summary.open_discrepancies == {
            "clawback_without_cancellation": 1,
            "contract_not_found": 2,
            "producer_unknown": 2,  # the line, and its contract
            "rate_differs": 2,
        }
        outcomes = demo.rows(
            "SELECT outcome, count(*) FROM delivery_line WHERE pool_id = :pool GROUP BY 1"
        )
        assert {row.outcome for row in outcomes} == {"event", "evidence", "discrepancy"}

    def test_the_books_hold_every_invariant(self, demo: Demo) -> None:
        with demo.session() as session:
            findings = verify(session, accountant(demo.report.pool_id))
        assert {f.check: f.broken for f in findings if f.broken} == {}

    def test_each_opening_is_the_closing_before(self, demo: Demo) -> None:
        wrong = demo.rows(
            """SELECT * FROM (
                SELECT opening, lag(closing, 1, 0.00) OVER (PARTITION BY company_id, currency
                    ORDER BY run_id) AS before FROM statement WHERE pool_id = :pool) s
            WHERE opening <> before"""
        )
        assert wrong == []

    def test_the_pool_keeps_a_margin_of_every_month(self, demo: Demo) -> None:
        poor = demo.rows(
            """SELECT run_id, currency FROM posting WHERE pool_id = :pool AND account = 4
            GROUP BY run_id, currency HAVING sum(amount) <= 0"""
        )
        assert poor == [] if FULL else len(poor) < 2  # a small pool may have a bad month

    def test_the_late_promotion_corrects_and_brings_in_nothing(self, demo: Demo) -> None:
        """Those of the lifted seller's line change; the sum and what insurers owe does not."""
        (row,) = demo.rows(
            """SELECT count(DISTINCT p.event_id) AS events,
                   coalesce(sum(p.amount), 0) AS total,
                   coalesce(sum(p.amount) FILTER (WHERE p.account = 1), 0) AS receivable,
                   max(p.amount) FILTER (WHERE d.code = :rising) AS gained
            FROM posting p
            JOIN settlement_run r ON r.pool_id = :pool AND r.id = p.run_id AND r.through = :through
            JOIN event e ON e.pool_id = :pool AND e.id = p.event_id AND e.due < :month
            JOIN contract_share s ON s.pool_id = :pool AND s.contract_id = e.contract_id
            JOIN producer d ON d.pool_id = :pool AND d.id = s.producer_id AND d.code = :rising
            WHERE p.pool_id = :pool
                AND NOT EXISTS (SELECT 1 FROM contract_cut c WHERE c.pool_id = :pool
                    AND c.contract_id = e.contract_id)""",
            rising=demo.world.cast.rising,
            through=demo.through(RISE_RECORDED),
            month=demo.world.months.first(RISE_RECORDED),
        )
        assert row.events >= 4
        assert (row.total, row.receivable) == (0, 0)
        assert row.gained > 0

    def test_clawbacks_hit_the_payee_who_got_the_money(self, demo: Demo) -> None:
        """The changer's sale of his old firm's time is taken back from his old firm."""
        hit = demo.rows(
            """SELECT DISTINCT c.code FROM posting p
            JOIN settlement_run r ON r.pool_id = :pool AND r.id = p.run_id AND r.through = :through
            JOIN producer d ON d.pool_id = :pool AND d.id = p.producer_id AND d.code = :changer
            JOIN company c ON c.pool_id = :pool AND c.id = p.payee_id
            WHERE p.pool_id = :pool AND p.account = 2 AND p.amount < -100""",
            changer=demo.world.cast.changer,
            through=demo.through(10),
        )
        assert [row.code for row in hit] == ["NL-213"]

    def test_the_leaver_ends_in_the_red_and_stays_there(self, demo: Demo) -> None:
        balances = demo.rows(
            """SELECT s.closing, s.payout FROM statement s
            JOIN company c ON c.pool_id = :pool AND c.id = s.company_id AND c.code = 'NL-206'
            WHERE s.pool_id = :pool ORDER BY s.run_id"""
        )
        assert balances[-1].closing < balances[9].closing < 0
        assert balances[-1].payout == 0

    def test_a_payee_on_hold_is_paid_a_month_later(self, demo: Demo) -> None:
        held, freed = demo.rows(
            """SELECT s.on_hold, s.payout, s.opening, s.closing FROM statement s
            JOIN company c ON c.pool_id = :pool AND c.id = s.company_id AND c.code = 'NL-209'
            JOIN settlement_run r ON r.pool_id = :pool AND r.id = s.run_id
            WHERE s.pool_id = :pool AND r.through IN (:held, :freed) ORDER BY r.through""",
            held=demo.through(HELD),
            freed=demo.through(HELD + 1),
        )
        assert (held.on_hold, held.payout, held.closing > 0) == (True, 0, True)
        assert (freed.on_hold, freed.payout >= freed.opening) == (False, True)

    def test_sole_traders_pay_their_taxes(self, demo: Demo) -> None:
        taxed = demo.rows(
            """SELECT w.code, w.rate FROM statement_withholding w
            WHERE w.pool_id = :pool AND w.amount > 0 GROUP BY 1, 2 ORDER BY 1"""
        )
        assert [(t.code, t.rate) for t in taxed] == [("pdfo", Decimal("0.18")),
                                                     ("vz", Decimal("0.05"))]  # fmt: skip

    def test_currencies_never_meet(self, demo: Demo) -> None:
        mixed = demo.rows(
            """SELECT c.code FROM statement s
            JOIN company c ON c.pool_id = :pool AND c.id = s.company_id
            WHERE s.pool_id = :pool AND s.currency <> c.currency"""
        )
        assert mixed == []

    def test_a_late_premium_is_booked_in_the_month_it_was_told(self, demo: Demo) -> None:
        late = demo.rows(
            """SELECT DISTINCT r.through FROM event e
            JOIN posting p ON p.pool_id = :pool AND p.event_id = e.id
            JOIN settlement_run r ON r.pool_id = :pool AND r.id = p.run_id
            WHERE e.pool_id = :pool AND e.kind = 'recurring'
                AND r.through > e.due + interval '1 month'""",
        )
        assert demo.through(LATE_RECORDED) in {row.through for row in late}

    def test_every_rank_of_rule_won_somewhere(self, demo: Demo) -> None:
        won = demo.rows(
            """SELECT DISTINCT r.code FROM posting p
            JOIN rule r ON r.pool_id = :pool AND r.id = p.rule_id WHERE p.pool_id = :pool"""
        )
        codes = {row.code for row in won}
        wanted = {"HERBSTSPRINT", "REC-DR", "ACQ-CK-RK-FIX", "ACQ-BS-UN-EINHEIT"}
        if FULL:
            wanted |= {"REC-motor-EIGEN", "REC-liability-SPEZ", "REC-building-GEWERBE",
                       "REC-household-KOOP"}  # fmt: skip
        assert {w for w in wanted if not any(code.startswith(w) for code in codes)} == set()

    def test_the_figures_are_the_same_on_every_machine(self, demo: Demo) -> None:
        assert demo.report.digest == DIGEST[COUNT]

    def test_a_pool_that_stands_is_found(self, demo: Demo) -> None:
        again = prepare(demo.config, date(2027, 3, 1), contracts=77, say=lambda _: None)
        assert (again.pool_id, again.fresh) == (demo.report.pool_id, False)
        assert (again.summary, again.digest) == (demo.report.summary, demo.report.digest)

    def test_the_report_is_for_people_and_programs(self, demo: Demo) -> None:
        told = json.loads(json.dumps(as_json(demo.report)))
        assert told["totals"][0]["currency"] == "EUR"
        text_ = as_text(demo.report)
        assert "2026-10 is open; its deliveries are imported, but for one that waits." in text_
        assert text_.count("<- waits for you") == 1
        assert all(login.password in text_ for login in demo.report.logins)

    def test_accounts_have_roles_and_hashes(self, demo: Demo) -> None:
        with psycopg.connect(owner_url(demo.config)) as connection:
            roles = "SELECT door, count(*) FROM membership GROUP BY 1"
            doors = {row[0]: row[1] for row in connection.execute(roles)}
            hashes = connection.execute("SELECT password_hash FROM account").fetchall()
        assert doors == {"intranet": 8, "extranet": 4}  # one works for two firms
        assert all(row[0].startswith("$argon2id$v=19$m=47104,t=1,p=1$") for row in hashes)

    def test_deliveries_are_the_same_bytes_each_time(self, demo: Demo, tmp_path: Path) -> None:
        one = write_deliveries(demo.world, tmp_path / "one")
        two = write_deliveries(demo.world, tmp_path / "two")
        assert [f.path.read_bytes() for f in one] == [f.path.read_bytes() for f in two]

    def test_both_portals_have_life(self, demo: Demo) -> None:
        (row,) = demo.rows(
            """SELECT
                (SELECT count(DISTINCT state) FROM application WHERE pool_id = :pool) AS states,
                (SELECT count(*) FROM document WHERE pool_id = :pool
                    AND subject = 'application') AS papers,
                (SELECT count(*) FROM thread WHERE pool_id = :pool AND state = 'open') AS open,
                (SELECT count(*) FROM thread WHERE pool_id = :pool
                    AND state = 'correction_booked' AND outcome_line_id IS NOT NULL) AS outcomes,
                (SELECT count(*) FROM proposal WHERE pool_id = :pool AND state = 'sent') AS sent,
                (SELECT count(*) FROM product_authorisation WHERE pool_id = :pool) AS allowed,
                (SELECT count(*) FROM task WHERE pool_id = :pool AND done_at IS NULL) AS tasks,
                (SELECT count(*) FROM event e WHERE e.pool_id = :pool AND NOT EXISTS (
                    SELECT FROM delivery_line l WHERE l.pool_id = :pool AND l.event_id = e.id))
                    AS unexplained"""
        )
        assert row.states == 7
        assert row.papers >= 20
        assert row.open >= 3
        assert (row.sent, row.allowed) == (1, 6)
        assert row.tasks == 7
        assert row.unexplained == 0  # every event came in a file
        assert row.outcomes == (1 if FULL else row.outcomes)


class Broken(Exception):  # noqa: N818
    pass


def test_a_load_that_was_interrupted_goes_on(
    own_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = make_engine(own_database.door_url(Door.WORKER))

    def power_cut(*told: Any) -> None:
        settling.settle_month(*told)
        if told[-1] == 2:
            raise Broken

    monkeypatch.setattr(loading, "settle_month", power_cut)
    with pytest.raises(Broken):
        load(engine, TODAY, contracts=100, say=lambda _: None)
    monkeypatch.undo()
    said: list[str] = []
    loaded = load(engine, date(2027, 3, 1), contracts=3000, say=said.append)
    assert said[0] == "2025-10 is settled."
    assert (loaded.fresh, len(loaded.world.contracts)) == (True, 100)
    with open_session(engine, accountant(loaded.pool_id)) as session:
        assert len(summarise(session).closed) == CLOSED
    engine.dispose()
