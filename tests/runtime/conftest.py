"""Folders another user (root's database) may walk to."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def open_folder() -> Iterator[Path]:
    """A temporary folder with a short name, open to walk through; pytest's own are closed."""
    folder = Path(tempfile.mkdtemp(prefix="bp-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)
