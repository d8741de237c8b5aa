"""Deliveries of any size: as many statements as there are chunks, and memory that stays flat.

The long one (``make proof``) takes 100,000 contracts with a commission line each.
"""

import os
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import event

from shared.actor import Actor
from shared.db import make_engine, open_session
from shared.vocabulary import Door
from tests.database.pool_module.incoming.office import Office, commission, contract, holder
from tests.servers import Database
from tests.unit.pool_module.incoming.formats.deliveries import HEADER, record, trailer

PROOF = os.environ.get("BROKERPOOL_PROOF") == "1"


def delivery(path: Path, contracts: int) -> Path:
    """A delivery of contracts with holders, sub-line, booking; every tenth is cancelled."""
    patterns = {}
    for ended in (False, True):
        state = {"status": "4", "exit_reason": "01", "exit_date": date(2026, 7, 1)} if ended else {}
        patterns[ended] = [
            *holder(birth_date=date(1980, 5, 1), postcode="10115", city="Berlin"),
            record("0100", 2, customer_number_insurer="#CUSTOMER"),
            contract(**state),
            record("0200", 2, gross_premium=Decimal("142.80"), product_name="TARIF"),
            "0210" + record("0200")[4:],
            *commission("20.00", base="100.00", rate="20"),
        ]
    with path.open("w", encoding="latin-1", newline="\r\n") as file:
        file.write(HEADER + "\n")
        for number in range(contracts):
            customer = str(number // 2).rjust(len("#CUSTOMER"))
            born = (date(1950, 1, 1) + timedelta(days=number % 20_000)).strftime("%d%m%Y")
            for line in patterns[number % 10 == 0]:
                text = line[:13] + f"{number:>17}" + line[30:]
                text = text.replace("#CUSTOMER", customer).replace("01051980", born)
                file.write(text + "\n")
        file.write(trailer(contracts * 7) + "\n")
    return path


@contextmanager
def counted(office: Office) -> Iterator[list[str]]:
    """Collect the statements sent meanwhile."""
    sent: list[str] = []
    connection = office.session.connection()

    def note(*args: object) -> None:
        sent.append(str(args[2]))

    event.listen(connection, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(connection, "before_cursor_execute", note)


def statements(office: Office, path: Path, chunk: int) -> int:
    with counted(office) as sent:
        office.take(path, chunk=chunk)
    return len(sent)


def test_statements_grow_with_chunks_not_with_contracts(office: Office) -> None:
    office.ready()
    office.take(delivery(office.folder / "first", 10))  # lines and products exist from here on
    three = statements(office, delivery(office.folder / "a", 300), 200)
    thirty = statements(office, delivery(office.folder / "b", 3_000), 2_000)
    assert three == thirty
    assert thirty / 4 < 40
    assert office.counts()["contract"] == 3_000
    assert office.counts()["customer"] == 1_500
    assert office.counts()["event"] == 3_000


def test_a_second_import_of_many_sends_less(office: Office) -> None:
    office.ready()
    path = delivery(office.folder / "a", 1_000)
    first = statements(office, path, 500)
    before = office.counts()
    assert statements(office, path, 500) < first
    assert office.counts() == before


@pytest.mark.skipif(not PROOF, reason="long; BROKERPOOL_PROOF=1 runs it")
def test_a_hundred_thousand_contracts_in_minutes_with_flat_memory(
    own_database: Database, tmp_path: Path
) -> None:
    actor = Actor(Door.WORKER, 1, None, "Olena")
    engine = make_engine(own_database.door_url(Door.WORKER))
    with open_session(engine, actor) as session:
        office = Office(session, actor, tmp_path).open().ready()
        session.commit()
        office.take(delivery(tmp_path / "small", 5_000))
        small = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        path = delivery(tmp_path / "large", 100_000)
        start = time.monotonic()
        office.take(path)
        first = time.monotonic() - start
        large = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        assert office.counts()["contract"] == 100_000
        assert office.counts()["event"] == 100_000
        start = time.monotonic()
        assert not office.take(path).changed
        print(  # noqa: T201  -- what the proof measures
            f"{first:.0f} s, again {time.monotonic() - start:.0f} s, "
            f"{large} kB at most, {large - small} of it for size"
        )
    engine.dispose()
    assert first < 600
    assert large - small < 150_000, "kilobytes: keys of lines and contracts, and nothing else"
