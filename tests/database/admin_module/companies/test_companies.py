"""Companies kept, advisers without commission, modules, people, and the way out."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import DBAPIError

from admin_module.accounts import operations as accounts
from admin_module.companies import operations as companies
from admin_module.companies.errors import (
    CompanyAlike,
    CompanyCodeTaken,
    CompanyKnown,
    NoPremiumCollection,
    NoSuchCompany,
    NoSuchMember,
    NotLeaving,
    NoWayBackIn,
    OneOperator,
    OperatorStays,
    OwnWayOut,
    ProofDecided,
    RegisterNumberWrong,
    RoleNotYours,
    SecondPersonChecks,
    StaysIntermediary,
)
from admin_module.companies.operations import Details, leaving, proofs
from admin_module.companies.operations import people as roles
from admin_module.companies.operations.proofs import Evidence
from admin_module.companies.queries import get_company, people
from admin_module.companies.queries.lists import CHECK, USERS, company_list
from admin_module.modules import operations as modules
from admin_module.modules.errors import StandingOnIt
from admin_module.modules.queries import modules_of
from admin_module.onboarding import jobs
from pool_module.agreements import operations as agreements
from pool_module.agreements.operations import joining
from pool_module.applications import operations as applications
from pool_module.contracts.operations.keeping import Part, share
from pool_module.hierarchy import operations as hierarchy
from pool_module.hierarchy.operations import keeping
from shared.db import accounts as logins
from shared.db import actor_of
from shared.db.facts import stretch
from shared.db.listing import Asked, Condition, Operator, page
from shared.errors import Conflict
from shared.gates import NoCommission
from shared.models.firms import Proof
from shared.models.hierarchy import Producer, ProducerStatus
from shared.models.ledger import Period, SettlementRun
from shared.models.pools import Company, Person
from shared.models.products import Rule
from shared.permissions import Module, Role, effective
from shared.vocabulary import (
    CompanyKind,
    Door,
    IntermediaryType,
    PersonState,
    ProducerKind,
    ProofKind,
    ProofState,
)
from tests.database.pool_module.casework import OTHER_POOL, POOL, Desk
from tests.factories.days import TODAY


def add(desk: Desk, name: str = "Neue Firma GmbH", **more: object) -> int:
    with desk.at(Door.INTRANET, "frauke") as session:
        return companies.add(session, Details(name=name, **more), another=None).id  # type: ignore[arg-type]


def member(desk: Desk, company_id: int, email: str, role: Role, door: Door) -> int:
    with desk.at(Door.WORKER, "worker") as session:
        account = logins.create_account(
            session, email=email, name=email.partition("@")[0], password_hash="x", language="de"
        )
        return logins.create_membership(
            session, account_id=account, company_id=company_id, door=door, role=role
        )


def listed(desk: Desk, missing: str) -> set[int]:
    with desk.at(Door.INTRANET) as session:
        listing = company_list(session, actor_of(session), TODAY)
        asked = Asked("name", conditions=(Condition("missing", Operator.IS, (missing,)),))
        return {row.id for row in page(session, listing, asked).rows}


class TestKeeping:
    def test_a_company_comes_first_and_has_no_users_yet(self, desk: Desk) -> None:
        made = add(desk)
        with desk.at(Door.INTRANET) as session:
            company = get_company(session, actor_of(session), made)
            assert (company.code, company.state, company.currency) == ("F-0001", "active", "EUR")
        assert made in listed(desk, USERS)
        member(desk, made, "first@neu.example", Role.BROKER, Door.EXTRANET)
        assert made not in listed(desk, USERS)

    def test_what_is_missing_narrows_the_list(self, desk: Desk) -> None:
        made = add(desk, "Unbewiesen GmbH")
        for missing in ("register", "indemnity", "agreement", "bank", "place"):
            assert made in listed(desk, missing)
        assert desk.firm_id not in listed(desk, "register")
        with desk.at(Door.EXTRANET, "x", firm=made) as session:
            proofs.submit(session, made, Evidence(kind=ProofKind.REGISTER, valid_from=TODAY))
        assert made in listed(desk, CHECK)

    def test_identifiers_are_checked_and_nobody_is_there_twice(self, desk: Desk) -> None:
        with pytest.raises(RegisterNumberWrong):
            add(desk, register_number="D-1")
        with pytest.raises(CompanyKnown):
            add(desk, "Doppelt", register_number="d-ab12-cd345-67")
        with pytest.raises(CompanyCodeTaken):
            add(desk, "Doppelt", code="FIRM-A")
        with pytest.raises(CompanyAlike) as asked, desk.at(Door.INTRANET) as session:
            companies.add(session, Details(name="KONTOR  G.m.b.H."))
        assert [one.id for one in asked.value.known] == [desk.firm_id]
        with pytest.raises(NoPremiumCollection):
            add(desk, country="UA", natural_person=True, collects_premiums=True)
        with (
            pytest.raises(DBAPIError, match="ck_company_collection"),
            desk.at(Door.INTRANET) as session,
        ):
            session.execute(
                insert(Company).values(
                    pool_id=POOL, code="Z", name="Z", country="UA", natural_person=True,
                    collects_premiums=True,
                )
            )  # fmt: skip

    def test_nobody_slips_out_of_the_gates_by_another_kind(self, desk: Desk) -> None:
        with pytest.raises(OneOperator):
            add(desk, "Zweiter Pool GmbH", kind=CompanyKind.POOL)
        made = add(desk, "Makler GmbH")
        with desk.at(Door.INTRANET) as session:
            operator = Company(pool_id=POOL, code="RUNS", name="Pool", kind=CompanyKind.POOL)
            session.add(operator)
            session.flush()
            operator_id = operator.id
        for company_id, kind in ((made, CompanyKind.POOL), (operator_id, CompanyKind.FIRM)):
            with pytest.raises(OneOperator), desk.at(Door.INTRANET) as session:
                companies.change(session, company_id, Details(name="X", kind=kind), version=None)
        insurer = Details(name="Makler GmbH", kind=CompanyKind.INSURER)
        with desk.at(Door.INTRANET) as session:  # a slip of the hand is mended
            companies.change(session, made, insurer, version=None)
            companies.change(session, made, Details(name="Makler GmbH"), version=None)
        member(desk, made, "first@makler.example", Role.BROKER, Door.EXTRANET)
        with pytest.raises(StaysIntermediary), desk.at(Door.INTRANET) as session:
            companies.change(session, made, insurer, version=None)

    def test_who_saves_second_is_shown_what_stands(self, desk: Desk) -> None:
        made = add(desk, "Zweimal GmbH")
        with desk.at(Door.INTRANET, "frauke") as session:
            companies.change(session, made, Details(name="Erste GmbH"), version=1)
        with pytest.raises(Conflict) as clash, desk.at(Door.INTRANET, "jule") as session:
            companies.change(session, made, Details(name="Zweite GmbH"), version=1)
        assert clash.value.who == "frauke"

    def test_another_pools_company_is_not_there(self, desk: Desk) -> None:
        with pytest.raises(NoSuchCompany), desk.at(Door.INTRANET, pool=OTHER_POOL) as session:
            companies.change(session, desk.firm_id, Details(name="X"), version=None)
        with pytest.raises(NoSuchCompany), desk.at(Door.EXTRANET, "olena") as session:
            get_company(session, actor_of(session), desk.neighbour_id)


class TestAdviser:
    def test_no_way_leads_commission_to_an_adviser(self, desk: Desk) -> None:
        adviser = add(desk, "Berater GmbH", intermediary_type=IntermediaryType.ADVISER)
        details = keeping.Details(code="X", kind=ProducerKind.FIRM, name="X", firm_id=adviser)
        with pytest.raises(NoCommission), desk.at(Door.INTRANET) as session:
            keeping.create(session, actor_of(session), details)  # nobody to pay
        with desk.at(Door.INTRANET) as session:
            actor = actor_of(session)
            producer = session.get_one(Producer, (POOL, desk.producer_id))
            code = get_company(session, actor, adviser).code
            with pytest.raises(NoCommission):
                hierarchy.change_payee(session, actor, producer, code)

    def test_who_is_paid_can_not_become_an_adviser(self, desk: Desk) -> None:
        details = Details(name="Kontor GmbH", intermediary_type=IntermediaryType.ADVISER)
        with pytest.raises(NoCommission), desk.at(Door.INTRANET) as session:
            companies.change(session, desk.firm_id, details, version=None)
        with (
            pytest.raises(DBAPIError, match="cannot be an adviser"),
            desk.at(Door.INTRANET) as session,
        ):
            session.execute(
                text("UPDATE company SET intermediary_type = 'adviser' WHERE id = :id"),
                {"id": desk.firm_id},
            )

    def test_the_database_refuses_shares_groups_rates_and_payees(self, desk: Desk) -> None:
        adviser = add(desk, "Noch ein Berater", intermediary_type=IntermediaryType.ADVISER)
        with desk.at(Door.WORKER) as session:
            producer = Producer(pool_id=POOL, code="ADV", name="ADV", firm_id=adviser)
            session.add(producer)
            session.flush()
            number = producer.id
        statements = (
            "INSERT INTO producer_payee (pool_id, producer_id, company_id) VALUES (:p, :n, :c)",
            (
                "INSERT INTO producer_group (pool_id, producer_id, group_id, valid) "
                "SELECT :p, :n, id, '[2026-01-01,)' FROM commission_group WHERE pool_id = :p"
            ),
            (
                "INSERT INTO rule (pool_id, code, kind, product_id, producer_id, rate_of, rate, "
                "valid) SELECT :p, 'R', 'acquisition', min(id), :n, 'basis', 1, '[2026-01-01,)' "
                "FROM product WHERE pool_id = :p"
            ),
        )
        with desk.at(Door.WORKER) as session:
            hierarchy.group_of(session, actor_of(session), "G")
        for statement in statements:
            with (
                pytest.raises(DBAPIError, match="adviser gets no commission"),
                desk.at(Door.INTRANET) as session,
            ):
                session.execute(text(statement), {"p": POOL, "n": number, "c": adviser})
        with pytest.raises(NoCommission), desk.at(Door.INTRANET) as session:
            share(session, desk.contract_id, [Part(number, Decimal(1))], from_day=None)
        with pytest.raises(NoCommission), desk.at(Door.INTRANET) as session:
            hierarchy.set_group(
                session, actor_of(session), session.get_one(Producer, (POOL, number)), "G",
                stretch(TODAY, None),
            )  # fmt: skip
        rule = Rule(
            code="A", kind="acquisition", producer_id=number, rate_of="basis", rate=Decimal(1),
            product_id=desk.product_id, valid=stretch(None, None),
        )  # fmt: skip
        with pytest.raises(NoCommission), desk.at(Door.INTRANET) as session:
            agreements.add_rule(session, actor_of(session), rule)


class TestModules:
    def test_off_its_rights_are_gone_and_the_operator_keeps_the_administration(
        self, desk: Desk
    ) -> None:
        with desk.at(Door.INTRANET, "frauke") as session:
            modules.switch(session, desk.firm_id, Module.POOL, on=False)
            actor = actor_of(session)
            assert modules_of(session, actor, desk.firm_id) == {
                Module.ADMIN: True, Module.POOL: False,
            }  # fmt: skip
            held = effective(Role.BROKER, {}, [Module.POOL])
            assert not any(right.startswith("own_contract") for right in held)
            modules.switch(session, desk.firm_id, Module.POOL, on=True)
            operator = Company(pool_id=POOL, code="POOL", name="Pool", kind=CompanyKind.POOL)
            session.add(operator)
            session.flush()
            with pytest.raises(StandingOnIt):
                modules.switch(session, operator.id, Module.ADMIN, on=False)
            with pytest.raises(OperatorStays):
                leaving.leave(session, operator.id, TODAY)


class TestProofs:
    def test_what_a_firm_sends_counts_once_the_pool_has_checked_it(self, desk: Desk) -> None:
        sent = Evidence(kind=ProofKind.INDEMNITY, valid_from=TODAY, number="VSH-1")
        with desk.at(Door.EXTRANET, "olena") as session:
            proof = proofs.submit(session, desk.firm_id, sent).id
        with desk.at(Door.INTRANET, "frauke") as session:
            assert proofs.accept(session, proof).checked_by == "frauke"
            with pytest.raises(ProofDecided):
                proofs.refuse(session, proof, note="zu spät")

    def test_who_sent_a_proof_does_not_let_it_count(self, desk: Desk) -> None:
        with desk.at(Door.EXTRANET, "olena") as session:
            evidence = Evidence(kind=ProofKind.REGISTER, valid_from=TODAY)
            sent = proofs.submit(session, desk.firm_id, evidence).id
        with desk.at(Door.INTRANET, "olena") as session:
            with pytest.raises(SecondPersonChecks):
                proofs.accept(session, sent)
            proofs.refuse(session, sent, note="doppelt")

    def test_a_firm_decides_nothing_itself(self, desk: Desk) -> None:
        for state in ("accepted", "submitted"):
            kind = "register" if state == "accepted" else "sanctions"
            with (
                pytest.raises(DBAPIError, match="row-level security"),
                desk.at(Door.EXTRANET, "olena") as session,
            ):
                session.execute(
                    text("INSERT INTO proof (pool_id, firm_id, kind, state, valid_from) "
                         "VALUES (:p, :f, :k, :s, '2026-01-01')"),
                    {"p": POOL, "f": desk.firm_id, "k": kind, "s": state},
                )  # fmt: skip

    def test_a_proof_is_never_changed(self, desk: Desk) -> None:
        with (
            pytest.raises(DBAPIError, match="permission denied"),
            desk.at(Door.INTRANET) as session,
        ):
            session.execute(text("UPDATE proof SET valid_until = '2099-01-01'"))
        with desk.at(Door.INTRANET) as session:
            editions = session.scalars(
                select(Proof.edition).where(
                    Proof.firm_id == desk.firm_id, Proof.kind == ProofKind.INDEMNITY,
                    Proof.state == ProofState.ACCEPTED,
                ).order_by(Proof.id)
            ).all()  # fmt: skip
            assert editions == [1, 2]


class TestPeople:
    def test_a_firm_sees_its_own_people_and_staff_the_pools(self, desk: Desk) -> None:
        mine = member(desk, desk.firm_id, "olena@kontor.example", Role.BROKER, Door.EXTRANET)
        other = member(desk, desk.neighbour_id, "b@b.example", Role.BROKER, Door.EXTRANET)
        with desk.at(Door.EXTRANET, "olena") as session:
            found = people.members_of(session, actor_of(session), desk.firm_id)
            assert [one.id for one in found] == [mine]
            assert found[0].state == PersonState.ACTIVE  # he has a password
            with pytest.raises(NoSuchMember):
                people.get_member(session, actor_of(session), other)
        with desk.at(Door.INTRANET) as session:
            assert people.get_member(session, actor_of(session), other).role == Role.BROKER
        with pytest.raises(NoSuchMember), desk.at(Door.INTRANET, pool=OTHER_POOL) as session:
            people.get_member(session, actor_of(session), other)

    def test_a_firm_gives_its_own_roles_alone(self, desk: Desk) -> None:
        helper = member(desk, desk.firm_id, "lina@kontor.example", Role.ASSISTANT, Door.EXTRANET)
        other = member(desk, desk.neighbour_id, "c@b.example", Role.ASSISTANT, Door.EXTRANET)
        with desk.at(Door.EXTRANET, "olena") as session:
            assert roles.change_role(session, helper, Role.BROKER).role == Role.BROKER
            with pytest.raises(RoleNotYours):
                roles.change_role(session, helper, Role.ADMIN)
            with pytest.raises(NoSuchMember):
                roles.change_role(session, other, Role.BROKER)
            # the database itself: neither another firm's people nor a role of the staff
            for one, role in ((other, "broker"), (helper, "admin")):
                changed = session.execute(
                    text("SELECT change_role(:one, :role)"), {"one": one, "role": role}
                )
                assert changed.scalar_one() is False

    def test_nobody_changes_his_own_role(self, desk: Desk) -> None:
        own = member(desk, desk.firm_id, "me@kontor.example", Role.BROKER, Door.EXTRANET)
        with desk.at(Door.EXTRANET, "me") as session:
            account = people.get_member(session, actor_of(session), own).account_id
            actor = actor_of(session)
            session.info["actor"] = type(actor)(
                actor.door, actor.pool_id, account, actor.name, actor.firm_ids
            )
            with pytest.raises(OwnWayOut):
                roles.change_role(session, own, Role.ASSISTANT)

    def test_a_leavers_open_applications_go_to_a_colleague(self, desk: Desk) -> None:
        wanted = applications.Wanted(desk.product_id, desk.customer_id, desk.producer_id)
        with desk.at(Door.EXTRANET, "olena") as session:
            number = applications.save_draft(session, wanted).id
        with desk.at(Door.INTRANET, "frauke") as session:
            given = applications.hand_over(
                session, from_producer=desk.producer_id, to_producer=desk.second_id
            )
            assert given == 1
            kept = session.execute(
                text("SELECT producer_id FROM application WHERE id = :id"), {"id": number}
            )
            assert kept.scalar_one() == desk.second_id


class TestLeaving:
    def test_exit_mode_and_back(self, desk: Desk) -> None:
        with desk.at(Door.INTRANET, "frauke") as session:
            left = leaving.leave(session, desk.neighbour_id, TODAY, reason="gekündigt")
            assert joining.terminate(session, desk.neighbour_id, TODAY) == 1
            assert (left.state, left.exit_on) == ("exit", TODAY)
            assert left.reads_until == date(TODAY.year + 8, 12, 31)
            with pytest.raises(NotLeaving):
                leaving.leave(session, desk.neighbour_id, TODAY)
            status = session.scalars(
                select(ProducerStatus).where(ProducerStatus.superseded_at.is_(None))
            ).one()
            assert (status.active, status.state) == (False, "terminated")
        with desk.at(Door.INTRANET, "frauke") as session:
            assert leaving.come_back(session, desk.neighbour_id).state == "active"
            assert joining.resume(session, desk.neighbour_id, TODAY) == 1

    def test_what_was_settled_since_can_not_be_taken_back(self, desk: Desk) -> None:
        with desk.at(Door.INTRANET, "frauke") as session:
            leaving.leave(session, desk.neighbour_id, TODAY - timedelta(days=40))
        with desk.at(Door.WORKER, "svenja") as session:
            period = Period(pool_id=POOL, name="2026-10", last_day=date(2026, 10, 31))
            session.add(period)
            session.flush()
            run = SettlementRun(
                pool_id=POOL, period_id=period.id, through=TODAY - timedelta(days=21),
                calculated_by="svenja", known_at=text("clock_timestamp()"),
            )  # fmt: skip
            session.add(run)
            session.flush()
            for state in ("calculated", "approved", "closed"):
                session.execute(
                    text("UPDATE settlement_run SET state = :s, approved_by = CASE WHEN :s IN "
                         "('approved', 'closed') THEN 'torben' END WHERE id = :id"),
                    {"s": state, "id": run.id},
                )  # fmt: skip
        with pytest.raises(NoWayBackIn), desk.at(Door.INTRANET, "frauke") as session:
            leaving.come_back(session, desk.neighbour_id)

    def test_after_the_retention_end_nobody_of_it_comes_in(self, desk: Desk) -> None:
        gone = add(desk, "Weg GmbH")
        one = member(desk, gone, "weg@weg.example", Role.BROKER, Door.EXTRANET)
        with desk.at(Door.INTRANET, "frauke") as session:
            leaving.leave(session, gone, TODAY)
            session.execute(
                text("UPDATE company SET reads_until = '2020-01-01' WHERE id = :id"), {"id": gone}
            )
        with desk.at(Door.WORKER, "worker") as session:
            jobs.watch(session, actor_of(session))
        with desk.at(Door.INTRANET) as session:
            assert get_company(session, actor_of(session), gone).state == "closed"
            assert people.get_member(session, actor_of(session), one).active is False

    def test_shut_out_and_let_in_again(self, desk: Desk) -> None:
        one = member(desk, desk.firm_id, "x@kontor.example", Role.BROKER, Door.EXTRANET)
        with desk.at(Door.INTRANET, "frauke") as session:
            accounts.deactivate(session, one)
            actor = actor_of(session)
            assert people.get_member(session, actor, one).state == PersonState.OFF
            accounts.reactivate(session, one)
            assert people.get_member(session, actor, one).active
            assert session.scalars(select(Person)).all() is not None
