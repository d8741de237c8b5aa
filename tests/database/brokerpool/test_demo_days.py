"""The demo of any day: what must be current is, on New Year's Day and on a leap day too."""

import os
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from brokerpool.demo.loading import accountant
from brokerpool.demo.presenting import prepare
from shared.db import make_engine, open_session
from shared.gates import reading, rules
from shared.vocabulary import Door, Gate, GatePoint
from tests.servers import Database

PROOF = os.environ.get("BROKERPOOL_PROOF") == "1"
DAYS = (date(2027, 1, 1), date(2028, 2, 29)) if PROOF else (date(2028, 1, 1),)


@pytest.mark.parametrize("today", DAYS)
def test_firms_have_proved_what_they_must(
    own_database: Database, tmp_path: Path, today: date
) -> None:
    config = replace(own_database.config, home=tmp_path, storage_dir=tmp_path / "files")
    report = prepare(config, today, contracts=100, say=lambda _: None)
    engine = make_engine(own_database.door_url(Door.WORKER))
    with open_session(engine, accountant(report.pool_id)) as session:
        firms = reading.read(session, accountant(report.pool_id), today).values()
    engine.dispose()
    closed = Counter(
        verdict.gate
        for firm in firms
        for verdict in rules.verdicts(firm, GatePoint.SUBMISSION, today)
    )
    # two stories: a firm without its agreement, one that owes last year's hours
    assert closed == {Gate.AGREEMENT: 1, Gate.TRAINING: 1}
    assert report.summary.closed[-1] < report.open_month
