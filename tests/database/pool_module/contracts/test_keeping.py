"""Contracts kept by people: two at once, shares that are the whole, endings, calendars."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select, text

from pool_module.contracts.errors import (
    BeforeBegin,
    FactorNeeded,
    NoSuchContract,
    NothingCut,
    NumberTaken,
    ProducerTwice,
    ShareRefused,
    SharesNotWhole,
    SharesTooMuch,
)
from pool_module.contracts.operations import keeping
from pool_module.contracts.operations.keeping import Data, Part
from pool_module.contracts.operations.premiums import roll_premiums
from pool_module.contracts.queries import records
from pool_module.contracts.queries.lists import contract_list
from pool_module.contracts.queries.periods import Days, current_period
from pool_module.contracts.queries.renewals import renews_on
from pool_module.contracts.rules.calendar import Term, dues
from pool_module.contracts.rules.endings import Ending
from pool_module.crm.operations.customers import Person, change_customer
from shared.db import actor_of, listing
from shared.db.listing import Asked, Condition, Operator
from shared.db.sums import totals
from shared.errors import Conflict
from shared.models.contracts import Contract, Event
from shared.periods import add_months
from shared.vocabulary import ContractState, Door
from tests.database.pool_module.casework import OTHER_POOL, POOL, TODAY, Desk

SCHEDULE = text(
    "SELECT due_on, amount FROM premium_due WHERE contract_id = :c AND amount > 0 ORDER BY due_on"
)


def data_of(desk: Desk, **changes: object) -> Data:
    values: dict[str, object] = {
        "number": "AL-7741-206",
        "holder_id": desk.customer_id,
        "begin_on": date(2026, 1, 15),
        "frequency": "quarterly",
        "net_premium": Decimal("1000.00"),
        **changes,
    }
    return Data(**values)  # type: ignore[arg-type]


def version_of(desk: Desk) -> int:
    with desk.at(Door.INTRANET) as session:
        return records.get_contract(session, actor_of(session), desk.contract_id).version


class TestRenewals:
    @pytest.mark.parametrize(
        ("begin", "today", "due"),
        [
            (date(2027, 2, 28), date(2028, 2, 29), date(2029, 2, 28)),
            (date(2024, 2, 29), date(2027, 2, 28), date(2027, 2, 28)),
            (date(2024, 2, 29), date(2027, 3, 1), date(2028, 2, 29)),
            (date(2024, 2, 29), date(2028, 2, 29), date(2028, 2, 29)),
            (date(2026, 1, 1), date(2026, 12, 31), date(2027, 1, 1)),
            (date(2026, 1, 31), date(2027, 1, 31), date(2027, 1, 31)),
        ],
    )
    def test_the_first_return_that_is_not_past(
        self, desk: Desk, begin: date, today: date, due: date
    ) -> None:
        with desk.at(Door.INTRANET) as session:
            contract = session.get_one(Contract, (POOL, desk.contract_id))
            contract.begin_on = begin
            session.flush()
            here = Contract.id == desk.contract_id
            assert session.scalar(select(renews_on(today)).where(here)) == due
            session.rollback()


class TestTwoPeople:
    def test_the_second_one_is_shown_both_values(self, desk: Desk) -> None:
        seen = version_of(desk)
        with desk.at(Door.INTRANET, "jana") as session:
            mine = data_of(desk, net_premium=Decimal("1100.00"))
            keeping.change(session, desk.contract_id, mine, version=seen, today=TODAY)
        yours = data_of(desk, net_premium=Decimal("1200.00"))
        with desk.at(Door.INTRANET, "thomas") as session, pytest.raises(Conflict) as refused:
            keeping.change(session, desk.contract_id, yours, version=seen, today=TODAY)
        assert refused.value.who == "jana"
        assert refused.value.stored["net_premium"] == Decimal("1100.00")
        assert refused.value.version > seen

    def test_a_number_is_taken_once(self, desk: Desk) -> None:
        with desk.at(Door.INTRANET) as session, pytest.raises(NumberTaken):
            keeping.add(
                session,
                data_of(desk, number="al 7741/206"),
                product_id=desk.product_id,
                parts=[Part(desk.producer_id, Decimal(1))],
                today=TODAY,
            )

    def test_another_pools_contract_is_not_there(self, desk: Desk) -> None:
        with desk.at(Door.INTRANET, pool=OTHER_POOL) as session, pytest.raises(NoSuchContract):
            records.get_whole(session, actor_of(session), desk.contract_id)


class TestShares:
    def test_less_than_the_whole_names_what_is_missing(self, desk: Desk) -> None:
        parts = [Part(desk.producer_id, Decimal("0.6")), Part(desk.second_id, Decimal("0.333333"))]
        with desk.at(Door.INTRANET) as session, pytest.raises(SharesNotWhole) as refused:
            keeping.share(session, desk.contract_id, parts, from_day=None)
        assert refused.value.values == {"total": "93.3333 %", "missing": "6.6667 %"}

    def test_more_than_the_whole_and_other_nonsense(self, desk: Desk) -> None:
        a, b = desk.producer_id, desk.second_id
        refusals: list[tuple[type[Exception], list[tuple[int, str]]]] = [
            (SharesTooMuch, [(a, "0.6"), (b, "0.5")]),
            (ShareRefused, [(a, "1"), (b, "0")]),
            (ShareRefused, [(a, "0.33333333"), (b, "0.66666667")]),
            (ProducerTwice, [(a, "0.5"), (a, "0.5")]),
        ]
        for refusal, wanted in refusals:
            parts = [Part(producer, Decimal(share)) for producer, share in wanted]
            with desk.at(Door.INTRANET) as session, pytest.raises(refusal):
                keeping.share(session, desk.contract_id, parts, from_day=None)

    def test_from_a_day_on_and_what_was_before_remains(self, desk: Desk) -> None:
        parts = [Part(desk.second_id, Decimal("0.6")), Part(desk.producer_id, Decimal("0.4"))]
        with desk.at(Door.INTRANET, "jana") as session:
            keeping.share(session, desk.contract_id, parts, from_day=date(2026, 6, 1))
        with desk.at(Door.INTRANET) as session:
            found = [
                (row.code, row.share, row.valid.lower, row.valid.upper)
                for row in records.shares_of(session, actor_of(session), desk.contract_id)
            ]
        june = date(2026, 6, 1)
        assert found == [
            ("B", Decimal("0.6"), june, None),
            ("A", Decimal("0.4"), june, None),
            ("A", Decimal(1), None, june),
        ]


class TestEndings:
    def test_cancelled_reduced_and_reinstated(self, desk: Desk) -> None:
        with desk.at(Door.INTRANET) as session, pytest.raises(NothingCut):
            keeping.take_back(session, desk.contract_id, today=TODAY)
        with desk.at(Door.INTRANET) as session, pytest.raises(BeforeBegin):
            keeping.end(session, desk.contract_id, Ending.CUSTOMER, on_day=date(2025, 1, 1))
        with desk.at(Door.INTRANET) as session, pytest.raises(FactorNeeded):
            keeping.end(session, desk.contract_id, Ending.REDUCED, on_day=TODAY)
        with desk.at(Door.INTRANET) as session:
            half = keeping.end(
                session, desk.contract_id, Ending.REDUCED, on_day=TODAY, factor=Decimal("0.5")
            )
            assert half.state == ContractState.ACTIVE
            gone = keeping.end(
                session, desk.contract_id, Ending.NOT_TAKEN_UP, on_day=TODAY, note="unpaid"
            )
            assert (gone.state, gone.cancelled_on) == (ContractState.CANCELLED, TODAY)
            cuts = records.cuts_of(session, actor_of(session), desk.contract_id)
            assert [(c.factor, c.void, c.reason) for c in cuts] == [
                (Decimal(0), True, "not_taken_up: unpaid")
            ]
        with desk.at(Door.INTRANET) as session:
            back = keeping.take_back(session, desk.contract_id, today=TODAY)
            assert back.state == ContractState.ACTIVE
            assert not records.cuts_of(session, actor_of(session), desk.contract_id)


class TestCalendar:
    def test_it_rolls_forward_and_is_what_the_rules_say(self, desk: Desk) -> None:
        for today in (TODAY, add_months(TODAY, 3), add_months(TODAY, 14)):
            with desk.at(Door.WORKER) as session:
                assert roll_premiums(session, today) > 0
                assert roll_premiums(session, today) == 0
        with desk.at(Door.INTRANET) as session:
            rows = [tuple(row) for row in session.execute(SCHEDULE, {"c": desk.contract_id})]
        term = Term(date(2026, 1, 15), None, None, "quarterly", Decimal("1000.00"))
        last = add_months(TODAY, 26)
        assert rows == [(due.day, due.amount) for due in dues(term, TODAY, last)]

    def test_a_changed_frequency_changes_what_is_not_paid(self, desk: Desk) -> None:
        with desk.at(Door.INTRANET) as session:
            yearly = data_of(desk, frequency="yearly", next_due_on=date(2027, 3, 31))
            keeping.change(session, desk.contract_id, yearly, version=None, today=TODAY)
            rows = session.execute(SCHEDULE, {"c": desk.contract_id}).all()
        ahead = [tuple(row) for row in rows if TODAY <= row.due_on < add_months(TODAY, 12)]
        assert ahead == [(date(2027, 3, 31), Decimal("1000.00"))]


class TestList:
    def test_it_is_ordered_and_searched_by_the_holders_name(self, desk: Desk) -> None:
        with desk.at(Door.INTRANET) as session:
            actor = actor_of(session)
            spec = contract_list(session, actor, TODAY, current_period(session, actor, TODAY))
            for typed in ("grossm", "Großmann, J", "AL-7741", "7741"[:0] + "al 77"):
                asked = Asked("holder", conditions=(Condition("q", Operator.STARTS, (typed,)),))
                assert [row.holder for row in listing.page(session, spec, asked).rows] == [
                    "Großmann, Jörg"
                ], typed
            nobody = Asked("holder", conditions=(Condition("q", Operator.STARTS, ("Xaver",)),))
            assert not listing.page(session, spec, nobody).rows

    def test_sums_are_those_of_the_rows(self, desk: Desk) -> None:
        with desk.at(Door.WORKER) as session:
            for ref, day, received in (
                ("E1", date(2026, 6, 1), "10.00"),
                ("E2", date(2026, 6, 30), "-2.50"),
                ("E3", date(2026, 5, 31), "99.00"),
            ):
                paid = Event(
                    ref=ref, kind="acquisition", effective=day, due=day, received=Decimal(received)
                )
                paid.pool_id, paid.contract_id = actor_of(session).pool_id, desk.contract_id
                session.add(paid)
        with desk.at(Door.INTRANET) as session:
            actor = actor_of(session)
            june = contract_list(session, actor, TODAY, Days(date(2026, 6, 1), date(2026, 6, 30)))
            asked = Asked("begin_on")
            rows = list(listing.every(session, june, asked))
            found = totals(session, june, asked)
            assert found.count == len(rows)
            for name in ("net_premium", "commission"):
                of_rows = sum(getattr(row, name) or Decimal(0) for row in rows)
                assert found.sums[name]["EUR"] == of_rows, name
            assert found.sums["commission"]["EUR"] == Decimal("7.50")
            nobodys = Condition("holder_id", Operator.IS, (desk.customer_id + 1000,))
            assert totals(session, june, Asked("begin_on", conditions=(nobodys,))).count == 0
            mine = Condition("holder_id", Operator.IS, (desk.customer_id,))
            narrow = totals(session, june, Asked("begin_on", conditions=(mine,)))
            assert narrow.sums["commission"]["EUR"] == Decimal("7.50")
            july = contract_list(session, actor, TODAY, Days(date(2026, 7, 1), date(2026, 7, 31)))
            assert totals(session, july, asked).sums["commission"] == {"EUR": Decimal(0)}

    @pytest.mark.parametrize("name", ["arrears", "silent", "without_producer"])
    def test_system_views_ask_the_database(self, desk: Desk, name: str) -> None:
        with desk.at(Door.INTRANET) as session:
            actor = actor_of(session)
            spec = contract_list(session, actor, TODAY, current_period(session, actor, TODAY))
            value = 90 if name == "silent" else True
            asked = Asked("begin_on", conditions=(Condition(name, Operator.IS, (value,)),))
            totals(session, spec, asked)
            found = [row.id for row in listing.page(session, spec, asked).rows]
            assert found == ([desk.contract_id] if name == "silent" else [])

    def test_a_new_name_moves_the_contract(self, desk: Desk) -> None:
        with desk.at(Door.INTRANET) as session:
            person = Person("Abel", "Jörg")
            change_customer(session, desk.customer_id, person, version=None)
        with desk.at(Door.INTRANET) as session:
            contract = session.get_one(Contract, (actor_of(session).pool_id, desk.contract_id))
            assert contract.holder_key > "0"
            assert contract.producer_key == "1c00"
