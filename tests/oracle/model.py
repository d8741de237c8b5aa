"""The settlement rules in plain Python: a scenario in, its settlements out.

The model recomputes everything at every settlement from the facts known at that step, reads like
the page and imports nothing of the project.

Where the page leaves room, it is read so:

Facts
 1. ``from`` is inclusive and ``to`` exclusive everywhere, holds too. Holds add up; they don't
    overwrite one another.
 2. A repeated producer without ``payee`` is paid himself again (the default holds on repetition
    too); a ``house`` given on repetition is ignored.
 3. A payee is as known when something is first booked for (event, producer). It sticks even when
    all that was booked has since been taken back to 0; an event whose targets were 0 so far has
    no payee yet.
 4. A repeated product with the same insurer and line changes nothing; otherwise it is refused.
 5. The code of a withdrawn rule stays taken, and it can't be withdrawn twice; its stretch is free.
 6. A cycle is refused on any day of the recorded stretch, house and inactive producers included.
 7. The factor just before a cut is that of the latest known cut of an earlier day, whatever was
    settled; a cut to the factor in force itself is taken (it changes nothing).
 8. A producer may stand twice among the shares (an ordered list): he opens two chains.
    A share may be 0; none is negative.
 9. Agreements of one key must not overlap whether dated or not (only rules know datedness).
10. Full-liability months beyond the liability months are taken; the liability's end comes first.
11. Rates of rules are not negative; reserve and withholding rates lie in 0..1.

One event
12. The factor just before the event (phi 0) is that of the latest known cut before its effective
    date, even when that lies beyond ``through`` (no amount depends on it: such an event lies
    beyond ``through`` itself, so nothing is subtracted).
13. A void dated up to ``through`` zeroes every event of the contract, whatever the event's date,
    later ones too.
14. An event of nothing but zeros has sign +1: a ``fixed`` rule still pays on it.
15. "The contract is off at through" asks for the latest cut dated up to ``through``, also when it
    lies before the event.
16. A member whose gross amount is 0 takes no part (top 0 = 0, strictly above is asked for).
17. ``line``, ``insurer``, ``organisation`` and ``division`` are compared by name alone: a line is
    not one insurer's, a division not one organisation's. A producer without a level (group, ...)
    matches no rule that names one.

A settlement
18. A statement is issued for a payee with an entry, with an adjustment taken (be it 0.00 in sum)
    or with an opening balance that is not 0. ``reserve_closing`` is his running total.
19. ``withheld`` lists all withholdings of the payee known at the settlement.
20. ``pool_margin`` and ``receivable`` are movements; adjustments touch neither.
"""

from typing import Any

from tests.oracle.books import Books, settle
from tests.oracle.fields import read_head, read_step
from tests.oracle.recording import record
from tests.oracle.refusal import RefusalError
from tests.oracle.world import World


def run(scenario: Any) -> dict[str, Any]:
    """Run a scenario.

    Args:
        scenario: the parsed JSON of a scenario file. Floats are taken as JSON writes them.

    Returns:
        The object `scenario run --json` prints for it (settlement rules, "Scenario files").

    Raises:
        RefusalError: the file is malformed or a step refused; names step and field.
    """
    head = read_head(scenario)
    world = World.of_head(head)
    books = Books()
    settlements = []
    for number, raw in enumerate(head["steps"], 1):
        try:
            name, values = read_step(raw)
            record(world, name, values)
        except RefusalError as refusal:
            refusal.step = number
            raise
        if name == "settle":
            settlements.append(settle(world, books, values["through"]))
    return {"settlements": settlements}
