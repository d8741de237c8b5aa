"""The whole house for a browser: a demo pool, both portals, a worker, as `make run` serves them."""

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from shutil import rmtree

from brokerpool.demo.months import Months
from shared.vocabulary import Door

READY = "Ctrl-C stops everything"
PATIENCE = 240  # seconds for loading the demo on a busy machine


@dataclass(frozen=True)
class House:
    """A running installation.

    Attributes:
        home: its state folder.
        ports: where the portals listen.
        printed: what it said while starting: totals, logins, waiting deliveries.
    """

    home: Path
    ports: dict[Door, int]
    printed: str

    def url(self, door: Door, path: str = "/") -> str:
        return f"http://{door.value}.localhost:{self.ports[door]}{path}"

    @property
    def months(self) -> Months:
        """Its calendar, as it says itself: the demo is made for the day it is loaded."""
        first = re.search(r"^Closed: (\d{4}-\d\d) to ", self.printed, re.MULTILINE)
        assert first, self.printed
        return Months(date.fromisoformat(f"{first[1]}-01"))


@contextmanager
def running_house() -> Iterator[House]:
    """Start it in a folder of its own; nothing of it is left afterwards."""
    home = Path(tempfile.mkdtemp(prefix="bp-house-"))
    home.chmod(0o755)  # as root the database server is another user, who must walk through
    ports = {Door.INTRANET: _free_port(), Door.EXTRANET: _free_port()}
    command = [
        sys.executable, "-m", "brokerpool.cli", "serve", "--demo",
        "--intranet-port", str(ports[Door.INTRANET]), "--extranet-port", str(ports[Door.EXTRANET]),
    ]  # fmt: skip
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("DATABASE_URL", "REDIS_URL"))}
    said = home / "printed.txt"
    with said.open("w") as out, subprocess.Popen(
        command, env={**kept, "BROKERPOOL_HOME": str(home), "PYTHONUNBUFFERED": "1"},
        stdout=out, stderr=subprocess.STDOUT, start_new_session=True,
    ) as process:  # fmt: skip
        try:
            yield House(home, ports, _wait(process, said))
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
    rmtree(home, ignore_errors=True)


def _wait(process: "subprocess.Popen[bytes]", said: Path) -> str:
    until = time.monotonic() + PATIENCE
    while READY not in (text := said.read_text()):
        assert process.poll() is None, text
        assert time.monotonic() < until, text
        time.sleep(0.2)
    return text


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
