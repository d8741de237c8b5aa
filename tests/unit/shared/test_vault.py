"""Secrets at rest: a ring of keys with ids, and what a ciphertext is about."""

import base64
import os
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag

from shared.config import Config
from shared.vault import UnknownKeyError, Vault, id_of


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(tmp_path, None, {}, None, tmp_path / "files")


def key() -> str:
    return base64.urlsafe_b64encode(os.urandom(32)).decode()


def test_the_key_is_drawn_once_and_closed(config: Config) -> None:
    sealed, key_id = Vault.of(config).seal(b"secret", "totp of 7")
    assert Vault.of(config).open(sealed, key_id, "totp of 7") == b"secret"
    assert (config.home / "keys" / "factors.key").stat().st_mode & 0o777 == 0o400
    assert b"secret" not in sealed


def test_it_opens_as_what_it_is_alone(config: Config) -> None:
    vault = Vault.of(config)
    sealed, key_id = vault.seal(b"secret", "totp of 7")
    for wrong, about in ((sealed, "totp of 8"), (sealed[:-1] + b"x", "totp of 7")):
        with pytest.raises(InvalidTag):
            vault.open(wrong, key_id, about)


def test_keys_are_rotated(config: Config) -> None:
    old, new = key(), key()
    before = Vault.of(replace(config, factor_keys=(old,)))
    sealed, key_id = before.seal(b"secret", "x")
    after = Vault.of(replace(config, factor_keys=(new, old)))
    assert after.open(sealed, key_id, "x") == b"secret"
    assert after.seal(b"secret", "x")[1] == id_of(base64.urlsafe_b64decode(new)) != key_id
    with pytest.raises(UnknownKeyError):
        Vault.of(replace(config, factor_keys=(new,))).open(sealed, key_id, "x")


def test_a_short_key_is_refused(config: Config) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Vault.of(replace(config, factor_keys=("c2hvcnQ=",)))


def test_the_same_is_never_the_same_twice(config: Config) -> None:
    vault = Vault.of(config)
    assert vault.seal(b"secret", "x")[0] != vault.seal(b"secret", "x")[0]
