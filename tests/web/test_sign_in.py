"""Signing in and out: the right door only, and nobody learns who has a login."""

from collections.abc import Callable, Iterator

import psycopg
import pytest
from argon2 import PasswordHasher
from werkzeug.test import TestResponse

from shared.vocabulary import Door
from shared.web import passwords
from tests.servers import Database
from tests.web.portals import (
    BROKER,
    PASSWORD,
    PORTALS,
    SOMEBODY,
    STAFF,
    Browser,
    give_app,
    next_code,
)

Browse = Callable[[Door], Browser]
WRONG = "E-mail or password is wrong."
OTHER = {Door.INTRANET: BROKER, Door.EXTRANET: STAFF}
STRANGERS = ("unknown", "wrong password", "other door", "too long")


def asked(who: str, door: Door) -> tuple[str, str]:
    """What somebody types: everybody but ``somebody`` must be answered alike."""
    typed = {
        "unknown": ("nobody@pool.example", PASSWORD),
        "wrong password": (SOMEBODY[door].email, "not the password"),
        "other door": (OTHER[door].email, PASSWORD),
        "too long": ("nobody@pool.example", "x" * 128),
        "somebody": (SOMEBODY[door].email, PASSWORD),
    }
    return typed[who]


@pytest.fixture
def owner(web_database: Database) -> Iterator[psycopg.Connection]:
    with psycopg.connect(web_database.owner_url, autocommit=True) as connection:
        connection.execute("DELETE FROM throttle")  # each test comes for the first time
        yield connection


@pytest.fixture(scope="module", autouse=True)
def _apps(web_database: Database) -> None:
    """Both people have an app with codes."""
    for person in SOMEBODY.values():
        give_app(web_database, person.email)


@pytest.mark.usefixtures("owner")
@pytest.mark.parametrize("door", PORTALS)
class TestSigningIn:
    def test_opens_the_right_door(self, browse: Browse, door: Door, web_database: Database) -> None:
        browser = browse(door)
        response = browser.walk_in(web_database, SOMEBODY[door].email)
        assert (response.status_code, response.location) == (303, "/")
        page = browser.get("/").text
        for shown in (SOMEBODY[door].name, SOMEBODY[door].email, "Nordlicht", "Firm of"):
            assert shown in page

    def test_letters_of_the_address_may_be_any(self, browse: Browse, door: Door) -> None:
        answer = browse(door).type_password(f" {SOMEBODY[door].email.upper()} ")
        assert answer.location == "/login/factor"

    def test_the_way_back_has_no_empty_query(self, browse: Browse, door: Door) -> None:
        browser = browse(door)
        assert browser.get("/contracts").location == "/login?next=/contracts"
        assert browser.get("/contracts?q=x").location.endswith("contracts?q%3Dx")

    def test_a_password_alone_opens_nothing(self, browse: Browse, door: Door) -> None:
        browser = browse(door)
        browser.type_password(SOMEBODY[door].email)
        assert browser.get("/").location == "/login"
        assert browser.get("/own/security").status_code == 303

    @pytest.mark.parametrize("stranger", STRANGERS)
    def test_refuses_in_the_same_words(self, browse: Browse, door: Door, stranger: str) -> None:
        browser = browse(door)
        response = browser.type_password(*asked(stranger, door))
        assert response.status_code == 422
        assert WRONG in response.text
        assert "Set-Cookie" not in response.headers
        assert browser.get("/").status_code == 303

    @pytest.mark.parametrize("stranger", [*STRANGERS, "somebody"])
    def test_does_the_same_work(
        self, browse: Browse, door: Door, stranger: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """One verification, of a hash of the same cost, whoever asks: the clock tells nothing."""
        costs = []
        verify = PasswordHasher.verify

        def counting(hasher: PasswordHasher, stored: str, typed: str) -> bool:
            costs.append(stored.split("$")[3])
            return bool(verify(hasher, stored, typed))

        monkeypatch.setattr(PasswordHasher, "verify", counting)
        browse(door).type_password(*asked(stranger, door))
        assert costs == ["m=47104,t=1,p=1"]

    def test_needs_the_forms_own_token(self, browse: Browse, door: Door) -> None:
        browser = browse(door)
        fields = {"email": SOMEBODY[door].email, "password": PASSWORD}
        for token in ({}, {"csrf_token": "made up"}):
            response = browser.client.post(
                "/login",
                base_url=browser.host,
                data={**fields, **token},
                headers={"Accept-Language": "en"},
            )
            assert response.status_code == 400
            assert "out of date" in response.text

    def test_is_not_for_other_sites(self, browse: Browse, door: Door) -> None:
        response = browse(door).client.post(
            "/login",
            base_url=browse(door).host,
            headers={"Sec-Fetch-Site": "cross-site"},
            data={"email": SOMEBODY[door].email, "password": PASSWORD},
        )
        assert response.status_code == 403

    def test_gives_a_new_token(self, browse: Browse, door: Door, web_database: Database) -> None:
        """Nobody can prepare a session for somebody else to sign in with."""
        browser = browse(door)
        host = f"{door.value}.localhost"
        browser.client.set_cookie(door.value, "prepared", domain=host)
        browser.type_password(SOMEBODY[door].email)
        half = browser.token()
        assert half != "prepared"
        browser.post("/login/factor", "/login/factor", code=next_code(web_database))
        assert browser.token() != half
        assert min(len(half), len(browser.token())) >= 43  # 256 bits
        for known in ("prepared", half):
            assert _with_cookie(browse(door), known).status_code == 303

    @pytest.mark.parametrize(
        ("wanted", "taken"),
        [("/", "/"), ("/?page=2", "/?page=2"), ("/nowhere", "/"), ("https://evil.example/", "/"),
         ("//evil.example/", "/"), ("/\\evil.example", "/"), ("javascript:alert(1)", "/"),
         ("/logout", "/"), ("/kit/base.css", "/")],
    )  # fmt: skip
    def test_goes_on_inside_the_portal(
        self, browse: Browse, door: Door, web_database: Database, wanted: str, taken: str
    ) -> None:
        browser = browse(door)
        browser.type_password(SOMEBODY[door].email, next=wanted)
        code = next_code(web_database)
        response = browser.post("/login/factor", "/login/factor", code=code, next=wanted)
        assert response.location == taken


@pytest.mark.parametrize("door", PORTALS)
class TestSessions:
    def test_a_captured_cookie_is_worth_nothing_after_signing_out(
        self, browse: Browse, door: Door
    ) -> None:
        browser = browse(door)
        browser.sign_in(SOMEBODY[door].email)
        captured = browser.token()
        assert _with_cookie(browse(door), captured).status_code == 200
        assert browser.post("/logout", "/").status_code == 303
        assert _with_cookie(browse(door), captured).status_code == 303

    def test_the_token_is_not_stored(
        self, browse: Browse, door: Door, owner: psycopg.Connection
    ) -> None:
        browser = browse(door)
        browser.sign_in(SOMEBODY[door].email)
        query = "SELECT count(*) FROM web_session WHERE token_hash = {}"
        token = browser.token().encode()
        for form, found in (("%s", 0), ("sha256(%s)", 1)):
            row = owner.execute(query.format(form).encode(), [token]).fetchone()
            assert row == (found,)

    def test_a_session_of_one_portal_opens_no_other(self, browse: Browse, door: Door) -> None:
        browser = browse(door)
        browser.sign_in(SOMEBODY[door].email)
        other = browse(OTHER[door].door)
        assert _with_cookie(other, browser.token()).status_code == 303

    @pytest.mark.parametrize(
        "ending",
        [
            "UPDATE web_session SET last_seen_at = now() - interval '31 minutes'",
            "UPDATE web_session SET created_at = now() - interval '13 hours'",
            "UPDATE membership SET active = false",
            "UPDATE account SET active = false",
        ],
        ids=["idle", "old", "no longer a member", "no longer a login"],
    )
    def test_a_session_ends(
        self, browse: Browse, door: Door, owner: psycopg.Connection, ending: str
    ) -> None:
        browser = browse(door)
        browser.sign_in(SOMEBODY[door].email)
        assert browser.get("/").status_code == 200
        owner.execute(ending.encode())
        try:
            assert browser.get("/").status_code == 303
        finally:
            owner.execute("UPDATE membership SET active = true")
            owner.execute("UPDATE account SET active = true")

    def test_the_cookie_is_out_of_reach_of_scripts(
        self, browse: Browse, door: Door, web_database: Database
    ) -> None:
        browser = browse(door)
        browser.type_password(SOMEBODY[door].email)
        answer = browser.post("/login/factor", "/login/factor", code=next_code(web_database))
        cookies = answer.headers.getlist("Set-Cookie")
        assert {cookie.partition("=")[0] for cookie in cookies} == {door, f"{door}-device"}
        for cookie in cookies:
            assert "HttpOnly" in cookie
            assert "SameSite=Lax" in cookie
            assert "Domain" not in cookie
            assert len(cookie) < 4096


def test_passwords_are_hashed_as_agreed() -> None:
    hashed = passwords.hash_password(PASSWORD)
    assert hashed.startswith("$argon2id$v=19$m=47104,t=1,p=1$")
    assert passwords.is_password(PASSWORD, hashed)
    assert not passwords.is_password("another one, also long", hashed)
    assert not passwords.is_password("there is nobody of this name", None)
    assert not passwords.is_password(PASSWORD, "not a hash")


def _with_cookie(browser: Browser, token: str) -> TestResponse:
    host = f"{browser.door.value}.localhost"
    browser.client.set_cookie(browser.door.value, token, domain=host)
    return browser.get("/")
