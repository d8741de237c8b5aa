"""One month: its facts, then its settlement by two people, in one transaction."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from brokerpool.demo import story
from brokerpool.demo.business import EventOf, events_of
from brokerpool.demo.codes import Codes
from brokerpool.demo.months import Months
from brokerpool.demo.recording import record_contracts, record_cuts, record_events
from brokerpool.demo.telling import Story
from brokerpool.demo.world import World
from pool_module.settlement.operations import runs
from shared.actor import Actor


def record_month(session: Session, actor: Actor, world: World, codes: Codes, month: int) -> None:
    """Record what becomes known in a month: contracts, cancellations, the story, events."""
    record_contracts(session, codes, world, [c for c in world.contracts if c.born == month])
    cut = [c for c in world.contracts if c.cut and c.cut.recorded == month]
    record_cuts(session, codes, cut)
    Story(session, actor, world, codes).tell(month)
    record_events(session, codes, _known_events(world, month))


def settle_month(session: Session, actor: Actor, second: Actor, months: Months, month: int) -> None:
    """Calculate, approve by a second person, close."""
    run = runs.begin(session, actor, months.last(month))
    while runs.calculate_next(session, actor, run.id) is not None:
        pass
    runs.finish(session, actor, run.id)
    runs.approve(session, second, run.id)
    runs.close(session, second, run.id, months.issue_day(month))


def _known_events(world: World, month: int) -> Iterable[EventOf]:
    """What is reported in a month: its own, but one premium is reported too late."""
    own = (e for c in world.contracts for e in events_of(c, month, world.months))
    if month == story.LATE_DUE:
        late = _late(world)
        return (e for e in own if e != late)
    return [*own, _late(world)] if month == story.LATE_RECORDED else own


def _late(world: World) -> EventOf:
    """The first yearly premium of its month."""
    month = story.LATE_DUE
    return next(
        event
        for contract in world.contracts
        if contract.product.often == "yearly" and contract.currency == "EUR"
        for event in events_of(contract, month, world.months)
        if event.kind == "recurring"
    )
