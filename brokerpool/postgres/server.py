"""Start, attach to, leave and stop an embedded PostgreSQL.

The server is shared: whoever needs it holds the lock file shared, and the last to leave stops
it. A killed process loses its lock by itself, so its server is taken over by the next start.
"""

import fcntl
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import psycopg

from brokerpool import environment
from brokerpool.postgres import configuration, diagnosis, place, postmaster
from brokerpool.postgres.binaries import programs
from brokerpool.postgres.place import Place
from brokerpool.postgres.system_user import SystemUser
from shared.errors import Refused

START_SECONDS = 3600  # crash recovery of a big database takes its time
QUIET_SECONDS = 5
STOP_SECONDS = 120
LEFTOVER_SECONDS = 20
LARGEST_LOG = 16 * 1024 * 1024


def _silent(_: str) -> None:
    """Say nothing."""


class EmbeddedPostgres:
    """One embedded server, seen from one process.

    Args:
        where: its folders.
        durable: False for the throw-away servers of tests.
        say: receives sentences for people ("the database recovers …").
    """

    def __init__(
        self, where: Place, *, durable: bool = True, say: Callable[[str], None] = _silent
    ) -> None:
        self.place = where
        self._durable = durable
        self._say = say
        self._user = SystemUser.current()
        self._share: IO[bytes] | None = None

    def start(self) -> None:
        """Make the data folder if there is none, start the server or attach, and hold a share."""
        if self.place.moved_from:
            self._say(
                f"Started by root: the database lives in {self.place.base}, since "
                f"{self.place.moved_from} is closed to the user PostgreSQL runs as."
            )
        place.prepare(self.place, self._user)
        with self._alone():
            self._bring_up()
            self._share = self.place.shares.open("rb")
            fcntl.flock(self._share, fcntl.LOCK_SH)

    def leave(self) -> bool:
        """Give the share back; the last one stops the server. Returns whether it was stopped."""
        if self._share is None:
            return False
        share, self._share = self._share, None
        with self._alone(), share:
            fcntl.flock(share, fcntl.LOCK_UN)
            try:
                fcntl.flock(share, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            self._stop()
            return True

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Nobody else starts or stops this server meanwhile."""
        with self.place.turn.open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def pid(self) -> int | None:
        """The main process, while it runs."""
        found = postmaster.running(self.place.data)
        return found.pid if found else None

    def _bring_up(self) -> None:
        data = self.place.data
        if self._attached():
            return
        diagnosis.check_folder(data)
        bin_folder = programs(self._user)
        if not data.exists():
            self._initialise(bin_folder)
        self._configure(data)
        self._launch(bin_folder)

    def _attached(self) -> bool:
        """Whether a server runs and answers; waits for one that is just starting or stopping."""
        deadline = time.monotonic() + START_SECONDS
        while (found := postmaster.running(self.place.data)) is not None:
            if found.status != "stopping" and self._answers():
                return True
            if time.monotonic() > deadline:
                raise Refused(f"The database (process {found.pid}) runs but does not answer.")
            time.sleep(0.05)
        return False

    def _answers(self) -> bool:
        try:
            psycopg.connect(**configuration.superuser(self.place)).close()
        except psycopg.OperationalError:
            return False
        return True

    def _initialise(self, bin_folder: Path) -> None:
        """Make the data folder beside its place and move it there: whole or not at all."""
        half = self.place.base / "data.new"
        shutil.rmtree(half, ignore_errors=True)
        half.mkdir(mode=0o700)
        self._user.own(half)
        # The builtin locale is the same on every machine and release; this build has no ICU.
        arguments = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        arguments += [
            "--encoding=UTF8",
            "--data-checksums",
            f"--username={configuration.SUPERUSER}",
        ]
        arguments += ["--auth-local=peer", "--auth-host=reject"]
        arguments += [] if self._durable else ["--no-sync"]
        code, output = self._run(bin_folder / "initdb", "-D", str(half), *arguments)
        if code:
            raise Refused(
                f"No database could be made in {self.place.base}: {diagnosis.first_error(output)}"
            )
        with (half / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.write(f"\ninclude = '{configuration.SETTINGS_FILE}'\n")
        half.rename(self.place.data)

    def _configure(self, data: Path) -> None:
        try:
            configuration.write(self.place, self._user, data, durable=self._durable)
            log = self.place.log
            if log.stat().st_size > LARGEST_LOG:
                shutil.copyfile(log, log.with_suffix(".log.1"))
                os.truncate(log, 0)
        except OSError as error:
            raise Refused(
                f"The embedded database can't write to {self.place.base} ({error.strerror}): make "
                "room or the folder writable, or point BROKERPOOL_HOME to another one."
            ) from error

    def _launch(self, bin_folder: Path) -> None:
        arguments = ["-D", str(self.place.data), "-l", str(self.place.log), "-w"]
        arguments += ["-t", str(START_SECONDS), "start"]
        deadline = time.monotonic() + LEFTOVER_SECONDS
        while True:
            postmaster.forget_stale(data=self.place.data, sockets=self.place.sockets)
            before = self.place.log.stat().st_size
            code, output = self._run(bin_folder / "pg_ctl", *arguments, patient=True)
            if code == 0:
                return
            with self.place.log.open("rb") as file:
                file.seek(before)
                output = file.read().decode(errors="replace") or output
            # A killed server and its children are gone within moments; then it may start.
            if not diagnosis.passing(output) or time.monotonic() > deadline:
                raise Refused(diagnosis.explain(self.place, output))
            time.sleep(0.5)

    def _stop(self) -> None:
        if postmaster.running(self.place.data) is None:
            return
        arguments = ["-D", str(self.place.data), "-m", "fast", "-w", "-t", str(STOP_SECONDS)]
        code, output = self._run(programs(self._user) / "pg_ctl", *arguments, "stop")
        if code and postmaster.running(self.place.data):
            raise Refused(f"The database does not stop: {diagnosis.first_error(output)}")

    def _run(self, program: Path, *arguments: str, patient: bool = False) -> tuple[int, str]:
        """Run one of PostgreSQL's programs as the database's user; exit code and what it said.

        A file takes the output: through a pipe pg_ctl would hang as long as its server lives.
        The environment is as good as empty: no PGDATA or PGPORT of the starter gets in.
        """
        with tempfile.TemporaryFile() as output:
            process = subprocess.Popen(
                [str(program), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd="/",
                env={**environment.bare(), "LC_ALL": "C"},
                start_new_session=True,
                **self._user.process_options(),
            )
            code = self._wait(process, patient=patient)
            output.seek(0)
            return code, output.read().decode(errors="replace")

    def _wait(self, process: subprocess.Popen[bytes], *, patient: bool) -> int:
        if patient:
            try:
                return process.wait(QUIET_SECONDS)
            except subprocess.TimeoutExpired:
                self._say("The database recovers from an unclean stop; this may take minutes …")
        return process.wait()
