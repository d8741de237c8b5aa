"""Bank details: two people, a waiting time, and nobody pays to an account he changed."""

from datetime import UTC

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from admin_module.companies.errors import (
    BankChangeDecided,
    BankChangeOpen,
    EvidenceMissing,
    IbanWrong,
    SameAccount,
    SecondPersonDecides,
    SettingWrong,
)
from admin_module.companies.operations import banking, set_waiting
from admin_module.companies.operations.banking import Account
from admin_module.companies.queries import get_pool
from pool_module.settlement.errors import OwnAccountChange
from pool_module.settlement.operations import runs
from shared import clock
from shared.db import actor_of
from shared.db.accounts import create_account, create_membership
from shared.gates import holds
from shared.models.firms import BankChange
from shared.models.kit import AuditEntry
from shared.models.pools import Company
from shared.models.workplace import Notification
from shared.permissions import Role
from shared.vocabulary import BankState, Door
from tests.database.admin_module.conftest import IBAN, OTHER_IBAN
from tests.database.pool_module.casework import POOL, Desk
from tests.factories.days import TODAY, ZONE, zone_of_another_day

NEW = Account(OTHER_IBAN, "Kontor GmbH", "Neue Hausbank")


def iban_of(desk: Desk) -> str | None:
    with desk.at(Door.INTRANET) as session:
        return session.get_one(Company, (POOL, desk.firm_id)).iban


class TestRefused:
    def test_what_can_not_be_proposed(self, desk: Desk) -> None:
        with desk.at(Door.EXTRANET, "olena") as session:
            with pytest.raises(IbanWrong):
                banking.propose(session, desk.firm_id, Account("DE1", "x", "y"))
            with pytest.raises(SameAccount):
                banking.propose(session, desk.firm_id, Account(IBAN, "x", "y"))
            banking.propose(session, desk.firm_id, NEW)
            with pytest.raises(BankChangeOpen):
                banking.propose(session, desk.firm_id, NEW)

    def test_the_firm_takes_it_back(self, desk: Desk) -> None:
        with desk.at(Door.EXTRANET, "olena") as session:
            change = session.scalars(select(BankChange)).one()
            assert banking.withdraw(session, change.id).state == BankState.WITHDRAWN

    def test_an_agents_account_is_evidenced(self, desk: Desk) -> None:
        with desk.at(Door.INTRANET, "frauke") as session:
            firm = session.get_one(Company, (POOL, desk.neighbour_id))
            firm.intermediary_type = "agent"
            session.flush()
            with pytest.raises(EvidenceMissing):
                banking.propose(session, desk.neighbour_id, NEW)

    def test_the_database_refuses_the_same_person_and_a_short_cut(self, desk: Desk) -> None:
        with desk.at(Door.INTRANET, "frauke") as session:
            change = banking.propose(session, desk.firm_id, NEW).id
        approve = text("UPDATE bank_change SET state = 'approved' WHERE id = :id")
        force = text("UPDATE bank_change SET state = 'in_force' WHERE id = :id")
        for name, statement in (("frauke", approve), ("torben", force)):
            with pytest.raises(IntegrityError), desk.at(Door.INTRANET, name) as session:
                session.execute(statement, {"id": change})
        for door in (Door.INTRANET, Door.WORKER):
            with (
                pytest.raises(DBAPIError, match="permission denied"),
                desk.at(door, "torben") as session,
            ):
                session.execute(text("UPDATE company SET iban = 'DE0'"))
        with (
            pytest.raises(DBAPIError, match="proposed by one"),
            desk.at(Door.INTRANET, "torben") as session,
        ):
            session.execute(insert(Company).values(pool_id=POOL, code="X", name="X", iban=IBAN))
        with (
            pytest.raises(DBAPIError, match="permission denied"),
            desk.at(Door.EXTRANET, "olena") as session,
        ):
            session.execute(text("UPDATE bank_change SET iban = 'DE0'"))
        with desk.at(Door.EXTRANET, "olena") as session:
            banking.withdraw(session, change)

    def test_a_day_is_the_least_that_is_waited(self, desk: Desk) -> None:
        for days in (0, 31):
            with pytest.raises(SettingWrong), desk.at(Door.INTRANET, "frauke") as session:
                set_waiting(session, days)

    def test_who_approves_compares_the_whole_new_number(self, desk: Desk) -> None:
        with desk.at(Door.EXTRANET, "olena") as session:
            change = banking.propose(session, desk.firm_id, NEW).id
        with desk.at(Door.INTRANET, "torben") as session:
            assert banking.show_new_iban(session, change).replace(" ", "") == OTHER_IBAN
            last = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
            assert last is not None
            assert (last.action, last.recorded_by) == ("new account shown", "torben")
        with desk.at(Door.EXTRANET, "olena") as session:
            banking.withdraw(session, change)

    def test_a_firm_without_an_address_is_told_through_its_people(self, desk: Desk) -> None:
        with desk.at(Door.WORKER, "worker") as session:
            account = create_account(
                session, email="lone@kontor.example", name="Lone", password_hash="x", language="uk"
            )
            create_membership(
                session, account_id=account, company_id=desk.firm_id, door=Door.EXTRANET,
                role=Role.BROKER,
            )  # fmt: skip
        with desk.at(Door.INTRANET, "frauke") as session:
            session.get_one(Company, (POOL, desk.firm_id)).email = None
            session.flush()
            change = banking.propose(session, desk.firm_id, NEW).id
            session.get_one(Company, (POOL, desk.firm_id)).email = "post@kontor.example"
        with desk.at(Door.INTRANET, "frauke") as session:
            banking.withdraw(session, change)
        with desk.at(Door.WORKER, "worker") as session:
            letters = session.execute(
                text("SELECT m.recipient, m.kind, m.language FROM outbox o, LATERAL "
                     "find_mail((o.arguments->>'mail_id')::bigint) m WHERE o.task = 'mail.send'")
            ).all()  # fmt: skip
            # in his language, not in the firm's
            assert ("lone@kontor.example", "bank_proposed", "uk") in letters

    def test_asking_for_the_whole_number_stands_in_the_journal(self, desk: Desk) -> None:
        with desk.at(Door.INTRANET, "jana") as session:
            assert banking.show_iban(session, desk.firm_id) == "DE89 3704 0044 0532 0130 00"
            last = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
            assert last is not None
            assert (last.action, last.recorded_by) == ("account shown", "jana")


class TestTwoPeople:
    def test_from_the_firms_proposal_to_the_new_account(self, desk: Desk) -> None:
        with desk.at(Door.EXTRANET, "olena") as session:
            change = banking.propose(session, desk.firm_id, NEW).id
        with pytest.raises(SecondPersonDecides), desk.at(Door.INTRANET, "olena") as session:
            banking.approve(session, change)
        assert iban_of(desk) == IBAN
        with desk.at(Door.INTRANET, "torben") as session:
            approved = banking.approve(session, change)
            assert approved.decided_by == "torben"
            assert approved.effective_at is not None
            assert approved.decided_at is not None
            assert (approved.effective_at - approved.decided_at).days == 3
        with desk.at(Door.WORKER, "worker") as session:
            assert holds.put_accounts_into_effect(session, actor_of(session)) == []
        assert iban_of(desk) == IBAN  # it waits
        with pytest.raises(BankChangeDecided), desk.at(Door.INTRANET, "frauke") as session:
            banking.approve(session, change)
        with desk.at(Door.INTRANET, "frauke") as session:
            banking.refuse(session, change, note="Firma hat widersprochen")
        assert iban_of(desk) == IBAN

    def test_the_letter_tells_the_pools_day(self, desk: Desk) -> None:
        zone = zone_of_another_day()
        with desk.at(Door.WORKER, "worker") as session:
            get_pool(session, actor_of(session)).time_zone = zone
        with desk.at(Door.EXTRANET, "olena") as session:
            change = banking.propose(session, desk.firm_id, NEW).id
        with desk.at(Door.INTRANET, "torben") as session:
            approved = banking.approve(session, change).effective_at
            assert approved is not None
        with desk.at(Door.WORKER, "worker") as session:
            days = session.scalars(
                text("SELECT m.told->>'day' FROM outbox o, LATERAL "
                     "find_mail((o.arguments->>'mail_id')::bigint) m "
                     "WHERE o.task = 'mail.send' AND m.kind = 'bank_approved' ORDER BY o.id")
            ).all()  # fmt: skip
            get_pool(session, actor_of(session)).time_zone = ZONE
        assert days[-1] == f"{clock.day_of(approved, zone):%d.%m.%Y}"
        assert days[-1] != f"{approved.astimezone(UTC):%d.%m.%Y}"
        with desk.at(Door.INTRANET, "frauke") as session:
            banking.refuse(session, change, note="Doch nicht")

    def test_after_the_waiting_time_it_is_in_effect_and_the_old_address_was_told(
        self, desk: Desk
    ) -> None:
        with desk.at(Door.INTRANET, "frauke") as session:
            get_pool(
                session, actor_of(session)
            ).bank_wait_days = 0  # nobody can: a test has no days
            change = banking.propose(session, desk.firm_id, NEW).id
        with desk.at(Door.INTRANET, "torben") as session:
            banking.approve(session, change)
        with desk.at(Door.WORKER, "worker") as session:
            applied = holds.put_accounts_into_effect(session, actor_of(session))
            assert applied == [desk.firm_id]
        assert iban_of(desk) == OTHER_IBAN
        with desk.at(Door.WORKER, "worker") as session:
            kept = session.get_one(BankChange, (POOL, change))
            assert (kept.state, kept.old_iban, kept.told) == (
                BankState.IN_FORCE, IBAN, "post@kontor.example",
            )  # fmt: skip
            texts = session.scalars(
                select(Notification.text).where(Notification.firm_id == desk.firm_id)
            ).all()
            assert banking.PROPOSED_FIRM in texts
            assert banking.APPROVED_FIRM in texts
            letters = session.execute(
                text("SELECT m.recipient, m.kind FROM outbox o, LATERAL "
                     "find_mail((o.arguments->>'mail_id')::bigint) m WHERE o.task = 'mail.send'")
            ).all()  # fmt: skip
            assert ("post@kontor.example", "bank_proposed") in letters
            assert ("post@kontor.example", "bank_approved") in letters

    def test_whoever_changed_the_account_approves_no_payout_to_it(self, desk: Desk) -> None:
        with desk.at(Door.WORKER, "svenja") as session:
            actor = actor_of(session)
            run = runs.begin(session, actor, TODAY).id
        with desk.at(Door.WORKER, "svenja") as session:
            while runs.calculate_next(session, actor_of(session), run) is not None:
                pass
            runs.finish(session, actor_of(session), run)
            # somebody it pays: the firm whose account was changed
            session.execute(
                text("INSERT INTO run_balance (pool_id, run_id, payee_id, currency, account, "
                     "amount, postings) VALUES (:pool, :run, :firm, 'EUR', 2, 10, 1)"),
                {"pool": POOL, "run": run, "firm": desk.firm_id},
            )  # fmt: skip
        for name in ("frauke", "torben"):  # who proposed, who approved
            with pytest.raises(OwnAccountChange), desk.at(Door.INTRANET, name) as session:
                runs.approve(session, actor_of(session), run)
            with (
                pytest.raises(DBAPIError, match="changed the account"),
                desk.at(Door.INTRANET, name) as session,
            ):
                session.execute(
                    text("UPDATE settlement_run SET state = 'approved', approved_by = :me "
                         "WHERE id = :run"),
                    {"me": name, "run": run},
                )  # fmt: skip
        with desk.at(Door.INTRANET, "jana") as session:
            runs.approve(session, actor_of(session), run)
        with pytest.raises(OwnAccountChange), desk.at(Door.WORKER, "frauke") as session:
            runs.close(session, actor_of(session), run, TODAY)
