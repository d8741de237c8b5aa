"""The way to RQ: what waits in Redis, handing over, working. JSON only, never pickle.

A job in Redis is two numbers, pool and outbox row; what is to be done stands in the outbox.
"""

from redis import Redis
from rq import Queue, Worker
from rq.serializers import JSONSerializer

QUEUE = "brokerpool"
LONGEST_JOB = 6 * 3600  # seconds; the statement lines of a month with millions of postings
KEPT = 3600  # seconds Redis remembers a failed job; the outbox remembers for good


def open_queue(connection: Redis) -> Queue:
    """The one queue there is."""
    return Queue(QUEUE, connection=connection, serializer=JSONSerializer)


def waiting(queue: Queue) -> set[int]:
    """Outbox ids of the jobs no worker has taken yet."""
    return {outbox_id_of(job) for job in queue.get_job_ids()}


def hand_over(queue: Queue, function: str, pool_id: int, outbox_id: int, attempt: int) -> None:
    """Give an outbox row to the workers.

    Args:
        queue: where they look.
        function: the dotted name of what they call with (pool id, outbox id).
        pool_id: whose row it is.
        outbox_id: the row.
        attempt: the how manieth time; a part of the job's name.
    """
    queue.enqueue_call(
        function,
        args=(pool_id, outbox_id),
        job_id=f"{pool_id}-{outbox_id}-{attempt}",
        timeout=LONGEST_JOB,
        result_ttl=0,
        failure_ttl=KEPT,
        description=f"outbox {pool_id}/{outbox_id}",
    )


def outbox_id_of(job_id: str) -> int:
    """The outbox row a job's name speaks of."""
    return int(job_id.split("-")[1])


def work(queue: Queue) -> None:
    """Take jobs, each in a process of its own, until SIGTERM; the job at work is finished."""
    Worker([queue], connection=queue.connection, serializer=JSONSerializer).work(
        logging_level="WARNING"
    )
