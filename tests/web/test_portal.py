"""What holds for every page of both portals: headers, hosts, declared access, languages, errors."""

import re
from collections.abc import Callable

import pytest
from flask import Blueprint, Flask, Response

from brokerpool.demo.people import logins
from pool_module.settlement.errors import SecondPersonNeeded
from shared.permissions import Permission, Role, permissions_of
from shared.vocabulary import LANGUAGES, Door
from shared.web.access import UndeclaredViewError, public, requires
from shared.web.app import make_app
from tests.servers import Database
from tests.web.portals import CREATE, PORTALS, SOMEBODY, Browser, config_of, dispose

Browse = Callable[[Door], Browser]
AppOf = Callable[[Door], Flask]
EVERYBODYS = {"kit.sign_in", "kit.check_password", "kit.sign_out", "kit.switch_language",
              "kit.health", "kit.static", "kit.factor", "kit.give_factor", "kit.enrol",
              "kit.add_first_factor", "kit.forgot", "kit.ask_reset", "kit.link", "kit.use_link",
              "kit.ask_again", "kit.take"}  # fmt: skip
CLOSED = ("default-src 'none'", "style-src 'self'", "object-src 'none'", "base-uri 'none'",
          "frame-ancestors 'none'", "form-action 'self'")  # fmt: skip
SIGN_IN = {"de": "Anmelden", "uk": "Увійти", "en": "Sign in"}


@pytest.mark.parametrize("door", PORTALS)
class TestEveryResponse:
    @pytest.mark.parametrize("path", ["/login", "/", "/nowhere", "/health", "/kit/base.css"])
    def test_has_the_headers(self, browse: Browse, door: Door, path: str) -> None:
        headers = browse(door).get(path).headers
        policy = headers["Content-Security-Policy"]
        assert re.search(r"script-src 'nonce-[\w-]{20,}'", policy)
        assert set(CLOSED) <= {part.strip() for part in policy.split(";")}
        assert "unsafe" not in policy
        assert "strict-dynamic" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert not [name for name, _ in headers if name.startswith("Access-Control-")]
        stored = "public" if path.startswith("/kit/") else "no-store"
        assert stored in headers["Cache-Control"]

    def test_has_a_nonce_of_its_own(self, browse: Browse, door: Door) -> None:
        browser = browse(door)
        policies = {browser.get("/login").headers["Content-Security-Policy"] for _ in range(3)}
        assert len(policies) == 3

    @pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "localhost", "www.localhost"])
    def test_is_for_its_own_host_only(self, app_of: AppOf, door: Door, host: str) -> None:
        client = app_of(door).test_client()
        for path in ("/login", "/health", "/nowhere"):
            response = client.get(path, base_url=f"http://{host}")
            assert response.status_code == 400
            assert host not in response.text

    def test_over_https_binds_cookies_to_the_host(self, web_database: Database, door: Door) -> None:
        app = CREATE[door](config_of(web_database, door, f"https://{door.value}.pool.example"))
        client = app.test_client()
        response = client.get("/login", base_url=f"https://{door.value}.pool.example")
        dispose(app)
        assert "max-age=63072000" in response.headers["Strict-Transport-Security"]
        assert app.config["TOKEN_COOKIE"] == f"__Host-{door.value}"
        cookie = response.headers["Set-Cookie"]
        assert cookie.startswith(f"__Host-{door.value}-form=")
        assert "Secure" in cookie
        assert "Path=/" in cookie


@pytest.mark.parametrize("door", PORTALS)
class TestAccess:
    def test_what_is_everybodys_is_listed(self, app_of: AppOf, door: Door) -> None:
        views = app_of(door).view_functions.items()
        assert {e for e, v in views if getattr(v, "_access", "") == "everybody"} | {
            "kit.static"
        } == EVERYBODYS

    def test_nobody_gets_further_than_the_login(self, browse: Browse, door: Door) -> None:
        browser = browse(door)
        for rule in browser.client.application.url_map.iter_rules():
            if rule.endpoint not in EVERYBODYS and "GET" in (rule.methods or ()):
                path = re.sub(r"<any\((\w+)[^>]*>", r"\1", rule.rule)
                response = browser.get(re.sub(r"<int:\w+>", "1", path))
                assert response.status_code == 303
                assert response.location.startswith("/login")

    def test_an_undeclared_view_stops_the_start(self, web_database: Database, door: Door) -> None:
        pages = Blueprint("pages", __name__)
        pages.add_url_rule("/silent", "silent", lambda: "")
        with pytest.raises(UndeclaredViewError, match=r"pages\.silent"):
            make_app(__name__, door, [pages], config_of(web_database, door))

    def test_without_the_permission_it_is_forbidden(
        self, web_database: Database, door: Door, caplog: pytest.LogCaptureFixture
    ) -> None:
        pages = Blueprint("pages", __name__)
        pages.add_url_rule("/", "start", public(_plain))
        pages.add_url_rule("/rights", "rights", requires(Permission.ACCOUNTS_EDIT)(_plain))
        pages.add_url_rule("/refused", "refused", public(_refuse))
        pages.add_url_rule("/broken", "broken", public(_break))
        app = make_app(__name__, door, [pages], config_of(web_database, door))
        browser = Browser(app.test_client(), door)
        try:
            assert browser.get("/rights").status_code == 303
            browser.sign_in(SOMEBODY[door].email)
            allowed = Permission.ACCOUNTS_EDIT in permissions_of(
                Role.ADMIN if door is Door.INTRANET else Role.BROKER
            )
            assert browser.get("/rights").status_code == (200 if allowed else 403)
            refused = browser.get("/refused")
            assert refused.status_code == 403
            assert "Anna calculated this run; a second person approves it" in refused.text
            broken = browser.get("/broken")
            assert broken.status_code == 500
            assert "secret" not in broken.text
            (logged,) = [r for r in caplog.records if r.levelname == "ERROR"]
            assert logged.getMessage() == "GET /broken"
            assert logged.exc_info
            assert isinstance(logged.exc_info[1], ZeroDivisionError)
        finally:
            dispose(app)


@pytest.mark.parametrize("role", Role)
def test_every_role_has_a_start_page(role: Role) -> None:
    assert Permission.START in permissions_of(role)


def test_the_demos_people_have_roles_that_exist() -> None:
    assert {login.role for login in logins()} <= set(Role)


def test_a_role_nobody_knows_any_more_may_do_nothing() -> None:
    assert permissions_of("emperor") == frozenset()


def test_a_portal_without_its_database_says_so(web_database: Database) -> None:
    with pytest.raises(RuntimeError, match="DATABASE_URL_INTRANET"):
        make_app(__name__, Door.INTRANET, [], config_of(web_database, Door.EXTRANET))


@pytest.mark.parametrize("door", PORTALS)
class TestLanguages:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_the_browsers_language_is_spoken(
        self, browse: Browse, door: Door, language: str
    ) -> None:
        page = browse(door).get("/login", **{"Accept-Language": f"{language}-XX, fr;q=0.5"}).text
        assert f'<html lang="{language}">' in page
        assert SIGN_IN[language] in page

    def test_others_are_answered_in_german(self, browse: Browse, door: Door) -> None:
        assert '<html lang="de">' in browse(door).get("/login", **{"Accept-Language": "fr"}).text

    def test_the_switch_is_remembered(self, browse: Browse, door: Door) -> None:
        browser = browse(door)
        assert browser.post("/language/uk", next="/login").location == "/login"
        assert '<html lang="uk">' in browser.get("/login", **{"Accept-Language": "de"}).text
        browser.sign_in(SOMEBODY[door].email)
        assert '<html lang="uk">' in browser.get("/").text
        assert browser.post("/language/fr", "/").status_code == 404

    def test_who_never_chose_reads_his_own(self, browse: Browse, door: Door) -> None:
        browser = browse(door)
        browser.sign_in(SOMEBODY[door].email)
        assert '<html lang="en">' in browser.get("/", **{"Accept-Language": "de"}).text


@pytest.mark.parametrize("door", PORTALS)
class TestErrors:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_what_is_not_there(self, browse: Browse, door: Door, language: str) -> None:
        response = browse(door).get("/nowhere", **{"Accept-Language": language})
        titles = {"de": "Diese Seite gibt es nicht", "uk": "Такої сторінки немає",
                  "en": "There is no such page"}  # fmt: skip
        assert response.status_code == 404
        assert titles[language] in response.text

    def test_a_wrong_method(self, browse: Browse, door: Door) -> None:
        response = browse(door).get("/logout")
        assert response.status_code == 405
        assert "POST" in response.headers["Allow"]


def _plain() -> Response:
    return Response("yours", mimetype="text/plain")


def _refuse() -> str:
    raise SecondPersonNeeded("Anna")


def _break() -> str:
    raise ZeroDivisionError("secret")
