"""Stored files are whole, closed to others, and checked when they are read."""

from pathlib import Path

import pytest

from shared.storage import FileDamaged, open_stored, store

PAPER = b"a statement"


def test_nobody_else_may_read_it(tmp_path: Path) -> None:
    path = store(tmp_path / "files", 7, 12, PAPER).path
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_storing_again_leaves_one_file_and_heals(tmp_path: Path) -> None:
    first = store(tmp_path, 7, 12, PAPER)
    first.path.write_bytes(b"half")
    assert store(tmp_path, 7, 12, PAPER) == first
    assert [path.name for path in first.path.parent.iterdir()] == [first.sha256]
    assert open_stored(tmp_path, 7, 12, first.sha256) == PAPER


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    stored = store(tmp_path, 7, 12, PAPER)
    stored.path.write_bytes(b"another statement")
    with pytest.raises(FileDamaged, match=f"{stored.sha256} is damaged: bring it back"):
        open_stored(tmp_path, 7, 12, stored.sha256)


def test_nothing_is_left_of_a_file_that_could_not_be_put_in_place(tmp_path: Path) -> None:
    path = store(tmp_path, 7, 12, PAPER).path
    path.unlink()
    path.mkdir()  # a folder stands in the way
    with pytest.raises(OSError, match=path.name):
        store(tmp_path, 7, 12, PAPER)
    assert list(path.parent.iterdir()) == [path]
