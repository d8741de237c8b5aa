"""Reading rules, agreements and organisations' names."""

from sqlalchemy import func, select

from shared.actor import Actor
from shared.db import Session
from shared.models.pools import Division, Organisation
from shared.models.products import Agreement, Rule

RULE_KEY = (
    "kind", "product_id", "line_id", "insurer_id", "producer_id", "group_id", "level_id",
    "organisation_id", "division_id",
)  # fmt: skip
AGREEMENT_KEY = ("kind", "product_id", "line_id", "insurer_id")


def find_rule(session: Session, actor: Actor, code: str) -> Rule | None:
    """The rule of a code, withdrawn or not."""
    return session.scalars(
        select(Rule).where(Rule.pool_id == actor.pool_id, Rule.code == code)
    ).one_or_none()


def find_rule_in_the_way(session: Session, actor: Actor, rule: Rule) -> Rule | None:
    """A standing rule of the same key (kind, scope, who, unit, datedness) that overlaps."""
    same = [getattr(Rule, c).is_not_distinct_from(getattr(rule, c)) for c in RULE_KEY]
    return session.scalars(
        select(Rule)
        .where(
            Rule.pool_id == actor.pool_id,
            Rule.superseded_at.is_(None),
            Rule.valid.op("&&")(rule.valid),
            func.upper_inf(Rule.valid) == (rule.valid.upper is None),
            *same,
        )
        .limit(1)
    ).first()


def find_agreement_in_the_way(
    session: Session, actor: Actor, agreement: Agreement
) -> Agreement | None:
    """A standing agreement of the same kind and scope that overlaps."""
    same = [
        getattr(Agreement, c).is_not_distinct_from(getattr(agreement, c)) for c in AGREEMENT_KEY
    ]
    return session.scalars(
        select(Agreement)
        .where(
            Agreement.pool_id == actor.pool_id,
            Agreement.superseded_at.is_(None),
            Agreement.valid.op("&&")(agreement.valid),
            *same,
        )
        .limit(1)
    ).first()


def find_organisation(session: Session, actor: Actor, name: str) -> Organisation | None:
    """The organisation of a name."""
    return session.scalars(
        select(Organisation).where(Organisation.pool_id == actor.pool_id, Organisation.name == name)
    ).one_or_none()


def find_division(session: Session, actor: Actor, name: str) -> Division | None:
    """The division of a name."""
    return session.scalars(
        select(Division).where(Division.pool_id == actor.pool_id, Division.name == name)
    ).one_or_none()
