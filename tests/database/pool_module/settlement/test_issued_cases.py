"""Every worked case as papers: lines are the ledger's, and each statement adds up."""

import json
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from pool_module.settlement.documents.statement_csv import statement_csv
from pool_module.settlement.documents.statement_from_books import statement_data
from pool_module.settlement.documents.statement_layout import statement_layout
from pool_module.settlement.queries import issuing
from tests.database.pool_module.settlement.issued import issued

CASES = sorted((Path(__file__).parents[3] / "examples" / "cases").glob("*.json"))
LEDGER = text("""
    SELECT through, event_id, producer_id, payee_id, currency,
           coalesce(sum(amount) FILTER (WHERE account = 2), 0),
           coalesce(sum(amount) FILTER (WHERE account = 3), 0)
    FROM ledger WHERE pool_id = :pool AND account IN (2, 3)
    GROUP BY through, event_id, producer_id, payee_id, currency ORDER BY 1, 2, 3""")
LINES = text("""
    SELECT r.through, l.event_id, l.producer_id, s.company_id, s.currency, l.payable, l.reserve
    FROM statement_line l
    JOIN statement s ON s.pool_id = :pool AND s.id = l.statement_id
    JOIN settlement_run r ON r.pool_id = :pool AND r.id = s.run_id
    WHERE l.pool_id = :pool ORDER BY 1, 2, 3""")


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_lines_are_the_ledger(path: Path, scenario_engine: Engine, tmp_path: Path) -> None:
    scenario = json.loads(path.read_text(encoding="utf-8"))["scenario"]
    with issued(scenario_engine, scenario, tmp_path) as pool:
        here = {"pool": pool.actor.pool_id}
        lines = [tuple(row) for row in pool.session.execute(LINES, here)]
        assert lines == [tuple(row) for row in pool.session.execute(LEDGER, here)]
        for run in pool.runs:
            for statement in issuing.statement_ids(pool.session, pool.actor, run.id):
                books = issuing.get_books(pool.session, pool.actor, statement)
                data = statement_data(books)
                assert all(line.rate for line in data.lines)  # even where nobody takes part now
                assert statement_layout(data)
                assert statement_csv(data)
