"""``brokerpool create-admin``: the first person of a pool, and the pool with him."""

import click
from sqlalchemy import select

from admin_module.invitations.errors import NotInvited
from admin_module.invitations.operations import invite_by_hand
from brokerpool.addresses import door_url
from brokerpool.embedded import database_running
from shared.actor import Actor
from shared.config import Config
from shared.db import Engine, Session, actor_of, make_engine, open_session
from shared.db.accounts import find_pool_id, new_pool_id
from shared.errors import Refused
from shared.models.pools import Company, Pool
from shared.permissions import Role
from shared.vocabulary import LANGUAGES, Door

CODE = "operator"  # of the company that runs the pool
DEFAULT = "http://intranet.localhost:8600"  # where `serve` listens unless it is told otherwise


@click.command()
@click.argument("email")
@click.option("--name", required=True, help="The person's name, as others see it.")
@click.option("--pool", "code", required=True, help="Short code of the pool, e.g. nord.")
@click.option("--pool-name", help="Name of the pool, where it does not exist yet.")
@click.option("--language", type=click.Choice(LANGUAGES), default="de", show_default=True)
def create_admin(*, email: str, name: str, code: str, pool_name: str | None, language: str) -> None:
    """Make a login for EMAIL that administers a pool from the intranet.

    Prints a link that is good for 72 hours and opens once: there he chooses a password and a second
    factor himself.
    """
    if "@" not in email[1:-1] or any(sign.isspace() for sign in email.strip()):
        raise Refused(f"{email} is not an e-mail address.")
    config = Config.from_environment()
    with database_running(config):
        engine = make_engine(door_url(config, Door.WORKER), size=1)
        try:
            pool_id = _pool_of(engine, code, pool_name)
            with open_session(engine, Actor(Door.WORKER, pool_id, None, "create-admin")) as session:
                company = _operator(session, code, pool_name)
                path = _invited(session, email, name, language, company.id)
                session.commit()
        finally:
            engine.dispose()
    base = config.base_urls.get(Door.INTRANET, DEFAULT).rstrip("/")
    click.echo(f"{email} administers the pool {code}. Within 72 hours, once: {base}{path}")


def _invited(session: Session, email: str, name: str, language: str, company_id: int) -> str:
    try:
        return invite_by_hand(
            session, email=email, name=name, language=language, door=Door.INTRANET,
            company_id=company_id, role=Role.ADMIN,
        )  # fmt: skip
    except NotInvited as refusal:
        raise Refused(f"{email} has a login already.") from refusal


def _pool_of(engine: Engine, code: str, name: str | None) -> int:
    found = find_pool_id(engine, code)
    if found is None and not name:
        raise Refused(f"There is no pool {code}: give --pool-name to make it.")
    return found if found is not None else new_pool_id(engine)


def _operator(session: Session, code: str, name: str | None) -> Company:
    """The company that runs the session's pool; both are made where they are missing."""
    pool = session.scalars(select(Pool)).one_or_none()
    if pool is None:
        pool = Pool(id=actor_of(session).pool_id, code=code, name=name or code, gates_on=True)
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
