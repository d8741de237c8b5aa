"""Commission lines of a delivery, taken once."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from pool_module.incoming.operations import booking
from pool_module.incoming.operations.registers import Registers
from pool_module.incoming.queries import lines as queries
from pool_module.incoming.rules.line import Line, Outcome, Verdict
from shared.actor import Actor
from shared.db import Session


def take(
    session: Session,
    actor: Actor,
    known: Registers,
    lines: Sequence[Line],
    *,
    delivery_id: int,
    sha256: str,
    today: date,
    repeats_count: bool,
) -> Counter[str]:
    """Take lines that did not come before; those that did change nothing.

    Args:
        session: the transaction.
        actor: who does it.
        known: the insurer's registers.
        lines: a chunk of the delivery's lines.
        delivery_id: the delivery.
        sha256: digest of its file.
        today: the pool's day.
        repeats_count: whether a line another file had brought is ``booked_twice`` (statements),
            or the same line delivered again (GDV, whose files repeat what stands).

    Returns:
        How many lines had which outcome (``known`` among them), and which cause (``:cause``).
    """
    fresh = fresh_of(session, actor, lines, sha256, repeats_count=repeats_count)
    counts: Counter[str] = Counter(known=len(lines) - len(fresh))
    if not fresh:
        return counts
    verdicts = booking.book(session, actor, known, fresh, today=today, sha256=sha256)
    write(session, actor, delivery_id, fresh, verdicts)
    for verdict in verdicts.values():
        counts[verdict.outcome.value] += 1
        if verdict.cause:
            counts[f":{verdict.cause.value}"] += 1
    return counts


def write(
    session: Session,
    actor: Actor,
    delivery_id: int,
    lines: Sequence[Line],
    verdicts: dict[str, Verdict],
) -> None:
    """Keep decided lines; open discrepancies where they wait."""
    rows = [booking.row_of(line, verdicts[line.source_key]) for line in lines]
    queries.add_lines(session, actor, delivery_id, rows)
    waiting = [row for row in rows if row["outcome"] == Outcome.DISCREPANCY]
    if waiting:
        queries.add_discrepancies(session, actor, waiting)


def fresh_of(
    session: Session,
    actor: Actor,
    lines: Sequence[Line],
    sha256: str,
    *,
    repeats_count: bool,
) -> list[Line]:
    """The lines to take; one that repeats another file's gets a key of its own."""
    marked = {line.source_key: f"{line.source_key}{booking.REPEATED}{sha256}" for line in lines}
    before = queries.known_lines(session, actor, [*marked.keys(), *marked.values()])
    fresh = []
    for line in lines:
        file = before.get(line.source_key)
        if file is None:
            fresh.append(line)
        elif repeats_count and file != sha256 and marked[line.source_key] not in before:
            fresh.append(replace(line, source_key=marked[line.source_key]))
    return fresh
