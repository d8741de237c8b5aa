"""All of ``brokerpool demo``: load, put the deliveries where they wait, logins, the summary."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from importlib.resources import files
from pathlib import Path

from sqlalchemy import Engine, text

from brokerpool.addresses import door_url
from brokerpool.demo import owner
from brokerpool.demo.deliveries.files import write_deliveries
from brokerpool.demo.deliveries.next_month import write_next
from brokerpool.demo.deliveries.reports import OPEN
from brokerpool.demo.enlivening import enliven
from brokerpool.demo.importing import import_deliveries, left_for_people
from brokerpool.demo.loading import accountant, load
from brokerpool.demo.people import logins
from brokerpool.demo.printing import Report
from brokerpool.demo.summary import Summary, digest, summarise
from shared.config import Config
from shared.db import make_engine, open_session
from shared.storage import store
from shared.vocabulary import Door

FOLDER = "demo/deliveries"
LOGO = "data/logo.svg"


def prepare(config: Config, today: date, *, contracts: int, say: Callable[[str], None]) -> Report:
    """Bring the demo about, whatever of it stands already.

    Args:
        config: where everything is; the database is up and migrated.
        today: the day a new pool is made for.
        contracts: how many a new pool gets.
        say: is told how far it is.
    """
    seconds: dict[str, float] = {}
    engine = make_engine(door_url(config, Door.WORKER))
    try:
        with _timed(seconds, "load"):
            loaded = load(
                engine,
                today,
                contracts=contracts,
                say=say,
                refresh_statistics=lambda: owner.gather_statistics(config),
            )
        with _timed(seconds, "deliveries"):
            files_ = write_deliveries(loaded.world, config.home / FOLDER)
            next_file = write_next(loaded.world, config.home / FOLDER)
        day = min(today, loaded.world.months.issue_day(OPEN))
        with _timed(seconds, "import"):
            import_deliveries(
                engine,
                accountant(loaded.pool_id),
                files_,
                storage=config.storage_dir,
                today=day,
                say=say,
            )
        with _timed(seconds, "accounts"):
            _ensure_logo(engine, loaded.pool_id, config.storage_dir)
            accounts = owner.ensure_accounts(config, loaded.pool_id, logins())
        with _timed(seconds, "life"):
            enliven(config, loaded, logins(), accounts, today)
        with (
            _timed(seconds, "summary"),
            open_session(engine, accountant(loaded.pool_id)) as session,
        ):
            summary, figures = summarise(session), digest(session)
    finally:
        engine.dispose()
    return Report(
        pool_id=loaded.pool_id,
        fresh=loaded.fresh,
        summary=summary,
        digest=figures,
        open_month=loaded.world.months.name(OPEN),
        files=files_,
        waiting=left_for_people(files_),
        next_file=next_file,
        storage=config.storage_dir,
        logins=logins(),
        seconds=seconds,
    )


def _ensure_logo(engine: Engine, pool_id: int, storage: Path) -> None:
    """Keep the pool's logo among its files, for the head of its papers."""
    stored = store(storage, pool_id, None, files(__package__).joinpath(LOGO).read_bytes())
    with open_session(engine, accountant(pool_id)) as session:
        session.execute(
            text("UPDATE pool SET logo_sha256 = :digest WHERE id = :pool"),
            {"digest": stored.sha256, "pool": pool_id},
        )
        session.commit()


def _look(engine: Engine, pool_id: int) -> tuple[Summary, str]:
    with open_session(engine, accountant(pool_id)) as session:
        return summarise(session), digest(session)


@contextmanager
def _timed(seconds: dict[str, float], phase: str) -> Iterator[None]:
    start = time.monotonic()
    yield
    seconds[phase] = round(time.monotonic() - start, 2)
