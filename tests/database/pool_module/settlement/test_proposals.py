"""Changes into closed periods: reason, preview, second person, stale, booked by the next run."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from brokerpool.commands.scenario import play as play_scenario
from pool_module.hierarchy import operations as hierarchy
from pool_module.hierarchy import queries as hierarchy_queries
from pool_module.hierarchy.errors import CycleRefused, NothingChanges, NoWayBack, SecondParent
from pool_module.hierarchy.operations import changes
from pool_module.hierarchy.rules import Change
from pool_module.settlement import queries
from pool_module.settlement.errors import (
    OwnProposal,
    ProposalMoved,
    ProposalStale,
    ReachesBack,
    ReasonMissing,
)
from pool_module.settlement.operations import previewing, proposals, runs
from pool_module.settlement.operations.what_if import what_if
from pool_module.settlement.queries import proposals as proposal_queries
from shared import workplace
from shared.actor import Actor
from shared.db import Session
from shared.db.facts import stretch
from shared.models.proposals import Proposal
from shared.vocabulary import ActivityStatus, ChangeKind, JobState, ProposalState
from tests.database.pool_module.settlement.small_pool import FACTS

Look = Callable[[Session, Actor], None]
WHY = "Agreed on in October, forgotten to enter"
NEW_YEAR = date(2026, 1, 1)


@pytest.fixture
def closed_january(scenario_engine: Engine) -> Callable[[Look], None]:
    """January settled: Berg sold for 10,000 at L1 (2 %), Adler above has L2 (3 %)."""
    scenario = {
        "name": "small",
        "currency": "EUR",
        "steps": [*FACTS, {"settle": {"through": "2026-01-31"}}],
    }
    return lambda look: (play_scenario(scenario_engine, json.dumps(scenario), look=look), None)[1]


def id_of(session: Session, actor: Actor, code: str) -> int:
    found = hierarchy_queries.find_producer(session, actor, code)
    assert found is not None
    return found.id


def promotion(session: Session, actor: Actor, day: date = NEW_YEAR, level: str = "L2") -> Change:
    plan = hierarchy_queries.find_level(session, actor, level)
    assert plan is not None
    return Change(ChangeKind.CAREER, id_of(session, actor, "Berg"), day, WHY, level_id=plan.id)


def sent(session: Session, actor: Actor, change: Change) -> Proposal:
    proposal = proposals.propose(session, actor, change)
    assert proposals.calculate(session, actor, proposal.id)
    proposals.send(session, actor, proposal.id)
    return proposal


def second(actor: Actor, name: str = "second@pool.example") -> Actor:
    return replace(actor, name=name)


class TestAPromotionIntoAClosedPeriod:
    def test_is_not_saved_at_once(self, closed_january: Callable[[Look], None]) -> None:
        def look(session: Session, actor: Actor) -> None:
            with pytest.raises(ReachesBack):
                proposals.save(session, actor, promotion(session, actor))

        closed_january(look)

    def test_says_why(self, closed_january: Callable[[Look], None]) -> None:
        def look(session: Session, actor: Actor) -> None:
            with pytest.raises(ReasonMissing):
                proposals.propose(session, actor, replace(promotion(session, actor), reason=" "))

        closed_january(look)

    def test_shows_who_gets_what(self, closed_january: Callable[[Look], None]) -> None:
        def look(session: Session, actor: Actor) -> None:
            proposal = sent(session, actor, promotion(session, actor))
            lines = {
                row.name: (row.amount_old, row.amount_new, row.difference)
                for row in proposal_queries.payees_of(session, actor, proposal)
            }
            # 2 % and the 1 % above become 3 % and nothing: the pool keeps what it kept
            assert lines == {
                "Berg": (Decimal(200), Decimal(300), Decimal(100)),
                "Adler": (Decimal(100), Decimal(0), Decimal(-100)),
            }
            (sums,) = proposal_queries.sums_of(session, actor, proposal)
            assert (sums.rest, sums.off_balance, sums.margin) == (0, 0, 0)
            assert proposal.through == date(2026, 2, 28)

        closed_january(look)

    def test_approved_is_booked_by_the_next_run(
        self, closed_january: Callable[[Look], None]
    ) -> None:
        def look(session: Session, actor: Actor) -> None:
            proposal = sent(session, actor, promotion(session, actor))
            proposals.approve(session, second(actor), proposal.id, "fine")
            assert proposal.state == ProposalState.APPROVED
            assert proposal.facts_at is not None
            assert proposal_queries.find_booking_run(session, actor, proposal.facts_at) is None
            run = runs.begin(session, actor, date(2026, 2, 28))
            while runs.calculate_next(session, actor, run.id) is not None:
                pass
            runs.finish(session, actor, run.id)
            runs.approve(session, second(actor), run.id)
            runs.close(session, actor, run.id, date(2026, 3, 1), issue=False)
            booked = proposal_queries.find_booking_run(session, actor, proposal.facts_at)
            assert booked is not None
            assert booked.id == run.id
            assert {
                e["producer"]: Decimal(e["payable"]) + Decimal(e["reserve"])
                for s in queries.movements_of(session, actor, run.id)["statements"]  # type: ignore[attr-defined]
                for e in s["entries"]
            } == {"Berg": 100, "Adler": -100}

        closed_january(look)


class TestTwoPeople:
    def test_the_proposer_does_not_decide(self, closed_january: Callable[[Look], None]) -> None:
        def look(session: Session, actor: Actor) -> None:
            proposal = sent(session, actor, promotion(session, actor))
            for decide in (proposals.approve, proposals.reject):
                with pytest.raises(OwnProposal):
                    decide(session, actor, proposal.id, "me")

        closed_january(look)

    def test_the_database_refuses_him_too(self, closed_january: Callable[[Look], None]) -> None:
        def look(session: Session, actor: Actor) -> None:
            proposal = sent(session, actor, promotion(session, actor))
            for values in (
                "state = 'approved', facts_at = now(), decided_by = proposed_by",
                "state = 'approved', facts_at = now()",
                "proposed_by = 'somebody else'",
            ):
                with pytest.raises(DBAPIError) as refused, session.begin_nested():
                    session.execute(
                        text(f"UPDATE proposal SET {values} WHERE id = :id"), {"id": proposal.id}
                    )
                assert refused.value.orig is not None
                assert getattr(refused.value.orig, "sqlstate", "") == "23514"

        closed_january(look)

    def test_what_is_decided_stays_decided(self, closed_january: Callable[[Look], None]) -> None:
        def look(session: Session, actor: Actor) -> None:
            proposal = sent(session, actor, promotion(session, actor))
            proposals.reject(session, second(actor), proposal.id, "not agreed on")
            assert proposal.note == "not agreed on"
            for decide in (proposals.approve, proposals.reject):
                with pytest.raises(ProposalMoved):
                    decide(session, second(actor, "third"), proposal.id, "")
            with pytest.raises(ProposalMoved):
                proposals.calculate_again(session, actor, proposal.id)
            level = session.execute(
                text("SELECT count(*) FROM career WHERE reason = :why"), {"why": WHY}
            )
            assert level.scalar_one() == 0

        closed_january(look)


class TestStale:
    @pytest.mark.parametrize("other", ["career", "rule", "placement", "cut"])
    def test_a_fact_it_rests_on_changed(
        self, closed_january: Callable[[Look], None], other: str
    ) -> None:
        def look(session: Session, actor: Actor) -> None:
            proposal = sent(session, actor, promotion(session, actor))
            adler = hierarchy_queries.find_producer(session, actor, "Adler")
            assert adler is not None
            if other == "career":
                hierarchy.promote(session, actor, adler, "L3", stretch(NEW_YEAR, None))
            elif other == "rule":
                session.execute(
                    text(
                        "UPDATE rule SET superseded_at = fact_moment(), superseded_by = 'x' "
                        "WHERE code = 'L2'"
                    )
                )
            elif other == "placement":
                carl = hierarchy.add_producer(session, actor, code="Carl")
                hierarchy.place(session, actor, carl, adler, stretch(NEW_YEAR, None))
            else:
                session.execute(
                    text(
                        "INSERT INTO contract_cut (pool_id, contract_id, on_day, factor, void) "
                        "SELECT pool_id, id, DATE '2026-02-01', 0, false FROM contract"
                    )
                )
            with pytest.raises(ProposalStale):
                proposals.approve(session, second(actor), proposal.id)
            assert proposal.state == ProposalState.SENT
            proposals.calculate_again(session, actor, proposal.id)
            assert proposals.calculate(session, actor, proposal.id)
            proposals.send(session, actor, proposal.id)
            proposals.approve(session, second(actor), proposal.id)
            assert proposal.calculation == 2

        closed_january(look)

    def test_what_has_nothing_to_do_with_it_leaves_it(
        self, closed_january: Callable[[Look], None]
    ) -> None:
        def look(session: Session, actor: Actor) -> None:
            proposal = sent(session, actor, promotion(session, actor))
            lone = hierarchy.add_producer(session, actor, code="Dora")
            hierarchy.promote(session, actor, lone, "L1", stretch(NEW_YEAR, None))
            proposals.approve(session, second(actor), proposal.id)

        closed_january(look)


class TestAtOnce:
    def test_from_next_month_on_and_undone(self, closed_january: Callable[[Look], None]) -> None:
        def look(session: Session, actor: Actor) -> None:
            before = _standing(session)
            change = promotion(session, actor, date(2026, 3, 1))
            moment = proposals.save(session, actor, change)
            assert _standing(session) != before
            proposals.undo(session, actor, ChangeKind.CAREER, change.producer_id, moment)
            assert _standing(session) == before
            with pytest.raises(NoWayBack):
                proposals.undo(session, actor, ChangeKind.CAREER, change.producer_id, moment)

        closed_january(look)

    def test_nothing_is_undone_once_it_is_settled(
        self, closed_january: Callable[[Look], None]
    ) -> None:
        def look(session: Session, actor: Actor) -> None:
            change = promotion(session, actor, date(2026, 2, 1))
            moment = proposals.save(session, actor, change)
            run = runs.begin(session, actor, date(2026, 2, 28))
            while runs.calculate_next(session, actor, run.id) is not None:
                pass
            runs.finish(session, actor, run.id)
            runs.approve(session, second(actor), run.id)
            with pytest.raises(NoWayBack):
                proposals.undo(session, actor, ChangeKind.CAREER, change.producer_id, moment)

        closed_january(look)

    def test_the_tree_refuses_what_can_not_be(self, closed_january: Callable[[Look], None]) -> None:
        def look(session: Session, actor: Actor) -> None:
            adler, berg = id_of(session, actor, "Adler"), id_of(session, actor, "Berg")
            day = date(2026, 3, 1)
            with pytest.raises(CycleRefused, match="Adler → Berg → Adler"):
                proposals.save(
                    session, actor, Change(ChangeKind.PLACEMENT, adler, day, parent_id=berg)
                )
            carl = hierarchy.add_producer(session, actor, code="Carl")
            under = Change(ChangeKind.PLACEMENT, berg, day, parent_id=carl.id)
            with pytest.raises(SecondParent, match="Berg stands under Adler already"):
                proposals.save(session, actor, under, first_place=True)
            proposals.save(session, actor, under)
            with pytest.raises(NothingChanges):
                changes.check(session, actor, under)

        closed_january(look)


class TestTheJob:
    def test_brings_the_preview(self, closed_january: Callable[[Look], None]) -> None:
        def look(session: Session, actor: Actor) -> None:
            proposal = proposals.propose(session, actor, promotion(session, actor))
            job = workplace.find_job_of(session, proposals.JOB, "proposal", proposal.id)
            assert job is not None
            previewing.preview(session, actor, proposal.id, job.id)
            session.expire_all()
            assert proposal.state == ProposalState.READY
            assert job.state == JobState.DONE

        closed_january(look)

    def test_says_what_can_not_be(self, closed_january: Callable[[Look], None]) -> None:
        def look(session: Session, actor: Actor) -> None:
            berg = id_of(session, actor, "Berg")
            carl = hierarchy.add_producer(session, actor, code="Carl")
            wanted = Change(ChangeKind.PLACEMENT, berg, NEW_YEAR, WHY, parent_id=carl.id)
            proposal = proposals.propose(session, actor, wanted)
            moved = hierarchy_queries.find_producer(session, actor, "Berg")
            assert moved is not None
            hierarchy.place(session, actor, carl, moved, stretch(NEW_YEAR, None))
            job = workplace.find_job_of(session, proposals.JOB, "proposal", proposal.id)
            assert job is not None
            previewing.preview(session, actor, proposal.id, job.id)
            session.expire_all()
            assert proposal.state == ProposalState.FAILED
            assert job.state == JobState.FAILED
            assert job.error is not None
            assert "a cycle" in job.error

        closed_january(look)


def test_if_i_were_a_level_higher(closed_january: Callable[[Look], None]) -> None:
    """The same engine over what is not settled yet: the broker's question."""

    def look(session: Session, actor: Actor) -> None:
        session.execute(
            text(
                "INSERT INTO event (pool_id, ref, contract_id, kind, effective, due, basis, "
                "received) SELECT pool_id, 'E2', id, 'acquisition', DATE '2026-02-10', "
                "DATE '2026-02-20', 5000, 200 FROM contract"
            )
        )
        change = promotion(session, actor, date(2026, 2, 1))
        assert what_if(session, actor, [change]).lines == []
        found = what_if(session, actor, [change], upcoming=True)
        assert {n.difference for n in found.lines} == {Decimal(50), Decimal(-50)}
        assert not found.events_off_balance()

    closed_january(look)


def test_nobody_active_takes_part_any_more(closed_january: Callable[[Look], None]) -> None:
    """Adler's end in January: what he got goes to the pool, and comes back when it is undone."""

    def look(session: Session, actor: Actor) -> None:
        adler = id_of(session, actor, "Adler")
        end = Change(ChangeKind.STATUS, adler, NEW_YEAR, WHY, status=ActivityStatus.TERMINATED)
        proposal = sent(session, actor, end)
        (row, pool) = proposal_queries.payees_of(session, actor, proposal)
        assert (row.name, row.difference) == ("Adler", Decimal(-100))
        assert (pool.account, pool.difference) == (4, Decimal(100))

    closed_january(look)


def _standing(session: Session) -> list[tuple[object, ...]]:
    rows = session.execute(
        text(
            "SELECT producer_id, level_id, valid::text FROM career WHERE superseded_at IS NULL "
            "ORDER BY 1, 3"
        )
    )
    return [tuple(row) for row in rows]
