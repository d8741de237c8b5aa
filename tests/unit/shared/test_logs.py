"""Log lines: one a message, no secrets, nothing that pretends to be another line."""

import logging
import re
import sys

import pytest

from shared import logs


def line(message: str, *given: object, error: BaseException | None = None) -> str:
    told = (type(error), error, None) if error else None
    record = logging.LogRecord("security", logging.INFO, __file__, 1, message, given, told)
    return logs.LineFormatter().format(record)


@pytest.mark.parametrize("bad", ["\n", "\r\n", "\r", "\x1b[2J", "\x00", "\u2028", "\x85"])
def test_what_was_sent_stays_in_its_line(bad: str) -> None:
    told = line("GET %s", f"/x{bad}2026-01-01T00:00:00Z 1 INFO security passed account=1")
    assert len(told.splitlines()) == 1
    assert bad not in told


@pytest.mark.parametrize(
    "secret",
    ["password=hunter2hunter2", 'token: "hunter2hunter2"', "csrf_token=hunter2hunter2&x=1",
     "/invitations/hunter2hunter2hunter2hunter2hunter2a", "Cookie: hunter2hunter2",
     "{'password': 'hunter2hunter2'}"],
)  # fmt: skip
def test_secrets_are_masked(secret: str) -> None:
    assert "hunter2hunter2" not in line("sent %s", secret)
    assert "hunter2hunter2" not in line("failed", error=ValueError(secret))


def test_a_traceback_is_no_line_of_its_own() -> None:
    told = line("broken", error=ValueError("typed\n2026-01-01T00:00:00Z 1 INFO security passed"))
    first, *rest = told.splitlines()
    assert first.endswith("broken")
    assert rest
    assert all(each.startswith("  | ") for each in rest)


def test_a_line_says_when_where_and_what() -> None:
    told = line("forbidden account=%s", 7)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ \d+ INFO security forbidden account=7",
                        told)  # fmt: skip


def test_everything_goes_to_one_place(monkeypatch: pytest.MonkeyPatch) -> None:
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", [])
    monkeypatch.setattr(root, "level", logging.WARNING)
    logs.install()
    (handler,) = root.handlers
    assert isinstance(handler, logging.StreamHandler)
    assert handler.stream is sys.stderr
    assert isinstance(handler.formatter, logs.LineFormatter)
    assert logging.getLogger("security").isEnabledFor(logging.INFO)
    logging.getLogger("security").setLevel(logging.NOTSET)
