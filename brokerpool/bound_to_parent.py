"""Start a program that ends when the process that started it ends, however that happens.

Run as a script: ``python bound_to_parent.py PARENT PROGRAM ARGUMENTS…``. Becomes the program.
A launcher rather than a hook between fork and exec, which is not safe beside threads.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def die_with_parent(parent: int, signal_number: int) -> None:
    """Ask Linux for a signal when the parent dies; elsewhere nothing happens.

    Args:
        parent: the parent's number; when it is gone already this process ends at once.
        signal_number: what it should receive.
    """
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal_number)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal_number)


if __name__ == "__main__":
    die_with_parent(int(sys.argv[1]), signal.SIGTERM)
    os.execvp(sys.argv[2], sys.argv[2:])  # noqa: S606  -- our own argument list
