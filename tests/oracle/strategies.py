"""Hypothesis strategies of whole scenarios, as the JSON objects they stand in files as."""

from dataclasses import dataclass
from typing import Any, Final

from hypothesis import strategies as st

from tests.oracle.breaking import BY_ITSELF, SEMANTIC, Break, unknown_code
from tests.oracle.builder import Builder, Scenario, Step
from tests.oracle.fields import KINDS
from tests.oracle.lives import draw_change, draw_contract, draw_event, draw_settlement
from tests.oracle.plans import draw_plan

REFERENCES: Final = ("event", "application", "issue")


@st.composite
def _heads(draw: st.DrawFn) -> tuple[Scenario, tuple[str, ...]]:
    """Draw the head of a scenario and the kinds of its events."""
    first = draw(st.integers(0, len(KINDS) - 1))
    kinds = (KINDS * 2)[first : first + draw(st.integers(1, 2))]
    named = st.sampled_from(REFERENCES)
    dates = st.fixed_dictionaries({}, optional={"rate": named, "level": named, "hierarchy": named})
    settings: dict[str, Any] = {}
    if draw(st.booleans()):
        settings["reference"] = {kind: draw(dates) for kind in kinds}
    if draw(st.booleans()):
        settings["minimum_payout"] = draw(st.sampled_from(("50.00", 25, "0.01", "1000")))
    head: Scenario = {"name": "random", "currency": draw(st.sampled_from(("EUR", "UAH")))}
    if settings:
        head["settings"] = settings
    return head, kinds


HEADS: Final = _heads()


Range = tuple[int, int]


def _draw_period(
    b: Builder, kinds: tuple[str, ...], *, contracts: Range, events: Range, changes: Range
) -> None:
    """Draw what comes to be known before a settlement, and the settlement."""
    for _ in range(b.number(*contracts)):
        draw_contract(b)
    for _ in range(b.number(*events)):
        draw_event(b, kinds)
    for _ in range(b.number(*changes)):
        draw_change(b, kinds)
    draw_settlement(b)


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    """Draw a valid scenario: a plan, then two to four settlements with what happens between."""
    head, kinds = draw(HEADS)
    b = Builder(draw, head)
    draw_plan(b, kinds)
    _draw_period(b, kinds, contracts=(1, 4), events=(1, 6), changes=(0, 4))
    for _ in range(b.number(1, 3)):
        _draw_period(b, kinds, contracts=(0, 1), events=(0, 3), changes=(0, 8))
    return b.scenario()


SCENARIOS: Final = scenarios()
BREAKS: Final = BY_ITSELF + 2 * SEMANTIC


@dataclass(frozen=True)
class Refused:
    """A scenario with one invalid step.

    Attributes:
        step: the number of that step, counted from 1.
        why: the name of what is wrong with it (a function of ``breaking``).
        semantic: it takes what earlier steps come to, to see that it is invalid.
    """

    scenario: Scenario
    step: int
    why: str
    semantic: bool


def _replay(b: Builder, steps: list[Step]) -> None:
    for step in steps:
        [(name, fields)] = step.items()
        assert b.add(name, fields), step


@st.composite
def refused_scenarios(draw: st.DrawFn, breaks: tuple[Break, ...] = BREAKS) -> Refused:
    """Draw a scenario into which one invalid step was put.

    Args:
        draw: Hypothesis' draw.
        breaks: what may be wrong with the step. Where a scenario has nothing to break this way,
            the step names something unknown.
    """
    broken = draw(st.sampled_from(breaks))  # first: what is drawn late is drawn simple
    before_end = draw(st.integers(0, 12))
    whole = draw(SCENARIOS)
    head = {name: value for name, value in whole.items() if name != "steps"}
    b = Builder(draw, head)
    place = len(whole["steps"]) - before_end
    _replay(b, whole["steps"][:place])
    step = broken(b)
    if step is None:  # nothing to break this way here
        broken = unknown_code
        step = unknown_code(b)
    steps = [*whole["steps"][:place], step, *whole["steps"][place:]]
    return Refused({**head, "steps": steps}, place + 1, broken.__name__, broken in SEMANTIC)
