"""The gates at work: submission, contract, payout; held and let go by themselves."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select, text

from admin_module.companies.operations import proofs, watching
from admin_module.companies.operations.proofs import Evidence
from pool_module.applications import operations as applications
from pool_module.applications.errors import UnderReview
from pool_module.applications.operations import Wanted
from pool_module.contracts.operations.issuing import Policy, issue
from pool_module.settlement.operations import runs
from shared import clock, gates
from shared.db import actor_of
from shared.gates import GateClosed, holds, reading
from shared.models.firms import Proof
from shared.models.kit import AuditEntry
from shared.models.payees import PaymentHold
from shared.models.pools import Company, Pool
from shared.models.workplace import Notification
from shared.vocabulary import (
    ApplicationState,
    Door,
    Gate,
    GatePoint,
    ProofKind,
    ProofResult,
    ProofState,
)
from tests.database.admin_module.conftest import BEGUN
from tests.database.pool_module.casework import Desk
from tests.factories.days import TODAY, zone_of_another_day

CONSENT = {"health_consent": "yes"}


def draft(desk: Desk, details: dict[str, str] | None = None) -> int:
    wanted = Wanted(
        desk.product_id, desk.customer_id, desk.producer_id, applied_on=TODAY,
        net_premium=Decimal(100), details=CONSENT if details is None else details,
    )  # fmt: skip
    with desk.at(Door.EXTRANET, "olena") as session:
        return applications.save_draft(session, wanted).id


def withdraw(desk: Desk, kind: ProofKind) -> None:
    with desk.at(Door.INTRANET, "frauke") as session:
        standing = select(Proof.id).where(
            Proof.firm_id == desk.firm_id, Proof.kind == kind, Proof.state == ProofState.ACCEPTED
        )
        for proof_id in session.scalars(standing).all():
            proofs.withdraw(session, proof_id)


def prove(desk: Desk, kind: ProofKind, **more: object) -> int:
    given: dict[str, object] = {"valid_from": BEGUN, "signed_on": BEGUN, **more}
    with desk.at(Door.INTRANET, "frauke") as session:
        return proofs.record(session, desk.firm_id, Evidence(kind=kind, **given)).id  # type: ignore[arg-type]


def standing_holds(desk: Desk) -> set[str | None]:
    with desk.at(Door.INTRANET) as session:
        query = select(PaymentHold.cause).where(
            PaymentHold.company_id == desk.firm_id, PaymentHold.superseded_at.is_(None)
        )
        return set(session.scalars(query))


class TestSubmission:
    def test_with_everything_proved_it_goes_through(self, desk: Desk) -> None:
        number = draft(desk)
        with desk.at(Door.EXTRANET, "olena") as session:
            assert applications.submit(session, number, today=TODAY).state == "submitted"

    def test_everything_missing_is_said_at_once_at_both_doors(self, desk: Desk) -> None:
        withdraw(desk, ProofKind.REGISTER)
        withdraw(desk, ProofKind.INDEMNITY)
        number = draft(desk, {})
        for door in (Door.EXTRANET, Door.INTRANET):
            with pytest.raises(GateClosed) as refused, desk.at(door, "olena") as session:
                applications.submit(session, number, today=TODAY)
            assert set(refused.value.gates) == {Gate.REGISTER, Gate.INDEMNITY, Gate.CONSENT}
            assert "The register entry is not proved" in str(refused.value)

    def test_after_the_cure_it_goes_through(self, desk: Desk) -> None:
        prove(desk, ProofKind.REGISTER)
        prove(desk, ProofKind.INDEMNITY)
        number = draft(desk)
        with desk.at(Door.EXTRANET, "olena") as session:
            applications.submit(session, number, today=TODAY)

    def test_the_pools_own_business_meets_no_gate(self, desk: Desk) -> None:
        wanted = Wanted(desk.product_id, desk.customer_id, applied_on=TODAY)
        with desk.at(Door.INTRANET, "jana") as session:
            number = applications.save_draft(session, wanted).id
            applications.submit(session, number, today=TODAY)


class TestContract:
    def test_without_an_agreement_none_is_made(self, desk: Desk) -> None:
        number = draft(desk)
        with desk.at(Door.EXTRANET, "olena") as session:
            applications.submit(session, number, today=TODAY)
        with desk.at(Door.INTRANET, "jana") as session:
            applications.move(session, number, ApplicationState.ACCEPTED)
        withdraw(desk, ProofKind.AGREEMENT)
        withdraw(desk, ProofKind.REGISTER)  # warns at the contract, and no more
        with pytest.raises(GateClosed) as refused, desk.at(Door.INTRANET, "jana") as session:
            issue(session, number, Policy("AL 9-2"), today=TODAY)
        assert refused.value.gates == (Gate.AGREEMENT,)
        prove(desk, ProofKind.AGREEMENT)
        with desk.at(Door.INTRANET, "jana") as session:
            found = gates.look(
                session, actor_of(session), gates.Case(desk.firm_id), GatePoint.CONTRACT, TODAY
            )
            assert [v.action.value for v in found if v.gate is Gate.REGISTER] == ["warn"]
            assert issue(session, number, Policy("AL 9-2"), today=TODAY).number == "AL 9-2"
        prove(desk, ProofKind.REGISTER)


class TestQuietly:
    def test_a_review_stops_the_pool_and_tells_the_firm_nothing(self, desk: Desk) -> None:
        hit = prove(desk, ProofKind.SANCTIONS, result=ProofResult.FAILED)
        number = draft(desk)
        with desk.at(Door.EXTRANET, "olena") as session:
            assert applications.submit(session, number, today=TODAY).state == "submitted"
            assert session.get(Proof, (actor_of(session).pool_id, hit)) is None
        with pytest.raises(UnderReview), desk.at(Door.INTRANET, "jana") as session:
            applications.move(session, number, ApplicationState.SENT_TO_INSURER)
        assert standing_holds(desk) == {"review"}
        withdraw(desk, ProofKind.SANCTIONS)
        assert standing_holds(desk) == set()
        with desk.at(Door.INTRANET, "jana") as session:
            applications.move(session, number, ApplicationState.SENT_TO_INSURER)


class TestPayout:
    def test_a_hold_says_why_and_lifts_by_itself(self, desk: Desk) -> None:
        withdraw(desk, ProofKind.AGREEMENT)
        assert standing_holds(desk) == {"agreement"}
        with desk.at(Door.EXTRANET, "olena") as session:
            why = gates.held(session, actor_of(session), company_ids=[desk.firm_id])[desk.firm_id]
            assert [each.cause for each in why] == [Gate.AGREEMENT]
            assert why[0].reason  # in the firm's language, for its statement
        prove(desk, ProofKind.AGREEMENT)
        assert standing_holds(desk) == set()
        with desk.at(Door.INTRANET) as session:
            actions = session.scalars(
                select(AuditEntry.action).where(AuditEntry.subject_id == desk.firm_id)
            ).all()
            assert {"held", "let go"} <= set(actions)

    def test_what_the_day_brings_is_held_by_the_days_round(self, desk: Desk) -> None:
        withdraw(desk, ProofKind.REGISTER)
        prove(desk, ProofKind.REGISTER, valid_until=TODAY)
        with desk.at(Door.WORKER, "worker") as session:
            watching.watch(session, TODAY)
        assert standing_holds(desk) == set()
        with desk.at(Door.WORKER, "worker") as session:
            watching.watch(session, TODAY + timedelta(days=1))
        assert standing_holds(desk) == {"register"}
        prove(desk, ProofKind.REGISTER)

    def test_who_came_today_came_on_the_pools_day(self, desk: Desk) -> None:
        zone = zone_of_another_day()
        with desk.at(Door.WORKER, "worker") as session:
            actor = actor_of(session)
            session.get_one(Pool, actor.pool_id).time_zone = zone
            session.get_one(Company, (actor.pool_id, desk.neighbour_id)).agreement_date = None
            session.flush()
            day = clock.today(zone)
            found = reading.read_one(session, actor, desk.neighbour_id, day)
            session.rollback()
        assert found is not None
        assert found.since == day

    def test_a_hold_somebody_set_is_left_alone(self, desk: Desk) -> None:
        with desk.at(Door.INTRANET, "svenja") as session:
            pool = actor_of(session).pool_id
            session.execute(
                text(
                    "INSERT INTO payment_hold (pool_id, company_id, valid, reason) "
                    "VALUES (:pool, :firm, '[2026-01-01,)', 'Pfändung')"
                ),
                {"pool": pool, "firm": desk.firm_id},
            )
        with desk.at(Door.WORKER, "worker") as session:
            holds.renew(session, actor_of(session), TODAY)
        assert None in standing_holds(desk)

    def test_a_run_asks_the_gates_before_it_fixes_what_it_knows(self, desk: Desk) -> None:
        withdraw(desk, ProofKind.AGREEMENT)
        with desk.at(Door.INTRANET) as session:
            session.execute(
                text("UPDATE payment_hold SET superseded_at = fact_moment(), superseded_by = 'x' "
                     "WHERE superseded_at IS NULL")
            )  # fmt: skip
        with desk.at(Door.WORKER, "svenja") as session:
            run = runs.begin(session, actor_of(session), clock.today("Europe/Berlin"))
            known = gates.held(session, actor_of(session), known_at=run.known_at)
            assert [h.cause for h in known[desk.firm_id]] == [Gate.AGREEMENT]
        prove(desk, ProofKind.AGREEMENT)


class TestAlerts:
    def test_each_end_is_told_once_to_the_pool_and_to_the_firm(self, desk: Desk) -> None:
        end = TODAY + timedelta(days=40)
        withdraw(desk, ProofKind.INDEMNITY)
        prove(desk, ProofKind.INDEMNITY, valid_until=end)

        def told(day: object) -> tuple[int, int]:
            with desk.at(Door.WORKER, "worker") as session:
                count = watching.watch(session, day)  # type: ignore[arg-type]
                notices = session.scalars(
                    select(Notification).where(Notification.text.contains("ends on"))
                ).all()
                return count, len(notices) - before

        before = 0
        with desk.at(Door.WORKER) as session:
            query = select(Notification).where(Notification.text.contains("ends on"))
            before = len(session.scalars(query).all())
        assert told(TODAY) == (1, 2)  # sixty days before, looked at late
        assert told(TODAY + timedelta(days=1)) == (0, 2)
        assert told(end - timedelta(days=30)) == (1, 4)
        assert told(end - timedelta(days=7)) == (1, 6)
        assert told(end - timedelta(days=6)) == (0, 6)
        prove(desk, ProofKind.INDEMNITY)  # the new one has no end
        assert told(end - timedelta(days=2)) == (0, 6)
