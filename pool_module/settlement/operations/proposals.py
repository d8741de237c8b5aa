"""Changes of the hierarchy: saved at once where nothing is settled, else proposed and decided.

What reaches into a closed period needs a reason, a preview of every line it changes, and a second
person (features ECS-24, 25, G11). Approved it is a fact like any other; the next settlement books
the differences in the open period.
"""

from dataclasses import dataclass
from datetime import date, datetime

from pool_module.hierarchy.errors import NoWayBack
from pool_module.hierarchy.operations import changes
from pool_module.hierarchy.queries import records, structure
from pool_module.hierarchy.queries.structure import Lines
from pool_module.hierarchy.rules import Change
from pool_module.settlement import queries
from pool_module.settlement.errors import (
    NotBalanced,
    OwnProposal,
    ProposalMoved,
    ProposalStale,
    ReachesBack,
    ReasonMissing,
)
from pool_module.settlement.operations.what_if import Said, what_if
from pool_module.settlement.queries import proposals
from shared import audit, workplace
from shared.actor import Actor
from shared.db import Session
from shared.models.proposals import Proposal
from shared.permissions import Permission
from shared.vocabulary import ActivityStatus, ChangeKind, ProposalState

JOB = "proposal"
TASK = "settlement.preview_change"
SHORTEST_REASON = 3


@dataclass(frozen=True)
class Reach:
    """How far a change goes, known at once.

    Attributes:
        closed_through: the last settled day; None: nothing is settled.
        booked_events: settled events it may change.
        lines: who stands below and above.
        contracts: running contracts below.
        before: parent, level and status as they hold on the day.
    """

    closed_through: date | None
    booked_events: int
    lines: Lines
    contracts: int
    before: object

    @property
    def needs_second_person(self) -> bool:
        """Whether it touches what is settled."""
        return self.booked_events > 0


def reach_of(session: Session, actor: Actor, change: Change, *, first_place: bool = False) -> Reach:
    """Tell how far a change goes, before it is saved.

    Raises:
        Refused: the change can't be (a cycle, a second parent, nothing changes …).
    """
    changes.check(session, actor, change, first_place=first_place)
    lines = structure.lines_of(
        session, actor, change.producer_id, change.parent_id, change.from_day
    )
    last = queries.find_last_closed(session, actor)
    booked = 0
    if last is not None:
        booked = proposals.booked_below(
            session,
            actor,
            lines.below,
            kind=change.kind,
            first=change.from_day,
            through=last.through,
            known=last.known_at,
        )
        if change.from_day <= last.through:
            booked = max(booked, 1)  # a closed period stays closed even where it was quiet
    return Reach(
        last.through if last else None,
        booked,
        lines,
        structure.contracts_below(session, actor, lines.below, change.from_day),
        records.get_standing(session, actor, change.producer_id, change.from_day),
    )


@dataclass(frozen=True)
class Taken:
    """What became of a change: recorded at a moment, or a proposal whose preview is calculated."""

    moment: datetime | None = None
    proposal_id: int | None = None


def take(session: Session, actor: Actor, change: Change, *, first_place: bool = False) -> Taken:
    """Record a change at once, or propose it where it touches what is settled.

    Raises:
        ReasonMissing: it touches what is settled and says no reason.
        Refused: the change can't be.
    """
    reach = reach_of(session, actor, change, first_place=first_place)
    if not reach.needs_second_person:
        return Taken(moment=changes.record(session, actor, change))
    return Taken(proposal_id=propose(session, actor, change, first_place=first_place).id)


def save(session: Session, actor: Actor, change: Change, *, first_place: bool = False) -> datetime:
    """Record a change at once; nothing settled may depend on it.

    Returns:
        The moment it is known since, by which it can be undone.

    Raises:
        ReachesBack: it touches what is settled.
        Refused: the change can't be.
    """
    reach = reach_of(session, actor, change, first_place=first_place)
    if reach.needs_second_person:
        raise ReachesBack(reach.closed_through)
    return changes.record(session, actor, change)


def undo(
    session: Session, actor: Actor, kind: ChangeKind, producer_id: int, moment: datetime
) -> None:
    """Take back what was just saved, while no settlement knows it.

    Raises:
        NoWayBack: it is settled, or was changed again.
    """
    if proposals.frozen_since(session, actor, moment):
        raise NoWayBack
    changes.undo(session, actor, kind, producer_id, moment)


def propose(
    session: Session, actor: Actor, change: Change, *, first_place: bool = False
) -> Proposal:
    """Write a proposal down and have its preview calculated.

    Raises:
        ReasonMissing: it says no reason.
        Refused: the change can't be.
    """
    if len((change.reason or "").strip()) < SHORTEST_REASON:
        raise ReasonMissing
    changes.check(session, actor, change, first_place=first_place)
    proposal = Proposal(
        pool_id=actor.pool_id,
        kind=change.kind,
        producer_id=change.producer_id,
        parent_id=change.parent_id,
        level_id=change.level_id,
        status=change.status,
        from_day=change.from_day,
        reason=(change.reason or "").strip(),
        state=ProposalState.CALCULATING,
        proposed_by=actor.name,
    )
    session.add(proposal)
    session.flush()
    _start(session, proposal)
    _tell(session, "proposed", proposal)
    return proposal


def calculate_again(session: Session, actor: Actor, proposal_id: int) -> None:
    """Have the preview of a proposal calculated with what is known now; it is not sent any more.

    Raises:
        ProposalMoved: it is decided.
    """
    proposal = _locked(session, actor, proposal_id, ProposalState.READY, ProposalState.SENT,
                       ProposalState.FAILED)  # fmt: skip
    proposal.state = ProposalState.CALCULATING
    session.flush()
    _start(session, proposal)


def calculate(
    session: Session, actor: Actor, proposal_id: int, *, said: Said = lambda _done, _size: None
) -> bool:
    """Calculate the preview of a proposal (the worker); False: there is nothing to do any more.

    Raises:
        NotBalanced: the differences of an event don't sum to zero.
        Refused: the change can't be recorded by now.
    """
    proposal = proposals.get_proposal(session, actor, proposal_id)
    if proposal.state != ProposalState.CALCULATING:
        return False
    change = change_of(proposal)
    found = what_if(session, actor, [change], said=said)
    wrong = found.events_off_balance()
    if wrong:
        raise NotBalanced(len(wrong))
    proposal = _locked(session, actor, proposal_id, ProposalState.CALCULATING)
    proposal.calculation += 1
    proposal.known_at = found.known_at
    proposal.through = found.through
    proposal.last_run_id = found.last_run_id
    proposal.watched = list(found.watched)
    proposals.keep_lines(session, actor, proposal, found.lines)
    session.flush()
    proposal.totals = {
        row.currency: {
            "payees": str(row.payees),
            "margin": str(row.margin),
            "rest": str(row.rest),
            "lines": row.lines,
            "events": row.events,
            "contracts": row.contracts,
            "producers": row.producers,
        }
        for row in proposals.sums_of(session, actor, proposal)
    }
    proposal.state = ProposalState.READY
    session.flush()
    return True


def fail(session: Session, actor: Actor, proposal_id: int) -> None:
    """Note that the preview could not be calculated; it can be tried again."""
    proposal = proposals.get_proposal(session, actor, proposal_id, lock=True)
    if proposal.state == ProposalState.CALCULATING:
        proposal.state = ProposalState.FAILED
        session.flush()


def send(session: Session, actor: Actor, proposal_id: int) -> None:
    """Send a proposal that was looked at to whoever may approve it.

    Raises:
        ProposalMoved: it has no preview, or is on its way already.
        ProposalStale: facts changed since the preview.
    """
    proposal = _locked(session, actor, proposal_id, ProposalState.READY)
    _refuse_stale(session, actor, proposal)
    proposal.state = ProposalState.SENT
    proposal.proposed_at = queries.now_of(session)
    session.flush()
    workplace.notify(
        session,
        "A change into a closed period waits for a second person.",
        link=f"/producers/changes/{proposal.id}",
        permission=Permission.HIERARCHY_APPROVE,
    )
    _tell(session, "sent", proposal)


def withdraw(session: Session, actor: Actor, proposal_id: int) -> None:
    """Give a proposal up.

    Raises:
        ProposalMoved: it is decided.
    """
    proposal = _locked(session, actor, proposal_id, ProposalState.CALCULATING,
                       ProposalState.READY, ProposalState.SENT, ProposalState.FAILED)  # fmt: skip
    proposal.state = ProposalState.WITHDRAWN
    proposal.decided_by = actor.name
    proposal.decided_at = queries.now_of(session)
    session.flush()
    _tell(session, "withdrew", proposal)


def approve(session: Session, actor: Actor, proposal_id: int, note: str = "") -> None:
    """Approve a proposal: from now on it is a fact; the next settlement books the differences.

    Raises:
        OwnProposal: the actor proposed it himself.
        ProposalMoved: it is not waiting for approval (any more).
        ProposalStale: what its preview rests on changed since.
        Refused: it can't be recorded by now (a cycle).
    """
    proposal = _to_decide(session, actor, proposal_id)
    # nobody records a fact between the look and the writing
    moment = queries.fix_moment(session, actor)
    _refuse_stale(session, actor, proposal)
    proposal.facts_at = changes.record(session, actor, change_of(proposal))
    assert proposal.facts_at >= moment
    _decide(session, actor, proposal, ProposalState.APPROVED, note)


def reject(session: Session, actor: Actor, proposal_id: int, note: str) -> None:
    """Reject a proposal; nothing of it becomes a fact.

    Raises:
        OwnProposal: the actor proposed it himself.
        ProposalMoved: it is not waiting for approval (any more).
    """
    _decide(session, actor, _to_decide(session, actor, proposal_id), ProposalState.REJECTED, note)


def change_of(proposal: Proposal) -> Change:
    """What a proposal asks for."""
    return Change(
        ChangeKind(proposal.kind),
        proposal.producer_id,
        proposal.from_day,
        proposal.reason,
        parent_id=proposal.parent_id,
        level_id=proposal.level_id,
        status=ActivityStatus(proposal.status) if proposal.status else None,
    )


def _start(session: Session, proposal: Proposal) -> None:
    workplace.start_job(
        session,
        JOB,
        TASK,
        subject="proposal",
        subject_id=proposal.id,
        proposal_id=proposal.id,
    )


def _locked(session: Session, actor: Actor, proposal_id: int, *states: ProposalState) -> Proposal:
    proposal = proposals.get_proposal(session, actor, proposal_id, lock=True)
    if proposal.state not in states:
        raise ProposalMoved(proposal.state)
    return proposal


def _to_decide(session: Session, actor: Actor, proposal_id: int) -> Proposal:
    proposal = proposals.get_proposal(session, actor, proposal_id, lock=True)
    if proposal.proposed_by == actor.name:
        raise OwnProposal(actor.name)
    if proposal.state != ProposalState.SENT:
        raise ProposalMoved(proposal.state)
    return proposal


def _refuse_stale(session: Session, actor: Actor, proposal: Proposal) -> None:
    fact = proposals.changed_since(session, actor, proposal)
    if fact is not None:
        raise ProposalStale(fact)


def _decide(
    session: Session, actor: Actor, proposal: Proposal, state: ProposalState, note: str
) -> None:
    proposal.state = state
    proposal.decided_by = actor.name
    proposal.decided_at = queries.now_of(session)
    proposal.note = note.strip() or None
    session.flush()
    words = {
        ProposalState.APPROVED: "Your change into a closed period was approved.",
        ProposalState.REJECTED: "Your change into a closed period was rejected.",
    }
    workplace.notify(
        session,
        words[state],
        link=f"/producers/changes/{proposal.id}",
        permission=Permission.HIERARCHY_EDIT,
        tone="ok" if state is ProposalState.APPROVED else "warn",
    )
    _tell(session, state.value, proposal)


def _tell(session: Session, action: str, proposal: Proposal) -> None:
    audit.write(
        session,
        action,
        "proposal",
        proposal.id,
        new={
            "kind": proposal.kind,
            "producer_id": proposal.producer_id,
            "parent_id": proposal.parent_id,
            "level_id": proposal.level_id,
            "status": proposal.status,
            "from": proposal.from_day.isoformat(),
            "reason": proposal.reason,
            "note": proposal.note,
        },
    )
