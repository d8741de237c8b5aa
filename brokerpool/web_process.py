"""One portal's web server: ``python -m brokerpool.web_process intranet 127.0.0.1 8600 1``."""

import importlib
import os
import signal
import sys
from typing import Any

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from brokerpool.bound_to_parent import die_with_parent

THREADS = 8  # each holds a database connection at most; the server allows 60 in all


def load(target: str) -> Any:
    """Load a portal inside a web worker, which must not outlive granian's main process."""
    die_with_parent(os.getppid(), signal.SIGKILL)
    module, _, name = target.partition(":")
    return getattr(importlib.import_module(module), name)


def main(portal: str, host: str, port: str, workers: str) -> None:
    """Serve a portal until SIGTERM."""
    Server(
        f"wsgi:{portal}",
        address=host,
        port=int(port),
        interface=Interfaces.WSGI,
        workers=int(workers),
        blocking_threads=THREADS,
        backpressure=THREADS * 16,
        websockets=False,
        log_level=LogLevels.error,
        respawn_failed_workers=True,
        workers_kill_timeout=10,
    ).serve(target_loader=load)


if __name__ == "__main__":
    main(*sys.argv[1:])
