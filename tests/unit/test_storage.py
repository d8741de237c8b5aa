from hashlib import sha256
from pathlib import Path

import pytest

from shared.storage import open_stored, store, store_file

CONTENT = b"a delivery"


def test_bytes_lie_under_their_digest_by_pool_and_firm(tmp_path: Path) -> None:
    of_pool, of_firm = store(tmp_path, 1, None, CONTENT), store(tmp_path, 1, 7, CONTENT)
    digest = sha256(CONTENT).hexdigest()
    assert of_pool.path == tmp_path / "1" / "pool" / digest
    assert of_firm.path == tmp_path / "1" / "7" / digest
    assert (of_pool.sha256, of_pool.size) == (digest, len(CONTENT))
    assert open_stored(tmp_path, 1, 7, digest) == CONTENT


def test_a_copy_of_a_file_is_the_same_as_its_bytes(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(CONTENT)
    assert store_file(tmp_path, 1, None, source) == store(tmp_path, 1, None, CONTENT)
    assert source.exists()


def test_nothing_half_written_stays(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        store_file(tmp_path, 1, None, tmp_path / "missing")
    assert list((tmp_path / "1" / "pool").iterdir()) == []


@pytest.mark.parametrize("digest", ["", "../../etc/passwd", "A" * 64, "0" * 63])
def test_only_a_digest_opens_a_file(digest: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="digest"):
        open_stored(tmp_path, 1, None, digest)


def test_another_firms_file_is_not_there(tmp_path: Path) -> None:
    stored = store(tmp_path, 1, 7, CONTENT)
    with pytest.raises(FileNotFoundError):
        open_stored(tmp_path, 1, 8, stored.sha256)
