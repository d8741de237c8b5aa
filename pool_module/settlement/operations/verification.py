"""Verify: the invariants of the settlement rules, on the books as they are."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from pool_module.settlement import queries
from pool_module.settlement.engine import checks
from pool_module.settlement.operations.runs import frame_of
from shared.actor import Actor
from shared.db import Session


@dataclass(frozen=True)
class Finding:
    """A check and what it found broken (nothing: it holds)."""

    check: str
    broken: tuple[str, ...]


def verify(
    session: Session, actor: Actor, *, said: Callable[[str], None] = lambda _: None
) -> list[Finding]:
    """Check the invariants and explain every entry of every closed run again.

    Args:
        session: a transaction that writes nothing.
        actor: in whose pool.
        said: is told the name of each check before it runs.
    """
    findings = []
    for check in checks.CHECKS:
        said(check)
        findings.append(Finding(check, tuple(checks.broken(session, actor.pool_id, check))))
    unexplained: list[str] = []
    for run_id in queries.closed_runs(session, actor):
        said(f"explained, run {run_id}")
        run = queries.get_run(session, actor, run_id)
        unexplained += checks.unexplained(session, frame_of(session, actor, run), run_id)
    findings.append(Finding("explained", tuple(unexplained[: checks.MOST])))
    last = queries.find_last_closed(session, actor)
    if last is not None:
        said("complete")
        frame = frame_of(session, actor, last)
        whole = replace(frame, earlier=(*frame.earlier, last.id))
        findings.append(Finding("complete", tuple(checks.unbooked(session, whole))))
    return findings
