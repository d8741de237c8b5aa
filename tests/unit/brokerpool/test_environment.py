"""What the servers are told: nothing of the starter's but his path and his clock."""

import pytest

from brokerpool import environment


def test_nothing_of_the_starter_gets_in(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in environment.CLOCK:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PGDATA", "/elsewhere")
    monkeypatch.setenv("LD_PRELOAD", "/lib/other.so")
    assert set(environment.bare()) == {"PATH"}


def test_a_shifted_clock_is_the_servers_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAKETIME", "+40d")
    monkeypatch.setenv("LD_PRELOAD", "/lib/faketime.so")
    found = environment.bare()
    assert (found["FAKETIME"], found["LD_PRELOAD"]) == ("+40d", "/lib/faketime.so")
