"""Why an amount is what it is: for staff, and for a broker under his own role."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from pool_module.settlement.errors import LineUnknown
from pool_module.settlement.formats.scenario import read_scenario
from pool_module.settlement.operations import issuing
from pool_module.settlement.operations.scenario import ScenarioRun
from pool_module.settlement.operations.why import why_entry, why_line
from pool_module.settlement.queries.liability import entries_at_risk, outlook_of
from pool_module.settlement.rules.why import Key, Why
from shared.actor import Actor
from shared.db import Session, actor_of, make_engine, open_session
from shared.models.ledger import SettlementRun, Statement, StatementLine
from shared.models.pools import Company
from shared.money import ZERO, plain
from shared.vocabulary import Door
from tests.database.pool_module.settlement.issued import IssuedPool, Steps, issued
from tests.database.pool_module.settlement.small_pool import FACTS
from tests.servers import Database

HISTORY: Steps = [
    *FACTS,
    {"settle": {"through": "2026-01-31"}},
    {"career": {"producer": "Berg", "level": "L2", "from": "2026-01-01"}},
    {"settle": {"through": "2026-02-28"}},
]
JANUARY, FEBRUARY = range(2)
TODAY = date(2026, 4, 15)


@pytest.fixture
def pool(scenario_engine: Engine, tmp_path: Path) -> Iterator[IssuedPool]:
    scenario = {"name": "Maklerpool Nord", "currency": "EUR", "steps": HISTORY}
    with issued(scenario_engine, scenario, tmp_path) as made:
        yield made


def why(pool: IssuedPool, payee: str, run: int) -> Why:
    (line,) = pool.books(payee, run).lines
    return why_line(pool.session, pool.actor, line.statement_id, line.id, TODAY)


def test_a_line_says_how_it_was_reckoned(pool: IssuedPool) -> None:
    found = why(pool, "Berg", JANUARY)
    assert (found.entry.amount, found.entry.payable) == (Decimal("200.00"), Decimal("180.00"))
    assert [(s.kind, plain(s.amount)) for s in found.steps] == [
        ("income", "400.00"), ("rate", "200.00"), ("reserve", "-20.00"), ("result", "180.00"),
    ]  # fmt: skip
    assert found.rule is not None
    assert (found.rule.code, found.rule.scope, found.rule.who) == ("L1", "any", "level")
    assert [(m.producer, m.piece, m.passed_over) for m in found.members] == [
        ("Berg", Decimal("200.00"), None), ("Adler", Decimal("100.00"), None),
    ]  # fmt: skip


def test_the_pieces_are_what_was_received(pool: IssuedPool) -> None:
    found = why(pool, "Adler", JANUARY)
    assert [(p.role, p.name, plain(p.amount)) for p in found.pieces] == [
        ("own", "Adler", "90.00"), ("structure", "Berg", "180.00"),
        ("reserve", None, "30.00"), ("pool", None, "100.00"),
    ]  # fmt: skip
    assert sum(p.amount for p in found.pieces) == Decimal(400)
    assert sum(p.of_received or ZERO for p in found.pieces) == 1


def test_a_superior_sees_what_is_paid_below(pool: IssuedPool) -> None:
    steps = {s.kind: s for s in why(pool, "Adler", JANUARY).steps}
    assert plain(steps["rate"].amount) == "300.00"
    assert plain(steps["difference"].amount) == "-200.00"
    assert steps["difference"].values["below"] == "Berg"


def test_a_correction_says_what_stood_and_what_changed_it(pool: IssuedPool) -> None:
    found = why(pool, "Berg", FEBRUARY)
    assert [(v.period, plain(v.payable + v.reserve), plain(v.stands)) for v in found.versions] == [
        ("2026-01", "200.00", "200.00"), ("2026-02", "100.00", "300.00"),
    ]  # fmt: skip
    assert plain(next(s.amount for s in found.steps if s.kind == "booked")) == "-200.00"
    assert [(f.fact, f.subject, f.value) for f in found.facts] == [("career", "Berg", "L2")]
    assert found.entry.correction


def test_an_entry_is_found_by_what_names_it(pool: IssuedPool) -> None:
    line = pool.books("Berg", FEBRUARY).lines[0]
    key = Key(pool.runs[FEBRUARY].id, line.event_id, line.producer_id)
    assert why_entry(pool.session, pool.actor, key, TODAY).entry.line_id == line.id
    with pytest.raises(LineUnknown):
        why_entry(pool.session, pool.actor, Key(key.run_id, key.event_id, 0), TODAY)
    with pytest.raises(LineUnknown):
        why_entry(pool.session, pool.actor, Key(key.run_id, 0, key.producer_id), TODAY)


@pytest.mark.parametrize("day", ["2026-02-01", "2026-09-30"])
@pytest.mark.parametrize(
    "terms",
    [
        {"liability_months": 12},
        {"liability_months": 24, "full_liability_months": 3},
        {"liability_months": 12, "earning": "linear_daily"},
    ],
    ids=["monthly", "two stages", "daily"],
)
def test_what_a_cancellation_would_take_back_is_what_it_takes(
    terms: dict[str, object], day: str, scenario_engine: Engine, tmp_path: Path
) -> None:
    """G5 is the engine's own arithmetic: cancel, settle, and the same cents are booked."""
    agreed: Steps = [
        {"agreement": {"insurer": "Aquila", "kind": "acquisition", "from": "2020-01-01", **terms}}
        if "agreement" in step else step for step in FACTS
    ]  # fmt: skip
    steps: Steps = [
        *agreed,
        {"reduce": {"contract": "C-1", "on": "2026-01-20", "to": "0.7"}},
        {"settle": {"through": "2026-01-31"}},
        {"cancel": {"contract": "C-1", "on": day}},
        {"settle": {"through": "2026-12-31"}},
    ]
    scenario = {"name": "Nord", "currency": "EUR", "steps": steps}
    with issued(scenario_engine, scenario, tmp_path) as made:
        for payee in ("Berg", "Adler"):
            made_line, back = made.books(payee, 0).lines[0], made.books(payee, 1).lines[0]
            row = made.session.execute(
                text(
                    "SELECT given_back(e, CAST(:day AS date)) FROM entry_liability e "
                    "WHERE e.pool_id = :pool AND e.run_id = :run AND e.event_id = :event "
                    "AND e.producer_id = :producer"
                ),
                {
                    "pool": made.actor.pool_id, "run": made.runs[0].id, "day": day,
                    "event": made_line.event_id, "producer": made_line.producer_id,
                },
            ).scalar_one()  # fmt: skip
            assert row == -(back.payable + back.reserve)


def test_the_liability_falls_month_by_month(pool: IssuedPool) -> None:
    berg = pool.company("Berg").id
    (outlook,) = outlook_of(pool.session, pool.actor, berg, TODAY)
    assert (outlook.currency, len(outlook.months)) == ("EUR", 9)  # until 10 January
    assert plain(outlook.today.open) == "225.00"  # three of twelve months of 300.00 are earned
    assert plain(outlook.today.reserve) == "30.00"
    assert plain(outlook.today.owed) == "195.00"
    assert [m.open for m in outlook.months] == sorted(m.open for m in outlook.months)[::-1]
    (entry,) = entries_at_risk(pool.session, pool.actor, berg, TODAY)
    assert (entry.contract_number, entry.open) == ("C-1", Decimal("225.00"))
    at_risk = why(pool, "Berg", JANUARY).at_risk
    assert at_risk is not None
    assert (plain(at_risk.amount), plain(at_risk.owed)) == ("225.00", "195.00")
    # who takes no part any more stands in no liability
    assert why(pool, "Adler", JANUARY).at_risk is None


@pytest.fixture(scope="class")
def firms(own_database: Database) -> dict[str, int]:
    """The pool, committed; gives the ids of its firms."""
    engine = make_engine(own_database.door_url(Door.WORKER))
    actor = Actor(Door.WORKER, 1, None, "settling")
    scenario = {"name": "Nord", "currency": "EUR", "steps": HISTORY}
    with open_session(engine, actor) as session, session.begin():
        ScenarioRun(session, actor, read_scenario(json.dumps(scenario))).play()
        for run in session.query(SettlementRun).order_by(SettlementRun.through).all():
            issuing.write_lines(session, actor, run.id)
        firms = {c.code: c.id for c in session.query(Company)}
    engine.dispose()
    return firms


class TestBroker:
    """The extranet's role reads no posting and no rule; it is told of its own lines alone."""

    @pytest.fixture
    def session_of(
        self, own_database: Database, firms: dict[str, int]
    ) -> Iterator[Callable[[str], Session]]:
        engine = make_engine(own_database.door_url(Door.EXTRANET))
        with ExitStack() as stack:
            yield lambda code: stack.enter_context(
                open_session(engine, Actor(Door.EXTRANET, 1, 1, code, frozenset({firms[code]})))
            )
        engine.dispose()

    @pytest.fixture
    def show_income(self, own_database: Database) -> Iterator[Callable[[str], None]]:
        engine = make_engine(own_database.door_url(Door.WORKER))

        def show(shown: str) -> None:
            with open_session(engine, Actor(Door.WORKER, 1, None, "x")) as session, session.begin():
                session.execute(
                    text("UPDATE pool SET shows_income = CAST(:shown AS boolean)"), {"shown": shown}
                )

        yield show
        engine.dispose()

    def test_he_sees_his_own_by_name_and_the_rest_as_sums(
        self, session_of: Callable[[str], Session], show_income: Callable[[str], None]
    ) -> None:
        show_income("true")
        found = self.first(session_of("Adler"))
        assert [(p.role, p.name, plain(p.amount)) for p in found.pieces] == [
            ("own", "Adler", "90.00"), ("structure", None, "200.00"),
            ("reserve", None, "10.00"), ("pool", None, "100.00"),
        ]  # fmt: skip
        assert found.income is not None
        assert plain(found.income.received) == "400.00"
        assert [found.members, found.lost, found.facts] == [(), (), ()]
        assert found.rule is not None
        assert found.rule.code == "L2"
        assert [(s.kind, plain(s.amount)) for s in found.steps] == [
            ("income", "400.00"), ("rate", "300.00"), ("difference", "-200.00"),
            ("reserve", "-10.00"), ("result", "90.00"),
        ]  # fmt: skip

    def test_what_came_in_is_shown_only_where_the_pool_wants_it(
        self, session_of: Callable[[str], Session], show_income: Callable[[str], None]
    ) -> None:
        show_income("false")
        found = self.first(session_of("Adler"))
        assert found.income is None
        assert {p.role for p in found.pieces} == {"own", "structure", "reserve"}
        assert {p.of_received for p in found.pieces} == {None}
        assert next(s.kind for s in found.steps) == "rate"

    def test_what_is_not_his_is_not_there(self, session_of: Callable[[str], Session]) -> None:
        berg, adler = session_of("Berg"), session_of("Adler")
        line = adler.query(StatementLine).order_by(StatementLine.id).first()
        assert line is not None
        with pytest.raises(LineUnknown):
            why_line(berg, actor_of(berg), line.statement_id, line.id, TODAY)
        run = adler.query(Statement).order_by(Statement.id).first()
        assert run is not None
        key = Key(run.run_id, line.event_id, line.producer_id)
        with pytest.raises(LineUnknown):
            why_entry(berg, actor_of(berg), key, TODAY)

    def test_his_liability_is_his_alone(
        self, session_of: Callable[[str], Session], firms: dict[str, int]
    ) -> None:
        berg = session_of("Berg")
        (outlook,) = outlook_of(berg, actor_of(berg), firms["Berg"], TODAY)
        assert plain(outlook.today.open) == "225.00"
        adler = session_of("Adler")
        assert outlook_of(adler, actor_of(adler), firms["Berg"], TODAY) == []
        assert entries_at_risk(adler, actor_of(adler), firms["Berg"], TODAY) == []

    def first(self, session: Session) -> Why:
        line = session.query(StatementLine).order_by(StatementLine.id).first()
        assert line is not None
        return why_line(session, actor_of(session), line.statement_id, line.id, TODAY)
