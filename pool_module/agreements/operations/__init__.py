"""Rules, agreements and payees' terms, written."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from pool_module.agreements import queries
from pool_module.agreements.errors import AgreementOverlaps, RateOverlaps
from shared import gates
from shared.actor import Actor
from shared.db import Session
from shared.db.facts import Days, fact_moment, lock, overwrite, stretch, supersede
from shared.errors import Span
from shared.models.payees import Adjustment, PaymentHold, PaymentTerms, Withholding
from shared.models.pools import Division, Organisation
from shared.models.products import Agreement, ReferenceDates, Rule

KEY_LOCK = 7032


def organisation_of(session: Session, actor: Actor, name: str) -> Organisation:
    """The organisation of a name; it comes into being by being named."""
    found = queries.find_organisation(session, actor, name)
    if found is None:
        found = Organisation(pool_id=actor.pool_id, name=name)
        session.add(found)
        session.flush()
    return found


def division_of(session: Session, actor: Actor, name: str) -> Division:
    """The division of a name; it comes into being by being named."""
    found = queries.find_division(session, actor, name)
    if found is None:
        found = Division(pool_id=actor.pool_id, name=name)
        session.add(found)
        session.flush()
    return found


def add_rule(session: Session, actor: Actor, rule: Rule) -> Rule:
    """Save a rate rule.

    Raises:
        RateOverlaps: a rule of the same key holds on some of its days.
        NoCommission: it is for an insurance adviser.
    """
    rule.pool_id = actor.pool_id
    if rule.producer_id is not None:
        gates.no_adviser(session, actor, producer_ids=[rule.producer_id])
    lock(session, KEY_LOCK)  # of two who save at once, the second meets the first's rule
    way = queries.find_rule_in_the_way(session, actor, rule)
    if way is not None:
        raise RateOverlaps(way.code, Span.before(way.valid.lower, way.valid.upper), way.id)
    session.add(rule)
    session.flush()
    return rule


def withdraw_rule(session: Session, actor: Actor, rule: Rule) -> None:
    """Withdraw a rule from every date; what it had booked is corrected at the next settlement."""
    assert rule.pool_id == actor.pool_id
    supersede(session, Rule, fact_moment(session), {"id": rule.id})
    session.expire(rule)


def add_agreement(session: Session, actor: Actor, agreement: Agreement) -> Agreement:
    """Save an agreement.

    Raises:
        AgreementOverlaps: an agreement of the same kind and scope holds on some of its days.
    """
    agreement.pool_id = actor.pool_id
    lock(session, KEY_LOCK)
    way = queries.find_agreement_in_the_way(session, actor, agreement)
    if way is not None:
        raise AgreementOverlaps(Span.before(way.valid.lower, way.valid.upper), way.id)
    session.add(agreement)
    session.flush()
    return agreement


def set_reference_dates(
    session: Session, actor: Actor, kind: str, dates: Mapping[str, str]
) -> None:
    """Set at which dates rate, level and hierarchy of a kind are looked up."""
    moment = fact_moment(session)
    supersede(session, ReferenceDates, moment, {"kind": kind})
    session.add(ReferenceDates(pool_id=actor.pool_id, kind=kind, recorded_at=moment, **dates))
    session.flush()


def set_minimum_payout(
    session: Session, actor: Actor, currency: str, amount: Decimal, start: date | None = None
) -> None:
    """Set the least that is paid out in a currency, from a day on."""
    assert actor.pool_id
    subject = {"currency": currency, "company_id": None}
    valid = stretch(start, None)
    overwrite(session, PaymentTerms, subject, valid, [{"minimum_payout": amount}])


def set_withholdings(
    session: Session, actor: Actor, company_id: int, rates: Mapping[str, Decimal]
) -> None:
    """Replace the taxes withheld from a payee, by code."""
    moment = fact_moment(session)
    supersede(session, Withholding, moment, {"company_id": company_id})
    for code, rate in rates.items():
        session.add(
            Withholding(
                pool_id=actor.pool_id,
                company_id=company_id,
                code=code,
                rate=rate,
                recorded_at=moment,
            )
        )
    session.flush()


def hold_payments(
    session: Session,
    actor: Actor,
    company_id: int,
    valid: Days,
    *,
    reason: str | None = None,
) -> None:
    """Put a payee on hold over the days ``valid``: credited, not paid."""
    session.add(
        PaymentHold(pool_id=actor.pool_id, company_id=company_id, valid=valid, reason=reason)
    )
    session.flush()


def adjust(
    session: Session,
    actor: Actor,
    company_id: int,
    *,
    day: date,
    amount: Decimal,
    currency: str,
    text: str,
) -> None:
    """Credit or charge a payee an amount beside commission."""
    session.add(
        Adjustment(
            pool_id=actor.pool_id,
            company_id=company_id,
            on_day=day,
            amount=amount,
            currency=currency,
            text=text,
        )
    )
    session.flush()
