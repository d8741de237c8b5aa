"""A firm joins the hierarchy, with the commission agreement of a firm it comes in like."""

from datetime import date
from typing import Any

from pool_module.agreements import operations
from pool_module.agreements.queries import joining
from pool_module.agreements.queries.joining import Terms
from pool_module.hierarchy import operations as hierarchy
from pool_module.hierarchy.operations import changes, keeping
from pool_module.hierarchy.operations.keeping import Details
from pool_module.hierarchy.queries import records
from pool_module.hierarchy.rules import Change
from shared import audit
from shared.db import Session, actor_of
from shared.db.facts import overwrite, stretch
from shared.models.hierarchy import Producer
from shared.models.payees import PaymentTerms
from shared.models.products import Rule
from shared.vocabulary import ActivityStatus, ChangeKind, ProducerKind


def join(
    session: Session,
    company_id: int,
    *,
    name: str,
    code: str,
    kind: str,
    parent_id: int | None,
    day: date,
    template_id: int | None = None,
) -> Producer:
    """Make a firm's producer, place it, and give it a template firm's agreement.

    Args:
        session: the transaction.
        company_id: the firm.
        name: what it is called.
        code: its number.
        kind: the company's; it decides what may stand above and below it (DLG-28).
        parent_id: the producer it stands under; None: nobody.
        day: the first day of it all.
        template_id: the firm it comes in like.

    Raises:
        NoCommission: it is an insurance adviser.
        CodeTaken, WrongLevel, CycleRefused and others: of the hierarchy.
    """
    actor = actor_of(session)
    details = Details(
        code=code, kind=ProducerKind(kind), name=name, firm_id=company_id, payee_id=company_id
    )
    producer = keeping.create(session, actor, details)
    if parent_id is not None:
        change = Change(ChangeKind.PLACEMENT, producer.id, day, parent_id=parent_id)
        changes.check(session, actor, change, first_place=True)
        changes.record(session, actor, change)
    if template_id is not None:
        copy_terms(session, template_id, company_id, day)
    return producer


def copy_terms(session: Session, template_id: int, company_id: int, day: date) -> Terms | None:
    """Give a firm the commission agreement of another: group, level, reserve, payouts, own rates.

    What the firm had keeps holding before the day. Where the template has nothing, nothing changes.

    Returns:
        What was copied; None: the template or the firm has nobody who sells.
    """
    actor = actor_of(session)
    terms = joining.find_terms(session, actor, template_id, day)
    mine = joining.find_terms(session, actor, company_id, day)
    if terms is None or mine is None:
        return None
    producer = records.get_producer(session, actor, mine.producer_id)
    valid = stretch(day, None)
    if terms.group is not None and terms.group != mine.group:
        hierarchy.set_group(session, actor, producer, terms.group, valid)
    if terms.level is not None and terms.level != mine.level:
        hierarchy.promote(session, actor, producer, terms.level, valid)
    if terms.reserve is not None and terms.reserve != mine.reserve:
        hierarchy.set_reserve(session, actor, producer, terms.reserve, valid)
    for currency, amount in terms.minimums.items():
        subject = {"currency": currency, "company_id": company_id}
        overwrite(session, PaymentTerms, subject, valid, [{"minimum_payout": amount}])
    copied = _copy_rules(session, terms, producer, day)
    audit.write(
        session, "agreement copied", "company", company_id,
        new={"from": template_id, "group": terms.group, "level": terms.level, "rates": copied},
    )  # fmt: skip
    return terms


def terminate(session: Session, company_id: int, day: date) -> int:
    """Let nobody of a firm take new business from a day on; how many stopped."""
    return _set_status(session, company_id, day, ActivityStatus.TERMINATED)


def resume(session: Session, company_id: int, day: date) -> int:
    """Let a firm's people sell again; how many do."""
    return _set_status(session, company_id, day, ActivityStatus.ACTIVE)


def _set_status(session: Session, company_id: int, day: date, status: ActivityStatus) -> int:
    actor = actor_of(session)
    done = 0
    for producer_id in joining.producers_of(session, actor, company_id):
        now = records.get_standing(session, actor, producer_id, day)
        if bool(now.active) is (status is ActivityStatus.ACTIVE):
            continue
        changes.record(session, actor, Change(ChangeKind.STATUS, producer_id, day, status=status))
        done += 1
    return done


def _copy_rules(session: Session, terms: Terms, producer: Producer, day: date) -> int:
    """Agree with a producer alone on what is agreed with the template's alone."""
    actor = actor_of(session)
    taken = {rule.code for rule in joining.rules_of(session, actor, producer.id, day)}
    copied = 0
    for rule in joining.rules_of(session, actor, terms.producer_id, day):
        code = f"{rule.code}-{producer.code}"
        if code in taken:
            continue
        kept: dict[str, Any] = {
            name: getattr(rule, name)
            for name in (
                "kind", "product_id", "line_id", "insurer_id", "organisation_id", "division_id",
                "rate_of", "rate", "currency", "reason",
            )
        }  # fmt: skip
        fresh = Rule(
            code=code,
            producer_id=producer.id,
            copied_from_id=rule.id,
            valid=stretch(day, rule.valid.upper),
            **kept,
        )
        operations.add_rule(session, actor, fresh)
        copied += 1
    return copied
