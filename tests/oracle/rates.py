"""Which rate applies, and which terms (settlement rules, "Which rate applies")."""

from fractions import Fraction
from typing import Final

from tests.oracle.timeline import covers
from tests.oracle.world import Agreement, Event, Producer, Rule, World

SCOPE: Final = {"product": 3, "line": 2, "insurer": 1}
WHO: Final = {"producer": 3, "group": 2, "level": 1}
WHERE: Final = {"division": 2, "organisation": 1}
RANKS: Final = ("scope", "who", "organisation", "dated")


def _subjects(world: World, event: Event, producer: Producer) -> set[tuple[str, str | None]]:
    """Return everything a rule may name to match this event and producer."""
    contract = event.contract
    rate_day = world.reference_day(event, "rate")
    level_day = world.reference_day(event, "level")
    return {
        ("product", contract.product.code),
        ("line", contract.product.line),
        ("insurer", contract.product.insurer),
        ("producer", producer.code),
        ("group", producer.group.at(rate_day)),
        ("level", producer.level.at(level_day)),
        ("division", contract.division),
        ("organisation", contract.organisation),
    }


def rank(rule: Rule) -> tuple[int, int, int, int]:
    """Return the four ranks, compared in this order."""
    return (
        SCOPE[rule.scope[0]] if rule.scope else 0,
        WHO[rule.who[0]] if rule.who else 0,
        WHERE[rule.where[0]] if rule.where else 0,
        1 if rule.stretch[1] is not None else 0,
    )


def candidates(world: World, event: Event, producer: Producer) -> list[Rule]:
    """Return the rules that match, the winner first."""
    subjects = _subjects(world, event, producer)
    day = world.reference_day(event, "rate")
    found = [
        rule
        for rule in world.standing_rules()
        if rule.kind == event.kind
        and covers(*rule.stretch, day)
        and all(named is None or named in subjects for named in (rule.scope, rule.who, rule.where))
    ]
    found.sort(key=rank, reverse=True)
    assert len({rank(rule) for rule in found}) == len(found), "same key, same day"
    return found


def why_lost(winner: Rule, loser: Rule) -> str:
    """Name the first rank in which a loser is lower."""
    pairs = zip(RANKS, rank(winner), rank(loser), strict=True)
    return next(name for name, high, low in pairs if high > low)


def agreement_of(world: World, event: Event) -> Agreement:
    """Return the narrowest agreement valid at the event's effective date, else the defaults."""
    product = event.contract.product
    for scope in (("product", product.code), ("line", product.line), ("insurer", product.insurer)):
        for agreement in world.agreements:
            same = (agreement.kind, agreement.scope) == (event.kind, scope)
            if same and covers(*agreement.stretch, event.effective):
                return agreement
    return Agreement(
        kind=event.kind,
        scope=("none", ""),
        liability_months=0,
        full_liability_months=0,
        earning="linear_monthly",
        reserve_rate=Fraction(0),
        reserve_release="at_end",
        stretch=(event.effective, None),
    )
