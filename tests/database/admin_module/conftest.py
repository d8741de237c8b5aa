"""A pool whose gates are in force, with a firm that has proved everything."""

from collections.abc import Iterator
from datetime import date
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import text

from admin_module.companies import operations as companies
from admin_module.companies.operations import proofs
from admin_module.companies.operations.proofs import Evidence
from shared.db import make_engine
from shared.models.pools import Company
from shared.vocabulary import Door, ProofKind
from tests.database.pool_module.casework import POOL, Desk, open_desk
from tests.servers import Database, PostgresServer

NUMBERS = count(1)
BEGUN = date(2020, 1, 1)
IBAN, OTHER_IBAN = "DE89370400440532013000", "DE27100777770209299700"


@pytest.fixture(scope="module")
def desk(
    postgres: PostgresServer, template: Database, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Desk]:
    """A pool with two firms; the first has proved what it must, and the gates are in force.

    One for all tests of a file: each leaves it as it found it, or names what it adds anew.
    """
    name = f"test_firms_{next(NUMBERS)}"
    own_database = postgres.cloned(template, name)
    root: Path = tmp_path_factory.mktemp("files")
    made = open_desk(own_database, root)
    with made.at(Door.INTRANET, "frauke") as session:
        firm = session.get_one(Company, (POOL, made.firm_id))
        firm.name, firm.email = "Kontor GmbH", "post@kontor.example"
        firm.intermediary_type, firm.register_number = "broker", "D-AB12-CD345-67"
        firm.agreement_date = BEGUN
        session.flush()
        session.execute(text("UPDATE line_of_business SET gdv_key = '010'"))  # asks about health
    give_account(own_database, made.firm_id)
    prove_all(made, made.firm_id)
    with made.at(Door.INTRANET, "frauke") as session:
        companies.put_gates(session, on=True)
    yield made
    made.close()
    postgres.drop(name)


def give_account(database: Database, firm_id: int) -> None:
    """Put an account into effect as the owner: no app may."""
    engine = make_engine(database.owner_url)
    with engine.begin() as connection:
        connection.execute(
            text("UPDATE company SET iban = :iban WHERE id = :firm"),
            {"iban": IBAN, "firm": firm_id},
        )
    engine.dispose()


def prove_all(desk: Desk, firm_id: int, *but: ProofKind) -> None:
    """Record everything a firm has to prove, but for some."""
    with desk.at(Door.INTRANET, "frauke") as session:
        for kind in (ProofKind.REGISTER, ProofKind.INDEMNITY, ProofKind.AGREEMENT):
            if kind not in but:
                proofs.record(
                    session, firm_id, Evidence(kind=kind, valid_from=BEGUN, signed_on=BEGUN)
                )
