"""The environment of the servers brokerpool brings along."""

import os
from typing import Final

# what tells libfaketime which day it is: the servers must live on the same one
CLOCK: Final = ("LD_PRELOAD", "FAKETIME")


def bare() -> dict[str, str]:
    """Nothing but the path, so that no PGDATA or PGPORT of the starter gets in; and his clock."""
    kept = CLOCK if "FAKETIME" in os.environ else ()
    found = {name: os.environ[name] for name in kept if name in os.environ}
    return {"PATH": os.environ.get("PATH", os.defpath), **found}
