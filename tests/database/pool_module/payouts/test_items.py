"""What is payable and receivable, on a settled month: each step of both orders wins once."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine, text

from pool_module.agreements import operations as agreements
from pool_module.agreements.operations import terms
from pool_module.agreements.rules.terms import TermsValues
from pool_module.payouts import operations
from pool_module.payouts.errors import NoSuchItem, NothingToPay, PaidAlready
from pool_module.settlement.formats.scenario import read_scenario
from pool_module.settlement.operations import runs
from pool_module.settlement.operations.scenario import ScenarioRun
from shared.actor import Actor
from shared.db import Session, make_engine, open_session
from shared.due import TermsBasis, TermsParty, TermsStep
from shared.models.incoming import Delivery, DeliveryLine
from shared.models.ledger import SettlementRun, Statement
from shared.models.pools import Company, Division, Organisation, Pool, Team
from shared.models.products import Insurer
from shared.models.terms import Invoice, ParameterValue
from shared.vocabulary import Door
from tests.database.pool_module.settlement.small_pool import FACTS

JANUARY, ISSUED = date(2026, 1, 31), date(2026, 2, 5)
DEBT = Decimal(-900)  # Berg was paid by mistake, before: more than January brings him
COMPANY, PRODUCER, TEAM = TermsParty


@dataclass
class Books:
    """A pool with a month closed: Adler is paid, Berg owes; whatever a test adds is taken back."""

    session: Session
    actor: Actor
    run: SettlementRun
    berg: Company
    adler: Company
    insurer: Insurer
    north: Organisation
    team: Team

    @contextmanager
    def taken_back(self) -> Iterator[None]:
        mark = self.session.begin_nested()
        try:
            yield
        finally:
            mark.rollback()
            self.session.expire_all()

    def agree(self, days: int, party: TermsParty = COMPANY, **of: Any) -> None:
        both = {"payable_days": days, "receivable_days": days}
        terms.agree(self.session, TermsValues(party=party, **(both | of)))

    def items(self, company: Company | None = None) -> list[Invoice]:
        asked = self.session.query(Invoice).filter_by(pool_id=self.actor.pool_id)
        if company is not None:
            asked = asked.filter_by(company_id=company.id)
        return asked.order_by(Invoice.id).all()

    def item(self, company: Company) -> Invoice:
        operations.write_statement_items(self.session, self.actor, self.run.id)
        (found,) = self.items(company)
        return found


def settle(session: Session, actor: Actor, through: date, day: date) -> SettlementRun:
    run = runs.begin(session, actor, through)
    while runs.calculate_next(session, actor, run.id) is not None:
        pass
    runs.finish(session, actor, run.id)
    runs.approve(session, replace(actor, name="second"), run.id)
    runs.close(session, actor, run.id, day, issue=False)
    return run


@pytest.fixture(scope="module")
def engine(door_url: Callable[[Door], str]) -> Iterator[Engine]:
    made = make_engine(door_url(Door.WORKER))
    yield made
    made.dispose()


@pytest.fixture(scope="module")
def books(engine: Engine) -> Iterator[Books]:
    plan = read_scenario(json.dumps({"name": "Nord", "currency": "EUR", "steps": FACTS}))
    with engine.connect() as connection, connection.begin() as transaction:
        pool_id = connection.execute(text("SELECT nextval('pool_id_seq')")).scalar_one()
        actor = Actor(Door.WORKER, pool_id, None, "accountant")
        with open_session(connection, actor) as session:
            ScenarioRun(session, actor, plan).play()
            companies = {c.code: c for c in session.query(Company).filter_by(pool_id=pool_id)}
            berg = companies["Berg"]
            agreements.adjust(
                session, actor, berg.id, day=JANUARY, amount=DEBT, currency="EUR", text="zu viel"
            )
            run = settle(session, actor, JANUARY, ISSUED)
            session.get_one(Pool, pool_id).organisations_on = True
            north = Organisation(pool_id=pool_id, name="Nord", is_default=True)
            session.add(north)
            session.flush()
            division = Division(pool_id=pool_id, name="Gewerbe", organisation_id=north.id)
            session.add(division)
            session.flush()
            team = Team(pool_id=pool_id, name="Küste", division_id=division.id)
            session.add(team)
            session.flush()
            berg.team_id = companies["Adler"].team_id = team.id
            session.flush()
            insurer = session.query(Insurer).filter_by(pool_id=pool_id, code="Aquila").one()
            yield Books(session, actor, run, berg, companies["Adler"], insurer, north, team)
        transaction.rollback()


@pytest.mark.parametrize(
    ("step", "agreed"),
    [
        (TermsStep.COMPANY_ORGANISATION, ["here", "anywhere"]),
        (TermsStep.COMPANY, ["anywhere", "first"]),
        (TermsStep.SYSTEM, ["first_here", "team"]),
    ],
)
def test_each_step_of_a_payable_wins(books: Books, step: TermsStep, agreed: list[str]) -> None:
    with books.taken_back():
        for name in agreed:
            add(books, name, books.adler)
        item = books.item(books.adler)
        assert (item.side, item.step) == ("payable", step)
        assert item.amount > 0
        assert item.due_on == date.fromordinal(ISSUED.toordinal() + item.days)
        assert item.days == DAYS.get(step, 14)
        said = {reason["step"]: reason["verdict"] for reason in item.reasons}
        assert (len(said), said[step]) == (3, "won")


@pytest.mark.parametrize(
    ("step", "agreed"),
    [
        (
            TermsStep.PRODUCER_ORGANISATION_OVERRIDES,
            ["first_here", "first", "here", "anywhere", "team"],
        ),
        (TermsStep.PRODUCER_OVERRIDES, ["first", "here", "anywhere", "team"]),
        (TermsStep.COMPANY_ORGANISATION, ["here", "anywhere", "plain_here", "plain", "team"]),
        (TermsStep.COMPANY, ["anywhere", "plain_here", "plain", "team"]),
        (TermsStep.PRODUCER_ORGANISATION, ["plain_here", "plain", "team"]),
        (TermsStep.PRODUCER, ["plain", "team"]),
        (TermsStep.TEAM, ["team"]),
        (TermsStep.SYSTEM, []),
    ],
)
def test_each_step_of_a_receivable_wins(books: Books, step: TermsStep, agreed: list[str]) -> None:
    with books.taken_back():
        for name in agreed:
            add(books, name, books.berg)
        item = books.item(books.berg)
        assert (item.side, item.step) == ("receivable", step)
        assert item.days == DAYS.get(step, 30)
        assert (item.organisation_id, item.team_id) == (books.north.id, books.team.id)
        said = {reason["step"]: reason["verdict"] for reason in item.reasons}
        assert (len(said), said[step]) == (8, "won")


DAYS = {
    TermsStep.PRODUCER_ORGANISATION_OVERRIDES: 1,
    TermsStep.PRODUCER_OVERRIDES: 2,
    TermsStep.COMPANY_ORGANISATION: 3,
    TermsStep.COMPANY: 4,
    TermsStep.PRODUCER_ORGANISATION: 5,
    TermsStep.PRODUCER: 6,
    TermsStep.TEAM: 7,
}


def add(books: Books, name: str, company: Company) -> None:
    here = {"organisation_id": books.north.id}
    of = {"company_id": company.id}
    made: dict[str, tuple[int, TermsParty, dict[str, Any]]] = {
        "first_here": (1, PRODUCER, of | here | {"overrides": True}),
        "first": (2, PRODUCER, of | {"overrides": True}),
        "here": (3, COMPANY, of | here),
        "anywhere": (4, COMPANY, of),
        "plain_here": (5, PRODUCER, of | here),
        "plain": (6, PRODUCER, of),
        "team": (7, TEAM, {"team_id": books.team.id}),
    }
    days, party, values = made[name]
    books.agree(days, party, **values)


def test_the_pools_own_terms_are_its_parameters(books: Books) -> None:
    with books.taken_back():
        for name, value in (("payable_days", 3), ("payable_basis", "period_end")):
            row = ParameterValue(pool_id=books.actor.pool_id, name=name, value={"is": value})
            books.session.add(row)
        books.session.flush()
        item = books.item(books.adler)
        assert (item.days, item.counted_from, item.due_on) == (3, "period_end", date(2026, 2, 3))


def test_items_are_written_once(books: Books) -> None:
    with books.taken_back():
        assert operations.write_statement_items(books.session, books.actor, books.run.id) == 2
        assert operations.write_statement_items(books.session, books.actor, books.run.id) == 0
        statements = {s.company_id: s for s in books.session.query(Statement)}
        for item in books.items():
            assert item.company_id is not None
            statement = statements[item.company_id]
            owed = statement.payout if item.side == "payable" else -statement.closing
            assert (item.amount, item.statement_id) == (owed, statement.id)
            assert item.number.endswith(statement.number)


def test_later_commission_is_set_off_and_a_payment_credited(books: Books) -> None:
    """Berg pays a part by his commission of February, the rest in cash: his account is even."""
    with books.taken_back():
        session, actor = books.session, books.actor
        debt = books.item(books.berg)
        owed = debt.amount
        agreements.adjust(
            session, actor, books.berg.id, day=date(2026, 2, 10), amount=Decimal(100),
            currency="EUR", text="Zuschuss",
        )  # fmt: skip
        february = settle(session, actor, date(2026, 2, 28), date(2026, 3, 4))
        operations.write_statement_items(session, actor, february.id)
        assert (debt.settled, debt.settled_on) == (Decimal(100), None)
        assert len(books.items(books.berg)) == 1
        assert operations.pay(session, [debt.id], day=date(2026, 3, 6)) == 1
        assert (debt.settled, debt.settled_on) == (owed, date(2026, 3, 6))
        march = settle(session, actor, date(2026, 3, 31), date(2026, 4, 2))
        operations.write_statement_items(session, actor, march.id)
        closing = session.query(Statement.closing).filter_by(
            run_id=march.id, company_id=books.berg.id
        )
        assert closing.scalar() == 0
        with pytest.raises(PaidAlready):
            operations.pay(session, [debt.id], day=date(2026, 3, 7))


def test_what_can_not_be_paid(books: Books) -> None:
    with pytest.raises(NothingToPay):
        operations.pay(books.session, [], day=ISSUED)
    with pytest.raises(NoSuchItem):
        operations.pay(books.session, [999_999], day=ISSUED)


def delivered(books: Books, *amounts: str) -> Delivery:
    session, pool = books.session, books.actor.pool_id
    delivery = Delivery(
        pool_id=pool, insurer_id=books.insurer.id, format="csv", file_name="a.csv", sha256="0" * 64,
        state="imported", recorded_at=datetime(2026, 2, 9, 23, 30, tzinfo=UTC),
    )  # fmt: skip
    session.add(delivery)
    session.flush()
    for amount in amounts:
        line(books, delivery, amount)
    return delivery


def line(books: Books, delivery: Delivery, amount: str, outcome: str = "event") -> None:
    many = books.session.query(DeliveryLine).count()
    books.session.add(
        DeliveryLine(
            pool_id=books.actor.pool_id, delivery_id=delivery.id, source_key=f"k{many}",
            row_number=many, outcome=outcome, currency="EUR", net=Decimal(amount),
            booked_on=date(2026, 1, 31),
        )
    )  # fmt: skip
    books.session.flush()


def test_a_delivery_is_owed_by_its_insurer(books: Books) -> None:
    with books.taken_back():
        books.agree(20, insurer_id=books.insurer.id, receivable_from=TermsBasis.MONTH_END)
        delivery = delivered(books, "400.00", "-50.00")
        line(books, delivery, "999.00", outcome="rejected")
        assert operations.write_delivery_items(books.session, books.actor, delivery.id) == 1
        (item,) = books.items()
        assert (item.side, item.insurer_id) == ("receivable", books.insurer.id)
        assert item.amount == 350
        # half past midnight in Berlin
        assert (item.arose_on, item.due_on) == (date(2026, 2, 10), date(2026, 3, 20))
        assert item.step == TermsStep.COMPANY
        assert operations.write_delivery_items(books.session, books.actor, delivery.id) == 0


def test_a_delivery_that_grows_gets_a_further_item(books: Books) -> None:
    with books.taken_back():
        delivery = delivered(books, "400.00")
        operations.write_delivery_items(books.session, books.actor, delivery.id)
        line(books, delivery, "25.00")
        line(books, delivery, "-600.00")
        operations.write_delivery_items(books.session, books.actor, delivery.id)
        first, second = books.items()
        assert (first.side, str(first.amount)) == ("receivable", "400.00")
        assert (second.side, str(second.amount)) == ("payable", "575.00")
        assert second.number.endswith("/2")
