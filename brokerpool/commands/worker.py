"""``brokerpool worker``: runs the jobs that wait in Redis."""

import click
from redis import Redis
from rq import Worker
from rq.serializers import JSONSerializer

from brokerpool.addresses import redis_url
from shared.config import Config


@click.command()
@click.argument("queues", nargs=-1)
def worker(queues: tuple[str, ...]) -> None:
    """Run jobs of the QUEUES (default: `default`) until it is told to stop."""
    connection = Redis.from_url(redis_url(Config.from_environment()))
    connection.ping()
    Worker(queues or ["default"], connection=connection, serializer=JSONSerializer).work(
        logging_level="WARNING"
    )
