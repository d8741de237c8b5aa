"""The two processes of a worker, each ``python -m brokerpool.worker_process PART FUNCTION LEASE``.

``dispatcher`` brings due outbox rows to RQ, ``runner`` takes them from there. Two, because RQ forks
for every job and a fork must not copy the dispatcher's connections.
"""

import importlib
import sys
from typing import Literal

from redis import Redis

from brokerpool.addresses import redis_url
from brokerpool.supervisor import Child
from brokerpool.tasks import DAILY, TASKS, worker_engine
from shared import jobs, logs
from shared.config import Config
from shared.worker import Pace, dispatch

Part = Literal["dispatcher", "runner"]
RUN = "brokerpool.tasks.run"
GRACE = 15.0  # seconds for the job at work; the outbox runs again what is killed then
DISPATCHER_GRACE = 3.0  # it has nothing to finish


def children(
    environment: dict[str, str], *, function: str = RUN, lease: int = Pace.lease
) -> list[Child]:
    """The processes of a worker.

    Args:
        environment: names the database, the Redis-protocol server and the folder of documents.
        function: the dotted name of what a job calls with (pool id, outbox id).
        lease: seconds after which a lost job is dispatched again.
    """
    module = [sys.executable, "-m", "brokerpool.worker_process"]
    parts: tuple[tuple[Part, float], ...] = (("dispatcher", DISPATCHER_GRACE), ("runner", GRACE))
    return [
        Child(
            name=f"worker's {part}",
            command=[*module, part, function, str(lease)],
            environment=environment,
            grace=grace,
        )
        for part, grace in parts
    ]


def main(part: str, function: str, lease: str) -> None:
    """Be one of the two until SIGTERM."""
    logs.install()
    queue = jobs.open_queue(Redis.from_url(redis_url(Config.from_environment())))
    engine = worker_engine()
    if part == "dispatcher":
        daily = DAILY if function == RUN else ()
        dispatch(engine, queue, function, Pace(lease=int(lease)), daily)
    # Every job is a fork of this process: what is imported here, no job has to. The engine has
    # its driver loaded and is not connected, so each fork opens its own connection.
    for module in (function.rpartition(".")[0], *(t.partition(":")[0] for t in TASKS.values())):
        importlib.import_module(module)
    jobs.work(queue)


if __name__ == "__main__":
    main(*sys.argv[1:])
