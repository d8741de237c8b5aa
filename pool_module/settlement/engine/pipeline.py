"""Runs the pipeline's .sql files; the steps are named after the settlement rules.

One pipeline serves the run, the explanation of an entry, a scenario and a what-if: it works on a
frame (pool, what is known, through which day) and a set of events, in temporary tables of the
connection. Money is computed in the database only.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib.resources import files

from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

FRAME_TABLES = (
    "t_frame", "t_chain", "t_career", "t_group", "t_own_reserve", "t_payee", "t_rule",
    "t_agreement", "t_winner", "t_context", "t_scope", "t_work", "t_reference", "t_due",
)  # fmt: skip
KEPT = ("t_piece", "t_delta")
STAGES = ("t_event", "t_share", "t_line")
# each step with the tables it leaves full
CALCULATION = (
    ("events", ("t_event", "t_scope")),
    ("chains", ("t_share", "t_line")),
    ("rates", ("t_winner",)),
)
# below this the planner needs no statistics, and gathering them would cost more than it saves
WORTH_ANALYZING = 2000
EVENTS_AT_WORK = text("SELECT min(event_id), max(event_id) FROM t_work")
CONTRACTS_AT_WORK = text("SELECT min(contract_id), max(contract_id) FROM t_event")
INCLUDED = re.compile(r"\{\{(\w+)\}\}")
WITHOUT_STATISTICS = text(
    "SELECT (SELECT count(*) FROM t_work) >= :many AND NOT EXISTS (SELECT 1 FROM pg_stats "
    "WHERE schemaname = (SELECT nspname FROM pg_namespace WHERE oid = pg_my_temp_schema()) "
    "AND tablename = 't_line')"
)


@dataclass(frozen=True)
class Frame:
    """What a calculation stands on.

    Attributes:
        pool_id: the pool.
        known_at: facts recorded later take no part.
        through: the day the period ends.
        earlier: ids of the closed runs whose postings count as booked.
    """

    pool_id: int
    known_at: datetime
    through: date
    earlier: tuple[int, ...]

    def parameters(self) -> dict[str, object]:
        """What the .sql files are given."""
        return {
            "pool": self.pool_id,
            "known": self.known_at,
            "through": self.through,
            "earlier": list(self.earlier),
        }


@cache
def source_of(step: str) -> str:
    """The text of a step's .sql file; ``{{name}}`` stands for another one."""
    source = files(__package__).joinpath("sql", f"{step}.sql").read_text(encoding="utf-8")
    return INCLUDED.sub(lambda found: source_of(found[1]), source)


@cache
def statements_of(step: str) -> tuple[TextClause, ...]:
    """The statements of a step's .sql file."""
    return tuple(text(part) for part in source_of(step).split(";\n") if part.strip())


def run_step(session: Session, step: str, parameters: dict[str, object]) -> None:
    """Run a step; each statement takes from ``parameters`` what it names."""
    for statement in statements_of(step):
        names = statement._bindparams  # noqa: SLF001  -- the parsed names of a text clause
        session.execute(statement, {name: parameters[name] for name in names})


def tune(session: Session) -> None:
    """Settings of a calculating transaction."""
    session.execute(
        text(
            "SELECT set_config('work_mem', '256MB', true), "
            # temporary tables change size between packets: no plan is kept
            "set_config('plan_cache_mode', 'force_custom_plan', true), "
            # everything meets by equality in memory; sorting for a merge costs more
            "set_config('enable_mergejoin', 'off', true)"
        )
    )


def lay_out(session: Session, frame: Frame) -> None:
    """Lay the facts of a frame out on this connection; nothing to do when it already is."""
    signature = f"{frame.pool_id}/{frame.known_at.isoformat()}/{frame.through}"
    there = session.execute(text("SELECT to_regclass('pg_temp.t_frame') IS NOT NULL")).scalar_one()
    if there:
        laid = session.execute(text("SELECT signature FROM t_frame")).scalar_one()
        if laid == signature:
            return
    clear(session)
    session.execute(
        text("CREATE TEMP TABLE t_frame ON COMMIT PRESERVE ROWS AS SELECT :signature AS signature"),
        {"signature": signature},
    )
    run_step(session, "reference", frame.parameters())
    run_step(session, "frame", frame.parameters())
    run_step(session, "stages", {})


def clear(session: Session) -> None:
    """Drop what a former frame left on this connection."""
    session.execute(text(f"DROP TABLE IF EXISTS {', '.join((*FRAME_TABLES, *STAGES, *KEPT))}"))


def calculate(session: Session, frame: Frame) -> None:
    """Lay out the events in ``t_work``, up to the rates of every line (see ``put_to_work``).

    What remains, pieces, deltas and postings, is one statement over it.
    """
    session.execute(text(f"TRUNCATE {', '.join(STAGES)} RESTART IDENTITY"))
    # statistics of the first large packet serve the later ones: the tables keep their shape
    gather = session.execute(WITHOUT_STATISTICS, {"many": WORTH_ANALYZING}).scalar_one()
    parameters = frame.parameters() | _bounds(session, EVENTS_AT_WORK, "event")
    for step, tables in CALCULATION:
        run_step(session, step, parameters)
        if gather:
            session.execute(text(f"ANALYZE {', '.join(tables)}"))
        if step == "events":
            parameters |= _bounds(session, CONTRACTS_AT_WORK, "contract")


def keep_deltas(session: Session, frame: Frame) -> None:
    """Keep the pieces and deltas of what is laid out in ``t_piece`` and ``t_delta``, to look at."""
    keep_pieces(session, frame)
    _keep(session, frame, "deltas", "t_delta")


def keep_pieces(session: Session, frame: Frame) -> None:
    """Keep the pieces of what is laid out in ``t_piece``, to look at."""
    session.execute(text(f"DROP TABLE IF EXISTS {', '.join(KEPT)}"))
    _keep(session, frame, "pieces", "t_piece")


def _keep(session: Session, frame: Frame, step: str, table: str) -> None:
    (statement,) = statements_of(step)
    names = statement._bindparams  # noqa: SLF001  -- the parsed names of a text clause
    session.execute(
        text(f"CREATE TEMP TABLE {table} ON COMMIT PRESERVE ROWS AS {statement.text}"),
        {name: frame.parameters()[name] for name in names},
    )


def _bounds(session: Session, query: TextClause, name: str) -> dict[str, object]:
    """First and last id at work: known numbers let the planner see how little it has to read."""
    first, last = session.execute(query).one()
    return {f"first_{name}": first or 0, f"last_{name}": last or 0}


def put_to_work(session: Session, events: Sequence[int], *, booked: bool = True) -> None:
    """Name the events of the next calculation."""
    session.execute(text("TRUNCATE t_work"))
    session.execute(
        text("INSERT INTO t_work SELECT unnest(CAST(:events AS bigint[])), :booked"),
        {"events": list(events), "booked": booked},
    )
