"""``brokerpool worker`` with the kill test's tasks: the same parts under the same supervisor."""

import os

from brokerpool.embedded import say
from brokerpool.supervisor import Supervisor
from brokerpool.worker_process import children
from tests.runtime.outbox_tasks import RUN

LEASE = 2

if __name__ == "__main__":
    supervisor = Supervisor(children(dict(os.environ), function=RUN, lease=LEASE), say)
    supervisor.listen()
    try:
        supervisor.start()
        supervisor.watch()
    finally:
        supervisor.stop()
