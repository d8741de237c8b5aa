"""What a rate rule ranks by, and which of its days remain (settlement rules, "Which rate applies").

The rank is a number of four digits, compared as a whole: scope, who, organisation, datedness.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from shared.vocabulary import RankGround, RuleScope, RuleState, RuleUnit, RuleWho

GROUNDS: Final = (
    (RankGround.SCOPE, 1000),
    (RankGround.WHO, 100),
    (RankGround.UNIT, 10),
    (RankGround.DATED, 1),
)
SCOPES: Final = (RuleScope.ANY, RuleScope.INSURER, RuleScope.LINE, RuleScope.PRODUCT)
WHOS: Final = (RuleWho.ANYONE, RuleWho.LEVEL, RuleWho.GROUP, RuleWho.PRODUCER)
UNITS: Final = (RuleUnit.GLOBAL, RuleUnit.ORGANISATION, RuleUnit.DIVISION)


@dataclass(frozen=True)
class Rank:
    """A rank in words."""

    scope: RuleScope
    who: RuleWho
    unit: RuleUnit
    dated: bool

    def word(self, ground: RankGround) -> str:
        """What the rule is by one ground."""
        words: dict[RankGround, str] = {
            RankGround.SCOPE: self.scope,
            RankGround.WHO: self.who,
            RankGround.UNIT: self.unit,
            RankGround.DATED: "dated" if self.dated else "undated",
        }
        return words[ground]


def rank_in_words(rank: int) -> Rank:
    """A rank of the engine, read."""
    scope, rest = divmod(rank, 1000)
    who, rest = divmod(rest, 100)
    unit, dated = divmod(rest, 10)
    return Rank(SCOPES[scope], WHOS[who], UNITS[unit], bool(dated))


def ground_between(winner: int, loser: int) -> RankGround:
    """By what the higher rank beats the lower one: the first digit in which they differ."""
    assert winner > loser, "two rules of one rank never hold at once"
    for ground, weight in GROUNDS:
        if winner // weight != loser // weight:
            return ground
    raise AssertionError("unreachable: ranks that differ, differ in a digit")


@dataclass(frozen=True, kw_only=True)
class RuleValues:
    """A rate rule as it is to be; ``end`` is the first day it no longer holds.

    ``code`` empty: one is made. At most one of each of scope, who and organisation is named.
    """

    kind: str
    rate_of: str
    rate: Decimal
    start: date | None
    end: date | None = None
    currency: str | None = None
    product_id: int | None = None
    line_id: int | None = None
    insurer_id: int | None = None
    producer_id: int | None = None
    group_id: int | None = None
    level_id: int | None = None
    organisation_id: int | None = None
    division_id: int | None = None
    code: str = ""
    reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class AgreementValues:
    """What is agreed with an insurer, as it is to be; ``end``: the first day it no longer holds."""

    kind: str
    start: date | None
    end: date | None = None
    product_id: int | None = None
    line_id: int | None = None
    insurer_id: int | None = None
    liability_months: int = 0
    full_liability_months: int = 0
    earning: str = "linear_monthly"
    reserve_rate: Decimal = Decimal(0)
    reserve_release: str = "at_end"
    incoming_of: str | None = None
    incoming_rate: Decimal | None = None
    reason: str | None = None


Stretch = tuple[date | None, date | None]


def days_before(valid: Stretch, day: date, taken: Sequence[Stretch]) -> list[Stretch]:
    """What is left of [start, end) before a day, without the days already taken.

    A rule without end that is ended becomes dated, and dated rules of its key may stand on some of
    its days: there they won anyway, so those days are left to them.
    """
    start, end = valid
    last = day if end is None else min(end, day)
    pieces: list[Stretch] = []
    begin = start
    for begins, ends in sorted(taken, key=lambda t: t[0] or date.min):
        if ends is not None and begin is not None and ends <= begin:
            continue
        if begins is not None and begins >= last:
            break
        if begins is not None and (begin is None or begins > begin):
            pieces.append((begin, begins))
        if ends is None or ends >= last:
            return pieces
        begin = ends
    if begin is None or begin < last:
        pieces.append((begin, last))
    return pieces


def state_on(valid: Stretch, day: date, *, withdrawn: bool) -> RuleState:
    """What has become of a rule, as of a day."""
    start, end = valid
    if withdrawn:
        return RuleState.WITHDRAWN
    if end is not None and end <= day:
        return RuleState.ENDED
    if start is not None and start > day:
        return RuleState.UPCOMING
    return RuleState.ACTIVE


def state_in(row: Mapping[Any, Any], day: date) -> RuleState:
    """What has become of a rule or an agreement as it was read (start, end, superseded_at)."""
    return state_on((row["start"], row["end"]), day, withdrawn=row["superseded_at"] is not None)


def margin(incoming: Decimal, outgoing: Decimal, *, of: str, incoming_of: str) -> Decimal | None:
    """What remains of an incoming rate after the highest outgoing one; None: can't be compared.

    Both are parts of the same: of ``basis``; or the outgoing one is a part of what is received.
    """
    if of == incoming_of:
        return incoming - outgoing
    if of == "received":
        return incoming - incoming * outgoing
    return None
