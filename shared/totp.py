"""Codes that change every thirty seconds (RFC 6238), as an app on a phone shows them."""

import hmac
from datetime import datetime
from typing import Final

import pyotp

SECONDS: Final = 30
DIGITS: Final = 6


def draw_secret() -> str:
    """A new secret: 160 random bits, written in base 32."""
    return pyotp.random_base32(32)


def step_of(moment: datetime) -> int:
    """The number of the thirty seconds a moment is in."""
    return int(moment.timestamp()) // SECONDS


def code_at(secret: str, step: int) -> str:
    """The code of a step."""
    return pyotp.TOTP(secret, digits=DIGITS, interval=SECONDS).generate_otp(step)


def find_step(secret: str, typed: str, moment: datetime) -> int | None:
    """The step whose code was typed: this one or the one before; who types needs his time."""
    now = step_of(moment)
    typed = "".join(typed.split())
    fitting = [
        step
        for step in (now, now - 1)
        if hmac.compare_digest(code_at(secret, step).encode(), typed.encode())
    ]
    return fitting[0] if fitting else None


def address_of(secret: str, email: str, issuer: str) -> str:
    """What the QR code says to the app."""
    return pyotp.TOTP(secret, digits=DIGITS, interval=SECONDS).provisioning_uri(
        name=email, issuer_name=issuer
    )
