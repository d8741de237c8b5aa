"""A pool with two broker firms that has settled twice and calculated a third time.

Berg sells, Adler stands above him; both are firms, so that each must see his own alone. What is
needed of people (accounts) stands beside it: Berg with an assistant, Adler, and a clerk.
"""

import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from pool_module.settlement.formats.scenario import read_scenario
from pool_module.settlement.operations import issuing, papers, runs
from pool_module.settlement.operations.scenario import ScenarioRun
from pool_module.settlement.queries import issuing as issuing_queries
from shared.actor import Actor
from shared.db import Session, accounts, make_engine, open_session
from shared.models.contracts import Application, Contract, Customer, PremiumDue
from shared.models.hierarchy import Producer
from shared.models.ledger import SettlementRun, StatementLine
from shared.models.pools import Company
from shared.models.products import LineOfBusiness, Product
from shared.permissions import Role
from shared.sorting import sort_key
from shared.vocabulary import Door
from shared.web.passwords import hash_password
from tests.database.pool_module.settlement.small_pool import FACTS
from tests.servers import Database

PASSWORD = "correct horse battery staple"
PEOPLE = (
    ("berg@firm.example", "Bea Berg", "Berg", Door.EXTRANET, Role.BROKER),
    ("anna@firm.example", "Anna Amsel", "Berg", Door.EXTRANET, Role.ASSISTANT),
    ("adler@firm.example", "Alf Adler", "Adler", Door.EXTRANET, Role.BROKER),
    ("jana@pool.example", "Jana Brandt", "Adler", Door.INTRANET, Role.ADMIN),
)


def _contract(number: str, producer: str) -> dict[str, object]:
    shares = [{"producer": producer, "share": "1"}]
    return {"contract": {"number": number, "product": "P", "shares": shares}}


def _event(ref: str, contract: str, kind: str, day: str, **amounts: str) -> dict[str, object]:
    said = {"ref": ref, "contract": contract, "kind": kind, "effective": day, "due": day}
    return {"event": {**said, **amounts}}


STEPS = [
    *FACTS,
    {"rule": {
        "code": "R1", "kind": "recurring", "level": "L1", "of": "received", "rate": "0.5",
        "from": "2020-01-01",
    }},
    _contract("C-2", "Adler"),
    _contract("C-3", "Berg"),
    {"settle": {"through": "2026-01-31"}},
    _event("E2", "C-3", "acquisition", "2026-02-01", basis="6000.00", received="240.00"),
    _event("E3", "C-1", "recurring", "2026-02-01", received="80.00"),
    _event("E4", "C-2", "acquisition", "2026-02-03", basis="1000.00", received="40.00"),
    {"settle": {"through": "2026-02-28"}},
    _event("E5", "C-1", "recurring", "2026-03-01", received="80.00"),
    {"cancel": {"contract": "C-3", "on": "2026-03-10"}},
]  # fmt: skip


@dataclass(frozen=True)
class Brokers:
    """The pool, and what tests need to name of it."""

    database: Database
    pool_id: int
    firms: dict[str, int]
    contracts: dict[str, int]
    statements: dict[tuple[str, str], int]
    accounts: dict[str, int]
    product_id: int
    applications: dict[str, int]
    lines: dict[tuple[str, str], int]
    customers: dict[str, int]

    def actor(self, firm: str = "Berg") -> Actor:
        """A broker of a firm."""
        account = self.accounts["berg@firm.example" if firm == "Berg" else "adler@firm.example"]
        return Actor(
            Door.EXTRANET, self.pool_id, account, f"somebody of {firm}",
            frozenset({self.firms[firm]}),
        )  # fmt: skip

    def staff(self) -> Actor:
        """A clerk of the pool."""
        return Actor(Door.INTRANET, self.pool_id, None, "Jana")

    def job(self) -> Actor:
        """A job."""
        return Actor(Door.WORKER, self.pool_id, None, "job")


def build(database: Database, *, issue: bool = False) -> Brokers:
    """Write and commit the pool; ``issue``: with its statements' papers."""
    engine = make_engine(database.door_url(Door.WORKER))
    pool_id = accounts.new_pool_id(engine)
    actor = Actor(Door.WORKER, pool_id, None, "tests")
    scenario = {"name": "Nordlicht", "currency": "EUR", "steps": STEPS}
    plan = read_scenario(json.dumps(scenario))
    with open_session(engine, actor) as session:
        ScenarioRun(session, actor, plan).play()
        firms = {c.code: c.id for c in session.query(Company)}
        statements = _statements(session, actor, database.config.storage_dir, issue=issue)
        _holders(session, pool_id, firms)
        contracts = {c.number: c.id for c in session.query(Contract)}
        product = session.query(Product).one()
        product.name = "Vision"
        session.query(LineOfBusiness).one().name_en = "Life"
        applications = _applications(session, pool_id, firms, product, contracts)
        made = _accounts(session, firms)
        _draft(session, actor)
        product_id = product.id
        lines = {
            key: session.query(StatementLine).filter_by(statement_id=statement).first().id  # type: ignore[union-attr]
            for key, statement in statements.items()
        }
        customers = {c.number: c.holder_id for c in session.query(Contract) if c.holder_id}
        session.commit()
    engine.dispose()
    return Brokers(
        database,
        pool_id,
        firms,
        contracts,
        statements,
        made,
        product_id,
        applications,
        lines,
        customers,
    )


def _statements(
    session: Session, actor: Actor, root: Path | None, *, issue: bool
) -> dict[tuple[str, str], int]:
    found = {}
    for run in session.query(SettlementRun).order_by(SettlementRun.through).all():
        issuing.write_lines(session, actor, run.id)
        for payee in ("Adler", "Berg"):
            ids = issuing_queries.statement_ids(session, actor, run.id, payee=payee)
            for statement_id in ids:
                found[payee, f"{run.through:%Y-%m}"] = statement_id
                if issue:
                    assert root is not None
                    papers.issue_statement(session, actor, root, statement_id)
    return found


def _holders(session: Session, pool_id: int, firms: dict[str, int]) -> None:
    for number, firm, last, first, premium in (
        ("C-1", "Berg", "Öztürk", "Selin", "1200.00"),
        ("C-2", "Adler", "Yıldız", "Can", "300.00"),
        ("C-3", "Berg", "Demir", "Aylin", "480.00"),
    ):
        holder = Customer(
            pool_id=pool_id, firm_id=firms[firm], last_name=last, first_name=first,
            sort_key=sort_key(last, first), city="Köln",
        )  # fmt: skip
        session.add(holder)
        session.flush()
        contract = session.query(Contract).filter_by(number=number).one()
        contract.holder_id, contract.case_number = holder.id, f"V-{number}"
        contract.begin_on, contract.next_due_on = date(2026, 1, 10), date(2027, 1, 10)
        contract.net_premium = Decimal(premium)
        contract.number_key = number.replace("-", "")
        if number == "C-3":
            contract.state, contract.cancelled_on = "cancelled", date(2026, 3, 10)
        session.add(
            PremiumDue(
                pool_id=pool_id,
                contract_id=contract.id,
                firm_id=firms[firm],
                due_on=date(2026, 1, 10),
                amount=Decimal(premium),
                paid_on=date(2026, 1, 12),
                paid_amount=Decimal(premium),
            )
        )
    session.flush()


def _applications(
    session: Session,
    pool_id: int,
    firms: dict[str, int],
    product: Product,
    contracts: dict[str, int],
) -> dict[str, int]:
    made = {}
    for firm, case, state, contract in (
        ("Berg", "A-1", "accepted", "C-1"),
        ("Berg", "A-2", "insurer_query", None),
        ("Adler", "A-3", "submitted", None),
    ):
        producer = session.query(Producer).filter_by(code=firm).one()
        application = Application(
            pool_id=pool_id, firm_id=firms[firm], case_number=case, state=state,
            insurer_id=product.insurer_id, product_id=product.id, producer_id=producer.id,
            contract_id=contracts[contract] if contract else None,
            query="Medical report, please" if state == "insurer_query" else None,
            applied_on=date(2026, 1, 2),
        )  # fmt: skip
        session.add(application)
        session.flush()
        made[case] = application.id
    return made


def _accounts(session: Session, firms: dict[str, int]) -> dict[str, int]:
    made = {}
    password = hash_password(PASSWORD)
    for email, name, firm, door, role in PEOPLE:
        made[email] = accounts.create_account(
            session, email=email, name=name, password_hash=password, language="en"
        )
        accounts.create_membership(
            session, account_id=made[email], company_id=firms[firm], door=door, role=role
        )
    return made


def _draft(session: Session, actor: Actor) -> None:
    run = runs.begin(session, actor, date(2026, 3, 31))
    while runs.calculate_next(session, actor, run.id) is not None:
        pass
    runs.finish(session, actor, run.id)
