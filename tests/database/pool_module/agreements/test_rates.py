"""Rate rules and agreements, kept by people; two at once; gaps."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest

from pool_module.agreements.errors import (
    AgreementReplaced,
    NothingChosen,
    OverlapRefused,
    RuleCodeTaken,
    RuleDaysReversed,
    RuleReplaced,
)
from pool_module.agreements.operations import incoming
from pool_module.agreements.operations import rates as operations
from pool_module.agreements.queries import gaps
from pool_module.agreements.queries import incoming as incoming_queries
from pool_module.agreements.queries import rates as queries
from pool_module.agreements.rules import AgreementValues, RuleValues
from shared.db.listing import Asked, Condition, Operator, page
from shared.errors import Span
from tests.database.pool_module.range_pool import START, TODAY, RangePool

JUNE, JULY = date(2026, 6, 1), date(2026, 7, 1)
NEXT_YEAR = date(2027, 1, 1)
YES = (True,)


def create(ranged: RangePool, values: RuleValues) -> int:
    jana = ranged.actor()
    with ranged.at(jana) as session:
        return operations.create_rule(session, jana, values).id


def standing(ranged: RangePool) -> list[tuple[str, str, str]]:
    rows = ranged.select(
        "SELECT code, rate::numeric(8,4)::text, valid::text FROM rule "
        "WHERE pool_id = :pool AND superseded_at IS NULL ORDER BY code"
    )
    return [tuple(row) for row in rows]


def test_a_code_is_made_of_what_a_rule_is(ranged: RangePool) -> None:
    level, line = ranged.id("career_level", "L1"), ranged.id("line_of_business", "Leben")
    create(ranged, ranged.rule(line_id=line, level_id=level))
    create(ranged, ranged.rule(line_id=line, level_id=level, start=JUNE, end=JULY))
    assert [code for code, *_ in standing(ranged)] == ["ACQ-Leben-L1", "ACQ-Leben-L1/2"]
    with pytest.raises(RuleCodeTaken):
        create(ranged, ranged.rule(code="ACQ-Leben-L1"))
    with pytest.raises(RuleDaysReversed):
        create(ranged, ranged.rule(start=JULY, end=JUNE))


def test_the_rule_in_the_way_is_named(ranged: RangePool) -> None:
    first = create(ranged, ranged.rule(code="OLD"))
    with pytest.raises(OverlapRefused) as refused:
        create(ranged, ranged.rule(start=NEXT_YEAR, rate=Decimal("0.03")))
    assert (refused.value.way_id, refused.value.values["code"]) == (first, "OLD")
    assert str(refused.value.days) == "2020-01-01 – …"


def test_of_two_accountants_who_save_at_once_one_is_refused(ranged: RangePool) -> None:
    together = Barrier(2)

    def save(name: str) -> str:
        actor = ranged.actor(name=name)
        with ranged.at(actor) as session:
            together.wait(10)
            try:
                operations.create_rule(session, actor, ranged.rule(code=name))
            except OverlapRefused as refusal:
                session.rollback()
                return str(refusal.values["code"])
            return "saved"

    with ThreadPoolExecutor(2) as threads:
        answers = list(threads.map(save, ("Jana", "Tom")))
    winner = standing(ranged)[0][0]
    assert sorted(answers) == sorted(["saved", winner])


def test_a_rule_is_replaced_from_a_day_on(ranged: RangePool) -> None:
    jana = ranged.actor()
    first = create(ranged, ranged.rule(code="R"))
    with ranged.at(jana) as session:
        dearer = ranged.rule(rate=Decimal("0.03"))
        operations.replace_rule(session, jana, first, dearer, day=JUNE)
    assert standing(ranged) == [
        ("R/2", "0.0300", "[2026-06-01,)"),
        ("R/3", "0.0200", "[2020-01-01,2026-06-01)"),
    ]
    with ranged.at(jana) as session, pytest.raises(RuleReplaced):
        operations.replace_rule(session, jana, first, ranged.rule(), day=None)
    with ranged.at(jana) as session:
        told = queries.get_rule_named(session, jana, "en", first)
        assert told["successor"] in {"R/2", "R/3"}
        assert queries.get_rule_named(session, jana, "en", told["successor_id"])["replaces"]


def test_a_correction_holds_from_the_beginning(ranged: RangePool) -> None:
    jana = ranged.actor()
    first = create(ranged, ranged.rule(code="R"))
    with ranged.at(jana) as session:
        operations.replace_rule(
            session, jana, first, ranged.rule(rate=Decimal("0.025"), code="R"), day=None
        )
    assert standing(ranged) == [("R/2", "0.0250", "[2020-01-01,)")]


def test_an_undated_rule_that_ends_leaves_the_days_of_dated_ones(ranged: RangePool) -> None:
    jana = ranged.actor()
    base = create(ranged, ranged.rule(code="BASE"))
    create(ranged, ranged.rule(code="PROMO", start=JUNE, end=JULY, rate=Decimal("0.05")))
    with ranged.at(jana) as session:
        outcome = operations.end_rules(session, jana, [base], NEXT_YEAR)
    assert outcome.done == [base]
    assert standing(ranged) == [
        ("BASE/2", "0.0200", "[2020-01-01,2026-06-01)"),
        ("BASE/3", "0.0200", "[2026-07-01,2027-01-01)"),
        ("PROMO", "0.0500", "[2026-06-01,2026-07-01)"),
    ]


def test_withdrawn_and_brought_back(ranged: RangePool) -> None:
    jana = ranged.actor()
    level = ranged.id("career_level", "L1")
    ids = [create(ranged, ranged.rule(code="A")), create(ranged, ranged.rule(level_id=level))]
    with ranged.at(jana) as session:
        assert operations.withdraw_rules(session, jana, ids).done == ids
        assert operations.withdraw_rules(session, jana, ids).done == []
    assert standing(ranged) == []
    with ranged.at(jana) as session:
        assert len(operations.activate_rules(session, jana, ids, None).done) == 2
        again = operations.activate_rules(session, jana, ids, JUNE)
        assert [code for code, *_ in again.refused] == ["A", "ACQ-L1"]
    assert [days for *_, days in standing(ranged)] == ["[2020-01-01,)"] * 2
    with ranged.at(jana) as session, pytest.raises(NothingChosen):
        operations.withdraw_rules(session, jana, [])


def test_a_copy_for_each_product(ranged: RangePool) -> None:
    jana = ranged.actor()
    p, q = ranged.id("product", "P"), ranged.id("product", "Q")
    origin = create(ranged, ranged.rule(code="ORIGIN", product_id=p))
    with ranged.at(jana) as session:
        outcome = operations.copy_rule(session, jana, origin, [p, q])
    assert len(outcome.done) == 1
    assert outcome.refused == [("P", "ORIGIN", Span(date(2020, 1, 1), None), origin)]
    with ranged.at(jana) as session:
        copy = queries.get_rule_named(session, jana, "de", outcome.done[0])
        assert (copy["product"], copy["copied_from"], copy["replaces"]) == ("Q", "ORIGIN", None)


def test_the_list_shows_states_and_ranks(ranged: RangePool) -> None:
    jana = ranged.actor()
    level, p = ranged.id("career_level", "L1"), ranged.id("product", "P")
    create(ranged, ranged.rule(code="ANY"))
    create(ranged, ranged.rule(code="PAST", product_id=p, end=JUNE))
    create(ranged, ranged.rule(code="SOON", level_id=level, end=date(2026, 12, 31)))
    create(ranged, ranged.rule(code="NEXT", product_id=p, start=NEXT_YEAR))
    gone = create(ranged, ranged.rule(code="GONE", level_id=level))
    with ranged.at(jana) as session:
        operations.withdraw_rules(session, jana, [gone])
        listing = queries.rate_list(session, jana, TODAY, "de")
        rows = {row.code: row for row in page(session, listing, Asked("code")).rows}
        assert {code: row.state for code, row in rows.items()} == {
            "ANY": "active", "PAST": "ended", "SOON": "active", "NEXT": "upcoming",
            "GONE": "withdrawn",
        }  # fmt: skip
        assert (rows["SOON"].who, rows["SOON"].who_name, rows["SOON"].scope) == (
            "level", "L1", "any",
        )  # fmt: skip

        def codes(name: str, *values: object) -> list[str]:
            asked = Asked("code", conditions=(Condition(name, Operator.IS, values),))
            return [row.code for row in page(session, listing, asked).rows]

        assert codes("active", *YES) == ["ANY", "NEXT", "SOON"]
        assert codes("expiring", *YES) == ["SOON"]
        assert codes("insurer", ranged.id("insurer", "Aquila")) == ["NEXT", "PAST"]
        assert codes("q", "l1") == ["GONE", "SOON"]
        assert codes("preset", "dated") == ["PAST", "SOON"]


def agreed(ranged: RangePool, **values: Any) -> AgreementValues:
    made = AgreementValues(
        kind="acquisition", start=START, insurer_id=ranged.id("insurer", "Aquila"),
        liability_months=60, incoming_of="basis", incoming_rate=Decimal("0.04"),
    )  # fmt: skip
    return replace(made, **values)


def test_agreements_of_one_key_do_not_overlap(ranged: RangePool) -> None:
    jana = ranged.actor()
    with ranged.at(jana) as session, pytest.raises(OverlapRefused) as refused:
        incoming.create_agreement(session, jana, agreed(ranged, start=NEXT_YEAR))
    first = refused.value.way_id
    assert first is not None
    with ranged.at(jana) as session:
        dearer = agreed(ranged, start=JUNE, incoming_rate=Decimal("0.042"))
        incoming.new_version(session, jana, first, dearer)
    with ranged.at(jana) as session, pytest.raises(AgreementReplaced):
        incoming.new_version(session, jana, first, dearer)
    held = ranged.select(
        "SELECT id, incoming_rate::numeric(8,3)::text, valid::text FROM agreement "
        "WHERE pool_id = :pool AND superseded_at IS NULL ORDER BY valid"
    )
    assert [tuple(row)[1:] for row in held] == [
        ("0.040", "[2020-01-01,2026-06-01)"),
        ("0.042", "[2026-06-01,)"),
    ]
    with ranged.at(jana) as session:
        incoming.end_agreement(session, jana, held[1].id, NEXT_YEAR)
        found = incoming_queries.agreements_of_insurer(
            session, jana, ranged.id("insurer", "Aquila"), "de"
        )
        assert [row["end"] for row in found] == [NEXT_YEAR, JUNE]
        listing = incoming_queries.agreement_list(session, jana, TODAY, "de")
        states = [row.state for row in page(session, listing, Asked("valid_from")).rows]
        assert states == ["ended", "active"]


def test_gaps_are_found(ranged: RangePool) -> None:
    jana = ranged.actor()
    l1, p = ranged.id("career_level", "L1"), ranged.id("product", "P")
    with ranged.at(jana) as session:
        missing = gaps.products_without_rule(session, jana, TODAY)
        assert {(g["product_code"], g["level"], g["producers"]) for g in missing} == {
            ("P", "L1", 1), ("P", "L2", 1), ("Q", "L1", 1), ("Q", "L2", 1),
        }  # fmt: skip
    create(ranged, ranged.rule(code="L1", level_id=l1))
    create(ranged, ranged.rule(code="ALL", product_id=p))
    weak = create(ranged, ranged.rule(code="WEAK", product_id=p, level_id=l1, end=NEXT_YEAR))
    create(ranged, ranged.rule(code="BERG", producer_id=ranged.id("producer", "Berg")))
    with ranged.at(jana) as session:
        missing = gaps.products_without_rule(session, jana, TODAY)
        assert [(g["product_code"], g["level"]) for g in missing] == [("Q", "L2")]
        assert gaps.rules_running_out(session, jana, TODAY) == [weak]
        assert gaps.unreachable_rules(session, jana, TODAY) == []
    create(ranged, ranged.rule(code="OVER", product_id=p, level_id=l1))
    line = create(
        ranged,
        ranged.rule(
            code="LINE", line_id=ranged.id("line_of_business", "Leben"), level_id=l1,
        ),
    )  # fmt: skip
    create(ranged, ranged.rule(code="OVER-Q", product_id=ranged.id("product", "Q"), level_id=l1))
    with ranged.at(jana) as session:
        assert gaps.unreachable_rules(session, jana, TODAY) == [(line, "outranked")]
