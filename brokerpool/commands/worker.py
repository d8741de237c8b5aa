"""``brokerpool worker``: runs the jobs that wait in the outbox."""

import click
from redis import Redis

from brokerpool.addresses import redis_url
from brokerpool.embedded import say
from brokerpool.portals import environment
from brokerpool.supervisor import Supervisor
from brokerpool.worker_process import children
from shared.config import Config
from shared.vocabulary import Door
from shared.worker import Pace


@click.command()
@click.option(
    "--lease",
    default=Pace.lease,
    show_default=True,
    type=click.IntRange(min=1),
    help="Seconds after which a job that was lost is given out again.",
)
def worker(*, lease: int) -> None:
    """Run the jobs of all pools until it is told to stop."""
    config = Config.from_environment()
    Redis.from_url(redis_url(config)).ping()
    parts = children(environment(config, Door.WORKER), lease=lease)
    supervisor = Supervisor(parts, say)
    supervisor.listen()
    try:
        supervisor.start()
        supervisor.watch()
    finally:
        supervisor.stop()
