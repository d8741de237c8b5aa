"""Passwords: argon2id, the same work for known and unknown people."""

from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# OWASP's second set: 46 MiB, once; 84 ms on a server's core
HASHER = PasswordHasher(time_cost=1, memory_cost=46 * 1024, parallelism=1)
# of a password nobody has: verified when there is no account, so that it takes as long
NOBODY = HASHER.hash("there is nobody of this name")
# a flood of sign-ins must not take all memory: two at a time
AT_ONCE = BoundedSemaphore(2)


def hash_password(password: str) -> str:
    """Hash a password with a salt of its own."""
    with AT_ONCE:
        return HASHER.hash(password)


def is_password(password: str, password_hash: str | None) -> bool:
    """Tell whether a password is the one hashed; None stands for an unknown person.

    Args:
        password: as it was typed.
        password_hash: what is stored, or None when there is nobody to hold it against.
    """
    with AT_ONCE:
        try:
            HASHER.verify(password_hash or NOBODY, password)
        except (VerificationError, InvalidHashError):
            return False
    return password_hash is not None
