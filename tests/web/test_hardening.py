"""What stands between a browser and the house: origins, methods, reports, files, headers, logs."""

import hashlib
import io
import json
import logging
import re
from collections.abc import Callable

import pytest
from flask import Flask

from shared.vocabulary import Door
from shared.web import files, headers, reports
from tests.factories.town import Town
from tests.servers import Database
from tests.web.portals import BROKER, CREATE, PASSWORD, PORTALS, Browser, config_of, dispose
from tests.web.visitors import Visitor
from tests.web.written import Written

Browse = Callable[[Door], Browser]
PortalOf = Callable[[Door], Flask]
REPORT = {"csp-report": {"document-uri": "http://x/a\nb", "blocked-uri": "inline",
                         "effective-directive": "script-src", "password": "x"}}  # fmt: skip


@pytest.fixture
def visitor(town: Town, portal_of: PortalOf) -> Visitor:
    return Visitor(portal_of(Door.EXTRANET), Door.EXTRANET, town.somebody("broker"))


@pytest.fixture
def clerk(town: Town, portal_of: PortalOf) -> Visitor:
    return Visitor(portal_of(Door.INTRANET), Door.INTRANET, town.somebody("admin"))


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody has reported anything in this minute."""
    monkeypatch.setattr(reports, "_heard", type(reports._heard)(maxlen=reports.MOST_A_MINUTE))


class TestReports:
    def test_the_policy_names_where_to(self, browse: Browse) -> None:
        told = browse(Door.EXTRANET).get("/login").headers
        assert "report-uri /reports/csp; report-to csp" in told["Content-Security-Policy"]
        assert told["Reporting-Endpoints"] == 'csp="/reports/csp"'

    @pytest.mark.usefixtures("heard")
    @pytest.mark.parametrize(
        "sent", [REPORT, [{"type": "csp-violation", "body": REPORT["csp-report"]}]]
    )
    def test_are_logged_in_one_line(
        self, browse: Browse, sent: object, caplog: pytest.LogCaptureFixture
    ) -> None:
        with caplog.at_level(logging.INFO, "security"):
            answer = self._report(browse, json.dumps(sent).encode())
        assert answer == 204
        told = [r.getMessage() for r in caplog.records if "content blocked" in r.getMessage()]
        assert len(told) == 1
        assert "blocked_uri=inline" in told[0]
        assert "password" not in told[0]

    @pytest.mark.usefixtures("heard")
    @pytest.mark.parametrize(
        "sent", [b"", b"{", b"[1]", b'"x"', b'{"csp-report": 7}', b"\xff\xfe", b"x" * 20_000,
                 b"[" * 9_000],
    )  # fmt: skip
    def test_of_any_kind_break_nothing(
        self, browse: Browse, sent: bytes, caplog: pytest.LogCaptureFixture
    ) -> None:
        with caplog.at_level(logging.INFO, "security"):
            assert self._report(browse, sent) == 204
        assert "content blocked" not in caplog.text

    @pytest.mark.usefixtures("heard")
    def test_are_bounded(self, browse: Browse, caplog: pytest.LogCaptureFixture) -> None:
        with caplog.at_level(logging.INFO, "security"):
            for _ in range(reports.MOST_A_MINUTE + 10):
                self._report(browse, json.dumps(REPORT).encode())
        assert caplog.text.count("content blocked") == reports.MOST_A_MINUTE

    def _report(self, browse: Browse, body: bytes) -> int:
        browser = browse(Door.EXTRANET)
        answer = browser.client.post(
            headers.REPORTS, base_url=browser.host, data=body,
            content_type="application/csp-report", headers={"Sec-Fetch-Site": "same-origin"},
        )  # fmt: skip
        return answer.status_code


@pytest.mark.parametrize("door", PORTALS)
class TestRequests:
    @pytest.mark.parametrize("method", ["TRACE", "TRACK", "PUT", "DELETE", "PATCH", "CONNECT",
                                        "PROPFIND", "BREW"])  # fmt: skip
    @pytest.mark.parametrize("path", ["/", "/login", "/health", "/kit/base.css"])
    def test_only_the_declared_methods_are_taken(
        self, browse: Browse, door: Door, method: str, path: str
    ) -> None:
        browser = browse(door)
        answer = browser.client.open(
            path, method=method, base_url=browser.host, headers={"Sec-Fetch-Site": "same-origin"}
        )
        assert answer.status_code in {400, 405}  # without the form's token before anything else
        assert "TRACE" not in answer.headers.get("Allow", "")

    @pytest.mark.parametrize(
        ("headers", "taken"),
        [
            ({"Sec-Fetch-Site": "same-origin"}, True),
            ({"Sec-Fetch-Site": "none"}, True),
            ({"Sec-Fetch-Site": "same-site"}, False),
            ({"Sec-Fetch-Site": "cross-site"}, False),
            ({"Sec-Fetch-Site": "nonsense"}, False),
            ({"Origin": "http://{host}"}, True),
            ({"Origin": "http://evil.example"}, False),
            ({"Origin": "http://{host}.evil.example"}, False),
            ({"Origin": "null"}, False),
            ({"Referer": "http://{host}/login"}, True),
            ({"Referer": "http://evil.example/{host}"}, False),
            ({"Sec-Fetch-Site": "cross-site", "Origin": "http://{host}"}, False),
            ({"Origin": "http://evil.example", "Referer": "http://{host}/"}, False),
        ],
    )
    def test_changes_come_from_our_own_pages(
        self, browse: Browse, door: Door, headers: dict[str, str], *, taken: bool
    ) -> None:
        browser = browse(door)
        host = f"{door.value}.localhost"
        given = {name: value.format(host=host) for name, value in headers.items()}
        token = re.search(r'name="csrf_token" value="([^"]+)"', browser.get("/login").text)
        assert token
        answer = browser.client.post(
            "/language/de", base_url=browser.host, data={"csrf_token": token[1]}, headers=given
        )
        assert (answer.status_code == 303) is taken
        assert taken or answer.status_code == 403

    def test_over_https_who_says_nothing_changes_nothing(
        self, web_database: Database, door: Door
    ) -> None:
        base = f"https://{door.value}.pool.example"
        app = CREATE[door](config_of(web_database, door, base))
        try:
            assert app.test_client().post("/language/de", base_url=base).status_code == 403
        finally:
            dispose(app)

    @pytest.mark.parametrize("header", ["X-Forwarded-Host", "X-Host", "Forwarded", "X-Original-URL",
                                        "X-Rewrite-URL", "X-HTTP-Method-Override"])  # fmt: skip
    def test_headers_a_proxy_would_set_say_nothing(
        self, browse: Browse, door: Door, header: str
    ) -> None:
        answer = browse(door).get("/", **{header: "evil.example"})
        assert answer.status_code == 303
        assert "evil.example" not in answer.location + answer.text

    def test_nothing_says_what_runs_here(self, browse: Browse, door: Door) -> None:
        for path in ("/login", "/nowhere", "/health"):
            answer = browse(door).get(path)
            told = " ".join(f"{n}: {v}" for n, v in answer.headers if n != "Server")
            assert not re.search(r"(?i)flask|werkzeug|python|granian|x-powered", told)

    @pytest.mark.parametrize(
        "path", ["/kit", "/kit/", "/kit/fonts", "/kit/fonts/", "/kit/.", "/kit/..", "/kit/../",
                 "/static/", "/kit/%2e%2e/", "/templates/", "/.git/", "/.git/config"],
    )  # fmt: skip
    def test_no_folder_is_listed(self, browse: Browse, door: Door, path: str) -> None:
        assert browse(door).get("/kit/base.css").status_code == 200
        answer = browse(door).get(path)
        assert answer.status_code == 404
        assert "base.css" not in answer.text.partition("<body")[2]

    def test_nothing_of_a_request_is_kept_in_a_cache(
        self, town: Town, portal_of: PortalOf, door: Door
    ) -> None:
        person = "admin" if door is Door.INTRANET else "broker"
        visitor = Visitor(portal_of(door), door, town.somebody(person))
        for path in ("/", "/contracts", "/contracts?format=csv", "/search?q=x", "/nowhere"):
            assert visitor.get(path).headers["Cache-Control"] == "no-store"

    def test_debugging_is_off(self, portal_of: PortalOf, door: Door) -> None:
        app = portal_of(door)
        assert not app.debug
        assert not app.testing
        assert app.config["PROPAGATE_EXCEPTIONS"] is None
        assert app.jinja_env.autoescape is not False
        kept = {rule.endpoint for rule in app.url_map.iter_rules()}
        assert not {e for e in kept if re.search("debug|metrics|openapi|swagger|docs$", e)}

    def test_a_number_no_column_holds_is_no_error_of_ours(
        self, town: Town, portal_of: PortalOf, door: Door
    ) -> None:
        person = "admin" if door is Door.INTRANET else "broker"
        visitor = Visitor(portal_of(door), door, town.somebody(person))
        for number in ("2147483648", "9223372036854775807", "9223372036854775808", "1" * 30):
            assert visitor.get(f"/contracts/{number}").status_code in {400, 404}
            assert visitor.get(f"/contracts?id={number}").status_code < 500
        assert 'value="%41"' in visitor.get("/contracts?q=%2541").text  # decoded once
        for typed in ("%00", "²", "٣", "%F0%9F%92%A9", "%C0%80", "\\x00"):
            assert visitor.get(f"/contracts?q={typed}").status_code < 500
            assert visitor.get(f"/search?q={typed}").status_code < 500


class TestGoingOn:
    ELSEWHERE = ("https://evil.example/", "//evil.example", "/\\evil.example", "/\t/evil.example",
                 "\\\\evil.example", "javascript:alert(1)", "data:text/html,x", "/%09/evil.example",
                 "http:evil.example", "///evil.example", "/x\r\nSet-Cookie: a=b")  # fmt: skip

    @pytest.mark.parametrize("there", ELSEWHERE)
    def test_leads_nowhere_else(self, visitor: Visitor, there: str) -> None:
        answer = visitor.post("/language/en", {"next": there})
        assert answer.status_code == 303
        assert answer.location == "/"
        assert "Set-Cookie: a=b" not in str(answer.headers)

    @pytest.mark.parametrize("there", ELSEWHERE)
    def test_a_link_back_is_one_of_ours(self, town: Town, visitor: Visitor, there: str) -> None:
        line = town.rows["berg"]["statement_line"][0]
        path = f"/statements/{line['statement_id']}/lines/{line['id']}/why"
        page = visitor.client.get(path, base_url=visitor.host, query_string={"back": there})
        assert page.status_code == 200
        led = re.findall(r'href="([^"]*)"', page.text)
        assert led
        assert not [href for href in led if "evil" in href or not href.startswith(("/", "#"))]

    def test_the_form_says_where_not_the_address(self, visitor: Visitor) -> None:
        """What is doubled counts once, and from where it belongs."""
        answer = visitor.post("/language/en?next=/contracts", {"next": "/threads"})
        assert answer.location == "/threads"
        answer = visitor.post("/language/en?next=/contracts")
        assert answer.location == "/"
        page = visitor.get("/contracts?sort=number&sort=-number&state=active&state=nonsense")
        assert page.status_code == 200


class TestFiles:
    NAMES = ('a"; filename="evil.html', "a\r\nX-Evil: yes.pdf", "../../etc/passwd", "c:\\x\\y.pdf",
             "Vertrag über Öl.pdf", "договір.pdf", "x" * 400 + ".pdf", "")  # fmt: skip

    @pytest.mark.parametrize("name", NAMES)
    def test_a_name_stays_a_name(self, name: str) -> None:
        app = Flask(__name__)
        with app.test_request_context():
            try:
                response = files.attachment(b"x", name, "application/pdf")
            except ValueError:
                assert "\n" in name  # then there is no answer at all
                return
        said = response.headers["Content-Disposition"]
        assert said.startswith("attachment")
        assert "\n" not in said
        assert not re.search(r'filename="[^"]*";[^*]*filename="', said)

    @pytest.mark.usefixtures("nothing_stays")
    def test_what_was_uploaded_is_handed_out_as_a_file(
        self, town: Town, visitor: Visitor, clerk: Visitor
    ) -> None:
        document = next(d for d in town.rows["berg"]["document"] if d["subject"] == "contract")
        contract = document["subject_id"]
        for someone in (visitor, clerk):
            answer = someone.get(f"/documents/{document['id']}")
            assert answer.status_code == 200
            assert answer.headers["Content-Disposition"].startswith("attachment")
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["Content-Security-Policy"] == files.SANDBOX
        for someone in (visitor, clerk):
            shown = someone.get(f"/contracts/{contract}?tab=documents").text
            assert "not scanned for malware" in shown

    @pytest.mark.usefixtures("nothing_stays")
    @pytest.mark.parametrize("door", PORTALS)
    @pytest.mark.parametrize(
        ("content", "name", "taken"),
        [(b"%PDF-1.7 one\0", "a.pdf", True), (b"a note", "note.txt", True),
         (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x04\0\0\0\x04", "small.png", True),
         (b"%PDF-1.7 another\0", "said to be.exe", True), (b"MZ\x90\x00", "photo.jpg", False),
         (b"<html><script>1</script>", "note.txt", False),
         (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "logo.png", False),
         (b"#!/bin/sh\n", "a.pdf", False), (b"PK\x03\x04" + bytes(60), "a.docx", False),
         (b"", "empty.pdf", False),
         (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\x00\x00\xff\xff\x00\x00\xff\xff", "bomb.png", False)],
    )  # fmt: skip
    def test_what_it_is_says_the_content(
        self, town: Town, portal_of: PortalOf, written: Written, door: Door, *,
        content: bytes, name: str, taken: bool,
    ) -> None:  # fmt: skip
        """What is refused is neither known nor kept; what is good is both."""
        person = "admin" if door is Door.INTRANET else "broker"
        visitor = Visitor(portal_of(door), door, town.somebody(person))
        contract = str(town.rows["berg"]["contract"][0]["id"])
        sent = {"subject": "contract", "subject_id": contract, "kind": "letter"}
        visitor.post("/documents", {**sent, "files": (io.BytesIO(content), name)})
        digest = hashlib.sha256(content).hexdigest()
        root = visitor.app.config["STORAGE_DIR"]
        assert ("document" in written.by_post) is taken
        assert bool(list(root.rglob(digest))) is taken

    def test_a_request_is_bounded(self, visitor: Visitor) -> None:
        assert visitor.post("/own/customers/new", {"note": "x" * (3 << 20)}).status_code == 413
        assert visitor.app.config["MAX_CONTENT_LENGTH"]


class TestLog:
    def test_who_was_refused_what(
        self, town: Town, visitor: Visitor, caplog: pytest.LogCaptureFixture
    ) -> None:
        with caplog.at_level(logging.INFO, "security"):
            visitor.client.post("/language/de", base_url=visitor.host,
                                headers={"Sec-Fetch-Site": "cross-site"})  # fmt: skip
        told = caplog.messages[-1]
        assert told.startswith("forbidden account=")
        assert "POST /language/de" in told
        with caplog.at_level(logging.INFO, "security"):
            assistant = Visitor(visitor.app, Door.EXTRANET, town.somebody("assistant"))
            assert assistant.get("/statements").status_code == 403
        who = r"forbidden account=\d+ session=\d+ from=\S+ GET /statements"
        assert re.match(who, caplog.messages[-1])
        assert town.somebody("broker").token not in caplog.text

    def test_who_came_in_and_who_did_not(
        self, browse: Browse, caplog: pytest.LogCaptureFixture
    ) -> None:
        with caplog.at_level(logging.INFO, "security"):
            typed = {"email": "nobody@x.example", "password": "hunter2 hunter2 hunter2"}
            browse(Door.EXTRANET).post("/login", fields=typed)
        assert "door refused account=-" in caplog.text
        assert "door passed" not in caplog.text
        with caplog.at_level(logging.INFO, "security"):
            browse(Door.EXTRANET).type_password(BROKER.email)
        assert "door passed account=" in caplog.text
        for typed_once in ("hunter2", "nobody@x.example", PASSWORD, BROKER.email):
            assert typed_once not in caplog.text
