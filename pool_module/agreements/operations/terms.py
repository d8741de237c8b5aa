"""Payment terms, kept by people: agreed, changed, switched off and on, copied.

Nothing is ever removed: items name the terms they are due by.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from pool_module.agreements.errors import (
    BelowNothing,
    NobodyNamed,
    NothingAgreed,
    NothingChosen,
    TeamElsewhere,
    TermsInTheWay,
)
from pool_module.agreements.operations import set_minimum_payout
from pool_module.agreements.queries import terms as queries
from pool_module.agreements.rules.terms import TermsValues
from pool_module.products.queries import conflict
from shared import audit
from shared.db import Session, actor_of
from shared.db.facts import lock
from shared.due import TermsParty
from shared.models.terms import DueTerms

TERMS_LOCK = 7041
SUBJECT = "due_terms"


@dataclass
class Outcome:
    """What was done to several, and what stood in the way of the others: (name, number)."""

    done: list[int] = field(default_factory=list)
    refused: list[tuple[str, int]] = field(default_factory=list)


def agree(session: Session, values: TermsValues, *, copied_from: int | None = None) -> int:
    """Agree on payment terms.

    Args:
        session: the transaction.
        values: what is agreed.
        copied_from: the terms they are a copy of.

    Raises:
        NothingAgreed: neither side has days.
        NobodyNamed: whom they are for is not within reach.
        TeamElsewhere: a team's terms name an organisation, in which nobody would find them.
        TermsInTheWay: active ones hold for the same company and organisation.
    """
    actor = actor_of(session)
    _check(session, values)
    lock(session, TERMS_LOCK)  # of two who save at once, the second meets the first's terms
    made = DueTerms(pool_id=actor.pool_id, copied_from_id=copied_from, **_stored(values))
    if values.active:
        _refuse_second(session, made)
    session.add(made)
    session.flush()
    audit.write(session, "created", SUBJECT, made.id, new=_told(made))
    return made.id


def change(session: Session, terms_id: int, values: TermsValues, *, version: int) -> None:
    """Change payment terms; what arose before keeps the due date it got.

    Raises:
        NoSuchTerms: there are none.
        NothingAgreed: neither side has days.
        TermsInTheWay: active ones hold for the same company and organisation.
        Conflict: somebody saved in the meantime.
    """
    actor = actor_of(session)
    lock(session, TERMS_LOCK)
    terms = queries.get_terms(session, actor, terms_id, lock=True)
    if terms.version != version:
        raise conflict(session, actor, SUBJECT, terms)
    _check(session, values)
    before = _told(terms)
    for name, value in _stored(values).items():
        setattr(terms, name, value)
    if terms.active:
        _refuse_second(session, terms)
    _saved(session, terms, "changed", before)


def switch(session: Session, ids: Sequence[int], *, active: bool) -> Outcome:
    """Switch several terms on or off; those another one stands in the way of stay as they are.

    Raises:
        NothingChosen: there are none.
        NoSuchTerms: one of them is none of the pool's.
    """
    if not ids:
        raise NothingChosen
    actor = actor_of(session)
    lock(session, TERMS_LOCK)
    outcome = Outcome()
    for terms_id in ids:
        terms = queries.get_terms(session, actor, terms_id, lock=True)
        way = queries.find_in_the_way(session, actor, terms) if active else None
        if way is not None:
            outcome.refused.append((way["name"], way["id"]))
            continue
        if terms.active != active:
            before = _told(terms)
            terms.active = active
            _saved(session, terms, "activated" if active else "inactivated", before)
        outcome.done.append(terms_id)
    return outcome


def copy(session: Session, terms_id: int, keys: Sequence[str]) -> Outcome:
    """Copy terms to other companies, each terms of its own from then on.

    Args:
        session: the transaction.
        terms_id: what is copied.
        keys: for whom: letters and numbers (c7, i3).

    Raises:
        NoSuchTerms: there are none.
        NothingChosen: nobody is named.
        NobodyNamed: somebody is not within reach.
    """
    if not keys:
        raise NothingChosen
    terms = queries.get_terms(session, actor_of(session), terms_id)
    outcome = Outcome()
    for key in keys:
        try:
            with session.begin_nested():
                values = TermsValues(**{**_values(terms), **whom(key), "active": True})
                outcome.done.append(agree(session, values, copied_from=terms_id))
        except TermsInTheWay as refusal:
            outcome.refused.append((str(refusal.values["name"]), refusal.way_id))
    return outcome


def whom(key: str) -> dict[str, Any]:
    """Whom a key names, as columns; the others are empty."""
    number = int(key[1:]) if key[1:].isdecimal() else None
    columns = {"c": "company_id", "i": "insurer_id", "t": "team_id"}
    return {column: number if key[:1] == letter else None for letter, column in columns.items()}


def look_after(session: Session, team_id: int | None, keys: Iterable[str]) -> int:
    """Have a team look after companies and insurers; None: nobody does from now on.

    Returns:
        How many changed.

    Raises:
        NothingChosen: there are none, or no such team.
    """
    actor = actor_of(session)
    wanted = list(keys)
    team = queries.find_team(session, actor, team_id) if team_id is not None else None
    if not wanted or (team_id is not None and team is None):
        raise NothingChosen
    changed = 0
    for company in queries.looked_after(session, actor, wanted):
        if company.team_id == team_id:
            continue
        audit.write(
            session, "assigned", company.__tablename__, company.id,
            old={"team": company.team_id}, new={"team": team_id},
        )  # fmt: skip
        company.team_id = team_id
        changed += 1
    session.flush()
    return changed


def _check(session: Session, values: TermsValues) -> None:
    if values.payable_days is None and values.receivable_days is None:
        raise NothingAgreed
    key = _key(values)
    fits = key[:1] == "t" if values.party is TermsParty.TEAM else key[:1] in {"c", "i"}
    of_producer = values.party is not TermsParty.PRODUCER or key[:1] == "c"
    found = queries.find_whom(session, actor_of(session), key)
    if not fits or not of_producer or found is None:
        raise NobodyNamed
    if values.party is TermsParty.TEAM and values.organisation_id is not None:
        raise TeamElsewhere


def _key(values: TermsValues) -> str:
    named = (("c", values.company_id), ("i", values.insurer_id), ("t", values.team_id))
    return next((f"{letter}{number}" for letter, number in named if number is not None), "")


def _refuse_second(session: Session, terms: DueTerms) -> None:
    with session.no_autoflush:
        way = queries.find_in_the_way(session, actor_of(session), terms)
    if way is not None:
        raise TermsInTheWay(way["name"], way_id=way["id"])


def _saved(session: Session, terms: DueTerms, action: str, before: dict[str, object]) -> None:
    terms.version += 1
    session.flush()
    audit.write_change(session, action, SUBJECT, terms.id, before=before, after=_told(terms))


def _stored(values: TermsValues) -> dict[str, Any]:
    stored = {name: getattr(value, "value", value) for name, value in asdict(values).items()}
    return stored | {"overrides": values.overrides and values.party is TermsParty.PRODUCER}


def _values(terms: DueTerms) -> dict[str, Any]:
    return {name: getattr(terms, name) for name in TermsValues.__dataclass_fields__} | {
        "party": TermsParty(terms.party)
    }


def _told(terms: DueTerms) -> dict[str, object]:
    return {name: getattr(terms, name) for name in TermsValues.__dataclass_fields__}


def set_minimum(
    session: Session, currency: str, amount: Decimal, start: date, *, version: int | None = None
) -> None:
    """Set the least that is paid out in a currency, from a day on; the journal says what it was.

    Args:
        session: the transaction.
        currency: of the payees it holds for.
        amount: what less is carried forward.
        start: the first day it holds.
        version: of what stood there when it was shown; None: it was not.

    Raises:
        BelowNothing: the amount is negative.
        Conflict: somebody set it since it was shown.
    """
    if amount < 0:
        raise BelowNothing
    actor = actor_of(session)
    lock(session, TERMS_LOCK)  # of two who save at once, the second meets what the first set
    latest = queries.find_latest_minimum(session, actor, currency)
    queries.stand_of_minimum(session, currency).check(version, latest)
    rows = queries.minimum_payouts(session, actor, start)
    before = next((str(r["minimum_payout"]) for r in rows if r["currency"] == currency), None)
    set_minimum_payout(session, actor, currency, amount, start)
    day = start.isoformat()
    audit.write(
        session, "changed", "payment_terms", None,
        old={"currency": currency, "minimum_payout": before},
        new={"currency": currency, "minimum_payout": str(amount), "from": day},
    )  # fmt: skip
