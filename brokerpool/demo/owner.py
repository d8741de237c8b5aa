"""The few things only the database's owner may do; ``demo`` does them as ``migrate`` would.

Fresh statistics after a bulk load, and accounts, on which no door's role has rights.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from argon2 import PasswordHasher
from sqlalchemy import Connection, NullPool, create_engine, make_url, text

from brokerpool.addresses import owner_url
from brokerpool.demo.people import Login
from shared.config import Config
from shared.vault import Vault, about_totp

# OWASP's second choice: one pass over 46 MiB
HASHER = PasswordHasher(time_cost=1, memory_cost=46 * 1024, parallelism=1)


def gather_statistics(config: Config) -> None:
    """Tell the planner what was loaded; autovacuum would, a slow minute later."""
    with _owner(config) as connection:
        connection.execute(text("ANALYZE"))


def ensure_accounts(config: Config, pool_id: int, logins: list[Login]) -> dict[str, int]:
    """Make accounts and memberships that don't stand yet; those that stand keep what they have.

    Returns:
        Account ids by e-mail.
    """
    with _owner(config) as connection:
        connection.execute(text("SELECT set_config('app.actor', 'demo', true)"))
        vault = Vault.of(config)
        for login in logins:
            _ensure_account(connection, login)
            _ensure_factor(connection, vault, login)
            for firm in (login.firm, *login.also):
                _ensure_membership(connection, pool_id, login, firm)
        emails = [login.email for login in logins]
        found = connection.execute(
            text("SELECT email, id FROM account WHERE email = ANY(:emails)"), {"emails": emails}
        )
        return {row.email: row.id for row in found}


def _ensure_account(connection: Connection, login: Login) -> None:
    stands = text("SELECT 1 FROM account WHERE email = :email")
    if connection.execute(stands, {"email": login.email}).first():
        return
    connection.execute(
        text(
            "INSERT INTO account (email, name, password_hash, language) "
            "VALUES (:email, :name, :hash, :language) ON CONFLICT (email) DO NOTHING"
        ),
        {
            "email": login.email,
            "name": login.name,
            "hash": HASHER.hash(login.password),
            "language": login.language,
        },
    )


def _ensure_membership(connection: Connection, pool_id: int, login: Login, firm: str) -> None:
    connection.execute(
        text(
            "INSERT INTO membership (pool_id, account_id, company_id, door, role) "
            "SELECT :pool, a.id, c.id, :door, :role FROM account a "
            "JOIN company c ON c.pool_id = :pool AND c.code = :firm "
            "WHERE a.email = :email ON CONFLICT DO NOTHING"
        ),
        {
            "pool": pool_id,
            "door": login.door,
            "role": login.role,
            "firm": firm,
            "email": login.email,
        },
    )


def _ensure_factor(connection: Connection, vault: Vault, login: Login) -> None:
    """Give an account without a second factor an app whose codes the command line shows."""
    lacking = connection.execute(
        text(
            "SELECT a.id FROM account a WHERE a.email = :email AND NOT EXISTS "
            "(SELECT 1 FROM second_factor f WHERE f.account_id = a.id)"
        ),
        {"email": login.email},
    ).scalar_one_or_none()
    if lacking is None:
        return
    sealed, key_id = vault.seal(login.secret.encode(), about_totp(lacking))
    connection.execute(
        text(
            "INSERT INTO second_factor (account_id, kind, name, secret, key_id) "
            "VALUES (:account, 'totp', 'brokerpool demo code', :sealed, :key)"
        ),
        {"account": lacking, "sealed": sealed, "key": key_id},
    )


@contextmanager
def _owner(config: Config) -> Iterator[Connection]:
    url = make_url(owner_url(config)).set(drivername="postgresql+psycopg")
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        yield connection
    engine.dispose()
