"""``brokerpool serve`` with real processes: comes up, heals, stops clean, survives its death."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

SERVE = [sys.executable, "-m", "brokerpool.cli", "serve"]
PORTALS = ("intranet", "extranet")


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


class Installation:
    """A state folder, its ports, and the processes that belong to it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.ports = {portal: free_port() for portal in PORTALS}
        self.log = home.with_suffix(".log")
        self.supervisor: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("DATABASE_", "REDIS_"))}
        return {**kept, "BROKERPOOL_HOME": str(self.home)}

    @property
    def command(self) -> list[str]:
        return [*SERVE, *(f"--{p}-port={self.ports[p]}" for p in PORTALS)]

    def start(self) -> None:
        with self.log.open("wb") as log:
            self.supervisor = subprocess.Popen(
                self.command, env=self.environment, stdout=log, stderr=subprocess.STDOUT
            )
        eventually(lambda: "Ctrl-C stops everything" in self.said(), self.said)

    def said(self) -> str:
        return self.log.read_text()

    def refusal(self, *options: str, **environment: str) -> str:
        """Start in vain: exit code 2 and one line."""
        done = subprocess.run(
            [*self.command, *options],
            env={**self.environment, **environment},
            check=False,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 2, done.stderr
        (line,) = done.stderr.splitlines()[-1:]
        assert "Traceback" not in done.stderr
        return line

    def health(self, portal: str) -> bool:
        url = f"http://127.0.0.1:{self.ports[portal]}/health"
        # a portal answers to its own name only
        asked = urllib.request.Request(url, headers={"Host": f"{portal}.localhost"})
        try:
            with urllib.request.urlopen(asked, timeout=20) as answer:  # noqa: S310
                return bool(answer.status == 200)
        except OSError:
            return False

    def stop(self, number: int) -> int:
        assert self.supervisor is not None
        self.supervisor.send_signal(number)
        return self.supervisor.wait(30)

    def processes(self) -> list[psutil.Process]:
        """Everything that names the state folder, in its command or in its environment."""
        return [p for p in psutil.process_iter() if p.pid != os.getpid() and self._owns(p)]

    def children(self, sign: str) -> list[psutil.Process]:
        """The supervisor's children with a word in their command."""
        assert self.supervisor is not None
        found = psutil.Process(self.supervisor.pid).children()
        return [p for p in found if self._owns(p) and sign in " ".join(p.cmdline())]

    def end(self) -> None:
        """Leave nothing, whatever the test did."""
        for process in self.processes():
            process.kill()
        if self.supervisor is not None:
            self.supervisor.wait()

    def _owns(self, process: psutil.Process) -> bool:
        try:
            if process.status() == psutil.STATUS_ZOMBIE:
                return False
            words = [*process.cmdline(), process.environ().get("BROKERPOOL_HOME", "")]
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            return False
        return any(str(self.home) in word for word in words)


def eventually(holds: Callable[[], object], what: Callable[[], object] = str) -> None:
    deadline = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < deadline, what()
        time.sleep(0.05)


@pytest.fixture(scope="module")
def home(open_folder: Path) -> Iterator[Path]:
    """One state folder for all: making a database anew is what takes time."""
    yield open_folder / "home"
    shutil.rmtree(open_folder / "home", ignore_errors=True)


@pytest.fixture
def installation(home: Path) -> Iterator[Installation]:
    made = Installation(home)
    yield made
    made.end()


def test_ctrl_c_stops_everything_and_the_next_start_finds_the_data(
    installation: Installation,
) -> None:
    installation.start()
    eventually(lambda: all(installation.health(p) for p in PORTALS))
    assert f"http://intranet.localhost:{installation.ports['intranet']}" in installation.said()
    assert "already runs" in installation.refusal()
    passwords = (installation.home / "roles.json").read_text()
    assert installation.stop(signal.SIGINT) == 0
    assert installation.processes() == []
    installation.start()
    assert (installation.home / "roles.json").read_text() == passwords
    assert installation.stop(signal.SIGTERM) == 0
    assert installation.processes() == []


def test_a_killed_supervisor_takes_its_children_along_and_starts_again(
    installation: Installation,
) -> None:
    installation.start()
    installation.stop(signal.SIGKILL)
    installation.start()
    eventually(lambda: all(installation.health(p) for p in PORTALS))
    assert installation.stop(signal.SIGTERM) == 0
    assert installation.processes() == []


def test_what_dies_comes_back_and_it_is_said(installation: Installation) -> None:
    installation.start()
    for sign, name in {
        "web_process intranet": "intranet",
        "cli worker": "worker",
        "valkey-server": "Redis-protocol server",
    }.items():
        (before,) = installation.children(sign)
        before.kill()
        eventually(
            lambda name=name: f"The {name} ended (exit code -9)" in installation.said(),  # type: ignore[misc]
            installation.said,
        )
    eventually(lambda: installation.health("intranet"), installation.said)
    eventually(lambda: installation.children("valkey-server"), installation.said)
    eventually(lambda: installation.children("cli worker"), installation.said)
    assert installation.stop(signal.SIGTERM) == 0
    assert installation.processes() == []


def test_each_process_knows_its_own_login_only(installation: Installation) -> None:
    installation.start()
    for sign, own in {"intranet": "INTRANET", "extranet": "EXTRANET"}.items():
        (child,) = installation.children(f"web_process {sign}")
        names = child.environ()
        assert {n for n in names if n.startswith("DATABASE_URL")} == {f"DATABASE_URL_{own}"}
    installation.stop(signal.SIGTERM)


def test_a_taken_port_is_named(installation: Installation) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", installation.ports["extranet"]))
        other.listen()
        line = installation.refusal()
    assert f"Port {installation.ports['extranet']} on 127.0.0.1" in line
    assert "--extranet-port" in line


def test_other_hosts_need_https_names(installation: Installation) -> None:
    assert "needs BASE_URL_INTRANET" in installation.refusal("--host=0.0.0.0")
    line = installation.refusal(BASE_URL_INTRANET="http://pool.example")
    assert "must be an https address" in line


def test_a_server_that_is_not_there_is_named(installation: Installation) -> None:
    line = installation.refusal(DATABASE_URL="postgresql://owner:secret@127.0.0.1:1/pool")
    assert "run `brokerpool migrate` first" in line
    line = installation.refusal(DATABASE_URL="oracle://somewhere")
    assert "DATABASE_URL is not a PostgreSQL address" in line
