"""The preview of a proposal as long work: how far it is, stopped, failed, done."""

from pool_module.settlement.operations import proposals
from shared import workplace
from shared.actor import Actor
from shared.db import Session, open_session
from shared.errors import Refused
from shared.vocabulary import JobState

PHASE = "Calculating packets of events"
DONE = "The preview of a change is there."
FAILED = "The preview of a change could not be calculated."
STOPPED = "The preview of a change was stopped."


class Stopped(Exception):  # noqa: N818  -- nothing failed: somebody asked for it
    """Whoever started it does not want it any more."""


def preview(session: Session, actor: Actor, proposal_id: int, job_id: int) -> None:
    """Calculate the preview of a proposal; what came of it stands in the job and in the bell.

    Args:
        session: the job's transaction.
        actor: the worker.
        proposal_id: the proposal.
        job_id: the long job people follow.
    """
    link = f"/producers/changes/{proposal_id}"

    def said(done: int, size: int) -> None:
        # a transaction of its own: who waits sees it before the work is done
        with open_session(session.get_bind(), actor) as beside, beside.begin():
            wanted = workplace.tell(beside, job_id, done=done, size=size, phase=PHASE)
        if not wanted:
            raise Stopped

    state, text, error = JobState.DONE, DONE, None
    try:
        with session.begin_nested():
            proposals.calculate(session, actor, proposal_id, said=said)
    except Stopped:
        state, text = JobState.CANCELLED, STOPPED
    except Refused as refusal:
        state, text, error = JobState.FAILED, FAILED, str(refusal)
    if state is not JobState.DONE:
        proposals.fail(session, actor, proposal_id)
    workplace.end_job(session, job_id, state, text=text, link=link, error=error)
