"""The processes of a running installation: both portals and the worker."""

import errno
import os
import socket
import sys
import time

from brokerpool import addresses
from brokerpool.supervisor import Child
from shared.config import Config
from shared.errors import Refused
from shared.vocabulary import Door

WEB_GRACE = 20.0
WORKER_GRACE = 20.0  # a job that takes longer is killed; the outbox runs it again


def portal(config: Config, door: Door, listen: tuple[str, int], workers: int) -> Child:
    """A portal's web server.

    Args:
        config: where the servers are.
        door: which portal.
        listen: host and port.
        workers: processes.
    """
    host, port = listen
    module = [sys.executable, "-m", "brokerpool.web_process"]
    return Child(
        name=door.value,
        command=[*module, door.value, host, str(port), str(workers)],
        environment=environment(config, door),
        ready=lambda: _listens(listen),
        grace=WEB_GRACE,
    )


def worker(config: Config) -> Child:
    """The process that runs jobs."""
    return Child(
        name="worker",
        command=[sys.executable, "-m", "brokerpool.cli", "worker"],
        environment=environment(config, Door.WORKER),
        grace=WORKER_GRACE,
    )


def environment(config: Config, door: Door) -> dict[str, str]:
    """What a child is told: its own login and no other, above all not the owner's."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("DATABASE_URL")}
    bases = {f"BASE_URL_{d.name}": url for d, url in config.base_urls.items()}
    return {
        **kept,
        **bases,
        f"DATABASE_URL_{door.name}": addresses.door_url(config, door),
        "REDIS_URL": addresses.redis_url(config),
        "BROKERPOOL_HOME": str(config.home),
        "STORAGE_DIR": str(config.storage_dir),
    }


def refuse_taken_port(door: Door, listen: tuple[str, int], patience: float) -> None:
    """Refuse a port another program listens on, after waiting for it a while.

    Args:
        door: whose port.
        listen: host and port.
        patience: seconds; children of a killed predecessor need a moment to go.
    """
    deadline = time.monotonic() + patience
    while (problem := _bind_problem(listen)) is not None:
        if problem.errno == errno.EADDRINUSE and time.monotonic() < deadline:
            time.sleep(0.2)
            continue
        host, port = listen
        why = (
            "is taken by another program" if problem.errno == errno.EADDRINUSE else "can't be used"
        )
        raise Refused(
            f"Port {port} on {host} for the {door.value} {why} ({problem.strerror}): stop it, or "
            f"choose another port with --{door.value}-port."
        )


def _bind_problem(listen: tuple[str, int]) -> OSError | None:
    family = socket.AF_INET6 if ":" in listen[0] else socket.AF_INET
    with socket.socket(family) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(listen)
        except OSError as error:
            return error
    return None


def _listens(listen: tuple[str, int]) -> bool:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(listen[0], listen[0])  # noqa: S104
    try:
        socket.create_connection((host, listen[1]), timeout=1).close()
    except OSError:
        return False
    return True
