"""What is kept secret at rest: encrypted by a key of a ring, whose id stands beside the ciphertext.

The ring is ``FACTOR_KEYS`` of the environment, else ``keys/factors.key`` of the state folder: keys
in base 64, the first one encrypts, all of them decrypt. To rotate, put a new key in front.
"""

import base64
import hashlib
import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.config import Config

BYTES: Final = 32
NONCE: Final = 12
FILE: Final = "factors.key"


class UnknownKeyError(LookupError):
    """Something was encrypted by a key that is not in the ring."""


@dataclass(frozen=True)
class Vault:
    """Encrypts and decrypts; the ids of keys are made from the keys."""

    keys: tuple[bytes, ...] = field(repr=False)

    @classmethod
    def of(cls, config: Config) -> Self:
        """The vault of an installation; its key is drawn where there is none."""
        ring = config.factor_keys or kept(config.home / "keys" / FILE, _draw).split()
        keys = tuple(base64.urlsafe_b64decode(key) for key in ring)
        if not keys or any(len(key) != BYTES for key in keys):
            raise ValueError(f"FACTOR_KEYS: each key is {BYTES} bytes in base 64")
        return cls(keys)

    def seal(self, plain: bytes, about: str) -> tuple[bytes, str]:
        """Encrypt; ``about`` says what for: elsewhere it can't be opened. Gives the key's id."""
        nonce = os.urandom(NONCE)
        key = self.keys[0]
        return nonce + AESGCM(key).encrypt(nonce, plain, about.encode()), id_of(key)

    def open(self, sealed: bytes, key_id: str, about: str) -> bytes:
        """Decrypt.

        Raises:
            UnknownKeyError: the key is not in the ring.
            cryptography.exceptions.InvalidTag: it was changed, or is about something else.
        """
        key = next((k for k in self.keys if id_of(k) == key_id), None)
        if key is None:
            raise UnknownKeyError(f"FACTOR_KEYS lacks the key {key_id}")
        return AESGCM(key).decrypt(sealed[:NONCE], sealed[NONCE:], about.encode())


def about_totp(account_id: int) -> str:
    """What the secret of somebody's codes is about: of nobody else it can be opened."""
    return f"totp of {account_id}"


def id_of(key: bytes) -> str:
    """The id of a key, which tells nothing of it."""
    return hashlib.sha256(b"id of " + key).hexdigest()[:12]


def kept(path: Path, draw: Callable[[], str] = secrets.token_urlsafe) -> str:
    """A secret of the state folder; one is drawn and kept, 0400, where there is none.

    Several processes may start at once: the first one's is everybody's.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        half = path.with_suffix(f".{os.getpid()}")
        handle = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(draw())
        with suppress(FileExistsError):
            path.hardlink_to(half)  # unlike a rename it never replaces another process's
        half.unlink()
    return path.read_text(encoding="ascii")


def _draw() -> str:
    return base64.urlsafe_b64encode(os.urandom(BYTES)).decode()
