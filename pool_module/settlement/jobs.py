"""What RQ runs for settlement: ids in, one call into operations, safe to run twice."""

from collections.abc import Sequence

from pool_module.settlement.operations import issuing, previewing, runs
from shared.actor import Actor
from shared.config import Config
from shared.db import Session


def write_lines(session: Session, actor: Actor, *, run_id: int) -> None:
    """Write the lines of a closed run's statements."""
    issuing.write_lines(session, actor, run_id)


def issue_statements(session: Session, actor: Actor, *, statement_ids: Sequence[int]) -> None:
    """Issue statements as PDF and CSV."""
    root = Config.from_environment().storage_dir
    issuing.issue_statements(session, actor, root, statement_ids)


def issue_acts(session: Session, actor: Actor, *, statement_ids: Sequence[int]) -> None:
    """Issue the acts of services of statements."""
    root = Config.from_environment().storage_dir
    issuing.issue_acts(session, actor, root, statement_ids)


def preview_change(session: Session, actor: Actor, *, proposal_id: int, job_id: int) -> None:
    """Calculate what a proposed change would change in the books."""
    previewing.preview(session, actor, proposal_id, job_id)


def forget(session: Session, actor: Actor, *, run_id: int) -> None:
    """Clear away the draft of a run that was dropped."""
    runs.forget(session, actor, run_id)
