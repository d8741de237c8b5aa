"""Keeps child processes running: starts them in order, restarts the dead, stops in reverse."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from shared.errors import Refused

LAUNCHER = Path(__file__).with_name("bound_to_parent.py")
GLANCE = 0.1
FIRST_PAUSE = 1.0
LONGEST_PAUSE = 30.0
STEADY = 60.0  # after running this long, the next death starts again with the first pause


@dataclass(frozen=True)
class Child:
    """What to run.

    Attributes:
        name: what people are told it is.
        command: program and arguments.
        environment: the whole environment.
        ready: whether it serves already; the next child waits for it.
        patience: seconds until it must be ready.
        grace: seconds it has to stop before it is killed.
    """

    name: str
    command: Sequence[str]
    environment: dict[str, str] = field(repr=False)
    ready: Callable[[], bool] = lambda: True
    patience: float = 30.0
    grace: float = 15.0


@dataclass
class _Running:
    child: Child
    process: subprocess.Popen[bytes]
    since: float
    pause: float = FIRST_PAUSE
    again_at: float | None = None


class Supervisor:
    """Runs children until it is told to stop.

    Args:
        children: in the order of their start; they stop in reverse.
        say: receives sentences for people.
    """

    def __init__(self, children: Sequence[Child], say: Callable[[str], None]) -> None:
        self._children = children
        self._say = say
        self._running: list[_Running] = []
        self.stopping = False

    def listen(self) -> None:
        """From now on SIGINT and SIGTERM ask for a clean stop."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._on_signal)

    def start(self) -> None:
        """Start all, each when the one before serves; a child that can't start is refused."""
        for child in self._children:
            if self.stopping:
                return
            self._running.append(_Running(child, _spawn(child), time.monotonic()))
            self._await_ready(self._running[-1])

    def watch(self) -> None:
        """Restart what dies, until a signal comes."""
        while not self.stopping:
            for running in self._running:
                self._look_at(running)
            time.sleep(GLANCE)

    def stop(self) -> None:
        """Stop all in reverse order; who does not end in time is killed, with its children."""
        while self._running:
            running = self._running.pop()
            _signal_group(running.process, signal.SIGTERM, whole=False)
            try:
                running.process.wait(running.child.grace)
            except subprocess.TimeoutExpired:
                self._say(f"The {running.child.name} does not stop and is killed.")
            _signal_group(running.process, signal.SIGKILL, whole=True)
            running.process.wait()

    def _on_signal(self, _: int, __: FrameType | None) -> None:
        self.stopping = True

    def _await_ready(self, running: _Running) -> None:
        deadline = running.since + running.child.patience
        while not self.stopping and not running.child.ready():
            code = running.process.poll()
            if code is not None:
                raise Refused(f"The {running.child.name} does not start (exit code {code}).")
            if time.monotonic() > deadline:
                waited = f"{running.child.patience:.0f} s"
                raise Refused(f"The {running.child.name} does not answer after {waited}.")
            time.sleep(GLANCE)

    def _look_at(self, running: _Running) -> None:
        now = time.monotonic()
        if running.again_at is not None:
            if now >= running.again_at:
                running.process, running.since, running.again_at = _spawn(running.child), now, None
            return
        code = running.process.poll()
        if code is None:
            return
        _signal_group(running.process, signal.SIGKILL, whole=True)  # what it left behind
        if now - running.since > STEADY:
            running.pause = FIRST_PAUSE
        self._say(
            f"The {running.child.name} ended (exit code {code}); "
            f"it starts again in {running.pause:.0f} s."
        )
        running.again_at = now + running.pause
        running.pause = min(running.pause * 2, LONGEST_PAUSE)


def launched(command: Sequence[str]) -> list[str]:
    """The command line that runs a command and ends it with this process."""
    return [sys.executable, "-I", "-S", str(LAUNCHER), str(os.getpid()), *command]


def _spawn(child: Child) -> subprocess.Popen[bytes]:
    """Start a child in a group of its own, so that Ctrl-C reaches only the supervisor."""
    return subprocess.Popen(
        launched(child.command),
        env=child.environment,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )


def _signal_group(process: subprocess.Popen[bytes], number: int, *, whole: bool) -> None:
    with suppress(ProcessLookupError, PermissionError):
        if whole:
            os.killpg(process.pid, number)
        elif process.poll() is None:
            process.send_signal(number)
