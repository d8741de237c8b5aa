"""Two people are two: a changed address makes nobody another one, and heirs inherit nothing."""

import hashlib
import re
import secrets
from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from admin_module.accounts import operations as logins
from admin_module.accounts.errors import SecondAdministrator
from admin_module.companies.operations import banking, proofs
from admin_module.companies.operations.proofs import Evidence
from pool_module.settlement.errors import OwnAccountChange, SecondPersonNeeded
from pool_module.settlement.operations import runs
from shared import workplace
from shared.actor import Actor
from shared.db import accounts, actor_of, open_session
from shared.permissions import Role
from shared.vocabulary import Door, ProofKind
from shared.web import sessions
from tests.database.admin_module.conftest import OTHER_IBAN
from tests.database.pool_module.casework import POOL
from tests.factories.days import TODAY
from tests.servers import Database, PostgresServer
from tests.web.firms import ADMIN, BROKER, CLERK, SECOND, Firms, open_firms
from tests.web.portals import Browser, readdressed

OTHER_ADDRESS = "f.winter@pool.example"
NAMES = "SELECT email, written_as FROM account WHERE id = %s"


@pytest.fixture(scope="module")
def house(
    postgres: PostgresServer, template: Database, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Firms]:
    database = postgres.cloned(template, "test_written_as")
    with open_firms(database, tmp_path_factory.mktemp("files")) as opened:
        yield opened
    postgres.drop("test_written_as")


@pytest.fixture
def owner(house: Firms) -> Iterator[psycopg.Connection]:
    with psycopg.connect(house.database.owner_url, autocommit=True) as connection:
        yield connection


def enter(house: Firms, email: str, door: Door = Door.INTRANET) -> Browser:
    browser = Browser(house.apps[door].test_client(), door)
    assert browser.sign_in(email).status_code == 303
    return browser


def acting(house: Firms, email: str, door: Door = Door.INTRANET) -> Actor:
    """Who the portal takes somebody for who signed in with an address."""
    found = accounts.find_signed_in(
        house.desk.engines[door], sessions.hashed(enter(house, email, door).token())
    )
    assert found is not None
    assert found.email == email
    return found.actor(door)


def change_address(house: Firms, owner: psycopg.Connection, email: str, to: str) -> None:
    """By the page, the mail's link and its button."""
    enter(house, email).post("/own/security/email", "/own/security/email", email=to)
    token = secrets.token_urlsafe(32)
    owner.execute(
        "UPDATE one_time_link SET token_hash = %s WHERE id = (SELECT max(id) FROM one_time_link)",
        [hashlib.sha256(token.encode()).digest()],
    )
    link = f"/door/email/{token}"
    browser = Browser(house.apps[Door.INTRANET].test_client(), Door.INTRANET)
    assert to in browser.post(link, link).text


class TestBankDetails:
    @pytest.fixture(autouse=True)
    def proposed(self, house: Firms, owner: psycopg.Connection) -> Iterator[None]:
        self.firm = f"/companies/{house.desk.firm_id}"
        self.here = f"{self.firm}?tab=bank"
        fields = {"iban": OTHER_IBAN, "holder": "Kontor GmbH", "reason": "Neue Hausbank"}
        admin = house.browser(ADMIN)
        assert (
            admin.post(f"{self.firm}/bank", f"{self.firm}/bank", fields=fields).status_code == 303
        )
        row = owner.execute("SELECT max(id) FROM bank_change").fetchone()
        assert row
        self.change = row[0]
        change_address(house, owner, ADMIN, OTHER_ADDRESS)
        yield
        owner.execute("UPDATE account SET email = %s WHERE email = %s", [ADMIN, OTHER_ADDRESS])

    def state(self, owner: psycopg.Connection) -> tuple[str, str]:
        asked = "SELECT state, recorded_by FROM bank_change WHERE id = %s"
        row = owner.execute(asked, [self.change]).fetchone()
        assert row
        return row[0], row[1]

    def test_who_proposed_does_not_approve_under_another_address(
        self, house: Firms, owner: psycopg.Connection
    ) -> None:
        again = enter(house, OTHER_ADDRESS)
        page = again.get(self.here).text
        approve = f"{self.firm}/bank/{self.change}/approve"
        assert approve not in page
        assert f"{self.firm}/bank/{self.change}/withdraw" in page
        again.post(approve, self.here)
        assert self.state(owner) == ("proposed", ADMIN)
        actor = acting(house, OTHER_ADDRESS)
        assert actor.name == ADMIN
        engine = house.desk.engines[Door.INTRANET]
        with pytest.raises(IntegrityError), open_session(engine, actor) as session:
            session.execute(
                text("UPDATE bank_change SET state = 'approved' WHERE id = :id"),
                {"id": self.change},
            )
        assert approve in house.browser(SECOND).get(self.here).text
        # what is his stays his, and says so by his name
        assert OTHER_ADDRESS not in re.sub(r"(?s).*<main", "", page)
        assert ">Frauke<" in page
        assert ">Frauke<" in again.get("/journal").text
        taken = again.post(f"{self.firm}/bank/{self.change}/withdraw", self.here)
        assert taken.status_code == 303
        assert self.state(owner) == ("withdrawn", ADMIN)

    def test_whoever_gets_the_address_is_another_one(
        self, house: Firms, owner: psycopg.Connection
    ) -> None:
        with house.desk.at(Door.WORKER) as session:
            heir = accounts.create_account(
                session, email=ADMIN, name="Hedda Erbe", password_hash="x", language="en"
            )
            operator = session.execute(text("SELECT operator_id FROM pool WHERE id = :p"),
                                       {"p": POOL}).scalar_one()  # fmt: skip
            accounts.create_membership(
                session, account_id=heir, company_id=operator, door=Door.INTRANET, role=Role.ADMIN
            )
        try:
            assert owner.execute(NAMES, [heir]).fetchone() == (ADMIN, f"{ADMIN}#{heir}")
            browser = enter(house, ADMIN)
            page = browser.get(self.here).text
            assert ">Frauke<" in page
            assert f"{self.firm}/bank/{self.change}/withdraw" not in page
            browser.post(f"{self.firm}/bank/{self.change}/withdraw", self.here)
            assert self.state(owner) == ("proposed", ADMIN)
            # he may do what a second person may
            browser.post(f"{self.firm}/bank/{self.change}/approve", self.here)
            assert self.state(owner) == ("approved", ADMIN)
            by = owner.execute(
                "SELECT decided_by FROM bank_change WHERE id = %s", [self.change]
            ).fetchone()
            assert by == (f"{ADMIN}#{heir}",)
            assert "Hedda Erbe" in browser.get(self.here).text
            with house.desk.at(Door.WORKER) as session:
                assert workplace.people(session)[f"{ADMIN}#{heir}"] == "Hedda Erbe"
                assert workplace.people(session)[ADMIN] == "Frauke"
                # a command's name for a person is his address of today
                assert accounts.written_as(session, ADMIN.upper()) == f"{ADMIN}#{heir}"
                assert accounts.written_as(session, OTHER_ADDRESS) == ADMIN
                assert accounts.written_as(session, "system") == "system"
        finally:
            house.browser(SECOND).post(
                f"{self.firm}/bank/{self.change}/refuse", self.here, note="no"
            )
            owner.execute("UPDATE account SET email = 'heir@pool.example' WHERE id = %s", [heir])


class TestOtherDecisions:
    def test_the_name_never_changes(self, owner: psycopg.Connection) -> None:
        with pytest.raises(psycopg.Error, match="never changes"):
            owner.execute("UPDATE account SET written_as = 'x' WHERE email = %s", [CLERK])

    def test_a_run_is_approved_and_closed_by_others(self, house: Firms) -> None:
        with house.desk.at(Door.INTRANET, ADMIN) as session:
            account = banking.Account(OTHER_IBAN, "Kontor GmbH", "Neue Hausbank")
            change = banking.propose(session, house.desk.firm_id, account).id
        with house.desk.at(Door.INTRANET, SECOND) as session:
            banking.approve(session, change)
        with house.desk.at(Door.WORKER, CLERK) as session:
            run = runs.begin(session, actor_of(session), TODAY).id
        with house.desk.at(Door.WORKER, CLERK) as session:
            while runs.calculate_next(session, actor_of(session), run) is not None:
                pass
            runs.finish(session, actor_of(session), run)
            # somebody it pays: the firm whose account was changed
            session.execute(
                text("INSERT INTO run_balance (pool_id, run_id, payee_id, currency, account, "
                     "amount, postings) VALUES (:pool, :run, :firm, 'EUR', 2, 10, 1)"),
                {"pool": POOL, "run": run, "firm": house.desk.firm_id},
            )  # fmt: skip
        by_hand = text(
            "UPDATE settlement_run SET state = 'approved', approved_by = :me WHERE id = :run"
        )
        refusals: dict[str, tuple[type[Exception], str]] = {
            CLERK: (SecondPersonNeeded, "two_people"),
            ADMIN: (OwnAccountChange, "changed the account"),
            SECOND: (OwnAccountChange, "changed the account"),
        }
        engine = house.desk.engines[Door.INTRANET]
        for who, (refused, said) in refusals.items():
            with readdressed(house.database, who, OTHER_ADDRESS):
                actor = acting(house, OTHER_ADDRESS)
                with pytest.raises(refused), open_session(engine, actor) as session:
                    runs.approve(session, actor, run)
                with pytest.raises(DBAPIError, match=said), open_session(engine, actor) as session:
                    session.execute(by_hand, {"me": actor.name, "run": run})
        with house.desk.at(Door.INTRANET, "jana") as session:
            runs.approve(session, actor_of(session), run)
        for who in (ADMIN, SECOND):
            with readdressed(house.database, who, OTHER_ADDRESS):
                actor = acting(house, OTHER_ADDRESS)
                with pytest.raises(OwnAccountChange), open_session(engine, actor) as session:
                    runs.close(session, actor, run, TODAY)

    def test_a_proof(self, house: Firms, owner: psycopg.Connection) -> None:
        with house.desk.at(Door.EXTRANET, ADMIN) as session:
            evidence = Evidence(kind=ProofKind.REGISTER, valid_from=TODAY)
            sent = proofs.submit(session, house.desk.firm_id, evidence).id
        firm = f"/companies/{house.desk.firm_id}"
        asked = "SELECT state, checked_by FROM proof WHERE id = %s"
        with readdressed(house.database, ADMIN, OTHER_ADDRESS):
            enter(house, OTHER_ADDRESS).post(f"{firm}/proofs/{sent}/accept", firm)
            assert owner.execute(asked, [sent]).fetchone() == ("submitted", None)
        house.browser(SECOND).post(f"{firm}/proofs/{sent}/accept", firm)
        assert owner.execute(asked, [sent]).fetchone() == ("accepted", SECOND)

    def test_lost_factors(self, house: Firms) -> None:
        member = house.members[BROKER]
        engine = house.desk.engines[Door.INTRANET]
        with open_session(engine, acting(house, ADMIN)) as session:
            assert logins.reset_factors(session, member) is False
            session.commit()
        with readdressed(house.database, ADMIN, OTHER_ADDRESS):
            assert (
                "Confirm the reset" not in enter(house, OTHER_ADDRESS).get(f"/people/{member}").text
            )
            with (
                pytest.raises(SecondAdministrator),
                open_session(engine, acting(house, OTHER_ADDRESS)) as session,
            ):
                logins.reset_factors(session, member)

    def test_a_brokers_context_is_signed_in_his_name(self, house: Firms) -> None:
        with readdressed(house.database, BROKER, "olena@new.example") as other:
            assert acting(house, other, Door.EXTRANET).name == BROKER
            assert enter(house, other, Door.EXTRANET).get("/contracts").status_code == 200
