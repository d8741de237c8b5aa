"""Rows in which every column of a list stands: usually many are empty, and nothing never fails.

One row a table, the last of Berg's where a firm has rows of its own: the others stay as they are,
so that each list meets both.
"""

from datetime import timedelta
from typing import Final

from sqlalchemy import Connection, text

from tests.factories.days import TODAY

OF_FIRM: Final = "pool_id = :pool AND firm_id = :firm"
OF_POOL: Final = "pool_id = :pool"
PRIVATE: Final = f"{OF_FIRM} AND private"
SHARED: Final = f"{OF_FIRM} AND NOT private"
CUSTOMER: Final = "(SELECT min(id) FROM customer WHERE {})"
CONTRACT: Final = f"(SELECT min(id) FROM contract WHERE {SHARED})"
TEAM: Final = "(SELECT min(id) FROM team WHERE pool_id = :pool)"
UNTIL: Final = "daterange(lower(valid), :soon)"
# of a table: which of its rows, and what is written into it; texts become canaries afterwards
ROWS: Final = (
    ("agreement", OF_POOL, f"incoming_of = 'basis', incoming_rate = 0.04, valid = {UNTIL}"),
    ("application", OF_FIRM,
     f"customer_id = {CUSTOMER.format(SHARED)}, begin_on = :soon, net_premium = 120"),
    ("company", "id = :firm", "intermediary_type = 'broker'"),
    ("contract", SHARED, (
        "state = 'active', begin_on = '2026-01-02', end_on = :soon, frequency = 'monthly',"
        f" net_premium = 100, gross_premium = 119, team_id = {TEAM}"
    )),
    ("contract", PRIVATE,
     f"holder_id = {CUSTOMER.format(PRIVATE)}, begin_on = :soon, net_premium = 80"),
    ("customer", SHARED, "birth_date = '1980-02-29'"),
    ("delivery", OF_POOL, "line_count = 3, gross = 12.34, currency = 'EUR'"),
    ("delivery_line", OF_POOL, ("kind = 'acquisition', base = 1000, rate = 0.04,"
     f" booked_on = :soon, gross = 40, contract_id = {CONTRACT}")),
    ("invoice", OF_POOL, f"settled = amount, settled_on = :soon, team_id = {TEAM}"),
    ("audit_entry", OF_POOL, "new = '{\"reason\": \"moved house\"}'"),
    ("proposal_line", OF_POOL, "calculation = 1, payee_id = :firm"),
    ("proposal", f"{OF_POOL} AND id IN (SELECT proposal_id FROM proposal_line)",
     ("kind = 'career', decided_at = recorded_at, calculation = 1,"
     " level_id = (SELECT min(id) FROM career_level WHERE pool_id = :pool)")),
    ("product", OF_POOL, "offered_from = '2020-01-01', offered_until = :soon"),
    ("due_terms", OF_POOL, "receivable_days = 14"),
    ("thread", OF_FIRM, f"subject = 'contract', subject_id = {CONTRACT}, due_on = :soon"),
)  # fmt: skip
# the rates that stand were settled by: this one is of nothing that was
RULE: Final = """
    INSERT INTO rule (pool_id, code, kind, product_id, division_id, rate_of, rate, valid,
        recorded_by)
    SELECT :pool, 'filled', 'acquisition', max(p.id), (SELECT min(id) FROM division
        WHERE pool_id = :pool), 'basis', 0.01, daterange('2026-01-01', :soon), 'tests'
    FROM product p WHERE p.pool_id = :pool"""


def fill(connection: Connection, pool_id: int, firm_id: int) -> None:
    """Write them, past every guard."""
    here = {"pool": pool_id, "firm": firm_id, "soon": TODAY + timedelta(days=10)}
    connection.execute(text(RULE), here)
    for table, which, changes in ROWS:
        first = f"SELECT max(id) FROM {table} WHERE {which}"
        sql = f"UPDATE {table} SET {changes} WHERE pool_id = :pool AND id = ({first})"
        done = connection.execute(text(sql), here)
        assert done.rowcount == 1, f"there is no such {table}"
