"""Codes as the norm has them (RFC 6238, appendix B), and one step back."""

from base64 import b32encode
from datetime import UTC, datetime, timedelta

import pytest

from shared import totp

SECRET = b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(
    ("seconds", "code"), [(59, "287082"), (1111111109, "081804"), (20000000000, "353130")]
)
def test_the_norms_examples(seconds: int, code: str) -> None:
    assert totp.code_at(SECRET, totp.step_of(datetime.fromtimestamp(seconds, UTC))) == code


def test_this_step_and_the_one_before() -> None:
    now = datetime(2026, 11, 21, 12, 0, 10, tzinfo=UTC)
    typed = totp.code_at(SECRET, totp.step_of(now))
    step = totp.step_of(now)
    assert totp.find_step(SECRET, f"{typed[:3]} {typed[3:]}", now) == step
    assert totp.find_step(SECRET, typed, now + timedelta(seconds=30)) == step
    for late in (60, -30):
        assert totp.find_step(SECRET, typed, now + timedelta(seconds=late)) is None
    assert totp.find_step(SECRET, "", now) is None


def test_secrets_are_long_and_new() -> None:
    drawn = {totp.draw_secret() for _ in range(5)}
    assert len(drawn) == 5
    assert all(len(secret) == 32 for secret in drawn)
