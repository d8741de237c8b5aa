"""A person of several firms: where he lands, how he goes over, what each session is worth."""

import hashlib
import html
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Barrier
from urllib.parse import unquote

import psycopg
import pytest
from flask import Flask
from typing_extensions import override
from werkzeug.test import TestResponse

from shared.vocabulary import Door
from tests.factories import town as factory
from tests.factories.town import ADLER, BERG, FAR, Town
from tests.servers import Database, PostgresServer
from tests.web.portals import CREATE, PORTALS, TOKEN, Browser, config_of, dispose, give_app

BROKER, ADMIN, NEIGHBOUR = "broker@town.example", "admin@town.example", "adlers.broker@town.example"
# what tells of a firm: lists, files, search, bell
TELL = ("/", "/contracts", "/customers", "/applications", "/threads", "/statements", "/bell",
        "/people", "/firm", "/contracts?format=csv", "/customers?format=csv")  # fmt: skip
OFFERED = 'action="/own/firm"'


@dataclass(frozen=True)
class Tab(Browser):
    """A browser that reads what other tests read too: words of the town look like bad pages."""

    @override
    def get(self, path: str, **headers: str) -> TestResponse:
        return self.client.get(
            path, base_url=self.host, headers={"Accept-Language": "en", **headers}, buffered=True,
            environ_overrides={"REMOTE_ADDR": self.address},
        )  # fmt: skip


@dataclass
class House:
    """A town, both portals on it, and the hands of the owner."""

    town: Town
    apps: dict[Door, Flask]
    owner: psycopg.Connection

    def one(self, query: str, *values: object) -> object:
        row = self.owner.execute(query.encode(), values).fetchone()
        return row[0] if row else None

    def run(self, query: str, *values: object) -> None:
        self.owner.execute(query.encode(), values)

    def member(self, email: str, firm: str) -> int:
        """The membership of somebody in a firm."""
        found = self.one(
            "SELECT m.id FROM membership m JOIN account a ON a.id = m.account_id"
            " WHERE a.email = %s AND m.company_id = %s AND m.pool_id = %s",
            email, self.town.firms[firm], self.town.pool_id,
        )  # fmt: skip
        assert isinstance(found, int)
        return found

    def name(self, firm: str) -> str:
        """What a firm is called."""
        return str(self.one("SELECT name FROM company WHERE id = %s", self.town.firms[firm]))

    def join(self, email: str, firm: str, role: str) -> int:
        """Let somebody work for another firm too."""
        found = self.one(
            "INSERT INTO membership (pool_id, account_id, company_id, door, role)"
            " SELECT %s, a.id, %s, 'extranet', %s FROM account a WHERE a.email = %s RETURNING id",
            self.town.pool_id, self.town.firms[firm], role, email,
        )  # fmt: skip
        assert isinstance(found, int)
        return found

    def far(self, email: str, role: str) -> int:
        """Let somebody of the staff work for the strangers' pool too."""
        found = self.one(
            "INSERT INTO membership (pool_id, account_id, company_id, door, role)"
            " SELECT c.pool_id, a.id, c.id, 'intranet', %s FROM account a, company c"
            " WHERE a.email = %s AND c.pool_id <> %s ORDER BY c.id LIMIT 1 RETURNING id",
            role, email, self.town.pool_id,
        )  # fmt: skip
        assert isinstance(found, int)
        return found

    def browser(self, email: str = BROKER, door: Door = Door.EXTRANET) -> Browser:
        browser = Tab(self.apps[door].test_client(), door)
        assert browser.sign_in(email).status_code == 303
        return browser

    def works_in(self, browser: Browser) -> int:
        """The membership the browser's session stands in."""
        found = self.one(
            "SELECT membership_id FROM web_session WHERE token_hash = %s AND revoked_at IS NULL",
            hashlib.sha256(browser.token().encode()).digest(),
        )
        assert isinstance(found, int)
        return found

    def of(self, browser: Browser, what: str) -> object:
        """A column of the browser's session."""
        return self.one(
            f"SELECT {what} FROM web_session WHERE token_hash = %s",
            hashlib.sha256(browser.token().encode()).digest(),
        )


@pytest.fixture(scope="module")
def built(postgres: PostgresServer, template: Database) -> Iterator[House]:
    town = factory.build(postgres.cloned(template, "test_visits"))
    apps = {door: CREATE[door](config_of(town.database, door)) for door in PORTALS}
    with psycopg.connect(town.database.owner_url, autocommit=True) as owner:
        yield House(town, apps, owner)
    for app in apps.values():
        dispose(app)
    postgres.drop("test_visits")


@pytest.fixture
def house(built: House) -> Iterator[House]:
    """Everybody works where he did at the beginning."""
    most = built.one("SELECT max(id) FROM membership")
    yield built
    built.run("DELETE FROM web_session WHERE token_hash NOT IN (SELECT sha256(convert_to("
              "'token-of-' || email, 'UTF8')) FROM account)")  # fmt: skip
    for table in ("mail", "outbox", "throttle", "known_device", "second_factor"):
        built.run(f"DELETE FROM {table}")
    built.run("DELETE FROM membership WHERE id > %s", most)
    built.run("UPDATE membership SET active = true")
    built.run("UPDATE company SET state = 'active' WHERE code <> 'GONE' AND state = 'closed'")


def go(browser: Browser, membership: int, page: str = "/") -> TestResponse:
    """Choose a firm in the head of a page."""
    return browser.post("/own/firm", page, firm=str(membership))


def read(browser: Browser) -> str:
    """What a person reads on his pages and in his files."""
    return " ".join(browser.get(path).get_data(as_text=True) for path in TELL).lower()


def words(house: House, *owners: str) -> set[str]:
    """What tells of them, beside the names the head offers and the person's own."""
    offered = {("company", "name"), ("pool", "name")}
    own = house.one("SELECT lower(email || name) FROM account WHERE email = %s", BROKER)
    told = house.town.told
    return {w for w in house.town.canaries(*owners)
            if told[w][1:] not in offered and w not in str(own)}  # fmt: skip


class TestSignIn:
    def test_begins_in_the_first_then_in_the_one_worked_in_last(self, house: House) -> None:
        first, second = house.member(BROKER, BERG), house.join(BROKER, ADLER, "assistant")
        browser = house.browser()
        assert house.works_in(browser) == first
        go(browser, second)
        browser.post("/logout", "/")
        again = house.browser()
        assert house.works_in(again) == second
        go(again, first)
        assert house.works_in(house.browser()) == first

    def test_begins_where_he_may_come_in(self, house: House) -> None:
        first, second = house.member(BROKER, BERG), house.join(BROKER, ADLER, "assistant")
        go(house.browser(), second)
        house.run("UPDATE membership SET active = false WHERE id = %s", second)
        assert house.works_in(house.browser()) == first
        house.run("UPDATE membership SET active = true WHERE id = %s", second)
        house.run("UPDATE company SET state = 'closed' WHERE code = 'Adler' AND pool_id = %s",
                  house.town.pool_id)  # fmt: skip
        assert house.works_in(house.browser()) == first

    def test_tells_of_no_firm_before_the_second_factor(self, house: House) -> None:
        house.join(BROKER, ADLER, "assistant")
        give_app(house.town.database, BROKER)
        browser = Tab(house.apps[Door.EXTRANET].test_client(), Door.EXTRANET)
        with house.apps[Door.EXTRANET].app_context():
            from shared.db import accounts  # noqa: PLC0415
            from shared.web.database import db  # noqa: PLC0415

            asked = accounts.try_password(db.engine, BROKER, device=b"", address="there")
            assert asked.account_id
            half = hashlib.sha256(b"half").digest()
            assert accounts.open_web_session(db.engine, asked.account_id, half)
            found = accounts.find_signed_in(db.engine, half)
            assert found is not None
            assert found.works == ()
        browser.client.set_cookie("extranet", "half", domain="extranet.localhost")
        page = browser.get("/login/factor")
        assert page.status_code == 200
        assert not any(str(house.one("SELECT name FROM company WHERE id = %s", number)) in page.text
                       for number in house.town.firms.values())  # fmt: skip
        assert OFFERED not in page.text
        # and half a session goes nowhere
        assert browser.post("/own/firm", "/login/factor", firm="1").location.startswith("/login")

    def test_who_works_for_one_is_offered_nothing(self, house: House) -> None:
        assert OFFERED not in house.browser(NEIGHBOUR).get("/").text
        assert OFFERED not in house.browser(ADMIN, Door.INTRANET).get("/").text


class TestGoingOver:
    def test_the_other_firms_pages_and_nothing_of_the_one_that_was_left(self, house: House) -> None:
        first, second = house.member(BROKER, BERG), house.join(BROKER, ADLER, "broker")
        browser = house.browser()
        for there, own, other in ((second, ADLER, BERG), (first, BERG, ADLER)):
            answer = go(browser, there)
            assert (answer.status_code, answer.location) == (303, "/")
            assert house.works_in(browser) == there
            seen = read(browser)
            assert any(word in seen for word in words(house, own))
            read_on = {word for word in words(house, other) if word in seen}
            assert read_on == set(), [house.town.told[word] for word in read_on]

    def test_before_the_first_switch_one_firm_is_seen_as_well(self, house: House) -> None:
        house.join(BROKER, ADLER, "broker")
        seen = read(house.browser())
        assert any(word in seen for word in words(house, BERG))
        assert not any(word in seen for word in words(house, ADLER))

    def test_the_head_names_them_and_marks_the_one(self, house: House) -> None:
        second = house.join(BROKER, ADLER, "assistant")
        browser = house.browser()
        page = browser.get("/contracts").text
        assert OFFERED in page
        assert f'name="firm" value="{second}"' in page
        marked = re.findall(
            r'<span class="btn ghost" aria-current="true">.*?</span>', page, re.DOTALL
        )
        name = house.one("SELECT name FROM company WHERE id = %s", house.town.firms[BERG])
        assert marked
        assert all(str(name).split("<")[0][:12] in part for part in marked)
        go(browser, second)
        assert "You work for" in browser.get("/contracts").text

    def test_the_old_token_is_worth_nothing(self, house: House) -> None:
        second = house.join(BROKER, ADLER, "assistant")
        browser = house.browser()
        old = browser.token()
        go(browser, second)
        assert browser.token() != old
        thief = Tab(house.apps[Door.EXTRANET].test_client(), Door.EXTRANET)
        thief.client.set_cookie("extranet", old, domain="extranet.localhost")
        assert thief.get("/").location.startswith("/login")
        assert browser.get("/").status_code == 200

    def test_a_form_of_another_tab_is_void(self, house: House) -> None:
        second = house.join(BROKER, ADLER, "broker")
        browser = house.browser()
        form = TOKEN.search(browser.get("/people/new").text)
        assert form
        go(browser, second)
        before = house.one("SELECT count(*) FROM membership")
        sent = browser.client.post(
            "/people/new", base_url=browser.host,
            data={"csrf_token": form[1], "email": "x@y.example", "name": "X", "language": "de",
                  "role": "assistant"},
            headers={"Sec-Fetch-Site": "same-origin", "Accept-Language": "en"},
        )  # fmt: skip
        assert sent.status_code == 400
        assert house.one("SELECT count(*) FROM membership") == before

    def test_a_page_that_was_open_takes_no_part_of_the_other_firm(self, house: House) -> None:
        second = house.join(BROKER, ADLER, "broker")
        browser = house.browser()
        stands = re.search(r'data-stands="([\d.]+)"', browser.get("/contracts").text)
        assert stands
        part = {"HX-Request": "true", "HX-Target": "list", "X-Stands": stands[1]}
        assert browser.get("/contracts", **part).status_code == 200
        go(browser, second)
        again = browser.get("/contracts", **part)
        assert (again.status_code, again.headers["HX-Refresh"]) == (204, "true")
        assert again.data == b""

    def test_a_form_from_the_old_tab_shows_what_was_typed(self, house: House) -> None:
        second = house.join(BROKER, ADLER, "broker")
        browser = house.browser()
        here, there = house.name(BERG), house.name(ADLER)
        form = TOKEN.search(browser.get("/people/new").text)
        assert form
        typed = {"csrf_token": form[1], "email": "x@y.example", "name": "<b>X</b>\ny",
                 "language": "de", "proof_password": "very secret", "version": "17"}  # fmt: skip

        def send(token: str, **headers: str) -> TestResponse:
            return browser.client.post(
                "/people/new", base_url=browser.host, data={**typed, "csrf_token": token},
                headers={"Sec-Fetch-Site": "same-origin", "Accept-Language": "en", **headers},
            )  # fmt: skip

        go(browser, second)
        sent = send(form[1])
        page = html.unescape(sent.text)
        assert sent.status_code == 400
        assert f"You work for {there} now; this form was of {here}." in page
        assert "&lt;b&gt;X&lt;/b&gt;\ny</textarea>" in sent.text
        assert "x@y.example" in page
        assert re.search(r'<label for="typed-\d+">E-mail</label>', sent.text)
        assert "very secret" not in page
        assert "version" not in page
        assert 'href="/"' in page
        # a part of a page takes the page's place, in the same words
        part = send(form[1], **{"HX-Request": "true", "X-Stands": "1.0"})
        assert (part.status_code, part.headers["HX-Retarget"]) == (200, "#main")
        assert "x@y.example" in part.text
        # whatever was signed by nobody is out of date, and no more is said
        assert "x@y.example" not in send("made up").text
        go(browser, house.member(BROKER, BERG))
        assert "this form was made before" in send(form[1]).text

    def test_a_file_from_the_old_tab_brings_nothing_of_the_other_firm(self, house: House) -> None:
        alone = house.browser().get("/contracts").text
        assert not re.search(r"[?;]stands=", alone)
        second = house.join(BROKER, ADLER, "broker")
        browser = house.browser()
        link = re.search(r'href="(/contracts[^"]*format=csv[^"]*)"', browser.get("/contracts").text)
        assert link
        file = html.unescape(link[1])
        got = browser.get(file)
        assert got.mimetype == "text/csv"
        named = re.sub(r"[^\w.-]+", "-", house.name(BERG)).strip("-")
        assert named in unquote(got.headers["Content-Disposition"])
        go(browser, second)
        again = browser.get(file)
        assert (again.status_code, again.data.count(b";")) == (303, 0)
        assert again.location.startswith("/contracts")
        assert "format" not in again.location
        page = browser.get(again.location).text
        assert f"You work for {house.name(ADLER)} now." in html.unescape(page)

    def test_a_second_click_changes_nothing_more(self, house: House) -> None:
        first, second = house.member(BROKER, BERG), house.join(BROKER, ADLER, "assistant")
        browser = house.browser()
        go(browser, second)
        assert go(browser, second).status_code == 404  # he is there
        assert house.works_in(browser) == second
        go(browser, first)
        assert house.works_in(browser) == first

    def test_two_at_once_leave_one_session(self, house: House) -> None:
        second = house.join(BROKER, ADLER, "assistant")
        browser = house.browser()
        form = TOKEN.search(browser.get("/").text)
        assert form
        cookies = [browser.client.get_cookie(name, domain="extranet.localhost")
                   for name in ("extranet", "extranet-form")]  # fmt: skip
        both = Barrier(2)

        def click(_: int) -> int:
            client = house.apps[Door.EXTRANET].test_client()
            for cookie in cookies:
                if cookie is not None:
                    client.set_cookie(cookie.key, cookie.value, domain="extranet.localhost")
            both.wait()
            return client.post(
                "/own/firm", base_url=browser.host,
                data={"csrf_token": form[1], "firm": str(second)},
                headers={"Sec-Fetch-Site": "same-origin"},
            ).status_code  # fmt: skip

        with ThreadPoolExecutor(2) as pool:
            answers = sorted(pool.map(click, range(2)))
        assert answers[0] == 303
        live = "SELECT count(*) FROM web_session WHERE membership_id = %s AND revoked_at IS NULL"
        assert house.one(live, second) == 1

    def test_it_is_as_old_as_it_was_and_without_its_proof(self, house: House) -> None:
        second = house.join(BROKER, ADLER, "broker")
        browser = house.browser()
        began = house.of(browser, "created_at")
        assert house.of(browser, "stepped_up_at") is not None
        go(browser, second)
        assert house.of(browser, "created_at") == began
        assert house.of(browser, "stepped_up_at") is None
        assert house.of(browser, "factor_at") is not None
        # what asks for a fresh proof asks again, and would have been done before
        asked = browser.get("/own/security/password")
        assert 'name="proof_password"' in asked.text

    def test_the_session_list_has_it_once_and_says_for_whom(self, house: House) -> None:
        second = house.join(BROKER, ADLER, "assistant")
        here, other = house.browser(), house.browser()
        go(here, second)
        page = here.get("/own/security").text
        assert page.count('name="session"') == 2  # the other one, and the town's own
        assert page.count("this one") == 1
        here.post("/own/security/sessions/end", "/own/security")
        assert other.get("/").location.startswith("/login")
        assert here.get("/").status_code == 200

    def test_a_person_has_his_looks_everywhere_and_a_bell_for_each(self, house: House) -> None:
        first, second = house.member(BROKER, BERG), house.join(BROKER, ADLER, "broker")
        house.run("DELETE FROM preference WHERE account_id ="
                  " (SELECT id FROM account WHERE email = %s)", BROKER)  # fmt: skip
        browser = house.browser()
        browser.post("/preferences", "/", name="theme", value="dark")
        browser.get("/bell")
        go(browser, second)
        assert 'data-theme="dark"' in browser.get("/").text
        seen = ("SELECT count(bell_seen_at) FROM preference w JOIN account a ON a.id = w.account_id"
                " WHERE a.email = %s")  # fmt: skip
        assert house.one(seen, BROKER) == 1
        browser.get("/bell")
        assert house.one(seen, BROKER) == 2
        assert browser.post("/preferences", "/", name="theme", value="light").status_code == 303
        go(browser, first)
        assert 'data-theme="light"' in browser.get("/").text


class TestRefused:
    @pytest.mark.parametrize(
        "made",
        [
            "UPDATE membership SET active = false WHERE id = %(m)s",
            "UPDATE membership SET active = false, waits = true WHERE id = %(m)s",
            "UPDATE membership SET waits = true WHERE id = %(m)s",
            "UPDATE company SET state = 'closed' WHERE id = %(firm)s AND pool_id = %(pool)s",
            "UPDATE membership SET door = 'intranet', role = 'admin' WHERE id = %(m)s",
            (
                "INSERT INTO role_permission (pool_id, role, permission, company_id, allowed)"
                " VALUES (%(pool)s, 'assistant', 'start', %(firm)s, false)"
            ),
        ],
        ids=["off", "waits", "waits though active", "closed", "the other door", "not let in"],
    )
    def test_where_he_may_not_work_he_does_not_go_nor_is_led(self, house: House, made: str) -> None:
        second = house.join(BROKER, ADLER, "assistant")
        browser = house.browser()
        browser.get("/")
        told = {"m": second, "firm": house.town.firms[ADLER], "pool": house.town.pool_id}
        house.owner.execute(made.encode(), told)
        try:
            page = browser.get("/").text
            assert f'value="{second}"' not in page
            assert go(browser, second).status_code == 404
            assert house.works_in(browser) == house.member(BROKER, BERG)
            assert browser.get("/contracts").status_code == 200
        finally:
            house.run("DELETE FROM role_permission WHERE permission = 'start'")

    @pytest.mark.parametrize("wanted", ["", "0", "-1", "2000000000", "x", "9" * 30, "1.5"])
    def test_nonsense_is_no_firm(self, house: House, wanted: str) -> None:
        browser = house.browser()
        assert browser.post("/own/firm", "/", firm=wanted).status_code == 404
        assert browser.get("/").status_code == 200

    def test_anothers_membership_is_nobodys(self, house: House) -> None:
        browser = house.browser()
        assert go(browser, house.member(NEIGHBOUR, ADLER)).status_code == 404
        assert house.works_in(browser) == house.member(BROKER, BERG)

    def test_a_closed_firm_lets_nobody_in(self, house: House) -> None:
        browser = house.browser(NEIGHBOUR)
        house.run("UPDATE company SET state = 'closed' WHERE id = %s AND pool_id = %s",
                  house.town.firms[ADLER], house.town.pool_id)  # fmt: skip
        assert browser.get("/").location.startswith("/login")
        with pytest.raises(AssertionError, match="may not come in"):
            house.browser(NEIGHBOUR)


class TestWhatHolds:
    def test_who_only_reads_there_changes_nothing_there_and_all_here(self, house: House) -> None:
        first, gone = house.member(BROKER, BERG), house.join(BROKER, "gone", "broker")
        browser = house.browser()
        assert browser.get("/people/new").status_code == 200
        go(browser, gone)
        assert browser.get("/").status_code == 200
        assert browser.get("/people/new").status_code == 403
        assert browser.post("/threads/new", "/", title="x").status_code in {403, 404}
        assert go(browser, first).status_code == 303
        assert browser.get("/people/new").status_code == 200

    def test_the_role_there_is_what_he_may_there(self, house: House) -> None:
        second = house.join(BROKER, ADLER, "assistant")
        browser = house.browser()
        assert browser.get("/statements").status_code == 200
        go(browser, second)
        assert browser.get("/statements").status_code == 403

    def test_shut_out_of_one_he_works_on_in_the_other(self, house: House) -> None:
        first, second = house.member(BROKER, BERG), house.join(BROKER, ADLER, "assistant")
        here, there = house.browser(), house.browser()
        go(there, second)
        house.run("UPDATE membership SET active = false WHERE id = %s", second)
        assert there.get("/").location.startswith("/login")
        assert here.get("/").status_code == 200
        assert house.works_in(house.browser()) == first

    def test_another_role_in_one_ends_the_sessions_in_it(self, house: House) -> None:
        second = house.join(BROKER, ADLER, "assistant")
        here, there = house.browser(), house.browser()
        go(there, second)
        house.run("UPDATE membership SET role = 'broker' WHERE id = %s", second)
        assert there.get("/").location.startswith("/login")
        assert here.get("/").status_code == 200

    def test_a_firm_signs_out_of_itself_alone(self, house: House) -> None:
        """What the neighbour's broker does to the person does not reach his other firm."""
        second = house.join(BROKER, ADLER, "assistant")
        here, there = house.browser(), house.browser()
        go(there, second)
        neighbour = house.browser(NEIGHBOUR)
        assert neighbour.post(f"/people/{second}/off", "/people/new").status_code == 303
        assert there.get("/").location.startswith("/login")
        assert here.get("/").status_code == 200
        assert neighbour.post(f"/people/{house.member(BROKER, BERG)}/off", "/people/new"
                              ).status_code == 404  # fmt: skip

    def test_a_new_password_ends_all_others_in_every_firm(self, house: House) -> None:
        second = house.join(BROKER, ADLER, "assistant")
        here, there = house.browser(), house.browser()
        go(there, second)
        here.post(
            "/own/security/password", "/own/security/password",
            fields={"password": "drei Lampen summen leise", "again": "drei Lampen summen leise"},
        )  # fmt: skip
        assert there.get("/").location.startswith("/login")
        assert here.get("/").status_code == 200

    def test_his_firm_knows_that_he_was_here(self, house: House) -> None:
        second = house.join(BROKER, ADLER, "assistant")
        browser = house.browser()
        go(browser, second)
        page = house.browser("adlers.broker@town.example").get(f"/people/{second}").text
        assert "never" not in page


class TestPools:
    def test_staff_of_two_pools_goes_over_with_all_that_holds_there(self, house: House) -> None:
        there = house.far(ADMIN, "auditor")
        browser = house.browser(ADMIN, Door.INTRANET)
        assert house.of(browser, "idle").total_seconds() == 1800  # type: ignore[attr-defined]
        own = read(browser)
        assert any(word in own for word in words(house, BERG))
        assert not any(word in own for word in words(house, FAR))
        page = browser.get("/").text
        assert str(house.one("SELECT name FROM pool WHERE id = %s", house.town.pool_id))[:8] in page
        assert go(browser, there).status_code == 303
        seen = read(browser)
        assert any(word in seen for word in words(house, FAR))
        assert not any(word in seen for word in words(house, BERG, ADLER))
        assert browser.get("/people/new").status_code == 403  # he reads there

    def test_who_moves_money_there_rests_briefly(self, house: House) -> None:
        there = house.far("clerk@town.example", "accountant")
        browser = house.browser("clerk@town.example", Door.INTRANET)
        here = house.works_in(browser)
        go(browser, there)
        assert house.of(browser, "idle").total_seconds() == 900  # type: ignore[attr-defined]
        go(browser, here)
        assert house.of(browser, "idle").total_seconds() == 1800  # type: ignore[attr-defined]
