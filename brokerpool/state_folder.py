"""The state folder (``$BROKERPOOL_HOME``): everything brokerpool keeps outside the database."""

import os

from brokerpool.postgres.place import open_to_others
from shared.config import Config
from shared.errors import Refused


def prepare(config: Config) -> None:
    """Make the state folder and the folder of documents, closed to other users.

    Root's database runs as another user: where the way there is open anyway, the state folder
    lets him walk through (0711), and what is inside stays closed.
    """
    try:
        if not config.home.exists():
            walk = os.geteuid() == 0 and open_to_others(config.home)
            config.home.mkdir(mode=0o711 if walk else 0o700, parents=True)
        config.storage_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise Refused(
            f"{error.filename} can't be made ({error.strerror}): make the folder writable or "
            "point BROKERPOOL_HOME (STORAGE_DIR) to another one."
        ) from error
