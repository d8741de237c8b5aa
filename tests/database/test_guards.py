"""What the database refuses whoever asks: changes of the books, and runs out of order."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import Connection, insert, text, update
from sqlalchemy.exc import DBAPIError

from shared.models.ledger import (
    AccountPosting,
    Period,
    Posting,
    RunPacket,
    SettlementRun,
    Statement,
)
from shared.vocabulary import Account, Door, RunState
from tests.database.catalogue import APPEND_ONLY
from tests.database.conftest import HANDS, OWNER, Estates, error_of
from tests.factories.rows import Estate, values_of

MISSING_GRANT, APPENDED, CHECK = "42501", "23001", "23514"
THROUGH = date(2026, 2, 28)
CHANGES = ("UPDATE {} SET pool_id = pool_id", "DELETE FROM {}", "TRUNCATE {} CASCADE")
# how a run is brought into a state: the states on its way
WAYS = {
    RunState.CALCULATING: (),
    RunState.CALCULATED: (RunState.CALCULATED,),
    RunState.APPROVED: (RunState.CALCULATED, RunState.APPROVED),
    RunState.CLOSED: (RunState.CALCULATED, RunState.APPROVED, RunState.CLOSED),
    RunState.DROPPED: (RunState.DROPPED,),
}
# settlement rules, "A settlement": from → to
ALLOWED = {
    RunState.CALCULATING: {RunState.CALCULATING, RunState.CALCULATED, RunState.DROPPED},
    RunState.CALCULATED: {
        RunState.CALCULATING, RunState.CALCULATED, RunState.APPROVED, RunState.DROPPED,
    },
    RunState.APPROVED: {
        RunState.CALCULATING, RunState.CALCULATED, RunState.CLOSED, RunState.DROPPED,
    },
    RunState.CLOSED: set(),
    RunState.DROPPED: set(),
}  # fmt: skip
Behind = Callable[[Door | str], Connection]


def begin_run(connection: Connection, estates: Estates, **changed: object) -> int:
    """A run of our pool that is being calculated by anna."""
    values = {
        **values_of(SettlementRun.__table__, estates.ours),  # type: ignore[arg-type]
        "state": RunState.CALCULATING,
        "through": THROUGH,
        "calculated_by": "anna",
        **changed,
    }
    made = insert(SettlementRun).values(values).returning(SettlementRun.id)
    return int(connection.execute(made).scalar_one())


def change_run(run: int, **values: object) -> object:
    return update(SettlementRun).where(SettlementRun.id == run).values(values)


def bring(connection: Connection, run: int, state: RunState) -> None:
    for step in WAYS[state]:
        approval = {"approved_by": "bert"} if step is RunState.APPROVED else {}
        connection.execute(change_run(run, state=step, **approval))  # type: ignore[call-overload]


def postings(
    estates: Estates,
    run: int,
    *amounts: tuple[Account, str],
    event: int = 77,
    currency: str = "EUR",
) -> object:
    """One statement with a posting per amount."""
    rows = [
        {
            "pool_id": estates.ours.pool_id,
            "event_id": event,
            "run_id": run,
            "producer_id": 0,
            "account": account,
            "currency": currency,
            "amount": Decimal(amount),
        }
        for account, amount in amounts
    ]
    return insert(Posting).values(rows)


BALANCED = ((Account.RECEIVABLE, "-100"), (Account.MARGIN, "100"))


@pytest.mark.parametrize("hand", HANDS)
@pytest.mark.parametrize("change", CHANGES, ids=["update", "delete", "truncate"])
@pytest.mark.parametrize("book", APPEND_ONLY)
def test_books_are_never_changed(behind: Behind, hand: str, book: str, change: str) -> None:
    refused = error_of(behind(hand), change.format(book))
    assert refused == (APPENDED if hand == OWNER else MISSING_GRANT)


@pytest.mark.parametrize("change", CHANGES[1:], ids=["delete", "truncate"])
@pytest.mark.parametrize("table", ["settlement_run", "period"])
def test_runs_and_periods_are_never_removed(behind: Behind, table: str, change: str) -> None:
    assert error_of(behind(OWNER), change.format(table)) == APPENDED


@pytest.mark.parametrize("hand", [Door.WORKER, OWNER])
class TestPostings:
    @pytest.mark.parametrize(
        "amounts",
        [
            ((Account.RECEIVABLE, "-100"),),
            ((Account.RECEIVABLE, "-100"), (Account.MARGIN, "99.99")),
            ((Account.RECEIVABLE, "-100"), (Account.PAYABLE, "60"), (Account.RESERVE, "40.01")),
        ],
        ids=["alone", "a cent short", "a cent over"],
    )
    def test_an_event_out_of_balance(
        self, behind: Behind, estates: Estates, hand: str,
        amounts: tuple[tuple[Account, str], ...],
    ) -> None:  # fmt: skip
        connection = behind(hand)
        run = begin_run(connection, estates)
        assert error_of(connection, postings(estates, run, *amounts)) == CHECK
        assert error_of(connection, postings(estates, run, *BALANCED)) is None

    def test_two_currencies_do_not_balance_each_other(
        self, behind: Behind, estates: Estates, hand: str
    ) -> None:
        connection = behind(hand)
        run = begin_run(connection, estates)
        mixed = text(
            "INSERT INTO posting (pool_id, event_id, run_id, producer_id, account, currency,"
            " amount) VALUES (:pool, 1, :run, 0, 1, 'EUR', -5), (:pool, 1, :run, 0, 4, 'UAH', 5)"
        ).bindparams(pool=estates.ours.pool_id, run=run)
        assert error_of(connection, mixed) == CHECK

    def test_two_events_do_not_balance_each_other(
        self, behind: Behind, estates: Estates, hand: str
    ) -> None:
        connection = behind(hand)
        run = begin_run(connection, estates)
        crossed = text(
            "INSERT INTO posting (pool_id, event_id, run_id, producer_id, account, currency,"
            " amount) VALUES (:pool, 1, :run, 0, 1, 'EUR', -5), (:pool, 2, :run, 0, 4, 'EUR', 5)"
        ).bindparams(pool=estates.ours.pool_id, run=run)
        assert error_of(connection, crossed) == CHECK

    @pytest.mark.parametrize("state", RunState)
    def test_only_a_calculating_run_takes_more(
        self, behind: Behind, estates: Estates, hand: str, state: RunState
    ) -> None:
        connection = behind(hand)
        run = begin_run(connection, estates)
        bring(connection, run, state)
        refused = error_of(connection, postings(estates, run, *BALANCED))
        assert refused == (None if state is RunState.CALCULATING else CHECK)

    def test_a_run_that_does_not_exist(self, behind: Behind, estates: Estates, hand: str) -> None:
        assert error_of(behind(hand), postings(estates, 999_999, *BALANCED)) == CHECK

    @pytest.mark.parametrize("table", [Statement, AccountPosting])
    def test_statements_and_accounts_come_with_the_close_alone(
        self, behind: Behind, estates: Estates, hand: str,
        table: type[Statement | AccountPosting],
    ) -> None:  # fmt: skip
        connection = behind(hand)
        another = Estate(9, rows=estates.ours.rows)  # a number of its own
        written = insert(table).values(values_of(table.__table__, another))  # type: ignore[arg-type]
        assert error_of(connection, written) == CHECK  # that run was closed by another transaction
        run = begin_run(connection, estates)
        bring(connection, run, RunState.APPROVED)
        assert error_of(connection, written.values(run_id=run)) == CHECK
        connection.execute(change_run(run, state=RunState.CLOSED))  # type: ignore[call-overload]
        assert error_of(connection, written.values(run_id=run)) is None


class TestForgetting:
    @pytest.mark.parametrize("state", RunState)
    def test_only_a_draft_is_forgotten(
        self, behind: Behind, estates: Estates, state: RunState
    ) -> None:
        connection = behind(Door.WORKER)
        run = begin_run(connection, estates)
        connection.execute(postings(estates, run, *BALANCED))  # type: ignore[call-overload]
        bring(connection, run, state)
        forgotten = connection.execute(
            text("SELECT forget_postings(:run, NULL, true)"), {"run": run}
        )
        drafts = {RunState.CALCULATING, RunState.DROPPED}
        assert forgotten.scalar_one() == (len(BALANCED) if state in drafts else 0)

    def test_a_closed_run_keeps_its_postings(self, behind: Behind, estates: Estates) -> None:
        connection = behind(Door.WORKER)
        closed = estates.ours.rows["posting"]["run_id"]
        forget = text("SELECT forget_postings(:run, :events, false)")
        for events in (None, [estates.ours.rows["posting"]["event_id"]]):
            found = connection.execute(forget, {"run": closed, "events": events})
            assert found.scalar_one() == 0

    @pytest.mark.parametrize("state", RunState)
    def test_the_owner_deletes_drafts_alone(
        self, behind: Behind, estates: Estates, state: RunState
    ) -> None:
        connection = behind(OWNER)
        run = begin_run(connection, estates)
        connection.execute(postings(estates, run, *BALANCED))  # type: ignore[call-overload]
        bring(connection, run, state)
        refused = error_of(connection, f"DELETE FROM posting WHERE run_id = {run}")
        drafts = {RunState.CALCULATING, RunState.DROPPED}
        assert refused == (None if state in drafts else APPENDED)

    def test_another_pool_is_out_of_reach(self, behind: Behind, estates: Estates) -> None:
        worker = behind(Door.WORKER)
        run = begin_run(worker, estates)
        worker.execute(postings(estates, run, *BALANCED))  # type: ignore[call-overload]
        worker.execute(
            text("SELECT set_config('app.pool_id', :pool, true)"),
            {"pool": str(estates.foreign.pool_id)},
        )
        found = worker.execute(text("SELECT forget_postings(:run, NULL, true)"), {"run": run})
        assert found.scalar_one() == 0


@pytest.mark.parametrize("hand", [Door.WORKER, Door.INTRANET, OWNER])
class TestRuns:
    @pytest.mark.parametrize("new", RunState)
    @pytest.mark.parametrize("old", RunState)
    def test_transitions(
        self, behind: Behind, estates: Estates, hand: str, old: RunState, new: RunState
    ) -> None:
        connection = behind(hand)
        run = begin_run(connection, estates)
        bring(connection, run, old)
        approval = {"approved_by": "bert"} if new is RunState.APPROVED else {}
        refused = error_of(connection, change_run(run, state=new, **approval))
        assert refused == (None if new in ALLOWED[old] else CHECK)

    @pytest.mark.parametrize("state", sorted(set(RunState) - {RunState.CALCULATING}))
    def test_a_run_starts_as_calculating(
        self, behind: Behind, estates: Estates, hand: str, state: RunState
    ) -> None:
        with pytest.raises(DBAPIError, match="starts as calculating"):
            begin_run(behind(hand), estates, state=state)

    def test_who_calculated_does_not_approve(
        self, behind: Behind, estates: Estates, hand: str
    ) -> None:
        connection = behind(hand)
        run = begin_run(connection, estates)
        bring(connection, run, RunState.CALCULATED)
        mine = change_run(run, state=RunState.APPROVED, approved_by="anna")
        assert error_of(connection, mine) == CHECK
        # … nor by putting somebody else in his place first
        for trick in ({"calculated_by": "carl"}, {"calculated_by": "carl", "approved_by": "anna",
                                                  "state": RunState.APPROVED}):  # fmt: skip
            assert error_of(connection, change_run(run, **trick)) == CHECK

    def test_nothing_closes_without_approval(
        self, behind: Behind, estates: Estates, hand: str
    ) -> None:
        connection = behind(hand)
        run = begin_run(connection, estates)
        bring(connection, run, RunState.CALCULATED)
        for state in (RunState.APPROVED, RunState.CLOSED):
            assert error_of(connection, change_run(run, state=state)) == CHECK
        bring_on = change_run(run, state=RunState.APPROVED, approved_by="bert")
        connection.execute(bring_on)  # type: ignore[call-overload]
        for swap in ({"approved_by": None}, {"approved_by": "carl"}, {"calculated_by": "carl"},
                     {"known_at": date(2030, 1, 1)}):  # fmt: skip
            assert error_of(connection, change_run(run, state=RunState.CLOSED, **swap)) == CHECK

    def test_calculating_again_takes_the_approval_back(
        self, behind: Behind, estates: Estates, hand: str
    ) -> None:
        connection = behind(hand)
        run = begin_run(connection, estates)
        bring(connection, run, RunState.APPROVED)
        connection.execute(change_run(run, state=RunState.CALCULATING))  # type: ignore[call-overload]
        asked = text("SELECT approved_by, approved_at FROM settlement_run WHERE id = :run")
        assert tuple(connection.execute(asked, {"run": run}).one()) == (None, None)

    def test_two_live_runs_of_a_pool(self, behind: Behind, estates: Estates, hand: str) -> None:
        connection = behind(hand)
        begin_run(connection, estates)
        with pytest.raises(DBAPIError, match="uq_settlement_run_live"):
            begin_run(connection, estates, through=date(2026, 3, 31))

    @pytest.mark.parametrize("day", [THROUGH, date(2026, 2, 15)])
    def test_a_second_run_of_a_closed_period(
        self, behind: Behind, estates: Estates, hand: str, day: date
    ) -> None:
        connection = behind(hand)
        bring(connection, begin_run(connection, estates), RunState.CLOSED)
        with pytest.raises(DBAPIError, match=r"the period through .* is closed"):
            begin_run(connection, estates, through=day)

    def test_a_run_keeps_its_period(self, behind: Behind, estates: Estates, hand: str) -> None:
        connection = behind(hand)
        run = begin_run(connection, estates)
        assert error_of(connection, change_run(run, through=date(2026, 3, 31))) == CHECK

    def test_a_closed_period_stands(self, behind: Behind, estates: Estates, hand: str) -> None:
        closed = Period.id == estates.ours.rows["period"]["id"]
        reopened = update(Period).where(closed).values(state="open")
        assert error_of(behind(hand), reopened) == CHECK


def test_a_run_with_packets_to_do_is_not_calculated(behind: Behind, estates: Estates) -> None:
    connection = behind(Door.WORKER)
    run = begin_run(connection, estates)
    packet = {"pool_id": estates.ours.pool_id, "run_id": run, "number": 1}
    connection.execute(insert(RunPacket).values(packet))
    calculated = change_run(run, state=RunState.CALCULATED)
    assert error_of(connection, calculated) == CHECK
    connection.execute(text("UPDATE run_packet SET done_at = now() WHERE number = 1"))
    assert error_of(connection, calculated) is None


def test_closed_runs_of_a_day_are_one_even_without_the_guard(
    behind: Behind, estates: Estates
) -> None:
    connection = behind(OWNER)
    connection.execute(text("ALTER TABLE settlement_run DISABLE TRIGGER guard"))
    begin_run(connection, estates, state=RunState.CLOSED)
    with pytest.raises(DBAPIError, match="uq_settlement_run_closed"):
        begin_run(connection, estates, state=RunState.CLOSED)
