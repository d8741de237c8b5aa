"""``brokerpool create-admin``: the first person of a pool, and the pool with him."""

import sys

import click
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from brokerpool.addresses import door_url
from brokerpool.embedded import database_running
from shared.actor import Actor
from shared.config import Config
from shared.db import Engine, Session, actor_of, make_engine, open_session
from shared.db.accounts import create_account, create_membership, find_pool_id, new_pool_id
from shared.errors import Refused
from shared.models.pools import Company, Pool
from shared.permissions import Role
from shared.vocabulary import LANGUAGES, Door
from shared.web.passwords import LONGEST, SHORTEST, hash_password

CODE = "operator"  # of the company that runs the pool


@click.command()
@click.argument("email")
@click.option("--name", required=True, help="The person's name, as others see it.")
@click.option("--pool", "code", required=True, help="Short code of the pool, e.g. nord.")
@click.option("--pool-name", help="Name of the pool, where it does not exist yet.")
@click.option("--language", type=click.Choice(LANGUAGES), default="de", show_default=True)
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def create_admin(
    *,
    email: str,
    name: str,
    code: str,
    pool_name: str | None,
    language: str,
    password_stdin: bool,
) -> None:
    """Make a login for EMAIL that administers a pool from the intranet.

    The password is asked for, or read from standard input; it has 12 characters or more.
    """
    if "@" not in email[1:-1] or any(sign.isspace() for sign in email.strip()):
        raise Refused(f"{email} is not an e-mail address.")
    password_hash = hash_password(_password(from_input=password_stdin))
    config = Config.from_environment()
    with database_running(config):
        engine = make_engine(door_url(config, Door.WORKER), size=1)
        try:
            pool_id = _pool_of(engine, code, pool_name)
            with open_session(engine, Actor(Door.WORKER, pool_id, None, "create-admin")) as session:
                company = _operator(session, code, pool_name)
                account = _account(session, email, name, password_hash, language)
                create_membership(
                    session,
                    account_id=account,
                    company_id=company.id,
                    door=Door.INTRANET,
                    role=Role.ADMIN,
                )
                session.commit()
        finally:
            engine.dispose()
    click.echo(f"{email} administers the pool {code}.")


def _password(*, from_input: bool) -> str:
    if from_input:
        typed = sys.stdin.readline().rstrip("\n")
    else:
        typed = str(click.prompt("Password", hide_input=True, confirmation_prompt=True))
    if not SHORTEST <= len(typed) <= LONGEST:
        raise Refused(f"A password has {SHORTEST} to {LONGEST} characters; this has {len(typed)}.")
    return typed


def _pool_of(engine: Engine, code: str, name: str | None) -> int:
    found = find_pool_id(engine, code)
    if found is None and not name:
        raise Refused(f"There is no pool {code}: give --pool-name to make it.")
    return found if found is not None else new_pool_id(engine)


def _operator(session: Session, code: str, name: str | None) -> Company:
    """The company that runs the session's pool; both are made where they are missing."""
    pool = session.scalars(select(Pool)).one_or_none()
    if pool is None:
        pool = Pool(
            id=actor_of(session).pool_id, code=code, name=name or code, gates_on=True
        )
        session.add(pool)
        session.flush()
    company = session.scalars(select(Company).where(Company.id == pool.operator_id)).one_or_none()
    if company is None:
        company = Company(pool_id=pool.id, code=CODE, name=pool.name, kind="pool")
        session.add(company)
        session.flush()
        pool.operator_id = company.id
        session.flush()
    return company


def _account(session: Session, email: str, name: str, password_hash: str, language: str) -> int:
    try:
        return create_account(
            session, email=email, name=name, password_hash=password_hash, language=language
        )
    except IntegrityError as error:
        raise Refused(f"{email} has a login already.") from error
