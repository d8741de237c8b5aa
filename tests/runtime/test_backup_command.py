"""What ``brokerpool backup`` and ``restore`` say, and whom they tell the password."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from brokerpool.backup import dump
from brokerpool.cli import main
from brokerpool.serve_lock import only_one
from shared.errors import Refused
from tests.servers import Database

URL = "postgresql://owner:its%3Asecret@db.example/pool?sslmode=require"


class Called(Exception):  # noqa: N818  -- it is what the test waits for
    pass


def test_the_password_goes_by_a_closed_file_and_by_nothing_else(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def run(command: list[str], *, env: dict[str, str], **_: object) -> None:
        passwords = Path(env["PGPASSFILE"])
        assert passwords.read_text() == "*:*:*:*:its\\:secret\n"
        assert passwords.stat().st_mode & 0o777 == 0o600
        assert "secret" not in " ".join([*command, *env.values()])
        assert "sslmode=require" in " ".join(command)
        raise Called

    monkeypatch.setenv("DATABASE_URL", URL)
    monkeypatch.setattr(subprocess, "run", run)
    with pytest.raises(Called):
        dump.save(URL, "snapshot", tmp_path / "dump")


def test_a_program_that_ends_badly_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "dump").write_bytes(b"nonsense")
    with pytest.raises(Refused, match=r"can't be restored from .*dump \(error: ") as refusal:
        dump.load("postgresql://nobody@127.0.0.1:1/x", tmp_path / "dump")
    assert "\n" not in str(refusal.value)


@contextmanager
def environment(database: Database, home: Path) -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", database.owner_url)
        patch.setenv("BROKERPOOL_HOME", str(home))
        patch.delenv("STORAGE_DIR", raising=False)
        yield patch


class TestCommands:
    def run(self, own_database: Database, home: Path, *arguments: str, typed: str = "") -> Result:
        with environment(own_database, home):
            return CliRunner().invoke(main, list(arguments), input=typed)

    def test_both_say_what_was_done(self, own_database: Database, tmp_path: Path) -> None:
        folder = str(tmp_path / "backup")
        saved = self.run(own_database, tmp_path / "home", "backup", folder)
        assert saved.exit_code == 0, saved.output
        assert f"Saved in {folder}: 2 rows" in saved.output
        typed = f"{own_database.name}\n"
        restored = self.run(
            own_database, tmp_path / "home", "restore", "--replace", folder, typed=typed
        )
        assert restored.exit_code == 0, restored.output
        assert "2 rows and 0 files are as they were saved, the books hold" in restored.output

    def test_replacing_needs_the_typed_name(self, own_database: Database, tmp_path: Path) -> None:
        done = self.run(
            own_database, tmp_path / "home", "restore", "--replace", str(tmp_path), typed="yes\n"
        )
        assert done.exit_code == 2
        assert "not its name: nothing was changed" in done.output

    def test_a_running_installation_is_not_restored_into(
        self, own_database: Database, tmp_path: Path
    ) -> None:
        with only_one(tmp_path):
            done = self.run(own_database, tmp_path, "restore", str(tmp_path))
        assert done.exit_code == 2
        assert "already runs" in done.output

    def test_a_folder_that_can_not_be_made_is_named(
        self, own_database: Database, tmp_path: Path
    ) -> None:
        (tmp_path / "file").touch()
        done = self.run(own_database, tmp_path / "home", "backup", str(tmp_path / "file" / "x"))
        assert done.exit_code == 2
        assert f"{tmp_path / 'file' / 'x'} can't be made (Not a directory)" in done.output
