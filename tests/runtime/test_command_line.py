"""The command line: quick, and one clear line for trouble that is to be expected."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from brokerpool.cli import COMMANDS, main


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "brokerpool.cli", *arguments],
        env={**os.environ, **environment},
        check=False,
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name: str) -> None:
    done = CliRunner().invoke(main, [name, "--help"])
    assert done.exit_code == 0
    assert "Usage:" in done.output


def test_help_imports_no_command() -> None:
    heavy = ("sqlalchemy", "flask", "psycopg", "brokerpool.commands")
    script = f"import sys, brokerpool.cli; print([m for m in sys.modules if m.startswith({heavy})])"
    done = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True
    )
    assert done.stdout == "[]\n"


@pytest.mark.parametrize(
    ("arguments", "environment", "line"),
    [
        (["migrate", "--check", "--down-to=x"], {}, "--check and --down-to exclude each other"),
        (["migrate"], {"DATABASE_URL": "http://x"}, "DATABASE_URL is not a PostgreSQL address"),
        (
            ["migrate"],
            {"DATABASE_URL": "postgresql://o:secret@127.0.0.1:1/x"},
            "The database can't be reached",
        ),
        (["worker"], {"REDIS_URL": "redis://:secret@127.0.0.1:1"}, "Redis server can't be reached"),
        (["worker"], {"REDIS_URL": "ftp://nowhere"}, "REDIS_URL is not"),
    ],
)
def test_expected_trouble_is_one_line(
    arguments: list[str], environment: dict[str, str], line: str
) -> None:
    done = run(*arguments, **environment)
    assert done.returncode == 2
    assert line in done.stderr
    assert done.stderr.count("\n") == 1
    assert "secret" not in done.stderr


def test_an_unknown_command_is_refused() -> None:
    done = run("nonsense")
    assert done.returncode == 2
    assert "No such command" in done.stderr


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_home_that_can_not_be_written_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    done = run("migrate", BROKERPOOL_HOME=str(tmp_path / "home"))
    assert done.returncode == 2
    assert "BROKERPOOL_HOME" in done.stderr
