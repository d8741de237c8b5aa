"""Files by content: whole or not there, checked when read."""

import hashlib
from pathlib import Path

import pytest

from shared.storage import FileDamaged, open_stored, store

PAPER = b"a statement"
SHA256 = hashlib.sha256(PAPER).hexdigest()


def test_a_file_is_named_by_its_content(tmp_path: Path) -> None:
    stored = store(tmp_path, 7, 12, PAPER)
    assert (stored.sha256, stored.size) == (SHA256, len(PAPER))
    assert stored.path == tmp_path / "7" / "12" / SHA256
    assert open_stored(tmp_path, 7, 12, SHA256) == PAPER


def test_the_pools_own_files_lie_apart(tmp_path: Path) -> None:
    assert store(tmp_path, 7, None, PAPER).path == tmp_path / "7" / "pool" / SHA256


def test_nobody_else_may_read_it(tmp_path: Path) -> None:
    path = store(tmp_path / "files", 7, 12, PAPER).path
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_storing_again_leaves_one_file(tmp_path: Path) -> None:
    first, second = (store(tmp_path, 7, 12, PAPER) for _ in range(2))
    assert first == second
    assert [path.name for path in first.path.parent.iterdir()] == [SHA256]


def test_storing_again_heals(tmp_path: Path) -> None:
    store(tmp_path, 7, 12, PAPER).path.write_bytes(b"half")
    store(tmp_path, 7, 12, PAPER)
    assert open_stored(tmp_path, 7, 12, SHA256) == PAPER


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    store(tmp_path, 7, 12, PAPER).path.write_bytes(b"another statement")
    with pytest.raises(FileDamaged, match=f"{SHA256} is damaged: bring it back"):
        open_stored(tmp_path, 7, 12, SHA256)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileDamaged, match="is missing"):
        open_stored(tmp_path, 7, 12, SHA256)


def test_nothing_is_left_of_a_file_that_could_not_be_written(tmp_path: Path) -> None:
    (tmp_path / "7" / "12" / SHA256).mkdir(parents=True)  # a folder stands in the way
    with pytest.raises(OSError, match=SHA256):
        store(tmp_path, 7, 12, PAPER)
    assert [path.name for path in (tmp_path / "7" / "12").iterdir()] == [SHA256]
