"""The invariants of the settlement rules, on what the model makes of random scenarios."""

import json
from collections import Counter
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from pool_module.settlement.errors import ScenarioRefused
from pool_module.settlement.formats.references import References
from pool_module.settlement.formats.scenario import parse_step, read_scenario
from tests.oracle.arithmetic import cents
from tests.oracle.books import Books, settle
from tests.oracle.breaking import BY_ITSELF, SEMANTIC, Break
from tests.oracle.builder import Scenario
from tests.oracle.fields import STEPS, read_head, read_step
from tests.oracle.model import run
from tests.oracle.recording import record
from tests.oracle.refusal import RefusalError
from tests.oracle.strategies import Refused, refused_scenarios, scenarios
from tests.oracle.target import sign, target
from tests.oracle.world import World

few = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
sample = settings(
    few, max_examples=400, derandomize=True, database=None, phases=[Phase.explicit, Phase.generate]
)


def total(amounts: list[str]) -> Fraction:
    return sum((Fraction(amount) for amount in amounts), Fraction(0))


def after(scenario: Scenario) -> tuple[World, Books]:
    """Return what is known and booked at the end of a scenario."""
    world, books = World.of_head(read_head(scenario)), Books()
    for raw in scenario["steps"]:
        name, values = read_step(raw)
        record(world, name, values)
        if name == "settle":
            settle(world, books, values["through"])
    return world, books


def entries_of(settlement: dict[str, Any]) -> list[dict[str, str]]:
    return [entry for statement in settlement["statements"] for entry in statement["entries"]]


@few
@given(scenarios())
def test_what_is_received_is_paid_reserved_or_kept(scenario: Scenario) -> None:
    for settlement in run(scenario)["settlements"]:
        entries = entries_of(settlement)
        paid = total([entry["payable"] for entry in entries])
        reserved = total([entry["reserve"] for entry in entries])
        margin = Fraction(settlement["pool_margin"])
        assert Fraction(settlement["receivable"]) == paid + reserved + margin


@few
@given(scenarios())
def test_statements_add_up_and_follow_each_other(scenario: Scenario) -> None:
    closing: dict[str, str] = {}
    reserve: Counter[str] = Counter()
    for settlement in run(scenario)["settlements"]:
        payees = [statement["payee"] for statement in settlement["statements"]]
        assert payees == sorted(set(payees))
        assert {payee for payee, left in closing.items() if left != "0.00"} <= set(payees)
        for one in settlement["statements"]:
            assert one["opening"] == closing.get(one["payee"], "0.00")
            accrued = total([entry["payable"] for entry in one["entries"]])
            come = total([one["opening"], one["adjustments"]]) + accrued
            gone = total([*one["withheld"].values(), one["payout"]])
            assert Fraction(one["closing"]) == come - gone
            assert Fraction(one["payout"]) >= 0
            closing[one["payee"]] = one["closing"]
            reserved = total([entry["reserve"] for entry in one["entries"]])
            reserve[one["payee"]] += int(reserved * 100)
            assert int(Fraction(one["reserve_closing"]) * 100) == reserve[one["payee"]]


@few
@given(scenarios())
def test_entries_are_in_order_and_say_something(scenario: Scenario) -> None:
    reserve: Counter[tuple[str, str]] = Counter()
    for settlement in run(scenario)["settlements"]:
        for statement in settlement["statements"]:
            keys = [(entry["event"], entry["producer"]) for entry in statement["entries"]]
            assert keys == sorted(set(keys))
        for entry in entries_of(settlement):
            assert (entry["payable"], entry["reserve"]) != ("0.00", "0.00")
            key = entry["event"], entry["producer"]
            reserve[key] += int(Fraction(entry["reserve"]) * 100)
            assert reserve[key] >= 0


@few
@given(scenarios())
def test_a_second_run_of_the_same_period_books_nothing(scenario: Scenario) -> None:
    world, books = after(scenario)
    assert world.settled is not None
    again = settle(world, books, world.settled)
    assert (again["pool_margin"], again["receivable"]) == ("0.00", "0.00")
    assert entries_of(again) == []


@few
@given(scenarios())
def test_what_is_booked_of_an_event_is_what_should_stand(scenario: Scenario) -> None:
    world, books = after(scenario)
    assert world.settled is not None
    for event in world.events.values():
        if event.due > world.settled:
            assert not books.producers_of(event.ref)
            continue
        stands = target(world, event, world.settled)
        booked = Fraction(0)
        for producer in world.producers:
            own = books.of_producer(event.ref, producer)
            payable = sum(entry.payable for entry in own)
            reserve = sum(entry.reserve for entry in own)
            assert (payable, reserve) == stands.of(producer)
            assert len({entry.payee for entry in own}) <= 1
            booked += payable + reserve
        assert books.receivable[event.ref] == books.margin[event.ref] + booked


@few
@given(scenarios())
def test_a_chain_loses_no_cent_and_pays_nobody_negative(scenario: Scenario) -> None:
    world, _ = after(scenario)
    assert world.settled is not None
    for event in world.events.values():
        stands = target(world, event, world.settled)
        assert 0 <= stands.earned <= 1
        for seller in {piece.seller for piece in stands.pieces}:
            own = [piece for piece in stands.pieces if piece.seller == seller]
            assert all(piece.piece * sign(event) >= 0 for piece in own)
            highest = max(piece.gross for piece in own)
            paid = sum(piece.piece for piece in own) * sign(event)
            if len({piece.producer for piece in own}) == len(own):  # else he sold two shares
                assert paid == cents(highest * stands.earned)
            assert all(0 <= piece.reserve <= abs(piece.piece) for piece in own)


@few
@given(scenarios())
def test_a_scenario_is_a_file_and_the_parser_takes_it(scenario: Scenario) -> None:
    text = json.dumps(scenario)
    assert run(json.loads(text)) == run(scenario)
    references = References()
    for number, raw in enumerate(read_scenario(text).steps, 1):
        references.check(number, parse_step(number, raw))


def parser_refuses(scenario: Scenario) -> int | None:
    """Return the step the parser refuses."""
    references = References()
    for number, raw in enumerate(read_scenario(json.dumps(scenario)).steps, 1):
        try:
            references.check(number, parse_step(number, raw))
        except ScenarioRefused as refusal:
            return refusal.step
    return None


@pytest.mark.parametrize("broken", BY_ITSELF + SEMANTIC, ids=lambda broken: broken.__name__)
def test_an_invalid_step_is_refused_by_number(broken: Break) -> None:
    @settings(few, max_examples=20)
    @given(refused_scenarios((broken,)))
    def refuse(refused: Refused) -> None:
        with pytest.raises(RefusalError) as refusal:
            run(refused.scenario)
        assert refusal.value.step == refused.step
        assert (parser_refuses(refused.scenario) != refused.step) == refused.semantic

    refuse()


NOTEWORTHY = {
    "clawback",
    "difference",
    "half cent",
    "negative event",
    "of basis",
    "of fixed",
    "of received",
    "of unit",
    "partly earned",
    "released",
    "reserved",
}


def features(scenario: Scenario) -> set[str]:
    """Name what a scenario has of the things that go wrong."""
    found = {next(iter(step)) for step in scenario["steps"]}
    world, books = after(scenario)
    assert world.settled is not None
    for entry in books.entries:
        found |= {"clawback"} if entry.payable < 0 else set()
        found |= {"reserved"} if entry.reserve > 0 else set()
        found |= {"released"} if entry.reserve < 0 else set()
    for event in world.events.values():
        stands = target(world, event, world.settled)
        found |= {"partly earned"} if 0 < stands.earned < 1 else set()
        found |= {"negative event"} if sign(event) < 0 else set()
        found |= {f"of {piece.rule.of}" for piece in stands.pieces}
        gross = [piece.gross * stands.earned * 200 for piece in stands.pieces]
        halves = [one for one in gross if one.denominator == 1 and one.numerator % 2 == 1]
        found |= {"half cent"} if halves else set()
        if len({piece.seller for piece in stands.pieces}) < len(stands.pieces):
            found.add("difference")
    return found


def test_the_scenarios_have_everything() -> None:
    seen: Counter[str] = Counter()

    @sample
    @given(scenarios())
    def look(scenario: Scenario) -> None:
        seen.update(features(scenario))

    look()
    missing = (set(STEPS) | NOTEWORTHY) - set(seen)
    assert not missing
