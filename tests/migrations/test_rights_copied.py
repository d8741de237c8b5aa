"""What was said of the right to edit companies is said of the proofs that left it."""

import psycopg

from brokerpool import migration
from tests.servers import PostgresServer

SAID = """
    INSERT INTO role_permission
        (pool_id, role, permission, company_kind, allowed, reason, recorded_by, superseded_at)
    VALUES (7, 'accountant', 'companies_edit', NULL, true, 'holiday cover', 'frauke', NULL),
           (7, 'admin', 'companies_edit', 'group', false, 'by letter', 'torben', NULL),
           (7, 'director', 'companies_edit', NULL, true, 'over', 'frauke', now()),
           (7, 'clerk', 'export', NULL, false, 'other', 'frauke', NULL)"""
KEPT = """SELECT role, company_kind, allowed, reason, recorded_by FROM role_permission
    WHERE permission = 'companies_prove' ORDER BY role"""


def test_whoever_was_given_or_denied_the_one_has_or_lacks_the_other(
    postgres: PostgresServer,
) -> None:
    made = postgres.migrated("test_rights_copied")
    migration.migrate(made.config, down_to="known")
    with psycopg.connect(made.owner_url) as owner:
        owner.execute("SELECT set_config('app.actor', 'frauke', false)")
        owner.execute(
            "INSERT INTO pool (id, code, name) OVERRIDING SYSTEM VALUE VALUES (7, 'p', 'P')"
        )
        owner.execute(SAID)
    migration.migrate(made.config)
    with psycopg.connect(made.owner_url) as owner:
        assert owner.execute(KEPT).fetchall() == [
            ("accountant", None, True, "holiday cover", "frauke"),
            ("admin", "group", False, "by letter", "torben"),
        ]
    migration.migrate(made.config, down_to="known")
    with psycopg.connect(made.owner_url) as owner:
        assert owner.execute(KEPT).fetchall() == []
    postgres.drop(made.name)
