"""Which rate would apply: asked without an event, it is what a settlement books."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from pool_module.agreements.operations import rates
from pool_module.agreements.rules import RuleValues
from pool_module.contracts import operations as contracts
from pool_module.products.queries import find_product
from pool_module.settlement.engine.which import Question
from pool_module.settlement.operations import runs
from pool_module.settlement.operations.rates import margins, which_rate
from pool_module.settlement.queries.effects import Term, events_touched
from shared.models.contracts import Event
from shared.models.hierarchy import Producer
from shared.vocabulary import Door, RankGround
from tests.database.pool_module.range_pool import TODAY, RangePool

DAY = date(2026, 6, 15)


def rule(ranged: RangePool, code: str, rate: str, **values: Any) -> int:
    jana = ranged.actor()
    wanted: RuleValues = replace(ranged.rule(code=code, rate=Decimal(rate)), **values)
    with ranged.at(jana) as session:
        return rates.create_rule(session, jana, wanted).id


def question(ranged: RangePool, **values: Any) -> Question:
    asked = Question(
        product_id=ranged.id("product", "P"), kind="acquisition",
        seller_id=ranged.id("producer", "Berg"), day=DAY, currency="EUR",
        basis=Decimal("10000.00"), received=Decimal("400.00"),
    )  # fmt: skip
    return replace(asked, **values)


def lay_rules(ranged: RangePool) -> None:
    l1, l2 = ranged.id("career_level", "L1"), ranged.id("career_level", "L2")
    rule(ranged, "ANY", "0.01")
    rule(ranged, "L1", "0.02", level_id=l1)
    rule(ranged, "L2", "0.03", level_id=l2)
    rule(ranged, "L1-JUNE", "0.022", level_id=l1, start=date(2026, 6, 1), end=date(2026, 7, 1))
    rule(ranged, "P-ANY", "0.015", product_id=ranged.id("product", "P"), start=date(2027, 1, 1))


def test_winner_and_losers_with_the_ground(ranged: RangePool) -> None:
    lay_rules(ranged)
    jana = ranged.actor()
    with ranged.at(jana) as session:
        seller, above = which_rate(session, jana, question(ranged), "en").steps
        assert [(c.rule["code"], c.lost_by) for c in seller.candidates] == [
            ("L1-JUNE", None),
            ("L1", RankGround.DATED),
            ("ANY", RankGround.WHO),
        ]
        assert (seller.line["piece"], above.line["piece"]) == (Decimal("220.00"), Decimal("80.00"))
        later = which_rate(session, jana, question(ranged, day=date(2027, 1, 15)), "en")
        assert [(s.candidates[0].rule["code"], s.line["passed_over"]) for s in later.steps] == [
            ("P-ANY", None),
            ("P-ANY", "not_above"),
        ]
        assert later.steps[0].candidates[1].lost_by is RankGround.SCOPE
        assert later.paid == Decimal("150.00")
        other = which_rate(session, jana, question(ranged, kind="fee"), "en")
        assert [s.line["passed_over"] for s in other.steps] == ["no_rule", "no_rule"]


def test_the_settlement_books_what_was_answered(ranged: RangePool) -> None:
    lay_rules(ranged)
    worker = ranged.actor(Door.WORKER, "worker")
    with ranged.at(worker) as session:
        product = find_product(session, worker, "P")
        assert product is not None
        berg = session.get_one(Producer, (ranged.pool_id, ranged.id("producer", "Berg")))
        contract = contracts.add_contract(
            session, worker, number="1", number_key="1", product=product, currency="EUR",
            shares=[contracts.ShareOf(berg, Decimal(1))],
        )  # fmt: skip
        session.add(
            Event(
                pool_id=ranged.pool_id,
                ref="E1",
                contract_id=contract.id,
                kind="acquisition",
                effective=DAY,
                due=DAY,
                basis=Decimal("10000.00"),
                received=Decimal("400.00"),
            )
        )
    with ranged.at(worker) as session:
        run = runs.begin(session, worker, date(2026, 6, 30))
        while runs.calculate_next(session, worker, run.id) is not None:
            pass
        runs.finish(session, worker, run.id)
        runs.approve(session, ranged.actor(Door.WORKER, "second"), run.id)
        runs.close(session, worker, run.id, TODAY, issue=False)
    booked = ranged.select(
        "SELECT d.code, sum(p.amount) FROM ledger p JOIN producer d ON d.pool_id = :pool "
        "AND d.id = p.producer_id WHERE p.pool_id = :pool AND p.account IN (2, 3) "
        "GROUP BY d.code ORDER BY d.code"
    )
    jana = ranged.actor()
    with ranged.at(jana) as session:
        answer = which_rate(session, jana, question(ranged), "de")
        told = sorted((s.line["producer"], s.line["piece"]) for s in answer.steps)
        assert told == [tuple(row) for row in booked]
        june = Term(kind="acquisition", start=date(2026, 6, 1), end=date(2026, 7, 1))
        assert events_touched(session, jana, [june, june]).events == 1
        adler = ranged.id("producer", "Adler")
        for term, events in (
            (replace(june, end=DAY), 0),
            (replace(june, kind="recurring"), 0),
            (replace(june, product_id=ranged.id("product", "Q")), 0),
            (replace(june, producer_id=adler), 1),
            (replace(june, division_id=1), 0),
        ):
            assert events_touched(session, jana, [term]).events == events


def test_margins_take_the_highest_rate_that_can_win(ranged: RangePool) -> None:
    lay_rules(ranged)
    jana = ranged.actor()
    p, q = ranged.id("product", "P"), ranged.id("product", "Q")
    with ranged.at(jana) as session:
        found = margins(session, jana, [p, q], DAY)
        assert [(m.product_id, m.rule, m.rest, m.negative) for m in found] == [
            (p, "L2", Decimal("0.01"), False),
            (q, "L2", Decimal("0.01"), False),
        ]
        assert found[0].incoming_rate == Decimal("0.04")
    rule(ranged, "DEAR", "0.05", product_id=q, producer_id=ranged.id("producer", "Berg"))
    rule(ranged, "SHARE", "0.9", product_id=p, rate_of="received", end=TODAY)
    with ranged.at(jana) as session:
        of_p, of_q, *_ = margins(session, jana, [p, q], DAY)
        assert (of_p.rule, of_p.rest) == ("SHARE", Decimal("0.004"))
        assert (of_q.rule, of_q.negative) == ("DEAR", True)


def test_nothing_stays_on_the_connection(ranged: RangePool) -> None:
    lay_rules(ranged)
    jana = ranged.actor()
    with ranged.at(jana) as session:
        which_rate(session, jana, question(ranged), "de")
        left = session.connection().exec_driver_sql(
            "SELECT relname FROM pg_class WHERE relnamespace = pg_my_temp_schema() "
            "AND relkind = 'r'"
        )
        assert left.all() == []
