"""What a run comes to, to be looked at before it is approved: sums, deviations, exceptions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import text

from shared.actor import Actor
from shared.db import Session

MOST: Final = 5
# what came in since the settlement before, or holds something open; each figure is counted where it
# stands, so the difference proves that nothing was lost
CONTROL = text("""
    WITH file AS MATERIALIZED (
        SELECT v.id FROM delivery v
        WHERE v.pool_id = :pool AND v.recorded_at > :since AND v.recorded_at <= :until
    ), line AS (
        -- a line whose contract is unknown is of its file's currency, else of the pool's
        SELECT coalesce(nullif(l.currency, ''), c.currency,
                   max(coalesce(nullif(l.currency, ''), c.currency)) OVER (
                       PARTITION BY l.delivery_id),
                   (SELECT p.currency FROM pool p WHERE p.id = :pool)) AS currency,
               l.delivery_id,
               coalesce(l.gross, 0) AS gross, e.received,
               CASE WHEN l.outcome = 'discrepancy' THEN coalesce(l.gross, 0) END AS open,
               CASE WHEN l.outcome NOT IN ('discrepancy', 'event')
                   THEN coalesce(l.gross, 0) END AS kept
        FROM file
        JOIN delivery_line l ON l.pool_id = :pool AND l.delivery_id = file.id
        LEFT JOIN contract c ON c.pool_id = :pool AND c.id = l.contract_id
        LEFT JOIN event e ON e.pool_id = :pool AND e.id = l.event_id
    )
    SELECT currency, count(DISTINCT delivery_id) AS files, count(*) AS lines,
           count(received) AS matched_lines, count(open) AS cases,
           sum(gross) AS delivered, coalesce(sum(received), 0) AS matched,
           coalesce(sum(kept), 0) AS kept, coalesce(sum(open), 0) AS open
    FROM line GROUP BY currency ORDER BY sum(gross) DESC""")
FILES = text("""
    SELECT v.id, i.name AS insurer, v.format, v.file_name, count(*) AS lines,
           count(l.event_id) AS matched,
           coalesce(max(nullif(l.currency, '')), max(c.currency), p.currency) AS currency,
           sum(coalesce(l.gross, 0)) AS gross
    FROM delivery v
    JOIN insurer i ON i.pool_id = :pool AND i.id = v.insurer_id
    JOIN pool p ON p.id = :pool
    JOIN delivery_line l ON l.pool_id = :pool AND l.delivery_id = v.id
    LEFT JOIN contract c ON c.pool_id = :pool AND c.id = l.contract_id
    WHERE v.pool_id = :pool AND v.recorded_at > :since AND v.recorded_at <= :until
    GROUP BY v.id, i.name, v.format, v.file_name, p.currency
    ORDER BY i.name, v.id LIMIT 50""")
DEVIATIONS = text("""
    WITH moved AS (
        SELECT payee_id, currency, run_id, sum(amount) AS amount FROM run_balance
        WHERE pool_id = :pool AND run_id IN (:run, :before) AND payee_id > 0 AND account = 2
        GROUP BY payee_id, currency, run_id
    ), pair AS (
        SELECT payee_id, currency, coalesce(sum(amount) FILTER (WHERE run_id = :run), 0) AS now,
               coalesce(sum(amount) FILTER (WHERE run_id = :before), 0) AS before
        FROM moved GROUP BY payee_id, currency
    )
    SELECT b.payee_id, c.name, b.currency, b.now, b.before
    FROM pair b JOIN company c ON c.pool_id = :pool AND c.id = b.payee_id
    WHERE b.now <> b.before ORDER BY abs(b.now - b.before) DESC, c.name LIMIT :most""")
COMPARISON = text("""
    SELECT l.code AS line, l.name_de, l.name_uk, l.name_en, f.currency, f.run_id = :run AS here,
           sum(f.received) AS received, sum(f.payable) AS payable, sum(f.margin) AS margin,
           sum(f.events) AS events
    FROM run_figure f
    JOIN line_of_business l ON l.pool_id = :pool AND l.id = f.line_id
    WHERE f.pool_id = :pool AND f.run_id IN (:run, :before)
    GROUP BY l.code, l.name_de, l.name_uk, l.name_en, f.currency, f.run_id = :run
    ORDER BY f.currency, l.code""")
# what is worked out for a draft in t_statement stands in statement once it is closed
STATED = {False: "t_statement s", True: "statement s"}
EXCEPTIONS = """
    WITH stated AS (
        SELECT s.company_id, s.currency, s.closing, s.payout, s.on_hold, s.entries,
               s.minimum_payout, s.reserve_closing
        FROM {stated} {where}
    ), liable AS (
        SELECT e.company_id, e.currency, sum(given_back(e, :through)) AS open
        FROM entry_liability e
        WHERE e.pool_id = :pool AND e.liability_end > :through AND e.in_force > 0
            AND NOT EXISTS (SELECT 1 FROM entry_liability n
                WHERE n.pool_id = :pool AND n.event_id = e.event_id
                    AND n.producer_id = e.producer_id AND n.run_id > e.run_id)
        GROUP BY e.company_id, e.currency
    ), found AS (
        SELECT 'negative' AS kind, company_id, currency, closing AS amount FROM stated
        WHERE closing < 0
        UNION ALL
        SELECT 'on_hold', company_id, currency, closing FROM stated
        WHERE on_hold AND closing > 0
        UNION ALL
        SELECT 'below_minimum', company_id, currency, closing FROM stated
        WHERE NOT on_hold AND payout = 0 AND closing > 0
        UNION ALL
        SELECT 'liability', l.company_id, l.currency,
               l.open - coalesce(s.reserve_closing, 0)
        FROM liable l
        LEFT JOIN stated s ON s.company_id = l.company_id AND s.currency = l.currency
        WHERE coalesce(s.entries, 0) <= 0 AND l.open > coalesce(s.reserve_closing, 0)
    ), ranked AS (
        SELECT f.*, count(*) OVER w AS cases, sum(amount) OVER w AS total,
               row_number() OVER (PARTITION BY kind, currency ORDER BY abs(amount) DESC, company_id)
                   AS place
        FROM found f WINDOW w AS (PARTITION BY kind, currency)
    )
    SELECT r.kind, r.currency, r.cases, r.total, r.company_id, c.name, r.amount
    FROM ranked r JOIN company c ON c.pool_id = :pool AND c.id = r.company_id
    WHERE r.place <= :most ORDER BY r.kind, r.currency, r.place"""
PREVIEW = """
    SELECT s.currency, count(*) AS statements, count(*) FILTER (WHERE s.payout > 0) AS payouts,
           coalesce(sum(s.payout), 0) AS payout, coalesce(sum(s.withheld), 0) AS withheld,
           coalesce(sum(s.closing) FILTER (WHERE s.closing > 0), 0) AS carried,
           coalesce(sum(s.closing) FILTER (WHERE s.closing < 0), 0) AS negative
    FROM {stated} {where} GROUP BY s.currency ORDER BY s.currency"""
OF_RUN = "WHERE s.pool_id = :pool AND s.run_id = :run"
# facts a draft does not know yet; a new contract matters by its events alone
NEWS = (
    ("event", "x.recorded_at > :known AND x.due <= :through"),
    ("contract_cut", "x.recorded_at > :known OR x.superseded_at > :known"),
    ("contract_terms", "x.superseded_at > :known"),
    ("contract_share", "x.superseded_at > :known"),
    *(
        (fact, "x.recorded_at > :known OR x.superseded_at > :known")
        for fact in (
            "placement", "career", "producer_status", "producer_group", "producer_reserve",
            "producer_payee", "rule", "agreement", "reference_dates", "payment_terms",
            "withholding", "payment_hold",
        )
    ),
    ("adjustment", "x.recorded_at > :known AND x.on_day <= :through"),
)  # fmt: skip
STALE = text(
    " UNION ALL ".join(
        f"SELECT '{fact}' AS fact, count(*) AS number FROM (SELECT 1 FROM {fact} x "  # noqa: S608
        f"WHERE x.pool_id = :pool AND ({news}) LIMIT 1000) n"
        for fact, news in NEWS
    )
)


@dataclass(frozen=True)
class Control:
    """The control sum of a currency."""

    currency: str
    files: int
    lines: int
    matched_lines: int
    cases: int
    delivered: Decimal
    matched: Decimal
    kept: Decimal
    open: Decimal

    @property
    def difference(self) -> Decimal:
        """Nothing, unless something was lost between file and books."""
        return self.delivered - self.matched - self.kept - self.open


@dataclass(frozen=True)
class Deviation:
    """A payee whose entries differ most from the settlement before."""

    company_id: int
    name: str
    currency: str
    now: Decimal
    before: Decimal

    @property
    def difference(self) -> Decimal:
        """More is positive."""
        return self.now - self.before


@dataclass(frozen=True)
class Compared:
    """A line of business in a run and in the one before.

    Attributes:
        names: of the line, by language.
    """

    line: str
    currency: str
    names: Mapping[str, str | None]
    received: Decimal
    payable: Decimal
    margin: Decimal
    events: int
    received_before: Decimal
    payable_before: Decimal
    margin_before: Decimal


@dataclass(frozen=True)
class Exceptional:
    """Payees of one kind of exception in a currency; the largest by name.

    Attributes:
        kind: negative, on_hold, below_minimum, liability.
        payees: (company id, name, amount).
    """

    kind: str
    currency: str
    cases: int
    total: Decimal
    payees: tuple[tuple[int, str, Decimal], ...]


@dataclass(frozen=True)
class Preview:
    """What the statements of a run come to in a currency."""

    currency: str
    statements: int
    payouts: int
    payout: Decimal
    withheld: Decimal
    carried: Decimal
    negative: Decimal


def control_of(session: Session, actor: Actor, since: datetime, until: datetime) -> list[Control]:
    """Delivered, matched, kept as evidence and in discrepancy, per currency, of a window."""
    here = {"pool": actor.pool_id, "since": since, "until": until}
    return [Control(**row) for row in session.execute(CONTROL, here).mappings()]


def files_of(
    session: Session, actor: Actor, since: datetime, until: datetime
) -> Sequence[Mapping[Any, Any]]:
    """The files of a window with how much of them is matched."""
    here = {"pool": actor.pool_id, "since": since, "until": until}
    return session.execute(FILES, here).mappings().all()


def deviations_of(
    session: Session, actor: Actor, run_id: int, before_id: int | None, *, most: int = MOST
) -> list[Deviation]:
    """The payees whose entries differ most from the settlement before."""
    here = {"pool": actor.pool_id, "run": run_id, "before": before_id or 0, "most": most}
    return [Deviation(*row) for row in session.execute(DEVIATIONS, here)]


def comparison_of(
    session: Session, actor: Actor, run_id: int, before_id: int | None
) -> list[Compared]:
    """Lines of business in a run and in the one before."""
    here = {"pool": actor.pool_id, "run": run_id, "before": before_id or 0}
    lines: dict[tuple[str, str], dict[bool, Any]] = {}
    for row in session.execute(COMPARISON, here):
        lines.setdefault((row.line, row.currency), {})[row.here] = row
    return [_compared(key, both.get(True), both.get(False)) for key, both in lines.items()]


def preview_of(session: Session, actor: Actor, run_id: int, *, closed: bool) -> list[Preview]:
    """What a run's statements come to: worked out in ``t_statement``, or as booked."""
    rows = session.execute(_stated(PREVIEW, closed=closed), _run(actor, run_id, closed=closed))
    return [Preview(*row) for row in rows]


def exceptions_of(
    session: Session, actor: Actor, run_id: int, through: date, *, closed: bool
) -> list[Exceptional]:
    """Payees somebody should look at before the run is approved."""
    here = {
        **_run(actor, run_id, closed=closed),
        "pool": actor.pool_id,
        "through": through,
        "most": MOST,
    }
    found: dict[tuple[str, str], list[Any]] = {}
    for row in session.execute(_stated(EXCEPTIONS, closed=closed), here):
        found.setdefault((row.kind, row.currency), []).append(row)
    return [
        Exceptional(
            kind,
            currency,
            rows[0].cases,
            rows[0].total,
            tuple((r.company_id, r.name, r.amount) for r in rows),
        )
        for (kind, currency), rows in found.items()
    ]


def news_since(session: Session, actor: Actor, known_at: datetime, through: date) -> dict[str, int]:
    """What was recorded after a draft looked, by kind of fact; up to 1,000 of each."""
    here = {"pool": actor.pool_id, "known": known_at, "through": through}
    return {row.fact: row.number for row in session.execute(STALE, here) if row.number}


def _stated(question: str, *, closed: bool) -> Any:
    where = OF_RUN if closed else ""
    return text(question.format(stated=STATED[closed], where=where))


def _run(actor: Actor, run_id: int, *, closed: bool) -> dict[str, Any]:
    return {"pool": actor.pool_id, "run": run_id} if closed else {}


def _compared(key: tuple[str, str], here: Any, before: Any) -> Compared:
    zero, row = Decimal(0), here or before
    return Compared(
        *key,
        {"de": row.name_de, "uk": row.name_uk, "en": row.name_en},
        here.received if here else zero,
        here.payable if here else zero,
        here.margin if here else zero,
        int(here.events) if here else 0,
        before.received if before else zero,
        before.payable if before else zero,
        before.margin if before else zero,
    )
