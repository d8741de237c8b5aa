"""The doors: invitation, second factors, links, throttling, one's own login, fresh proofs."""

import hashlib
import html
import json
import re
import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from threading import Barrier

import psycopg
import pytest
from argon2 import PasswordHasher
from flask import Blueprint, Flask, Response, request
from sqlalchemy import event, text
from sqlalchemy.exc import ProgrammingError
from werkzeug.test import TestResponse

from admin_module.accounts import operations as logins
from admin_module.accounts import queries as login_queries
from admin_module.accounts.errors import NoSuchPerson, OwnLogin, ResetAsked, SecondAdministrator
from admin_module.invitations import jobs
from admin_module.invitations.operations import invite
from shared import clock, totp
from shared.actor import Actor
from shared.db import Session, entrance, make_engine, open_session
from shared.permissions import Permission, Role
from shared.vocabulary import Door
from shared.web.access import requires
from shared.web.app import make_app
from shared.web.database import db
from shared.web.uploads import takes_files
from tests.servers import Database, PostgresServer
from tests.web.authenticator import Authenticator
from tests.web.portals import (
    BROKER,
    PASSWORD,
    SECRET,
    STAFF,
    Browser,
    config_of,
    dispose,
    give_app,
    next_code,
    populated,
)

CHOSEN = "drei Lampen summen leise"
NEWCOMER = "neu@pool.example"
SEALED = re.compile(r'name="sealed" value="([^"]+)"')
SECRET_SHOWN = re.compile(r'class="secret"><code class="num">([A-Z2-7 ]+)<')
QUESTION = re.compile(r'data-question="([^"]+)"')
CODES = re.compile(r"<li><code>([a-z2-7-]+)</code>")
PASSWORDS = re.compile(r'<input[^>]* (?:name|autocomplete)="[^"]*password[^>]*>')
WRONG = "That was not right"


@dataclass
class House:
    """The intranet on a pool of its own, with the hands of the owner."""

    database: Database
    app: Flask
    owner: psycopg.Connection
    pool_id: int

    @property
    def browser(self) -> Browser:
        return Browser(self.app.test_client(), Door.INTRANET)

    @property
    def staff(self) -> Browser:
        browser = self.browser
        assert browser.sign_in(STAFF.email).status_code == 303
        return browser

    def one(self, query: str, *values: object) -> object:
        row = self.owner.execute(query.encode(), values).fetchone()
        return row[0] if row else None

    @contextmanager
    def session(
        self, door: Door, account: str = "", firms: frozenset[int] = frozenset()
    ) -> Iterator[Session]:
        number = self.one("SELECT id FROM account WHERE email = %s", account)
        actor = Actor(door, self.pool_id, number, account or "tests", firms)  # type: ignore[arg-type]
        engine = make_engine(self.database.door_url(door))
        with open_session(engine, actor) as session:
            yield session
        engine.dispose()

    def invited(self, email: str = NEWCOMER, door: Door = Door.INTRANET) -> int:
        """Invite somebody; the membership's id."""
        company = self.one("SELECT id FROM company WHERE code = %s", door.value)
        role = Role.CLERK if door is Door.INTRANET else Role.BROKER
        with self.session(Door.INTRANET, STAFF.email) as session:
            member = invite(
                session, email=email, name="Nina Neu", language="de", door=door,
                company_id=company, role=role,  # type: ignore[arg-type]
            )  # fmt: skip
            session.commit()
        return member

    def link(self, purpose: str = "invitation") -> str:
        """Draw the token of the latest link, as the job that writes the mail does."""
        token = secrets.token_urlsafe(32)
        self.owner.execute(
            "UPDATE one_time_link SET token_hash = %s WHERE id ="
            " (SELECT max(id) FROM one_time_link WHERE purpose = %s)",
            [hashlib.sha256(token.encode()).digest(), purpose],
        )
        return f"/door/{purpose}/{token}"

    def mails(self) -> list[str]:
        return [row[0] for row in self.owner.execute("SELECT kind FROM mail ORDER BY id")]


@pytest.fixture(scope="module")
def database(postgres: PostgresServer, template: Database) -> Database:
    return populated(postgres.cloned(template, "test_doors"))


@pytest.fixture(scope="module")
def app(database: Database) -> Iterator[Flask]:
    pages = Blueprint("pages", __name__)
    pages.add_url_rule(
        "/weighty", "weighty", requires(Permission.ACCOUNTS_EDIT, step_up=True)(_weighty),
        methods=["GET", "POST"],
    )  # fmt: skip
    pages.add_url_rule(
        "/files",
        "files",
        requires(Permission.ACCOUNTS_EDIT, step_up=True)(takes_files(_with_files)),
        methods=["GET", "POST"],
    )
    pages.add_url_rule(
        "/", "start", requires(Permission.START)(lambda: Response("start", mimetype="text/plain"))
    )
    app = make_app(__name__, Door.INTRANET, [pages], config_of(database, Door.INTRANET))
    yield app
    dispose(app)


@pytest.fixture
def house(database: Database, app: Flask) -> Iterator[House]:
    """Everybody's login is as it was at the beginning."""
    with psycopg.connect(database.owner_url, autocommit=True) as owner:
        stored = owner.execute(
            "SELECT email, password_hash FROM account WHERE email = ANY(%s)",
            [[STAFF.email, BROKER.email]],
        ).fetchall()
        row = owner.execute("SELECT id FROM pool").fetchone()
        assert row
        yield House(database, app, owner, row[0])
        for table in ("throttle", "second_factor", "recovery_code", "known_device", "mail",
                      "one_time_link", "factor_reset", "web_session", "outbox"):  # fmt: skip
            owner.execute(f"DELETE FROM {table}".encode())
        known = [[STAFF.email, BROKER.email]]
        for email, password_hash in stored:
            owner.execute(
                "UPDATE account SET password_hash = %s, password_blocked_at = NULL, active = true"
                " WHERE email = %s",
                [password_hash, email],
            )
        strangers = "account_id IN (SELECT id FROM account WHERE email <> ALL(%s))"
        owner.execute(f"DELETE FROM membership WHERE {strangers}".encode(), known)
        owner.execute("DELETE FROM account WHERE email <> ALL(%s)", known)


def _weighty() -> Response:
    if request.method == "GET":
        return Response("asked", mimetype="text/plain")
    typed = request.form
    said = f"done with {typed['name']} and {','.join(typed.getlist('many'))}"
    return Response(said, mimetype="text/plain")


def _with_files() -> Response:
    return _weighty()


def question(page: TestResponse) -> str:
    found = QUESTION.search(page.text)
    assert found
    return html.unescape(found[1])


def enrolled(browser: Browser, page: str = "/login/enrol") -> tuple[str, list[str]]:
    """Enrol an app at the page that offers it: its secret, the codes that were shown."""
    offer = browser.get(page).text
    secret, sealed = SECRET_SHOWN.search(offer), SEALED.search(offer)
    assert secret
    assert sealed
    plain = secret[1].replace(" ", "")
    code = totp.code_at(plain, totp.step_of(clock.now()))
    answer = browser.post(page, page, kind="totp", sealed=html.unescape(sealed[1]), code=code)
    assert answer.status_code == 200
    return plain, CODES.findall(answer.text)


class TestInvitation:
    def test_leads_from_the_mail_to_the_sign_in(self, house: House) -> None:
        house.invited()
        assert house.mails() == ["invitation"]
        browser, link = house.browser, house.link()
        before = house.one("SELECT used_at FROM one_time_link")
        lives = "SELECT extract(epoch FROM expires_at - created_at)::int FROM one_time_link"
        assert house.one(lives) == 72 * 3600
        page = browser.get(link)
        assert "Nina Neu" in page.text
        assert before is house.one("SELECT used_at FROM one_time_link") is None  # a scanner's look
        form = browser.post(link, link)
        assert 'autocomplete="new-password"' in form.text
        answer = browser.post(link, link, password=CHOSEN, again=CHOSEN)
        assert answer.location == "/login/enrol"
        assert browser.get("/").location == "/login"  # a link in a mail signs nobody in
        secret, codes = enrolled(browser)
        assert len(set(codes)) == 10
        assert browser.get("/login/factor").location == "/login"
        assert browser.get("/").location == "/login"
        # and now with what he has
        assert browser.type_password(NEWCOMER, CHOSEN).location == "/login/factor"
        used = totp.code_at(secret, totp.step_of(clock.now()))
        if house.one("SELECT last_step FROM second_factor") == totp.step_of(clock.now()):
            assert WRONG in browser.post("/login/factor", "/login/factor", code=used).text
        assert browser.post("/login/factor", "/login/factor", code=codes[0]).location == "/"
        assert browser.get("/").status_code == 200

    @pytest.mark.parametrize(
        ("password", "said"),
        [("too short", "at least 12"), ("x" * 129, "at most 128"), ("Passwort2026!", "tried first"),
         ("nina-neu-2026", "made of your name"), ("Nordlicht 2026", "made of your name")],
    )  # fmt: skip
    def test_refuses_what_is_guessed(self, house: House, password: str, said: str) -> None:
        house.invited()
        link = house.link()
        answer = house.browser.post(link, link, password=password, again=password)
        assert answer.status_code == 422
        assert said in answer.text
        assert house.one("SELECT used_at FROM one_time_link") is None

    def test_any_sign_may_stand_in_a_password(self, house: House) -> None:
        house.invited()
        link, odd = house.link(), "  Ґанок \u2603 'ä\" <b> \\ 7"
        assert house.browser.post(link, link, password=odd, again=odd).status_code == 303
        hashed = str(house.one("SELECT password_hash FROM account WHERE email = %s", NEWCOMER))
        assert PasswordHasher().verify(hashed, odd)

    @pytest.mark.parametrize(
        ("change", "status", "said"),
        [("used_at = now()", 410, "was used already"),
         ("expires_at = now() - interval '1 second'", 410, "is too old"),
         ("door = 'extranet'", 404, "for the other portal"),
         ("purpose = 'reset'", 404, "There is no such link")],
    )  # fmt: skip
    def test_a_link_that_is_not_good_says_why(
        self, house: House, change: str, status: int, said: str
    ) -> None:
        house.invited()
        link = house.link()
        house.owner.execute(f"UPDATE one_time_link SET {change}".encode())
        for answer in (
            house.browser.get(link),
            house.browser.post(link, "/login", password=CHOSEN, again=CHOSEN),
        ):
            assert answer.status_code == status
            assert said in answer.text
        assert house.one("SELECT password_hash FROM account WHERE email = %s", NEWCOMER) == "!"

    def test_two_at_once_use_a_link_once(self, house: House) -> None:
        house.invited()
        link, both = house.link(), Barrier(2)
        browsers = [house.browser, house.browser]
        for browser in browsers:
            browser.get(link)

        def use(browser: Browser) -> str | None:
            both.wait()
            return browser.post(link, "/login", password=CHOSEN, again=CHOSEN).location

        with ThreadPoolExecutor(2) as pool:
            went = sorted(str(place) for place in pool.map(use, browsers))
        assert went == ["/login/enrol", "None"]
        assert house.one("SELECT count(*) FROM web_session WHERE enrols") == 1

    def test_what_came_too_late_is_sent_again(self, house: House) -> None:
        house.invited()
        link = house.link()
        house.owner.execute(
            "UPDATE one_time_link SET expires_at = now() - interval '1 hour',"
            " created_at = now() - interval '73 hours'"
        )
        page = house.browser.get(link)
        assert f"{link}/again" in page.text
        known = house.browser.post(f"{link}/again", "/login")
        unknown = house.browser.post("/door/invitation/nothing/again", "/login")
        assert known.status_code == unknown.status_code == 200
        assert re.sub(r'(nonce|value)="[^"]+"', "", known.text) == re.sub(
            r'(nonce|value)="[^"]+"', "", unknown.text
        )
        assert house.mails() == ["invitation", "invitation"]

    def test_who_has_a_login_is_told_only(self, house: House) -> None:
        member = house.invited(BROKER.email)
        assert house.mails() == ["added"]
        assert house.one("SELECT count(*) FROM one_time_link") == 0
        assert member == house.invited(BROKER.email)

    def test_a_new_one_voids_the_one_before(self, house: House) -> None:
        house.invited()
        first = house.link()
        house.invited()
        assert "is too old" in house.browser.get(first).text

    def test_a_firm_invites_its_own_people_alone(self, house: House) -> None:
        firm = int(str(house.one("SELECT id FROM company WHERE code = 'extranet'")))
        other = int(str(house.one("SELECT id FROM company WHERE code = 'intranet'")))
        for company, door, role, allowed in (
            (firm, Door.EXTRANET, Role.ASSISTANT, True), (other, Door.EXTRANET, Role.BROKER, False),
            (firm, Door.INTRANET, Role.ADMIN, False), (firm, Door.EXTRANET, Role.ADMIN, False),
        ):  # fmt: skip
            with house.session(Door.EXTRANET, BROKER.email, frozenset({firm})) as session:
                try:
                    invite(session, email=f"{company}{role}@firm.example", name="N", language="de",
                           door=door, company_id=company, role=role)  # fmt: skip
                    done = True
                except Exception as error:  # noqa: BLE001  -- refused by the database
                    assert "own" in str(error)  # noqa: PT017
                    done = False
            assert done is allowed

    def test_a_firm_that_invites_somebody_elses_login_learns_and_opens_nothing(
        self, house: House
    ) -> None:
        firm = int(str(house.one("SELECT id FROM company WHERE code = 'extranet'")))
        with house.session(Door.EXTRANET, BROKER.email, frozenset({firm})) as session:
            made = {
                email: invite(
                    session, email=email, name="Fremd Typed", language="de", door=Door.EXTRANET,
                    company_id=firm, role=Role.BROKER,
                )
                for email in (STAFF.email, "nobody-yet@firm.example")
            }  # fmt: skip
            session.commit()
            known, unknown = (
                session.execute(
                    text("SELECT name, active, last_seen_at, sessions FROM people_known() "
                         "WHERE id = :id"), {"id": made[email]},
                ).one()
                for email in made
            )  # fmt: skip
            assert known == unknown == ("Fremd Typed", True, None, 0)
            assert login_queries.get_member(session, made[STAFF.email]).name == "Fremd Typed"
            logins.reactivate(session, made[STAFF.email])  # it lets nobody in itself
            session.commit()
        waits = "SELECT active FROM membership WHERE id = %s"
        assert house.one(waits, made[STAFF.email]) is False
        asked = house.one("SELECT link FROM notification WHERE permission = 'accounts_edit'")
        assert asked == f"/people/{made[STAFF.email]}"
        with house.session(Door.INTRANET, STAFF.email) as session:
            logins.reactivate(session, made[STAFF.email])
            session.commit()
        assert house.one(waits, made[STAFF.email]) is True
        house.owner.execute("DELETE FROM membership WHERE id = %s", [made[STAFF.email]])


class TestFactors:
    def test_a_code_counts_once(self, house: House) -> None:
        give_app(house.database, STAFF.email)
        first, second = house.browser, house.browser
        for browser in (first, second):
            browser.type_password(STAFF.email)
        code = next_code(house.database)
        assert first.post("/login/factor", "/login/factor", code=code).location == "/"
        again = second.post("/login/factor", "/login/factor", code=code)
        assert again.status_code == 422
        assert WRONG in again.text

    def test_two_at_once_use_a_code_once(self, house: House) -> None:
        give_app(house.database, STAFF.email)
        browsers, both = [house.browser, house.browser], Barrier(2)
        for browser in browsers:
            browser.type_password(STAFF.email)
        code = next_code(house.database)

        def use(browser: Browser) -> int:
            both.wait()
            return browser.post("/login/factor", "/login/factor", code=code).status_code

        with ThreadPoolExecutor(2) as pool:
            assert sorted(pool.map(use, browsers)) == [303, 422]

    def test_one_step_back_is_taken_two_are_not(self, house: House) -> None:
        give_app(house.database, STAFF.email)
        now = totp.step_of(clock.now())
        next_code(house.database)
        for step, status in ((now - 3, 422), (now, 303)):
            browser = house.browser
            browser.type_password(STAFF.email)
            code = totp.code_at(SECRET, step)
            assert browser.post("/login/factor", "/login/factor", code=code).status_code == status

    def test_the_first_factor_comes_right_after_the_password_once(self, house: House) -> None:
        browser, late = house.browser, house.browser
        for each in (browser, late):
            each.type_password(STAFF.email)
            assert each.get("/login/factor").location == "/login/enrol"
        page = late.get("/login/enrol").text
        sealed, shown = SEALED.search(page), SECRET_SHOWN.search(page)
        assert sealed
        assert shown
        _, codes = enrolled(browser)
        assert browser.get("/").status_code == 200  # password and factor were both given
        assert len(codes) == 10
        plain = shown[1].replace(" ", "")
        code = totp.code_at(plain, totp.step_of(clock.now()))
        answer = late.post(
            "/login/enrol", "/login/forgot", kind="totp", sealed=html.unescape(sealed[1]), code=code
        )
        assert answer.status_code == 303
        assert house.one("SELECT count(*) FROM second_factor") == 1

    def test_a_recovery_code_counts_once_and_is_told(self, house: House) -> None:
        browser = house.browser
        browser.type_password(STAFF.email)
        _, codes = enrolled(browser)
        for status in (303, 422):
            other = house.browser
            other.type_password(STAFF.email)
            typed = codes[3].upper().replace("-", " ")
            answer = other.post("/login/factor", "/login/factor", code=typed)
            assert answer.status_code == status
        assert house.mails() == ["code_used"]
        stored = house.owner.execute("SELECT code_hash FROM recovery_code").fetchall()
        assert all(code.encode() not in row[0] for code in codes for row in stored)

    def test_guessing_is_slowed_down(self, house: House) -> None:
        give_app(house.database, STAFF.email)
        browser = house.browser
        browser.type_password(STAFF.email)
        answers = [browser.post("/login/factor", "/login/factor", code="000000") for _ in range(6)]
        assert [a.status_code for a in answers] == [422] * 5 + [429]
        assert int(answers[-1].headers["Retry-After"]) in range(1, 16)
        right = browser.post("/login/factor", "/login/forgot", code=next_code(house.database))
        assert right.status_code == 429

    def test_the_secret_is_stored_encrypted(self, house: House) -> None:
        browser = house.browser
        browser.type_password(STAFF.email)
        secret, _ = enrolled(browser)
        row = house.owner.execute("SELECT secret, key_id FROM second_factor").fetchone()
        assert row
        assert secret.encode() not in row[0]
        assert len(row[1]) == 12


class TestPasskeys:
    ORIGIN = "http://intranet.localhost"

    def registered(self, house: House, device: Authenticator) -> TestResponse:
        browser = house.browser
        browser.type_password(STAFF.email)
        asked = question(browser.get("/login/enrol"))
        return browser.post(
            "/login/enrol", "/login/forgot", kind="passkey", credential=device.create(asked)
        )

    def test_one_comes_in_by_it(self, house: House) -> None:
        device = Authenticator(self.ORIGIN)
        assert len(CODES.findall(self.registered(house, device).text)) == 10
        browser = house.browser
        browser.type_password(STAFF.email)
        answer = device.sign(question(browser.get("/login/factor")))
        assert browser.post("/login/factor", "/login/forgot", credential=answer).location == "/"
        assert browser.get("/").status_code == 200
        assert house.one("SELECT sign_count FROM second_factor") == 1

    def test_an_answer_counts_once(self, house: House) -> None:
        device = Authenticator(self.ORIGIN)
        self.registered(house, device)
        browser = house.browser
        browser.type_password(STAFF.email)
        answer = device.sign(question(browser.get("/login/factor")))
        assert browser.post("/login/factor", "/login/forgot", credential=answer).status_code == 303
        other = house.browser
        other.type_password(STAFF.email)
        assert other.post("/login/factor", "/login/forgot", credential=answer).status_code == 422

    @pytest.mark.parametrize(
        "wrong",
        [{"origin": "http://extranet.localhost"}, {"verifies": False}, {"count": -1}],
        ids=["another page", "nobody's finger", "a copy"],
    )
    def test_a_wrong_one_is_refused(self, house: House, wrong: dict[str, object]) -> None:
        device = Authenticator(self.ORIGIN, count=7)
        self.registered(house, device)
        if "count" in wrong:
            wrong = {"count": 3}
        copy = replace(device, **wrong)  # type: ignore[arg-type]
        browser = house.browser
        browser.type_password(STAFF.email)
        answer = copy.sign(question(browser.get("/login/factor")))
        assert browser.post("/login/factor", "/login/forgot", credential=answer).status_code == 422
        assert browser.get("/").location == "/login"

    def test_a_new_one_signs_by_what_is_approved(self, house: House) -> None:
        """Elliptic curves, Edwards curves and RSA with SHA-256 and more; nothing with SHA-1."""
        browser = house.browser
        browser.type_password(STAFF.email)
        asked = json.loads(question(browser.get("/login/enrol")))
        offered = {each["alg"] for each in asked["pubKeyCredParams"]}
        assert offered
        assert offered <= {-7, -8, -35, -36, -37, -38, -39, -257, -258, -259}
        assert asked["authenticatorSelection"]["userVerification"] == "required"

    @pytest.mark.parametrize("wrong", [{"origin": "https://evil.example"}, {"verifies": False}])
    def test_a_wrong_one_is_not_kept(self, house: House, wrong: dict[str, object]) -> None:
        device = Authenticator(**{"origin": self.ORIGIN, **wrong})  # type: ignore[arg-type]
        assert self.registered(house, device).status_code == 422
        assert house.one("SELECT count(*) FROM second_factor") == 0

    @pytest.mark.parametrize("answer", ["{}", "[]", "no json", '{"id": 7}', "x" * 30_000])
    def test_nonsense_is_refused(self, house: House, answer: str) -> None:
        self.registered(house, Authenticator(self.ORIGIN))
        browser = house.browser
        browser.type_password(STAFF.email)
        assert browser.post("/login/factor", "/login/forgot", credential=answer).status_code == 422

    def test_challenges_are_long_and_new(self, house: House) -> None:
        self.registered(house, Authenticator(self.ORIGIN))
        browser = house.browser
        browser.type_password(STAFF.email)
        asked = {question(browser.get("/login/factor")) for _ in range(3)}
        assert len(asked) == 3
        stored = house.one("SELECT max(length(challenge)) FROM web_session")
        assert stored == 32


class TestReset:
    def test_changes_the_password_and_nothing_else(self, house: House) -> None:
        give_app(house.database, STAFF.email)
        signed_in = house.staff
        house.browser.post("/login/forgot", "/login/forgot", email=STAFF.email)
        self.work(house)
        assert house.mails() == ["reset"]
        link = house.link("reset")
        assert "second factor stays" in house.browser.get(link).text
        answer = house.browser.post(link, link, password=CHOSEN, again=CHOSEN)
        assert answer.location == "/login"
        assert signed_in.get("/").location == "/login"  # all sessions ended with it
        assert house.mails() == ["reset", "password_changed"]
        assert house.browser.type_password(STAFF.email).status_code == 422
        assert house.browser.walk_in(house.database, STAFF.email, CHOSEN).location == "/"
        assert "used already" in house.browser.get(link).text

    @pytest.mark.parametrize("path", ["/login/forgot"])
    def test_says_and_does_the_same_for_everybody(self, house: House, path: str) -> None:
        """Answer, statements, hashes and messages tell nobody who has a login."""
        told = []
        for email in (STAFF.email, BROKER.email, "nobody@pool.example"):
            with counted(house.app) as sent:
                answer = house.browser.post(path, path, email=email)
            rows = house.one("SELECT count(*) FROM outbox")
            house.owner.execute("DELETE FROM outbox")
            page = re.sub(r'(nonce|value)="[^"]+"', "", answer.text)
            told.append((answer.status_code, page, sent, rows, house.mails()))
        assert told[0] == told[1] == told[2]
        assert told[0][3] == 1  # a job finds out, whoever it is

    def test_is_not_asked_for_without_end(self, house: House) -> None:
        for _ in range(5):
            house.browser.post("/login/forgot", "/login/forgot", email=STAFF.email)
        assert house.one("SELECT count(*) FROM outbox") == 3

    @staticmethod
    def work(house: House) -> None:
        """Do what waits, as the worker does."""
        tasks = house.owner.execute(
            "SELECT arguments FROM outbox WHERE task = 'invitations.reset'"
        ).fetchall()
        with house.session(Door.WORKER) as session:
            for (arguments,) in tasks:
                actor = Actor(Door.WORKER, house.pool_id, None, "worker")
                jobs.reset(session, actor, **arguments)
            session.commit()


class TestLinksOnTheirWay:
    """What was asked for before something was changed is worth nothing after it."""

    @pytest.fixture(params=["reset", "email"])
    def pending(self, house: House, request: pytest.FixtureRequest) -> tuple[Browser, str, str]:
        """A link of the staff's, not used yet; who is signed in; what it is for."""
        give_app(house.database, STAFF.email)
        here = house.staff
        return here, asked(house, here, request.param), request.param

    def test_end_with_a_changed_password(
        self, house: House, pending: tuple[Browser, str, str]
    ) -> None:
        here, link, purpose = pending
        where = "/own/security/password"
        assert here.post(where, where, password=CHOSEN, again=CHOSEN).status_code == 303
        opens_nothing(house, link, purpose)

    def test_end_with_a_reset(self, house: House, pending: tuple[Browser, str, str]) -> None:
        here, link, purpose = pending
        other = asked(house, here, "reset")
        assert house.browser.post(other, other, password=CHOSEN, again=CHOSEN).location == "/login"
        opens_nothing(house, link, purpose)

    def test_end_with_all_sessions(self, house: House, pending: tuple[Browser, str, str]) -> None:
        here, link, purpose = pending
        one = house.one("SELECT max(id) FROM web_session")
        here.post("/own/security/sessions/end", "/own/security", session=str(one))
        assert here.get(link).status_code == 200  # of one session alone they do not end
        house.staff.post("/own/security/sessions/end", "/own/security")
        opens_nothing(house, link, purpose)

    def test_end_when_staff_sign_him_out(
        self, house: House, pending: tuple[Browser, str, str]
    ) -> None:
        _, link, purpose = pending
        member = int(str(house.one("SELECT id FROM membership WHERE door = 'intranet'")))
        with house.session(Door.INTRANET, STAFF.email) as session:
            logins.end_sessions(session, member)
            session.commit()
        opens_nothing(house, link, purpose)

    def test_end_with_lost_factors(self, house: House, pending: tuple[Browser, str, str]) -> None:
        _, link, purpose = pending
        member = int(str(house.one("SELECT id FROM membership WHERE door = 'intranet'")))
        for who in ("first@pool.example", "second@pool.example"):
            house.invited(who)
            with house.session(Door.INTRANET, who) as session:
                logins.reset_factors(session, member, confirms=True)
                session.commit()
        opens_nothing(house, link, purpose)

    @pytest.mark.parametrize(
        "change",
        ["UPDATE account SET active = false WHERE email = 'staff'",
         "UPDATE membership SET active = false WHERE door = 'intranet'"],
        ids=["no login", "shut out"],
    )  # fmt: skip
    def test_end_with_the_login(
        self, house: House, pending: tuple[Browser, str, str], change: str
    ) -> None:
        _, link, purpose = pending
        house.owner.execute(change.replace("staff", STAFF.email).encode())
        house.owner.execute("UPDATE account SET active = true")
        house.owner.execute("UPDATE membership SET active = true")
        opens_nothing(house, link, purpose)

    def test_of_the_old_address_end_with_it(self, house: House) -> None:
        give_app(house.database, STAFF.email)
        here = house.staff
        old = asked(house, here, "reset")
        link = asked(house, here, "email")
        try:
            assert NEWCOMER in house.browser.post(link, link).text
            opens_nothing(house, old, "reset", of=NEWCOMER)
            # nor where nobody voided it: it was sent to another address than he has
            house.owner.execute("UPDATE one_time_link SET expires_at = now() + interval '1 hour'")
            opens_nothing(house, old, "reset", of=NEWCOMER)
        finally:
            house.owner.execute(
                "UPDATE account SET email = %s WHERE name = %s", [STAFF.email, STAFF.name]
            )

    def test_a_second_invitation_is_no_reset(self, house: House) -> None:
        house.invited()
        first = house.link()
        house.owner.execute(
            "INSERT INTO one_time_link (purpose, door, account_id, pool_id, membership_id, email,"
            " expires_at) SELECT purpose, door, account_id, pool_id, membership_id, email,"
            " expires_at FROM one_time_link"
        )
        second = house.link()
        browser, stranger = house.browser, house.browser
        stranger.get(second)  # open in the other tab already
        assert browser.post(first, first, password=CHOSEN, again=CHOSEN).location == "/login/enrol"
        enrolled(browser)
        before = login_of(house, NEWCOMER)
        factors = "SELECT count(*) FROM second_factor WHERE removed_at IS NULL"
        for change in ("", "UPDATE one_time_link SET expires_at = now() + interval '72 hours'"):
            if change:
                house.owner.execute(change.encode())
            for answer in (
                stranger.get(second),
                stranger.post(second, "/login", password="zwei Lampen summen", again="x"),
            ):
                assert answer.status_code == 410
                assert "You have a login already" in answer.text
                assert 'href="/login"' in answer.text
                assert NEWCOMER not in answer.text
        engine = make_engine(house.database.door_url(Door.INTRANET))
        taken = entrance.accept_invitation(
            engine, hashlib.sha256(second.rpartition("/")[2].encode()).digest(), "hash",
            session=b"a", address="", agent="",
        )  # fmt: skip
        engine.dispose()
        assert taken is False
        assert login_of(house, NEWCOMER) == before
        assert house.one(factors) == 1
        assert house.one("SELECT count(*) FROM membership WHERE active AND account_id ="
                         " (SELECT id FROM account WHERE email = %s)", NEWCOMER) == 1  # fmt: skip

    def test_an_invitation_from_before_does_not_outlive_lost_factors(self, house: House) -> None:
        house.invited()
        old = house.link()
        house.owner.execute("UPDATE account SET password_hash = 'x' WHERE email = %s", [NEWCOMER])
        house.owner.execute("UPDATE account SET password_hash = '!' WHERE email = %s", [NEWCOMER])
        assert "is too old" in house.browser.get(old).text

    def test_two_at_once_change_and_confirm(self, house: House) -> None:
        """Whichever comes first: nobody has the new address and a password he did not choose."""
        give_app(house.database, STAFF.email)
        here = house.staff
        link, both = asked(house, here, "reset"), Barrier(2)
        page, where = house.browser, "/own/security/password"
        page.get(link)
        here.get(where)

        def reset() -> int:
            both.wait()
            return page.post(link, "/login", password=CHOSEN, again=CHOSEN).status_code

        def change() -> int:
            both.wait()
            return here.post(where, where, password=CHOSEN, again=CHOSEN).status_code

        with ThreadPoolExecutor(2) as pool:
            codes = [pool.submit(act) for act in (reset, change)]
            assert all(code.result() < 500 for code in codes)


def asked(house: House, here: Browser, purpose: str) -> str:
    """Ask for a link, and draw it."""
    if purpose == "email":
        where = "/own/security/email"
        assert here.post(where, where, email=NEWCOMER).status_code == 303
    else:
        house.browser.post("/login/forgot", "/login/forgot", email=STAFF.email)
        TestReset.work(house)
    return house.link(purpose)


def login_of(house: House, email: str) -> object:
    return house.one("SELECT password_hash FROM account WHERE email = %s", email)


def opens_nothing(house: House, link: str, purpose: str, *, of: str = STAFF.email) -> None:
    """A link is answered as one that came too late, and changes nothing."""
    before = login_of(house, of)
    assert before is not None
    for answer in (
        house.browser.get(link),
        house.browser.post(link, "/login", password="zwei Lampen summen", again="x"),
    ):
        assert answer.status_code == 410
        assert "is too old" in answer.text
    engine = make_engine(house.database.door_url(Door.INTRANET))
    token = hashlib.sha256(link.rpartition("/")[2].encode()).digest()
    if purpose == "email":
        assert entrance.confirm_email(engine, token) is None
    else:
        assert entrance.reset_password(engine, token, "taken") is False
    engine.dispose()
    assert login_of(house, of) == before


class TestEnumeration:
    @pytest.mark.parametrize("email", [STAFF.email, BROKER.email, "nobody@pool.example"])
    def test_a_wrong_password_is_the_same_work(self, house: House, email: str) -> None:
        with counted(house.app) as sent:
            answer = house.browser.type_password(email, "not the password")
        assert (answer.status_code, sent) == (
            422,
            ["SELECT * FROM auth_try", "SELECT auth_failed", "hash"],
        )


class TestThrottling:
    def failing(self, house: House, times: int, browser: Browser | None = None) -> list[int]:
        browser = browser or house.browser
        return [
            browser.type_password(STAFF.email, "not the password").status_code for _ in range(times)
        ]

    def test_five_failures_make_a_pause_for_known_and_unknown(self, house: House) -> None:
        for email in (STAFF.email, "nobody@pool.example"):
            browser = house.browser
            answers = [browser.type_password(email, "not the password") for _ in range(6)]
            assert [a.status_code for a in answers] == [422] * 5 + [429]
            assert int(answers[-1].headers["Retry-After"]) in range(1, 16)
            assert "Too many tries" in answers[-1].text

    def test_the_pause_doubles_up_to_a_quarter_of_an_hour(self, house: House) -> None:
        pauses = []
        for _ in range(14):
            house.owner.execute("UPDATE throttle SET until = NULL WHERE scope = 'account'")
            self.failing(house, 1)
            pause = house.one(
                "SELECT extract(epoch FROM until - since)::int FROM throttle"
                " WHERE scope = 'account'"
            )
            pauses.append(pause)
        assert pauses == [None] * 4 + [15, 30, 60, 120, 240, 480, 900, 900, 900, 900]

    def test_strangers_do_not_lock_out_a_known_browser(self, house: House) -> None:
        give_app(house.database, STAFF.email)
        known = house.browser
        assert known.walk_in(house.database, STAFF.email).location == "/"
        self.failing(house, 6)
        assert house.browser.type_password(STAFF.email).status_code == 429
        assert known.walk_in(house.database, STAFF.email).location == "/"
        # but it guesses no faster than others
        assert self.failing(house, 6, known)[-1] == 429

    def test_who_others_try_to_be_is_told(self, house: House) -> None:
        for email, told in (("nobody@pool.example", []), (STAFF.email, ["attempts"])):
            for tries, mails in ((9, []), (1, told), (3, told)):
                for _ in range(tries):
                    house.owner.execute("UPDATE throttle SET until = NULL")
                    house.browser.type_password(email, "not the password")
                assert house.mails() == mails
        assert house.one("SELECT recipient FROM mail") == STAFF.email

    def test_a_hundred_failures_block_the_password_until_it_is_reset(self, house: House) -> None:
        give_app(house.database, STAFF.email)
        known = house.browser
        known.walk_in(house.database, STAFF.email)
        self.failing(house, 1)
        house.owner.execute(
            "UPDATE throttle SET counted = 99, until = NULL WHERE scope = 'account'"
        )
        self.failing(house, 1)
        assert house.mails()[-1] == "blocked"
        house.owner.execute("DELETE FROM throttle")
        refused = house.browser.type_password(STAFF.email)
        assert refused.status_code == 422
        assert "E-mail or password is wrong" in refused.text
        assert known.type_password(STAFF.email).location == "/login/factor"
        house.browser.post("/login/forgot", "/login/forgot", email=STAFF.email)
        TestReset.work(house)
        link = house.link("reset")
        house.browser.post(link, link, password=CHOSEN, again=CHOSEN)
        assert house.browser.walk_in(house.database, STAFF.email, CHOSEN).location == "/"

    def test_thirty_a_minute_from_one_address(self, house: House) -> None:
        browser = house.browser
        house.owner.execute(
            "INSERT INTO throttle (scope, key, counted) VALUES ('address', %s, 30)",
            [browser.address],
        )
        answer = browser.type_password(STAFF.email)
        assert answer.status_code == 429
        assert int(answer.headers["Retry-After"]) in range(1, 61)
        assert house.browser.type_password(STAFF.email).status_code == 303
        house.owner.execute("UPDATE throttle SET since = now() - interval '61 seconds'")
        assert browser.type_password(STAFF.email).status_code == 303


class TestOwnLogin:
    def test_shows_factors_codes_and_sessions(self, house: House) -> None:
        give_app(house.database, STAFF.email)
        here, _ = house.staff, house.staff
        page = here.get("/own/security").text
        assert page.count("this one") == 1
        assert "0 codes are left" in page
        assert page.count("/own/security/sessions/end") == 2  # the other one, and all others

    def test_factors_are_called_in_the_readers_language(self, house: House) -> None:
        give_app(house.database, STAFF.email)
        house.owner.execute(
            "INSERT INTO second_factor (account_id, kind, name, credential_id, public_key,"
            " sign_count) SELECT account_id, 'passkey', 'Passkey (iPhone)', 'a', 'b', 0"
            " FROM second_factor"
        )
        here = house.staff
        house.owner.execute("UPDATE account SET language = 'de' WHERE email = %s", [STAFF.email])
        page = here.get("/own/security").text
        assert "<b>App mit Codes</b>" in page
        assert "<b>Passkey (iPhone)</b>" in page

    def test_ends_one_and_all_others(self, house: House) -> None:
        here, other, third = house.staff, house.staff, house.staff
        newest = house.one("SELECT max(id) FROM web_session WHERE revoked_at IS NULL")
        here.post("/own/security/sessions/end", "/own/security", session=str(newest))
        assert third.get("/").location == "/login"
        assert other.get("/").status_code == 200
        here.post("/own/security/sessions/end", "/own/security")
        assert other.get("/").location == "/login"
        assert here.get("/").status_code == 200

    def test_nobody_ends_anothers(self, house: House) -> None:
        here = house.staff
        house.owner.execute(
            "INSERT INTO web_session (token_hash, account_id, membership_id, pool_id, door)"
            " SELECT 'x', m.account_id, m.id, m.pool_id, m.door FROM membership m"
            " WHERE m.door = 'extranet'"
        )
        foreign = house.one("SELECT id FROM web_session WHERE door = 'extranet'")
        here.post("/own/security/sessions/end", "/own/security", session=str(foreign))
        assert house.one("SELECT revoked_at FROM web_session WHERE id = %s", foreign) is None

    def test_a_changed_password_ends_all_others(self, house: House) -> None:
        here, other = house.staff, house.staff
        where = "/own/security/password"
        answer = here.post(where, where, password=CHOSEN, again=CHOSEN)
        assert answer.status_code == 303
        assert other.get("/").location == "/login"
        assert here.get("/").status_code == 200
        assert house.mails() == ["password_changed"]

    def test_factors_come_and_go_with_a_word_by_mail(self, house: House) -> None:
        give_app(house.database, STAFF.email)
        here, other = house.staff, house.staff
        only = house.one("SELECT id FROM second_factor")
        here.post(f"/own/security/factors/{only}/remove", "/own/security")
        assert house.one("SELECT removed_at FROM second_factor") is None  # the last one stays
        where = "/own/security/factors/new"
        asked = here.post(where, where)
        device = Authenticator("http://intranet.localhost")
        answer = here.post(where, where, kind="passkey", credential=device.create(question(asked)))
        assert answer.location == "/own/security"
        assert other.get("/").location == "/login"
        third = house.staff
        here.post(f"/own/security/factors/{only}/remove", "/own/security")
        assert house.one("SELECT count(*) FROM second_factor WHERE removed_at IS NULL") == 1
        assert third.get("/").location == "/login"
        assert here.get("/").status_code == 200
        assert house.mails() == ["factor_added", "factor_removed"]

    def test_new_codes_void_the_old_ones(self, house: House) -> None:
        here = house.staff
        first = CODES.findall(here.post("/own/security/codes", "/own/security").text)
        second = CODES.findall(here.post("/own/security/codes", "/own/security").text)
        assert not set(first) & set(second)
        assert house.one(
            "SELECT count(*) FROM recovery_code WHERE used_at IS NULL AND replaced_at IS NULL"
        ) == 10  # fmt: skip

    def test_another_address_is_confirmed_there_and_told_here(self, house: House) -> None:
        here, where = house.staff, "/own/security/email"
        here.post(where, where, email=NEWCOMER)
        assert house.mails() == ["email", "email_asked"]
        assert house.one("SELECT email FROM account WHERE name = %s", STAFF.name) == STAFF.email
        link = house.link("email")
        house.browser.get(link)
        assert "You sign in" not in house.browser.get(link).text
        try:
            assert NEWCOMER in house.browser.post(link, link).text
            changed = house.one("SELECT email FROM account WHERE name = %s", STAFF.name)
            assert changed == NEWCOMER
            assert house.mails()[-1] == "email_changed"
            to = house.one("SELECT recipient FROM mail ORDER BY id DESC LIMIT 1")
            assert to == STAFF.email
            assert here.get("/").location == "/login"
        finally:
            house.owner.execute(
                "UPDATE account SET email = %s WHERE name = %s", [STAFF.email, STAFF.name]
            )

    def test_a_taken_address_is_answered_alike(self, house: House) -> None:
        here, where = house.staff, "/own/security/email"
        answers = [here.post(where, where, email=e).location for e in (NEWCOMER, BROKER.email)]
        assert answers[0] == answers[1]
        assert house.mails() == ["email", "email_asked", "email_taken", "email_asked"]


class TestFreshProof:
    PATH = "/weighty"

    def stale(self, house: House) -> Browser:
        browser = house.staff
        house.owner.execute("UPDATE web_session SET stepped_up_at = now() - interval '6 minutes'")
        return browser

    def test_a_fresh_one_is_not_asked_for(self, house: House) -> None:
        answer = house.staff.post(self.PATH, "/own/security", name="x")
        assert answer.text == "done with x and "

    def test_goes_on_with_what_was_typed(self, house: House) -> None:
        give_app(house.database, STAFF.email)
        browser = self.stale(house)
        typed = {"name": "Ä & <b>", "many": ["1", "2"]}
        asked = browser.post(self.PATH, "/own/security", fields=typed)
        assert asked.status_code == 200
        assert "done with" not in asked.text
        carried = re.findall(r'type="hidden" name="(name|many)" value="([^"]*)"', asked.text)
        assert [(n, html.unescape(v)) for n, v in carried][:3] == [
            ("name", "Ä & <b>"), ("many", "1"), ("many", "2"),
        ]  # fmt: skip
        before = browser.token()
        proof = {
            "proving": "yes",
            "proof_password": PASSWORD,
            "proof_code": next_code(house.database),
        }
        answer = browser.post(self.PATH, "/own/security", fields={**typed, **proof})
        assert answer.text == "done with Ä & <b> and 1,2"
        assert browser.token() != before  # and with a new token
        assert browser.post(self.PATH, "/own/security", name="y").text == "done with y and "

    @pytest.mark.parametrize("wrong", ["password", "code", "nothing"])
    def test_a_wrong_proof_does_nothing(self, house: House, wrong: str) -> None:
        give_app(house.database, STAFF.email)
        browser = self.stale(house)
        proof = {"proof_password": PASSWORD, "proof_code": next_code(house.database)}
        if wrong == "nothing":
            proof = {}
        else:
            proof["proof_password" if wrong == "password" else "proof_code"] = "000000"
        answer = browser.post(
            self.PATH, "/own/security", fields={"name": "x", "proving": "yes", **proof}
        )
        assert answer.status_code == 422
        assert 'name="name" value="x"' in answer.text

    def test_a_passkey_is_enough(self, house: House) -> None:
        device = Authenticator("http://intranet.localhost")
        TestPasskeys().registered(house, device)
        browser = self.stale(house)
        asked = browser.post(self.PATH, "/own/security", name="x")
        signed = device.sign(question(asked))
        browser.get("/")  # a page in between: the question stands all the same
        answer = browser.client.post(
            self.PATH, base_url=browser.host,
            data={
                "csrf_token": _token(asked), "proving": "yes", "proof_credential": signed,
                "name": "x",
            },
            headers={"Sec-Fetch-Site": "same-origin"},
        )  # fmt: skip
        assert answer.text == "done with x and "

    def test_a_part_of_a_page_becomes_the_question(self, house: House) -> None:
        browser = self.stale(house)
        page = browser.get("/own/security")
        answer = browser.client.post(
            self.PATH, base_url=browser.host, data={"csrf_token": _token(page), "name": "x"},
            headers={"Sec-Fetch-Site": "same-origin", "HX-Request": "true", "HX-Target": "row-7"},
        )  # fmt: skip
        assert answer.headers["HX-Retarget"] == "#main"
        assert "<!doctype" not in answer.text
        assert 'name="proof_password"' in answer.text

    def test_a_form_with_files_asks_when_it_is_opened(self, house: House) -> None:
        give_app(house.database, STAFF.email)
        browser = self.stale(house)
        house.owner.execute("UPDATE web_session SET stepped_up_at = now() - interval '6 minutes'")
        assert 'name="proof_password"' in browser.get("/files").text
        proof = {
            "proving": "yes",
            "proof_password": PASSWORD,
            "proof_code": next_code(house.database),
        }
        answer = browser.post("/files", "/own/security", fields=proof)
        assert (answer.status_code, answer.location) == (303, "/files")
        assert browser.get("/files").text == "asked"
        house.owner.execute("UPDATE web_session SET stepped_up_at = now() - interval '20 minutes'")
        assert browser.post("/files", "/own/security", name="x").text == "done with x and "

    def test_a_new_password_stands_on_no_page(self, house: House) -> None:
        give_app(house.database, STAFF.email)
        browser, where = self.stale(house), "/own/security/password"
        before = login_of(house, STAFF.email)
        short = browser.post(where, "/own/security", password=CHOSEN, again=CHOSEN)
        assert 'name="proof_password"' in short.text  # the page was left open, or never was
        assert login_of(house, STAFF.email) == before
        assert 'name="proof_password"' in browser.get(where).text
        proof = {
            "proving": "yes", "opening": "yes", "proof_password": PASSWORD,
            "proof_code": next_code(house.database),
        }  # fmt: skip
        answer = browser.post(where, "/own/security", fields=proof)
        assert (answer.status_code, answer.location) == (303, where)
        assert browser.post(where, where, password=CHOSEN, again=CHOSEN).status_code == 303
        assert house.mails() == ["password_changed"]

    def test_looking_needs_none(self, house: House) -> None:
        assert self.stale(house).get(self.PATH).text == "asked"


class TestSessions:
    def test_a_part_of_a_page_without_a_session_leads_to_the_door(self, house: House) -> None:
        answer = house.browser.client.get(
            "/own/security", base_url="http://intranet.localhost",
            headers={"HX-Request": "true",
                     "HX-Current-URL": "http://intranet.localhost/own/security?x=1"},
        )  # fmt: skip
        assert answer.status_code == 401
        assert answer.headers["HX-Redirect"] == "/login?next=/own/security?x%3D1"

    @pytest.mark.parametrize(
        "change",
        ["UPDATE membership SET role = 'clerk' WHERE door = 'intranet'",
         "UPDATE membership SET active = false WHERE door = 'intranet'",
         "UPDATE account SET active = false"],
        ids=["another role", "shut out", "no login"],
    )  # fmt: skip
    def test_end_with_what_they_stood_on(self, house: House, change: str) -> None:
        here = house.staff
        house.owner.execute(change.encode())
        house.owner.execute("UPDATE membership SET active = true, role = 'admin'"
                            " WHERE door = 'intranet'")  # fmt: skip
        house.owner.execute("UPDATE account SET active = true")
        assert here.get("/").location == "/login"

    def test_who_moves_money_rests_briefly(self, house: House) -> None:
        give_app(house.database, STAFF.email)
        for role, minutes in (("accountant", 15), ("clerk", 30)):
            house.owner.execute("UPDATE membership SET role = %s WHERE door = 'intranet'", [role])
            browser = house.browser
            browser.walk_in(house.database, STAFF.email)
            idle = house.one(
                "SELECT extract(epoch FROM idle)::int / 60 FROM web_session"
                " WHERE revoked_at IS NULL ORDER BY id DESC LIMIT 1"
            )
            assert idle == minutes
            house.owner.execute(
                "UPDATE web_session SET last_seen_at = now() - make_interval(mins => %s)",
                [minutes + 1],
            )
            assert browser.get("/").location == "/login"
        house.owner.execute("UPDATE membership SET role = 'admin' WHERE door = 'intranet'")

    def test_ten_at_most(self, house: House) -> None:
        browsers = [house.staff for _ in range(11)]
        assert browsers[0].get("/").location == "/login"
        assert browsers[-1].get("/").status_code == 200


class TestAdministrators:
    """What the people pages call."""

    def test_shut_out_and_let_in(self, house: House) -> None:
        member = house.invited(BROKER.email)
        with house.session(Door.INTRANET, STAFF.email) as session:
            logins.deactivate(session, member)
            session.commit()
            assert house.one("SELECT active FROM membership WHERE id = %s", member) is False
            logins.reactivate(session, member)
            session.commit()
        assert house.one("SELECT active FROM membership WHERE id = %s", member) is True
        done = [r[0] for r in house.owner.execute("SELECT action FROM audit_entry ORDER BY id")]
        assert done[-2:] == ["membership.shut", "membership.reactivated"]

    def test_nobody_shuts_himself_out(self, house: House) -> None:
        own = int(str(house.one("SELECT id FROM membership WHERE door = 'intranet' ORDER BY id")))
        with house.session(Door.INTRANET, STAFF.email) as session:
            for act in (logins.deactivate, logins.reset_factors):
                with pytest.raises(OwnLogin):
                    act(session, own)

    def test_sign_somebody_out_everywhere(self, house: House) -> None:
        there, elsewhere, here = house.staff, house.staff, house.invited("third@pool.example")
        member = int(str(house.one("SELECT id FROM membership WHERE door = 'intranet'"
                                   " ORDER BY id LIMIT 1")))  # fmt: skip
        assert member != here
        with house.session(Door.INTRANET, "third@pool.example") as session:
            assert logins.end_sessions(session, member) == 2
            session.commit()
        for browser in (there, elsewhere):
            assert browser.get("/").location == "/login"

    def test_choose_nobodys_password(self, house: House) -> None:
        """Neither does a page ask them for one, nor may their door write one."""
        change = "UPDATE account SET password_hash = 'chosen' WHERE email = :email"
        for door in (Door.INTRANET, Door.EXTRANET):
            with (
                house.session(door, STAFF.email) as session,
                pytest.raises(ProgrammingError, match="permission denied"),
            ):
                session.execute(text(change), {"email": BROKER.email})

    def test_a_firm_reaches_its_own_alone(self, house: House) -> None:
        firm = int(str(house.one("SELECT id FROM company WHERE code = 'extranet'")))
        staff = int(str(house.one("SELECT id FROM membership WHERE door = 'intranet'")))
        with house.session(Door.EXTRANET, BROKER.email, frozenset({firm})) as session:
            for act in (logins.deactivate, logins.reactivate, logins.end_sessions):
                with pytest.raises(NoSuchPerson):
                    act(session, staff)

    def test_lost_factors_need_two(self, house: House) -> None:
        give_app(house.database, BROKER.email)
        member = int(str(house.one("SELECT id FROM membership WHERE door = 'extranet'")))
        house.invited("second@pool.example")
        with house.session(Door.INTRANET, STAFF.email) as first:
            assert logins.reset_factors(first, member) is False
            first.commit()
            assert house.mails()[-1] == "reset_started"
            with pytest.raises(SecondAdministrator):
                logins.reset_factors(first, member)
        with house.session(Door.INTRANET, "second@pool.example") as second:
            with pytest.raises(ResetAsked):  # nobody confirms what he has not seen
                logins.reset_factors(second, member)
            assert logins.reset_factors(second, member, confirms=True) is True
            second.commit()
        assert house.one("SELECT count(*) FROM second_factor WHERE removed_at IS NULL") == 0
        assert house.mails()[-1] == "invitation"
        assert house.one("SELECT password_hash FROM account WHERE email = %s", BROKER.email) == "!"


class TestPasswordFields:
    """Whatever asks for a password shows dots, gives nothing back, and lets managers fill it in."""

    def test_are_masked(self, house: House) -> None:
        give_app(house.database, STAFF.email)
        house.invited()
        here, link = house.staff, house.link()
        typed = {"password": "short-and-seen", "again": "another-and-seen"}
        wrong = {"email": STAFF.email, "password": "wrong-and-seen"}
        own = "/own/security/password"
        pages = {
            "sign in": house.browser.get("/login"),
            "refused": house.browser.post("/login", "/login", fields=wrong),
            "invited": house.browser.post(link, link),
            "too short": house.browser.post(link, link, fields=typed),
            "another": here.get(own),
            "not the same": here.post(own, own, fields=typed),
        }
        house.owner.execute("UPDATE web_session SET stepped_up_at = now() - interval '1 hour'")
        pages["a fresh proof"] = here.post("/weighty", "/own/security", name="x")
        asked = {"proving": "yes", "proof_password": "proof-and-seen", "proof_code": "1"}
        pages["no proof"] = here.post("/weighty", "/own/security", fields=asked)
        names = set()
        for what, page in pages.items():
            fields = PASSWORDS.findall(page.text)
            assert fields, what
            assert "and-seen" not in page.text, what
            for field in fields:
                told = dict(re.findall(r'([\w-]+)="([^"]*)"', field))
                names.add(told["name"])
                assert told["type"] == "password", what
                assert told.get("value", "") == "", what
                assert told["autocomplete"] in {"current-password", "new-password"}, what
        assert names == {"password", "again", "proof_password"}


class counted:  # noqa: N801  -- reads as a word
    """What an app asks of the database meanwhile, and how many hashes it verifies."""

    def __init__(self, app: Flask) -> None:
        self.app, self.sent = app, list[str]()
        self.verify = PasswordHasher.verify

    def __enter__(self) -> list[str]:
        with self.app.app_context():
            self.engine = db.engine
        event.listen(self.engine, "before_cursor_execute", self._note)
        verify, sent = self.verify, self.sent

        def counting(hasher: PasswordHasher, stored: str, typed: str) -> bool:
            sent.append("hash")
            return bool(verify(hasher, stored, typed))

        PasswordHasher.verify = counting  # type: ignore[assignment, method-assign]
        return self.sent

    def __exit__(self, *_: object) -> None:
        event.remove(self.engine, "before_cursor_execute", self._note)
        PasswordHasher.verify = self.verify  # type: ignore[method-assign]
        self.sent.sort()

    def _note(self, *told: object) -> None:
        self.sent.append(str(told[2]).partition("(")[0])


def _token(page: TestResponse) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert found
    return found[1]
