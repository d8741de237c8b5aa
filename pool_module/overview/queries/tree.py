"""The network's tree with levels, rates and production (features DLG-04, IMS-30, G10)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select, text

from pool_module.overview.rules.trees import (
    Member,
    Tree,
    Wanted,
    arrange,
    children_of,
    with_rates,
)
from shared.actor import Actor
from shared.db import Session
from shared.models.contracts import Contract
from shared.models.products import Product
from shared.periods import add_months
from shared.scope import open_insurer
from shared.vocabulary import Kind, Language

Rows = Sequence[Any]  # rows by their names

MEMBERS = text("""
    SELECT d.id, f.parent_id, d.code, d.name, d.kind, w.name AS firm, c.level_id,
           coalesce(CASE :language WHEN 'de' THEN l.name_de WHEN 'uk' THEN l.name_uk
                    ELSE l.name_en END, l.name, l.code) AS level,
           coalesce(s.active, true) AS active, w.country, d.firm_id
    FROM producer d
    LEFT JOIN company w ON w.pool_id = :pool AND w.id = d.firm_id
    LEFT JOIN placement f ON f.pool_id = :pool AND f.producer_id = d.id AND f.valid @> :day
        AND f.recorded_at <= :known AND (f.superseded_at IS NULL OR f.superseded_at > :known)
    LEFT JOIN career c ON c.pool_id = :pool AND c.producer_id = d.id AND c.valid @> :day
        AND c.recorded_at <= :known AND (c.superseded_at IS NULL OR c.superseded_at > :known)
    LEFT JOIN career_level l ON l.pool_id = :pool AND l.id = c.level_id
    LEFT JOIN producer_status s ON s.pool_id = :pool AND s.producer_id = d.id AND s.valid @> :day
        AND s.recorded_at <= :known AND (s.superseded_at IS NULL OR s.superseded_at > :known)
    WHERE d.pool_id = :pool AND d.recorded_at <= :known
        AND coalesce(d.firm_id, 0) <> ALL ((SELECT hidden_companies())::int[])
    ORDER BY d.sort_key, d.name, d.id
""")
# of what settled runs brought by then, as known at the moment
FIGURES = text("""
    SELECT f.producer_id, f.currency, sum(f.received)
    FROM run_producer_figure f
    JOIN settlement_run r ON r.pool_id = :pool AND r.id = f.run_id
    WHERE f.pool_id = :pool AND r.state = 'closed' AND r.through > :first AND r.through <= :last
        AND r.closed_at <= :known
    GROUP BY f.producer_id, f.currency HAVING sum(f.received) <> 0
""")
# the rule that wins the question of each producer (settlement rules, "Which rate applies"), asked
# for no organisation or division in particular
RATES = text("""
    WITH who AS (
        SELECT a.id, c.level_id, g.group_id
        FROM unnest(CAST(:ids AS int[])) AS a (id)
        LEFT JOIN career c ON c.pool_id = :pool AND c.producer_id = a.id AND c.valid @> :day
            AND c.recorded_at <= :known AND (c.superseded_at IS NULL OR c.superseded_at > :known)
        LEFT JOIN producer_group g ON g.pool_id = :pool AND g.producer_id = a.id
            AND g.valid @> :day AND g.recorded_at <= :known
            AND (g.superseded_at IS NULL OR g.superseded_at > :known)
    ),
    candidate AS (
        SELECT r.*,
               CASE WHEN r.product_id IS NOT NULL THEN 3 WHEN r.line_id IS NOT NULL THEN 2
                    WHEN r.insurer_id IS NOT NULL THEN 1 ELSE 0 END * 100
               + CASE WHEN r.producer_id IS NOT NULL THEN 3 WHEN r.group_id IS NOT NULL THEN 2
                      WHEN r.level_id IS NOT NULL THEN 1 ELSE 0 END * 10
               + CASE WHEN upper_inf(r.valid) THEN 0 ELSE 1 END AS rank
        FROM rule r
        JOIN product p ON p.pool_id = :pool AND p.id = :product
        WHERE r.pool_id = :pool AND r.kind = :kind AND r.valid @> :day
            AND r.recorded_at <= :known AND (r.superseded_at IS NULL OR r.superseded_at > :known)
            AND (r.product_id IS NULL OR r.product_id = p.id)
            AND (r.line_id IS NULL OR r.line_id = p.line_id)
            AND (r.insurer_id IS NULL OR r.insurer_id = p.insurer_id)
            AND r.organisation_id IS NULL AND r.division_id IS NULL
    )
    SELECT DISTINCT ON (w.id) w.id, r.rate_of, r.rate
    FROM who w
    JOIN candidate r ON (r.producer_id IS NULL OR r.producer_id = w.id)
        AND (r.group_id IS NULL OR r.group_id = w.group_id)
        AND (r.level_id IS NULL OR r.level_id = w.level_id)
    ORDER BY w.id, r.rank DESC
""")


@dataclass(frozen=True)
class Asked:
    """What the tree is asked for.

    Attributes:
        day: as of which day.
        known: as known at which moment.
        wanted: which rows.
        months: production of so many months before the day.
        kind: of the rate.
        product_id: of the rate; None: the product with the most contracts.
        words: a search in names and numbers.
        inactive: whether those who are not active are shown.
        country: of the firm.
        firm_id: the firm.
        language: of the level names.
    """

    day: date
    known: datetime
    wanted: Wanted
    months: int = 12
    kind: Kind = Kind.ACQUISITION
    product_id: int | None = None
    words: str = ""
    inactive: bool = False
    country: str = ""
    firm_id: int | None = None
    language: Language = "en"


@dataclass(frozen=True)
class ReadTree:
    """The tree, and for which product its rates stand."""

    tree: Tree
    product_id: int | None


def read_tree(session: Session, actor: Actor, asked: Asked) -> ReadTree:
    """The tree of a day as known at a moment, with rates and production."""
    here: dict[str, object] = {"pool": actor.pool_id, "day": asked.day, "known": asked.known}
    rows = session.execute(MEMBERS, here | {"language": asked.language})
    members = [_member(row, asked) for row in rows]
    own = production_of(
        session, actor, add_months(asked.day, -asked.months), asked.day, asked.known
    )
    tree = arrange(members, own, asked.wanted)
    product_id = asked.product_id or busiest_product(session, actor)
    if product_id is None:
        return ReadTree(tree, None)
    children = children_of(members)
    ids = {n.member.id for n in tree.nodes}
    ids |= {child for shown in tuple(ids) for child in children.get(shown, ())}
    rates = session.execute(
        RATES, here | {"ids": sorted(ids), "kind": asked.kind, "product": product_id}
    )
    nodes = with_rates(tree.nodes, children, {row[0]: (row[1], row[2]) for row in rates})
    return ReadTree(Tree(nodes, tree.totals, tree.found, tree.everybody), product_id)


def production_of(
    session: Session, actor: Actor, first: date, last: date, known: datetime
) -> dict[int, dict[str, Decimal]]:
    """What each producer's own sales brought in periods that ended in (first, last], per currency.

    It is what insurers pay for them, by his shares; later corrections are no production.
    """
    found: dict[int, dict[str, Decimal]] = {}
    here = {"pool": actor.pool_id, "first": first, "last": last, "known": known}
    for producer, currency, amount in session.execute(FIGURES, here):
        found.setdefault(producer, {})[currency] = amount
    return found


def busiest_product(session: Session, actor: Actor) -> int | None:
    """The product with the most contracts."""
    return session.execute(
        select(Contract.product_id)
        .where(
            Contract.pool_id == actor.pool_id,
            ~Contract.private,
            Contract.product_id.is_not(None),
        )
        .group_by(Contract.product_id)
        .order_by(func.count().desc(), Contract.product_id)
        .limit(1)
    ).scalar_one_or_none()


def products_to_choose(session: Session, actor: Actor) -> Rows:
    """The pool's products: id and name."""
    return session.execute(
        select(Product.id, Product.name)
        .where(Product.pool_id == actor.pool_id, open_insurer(Product.insurer_id))
        .order_by(Product.name, Product.id)
    ).all()


def _member(row: Any, asked: Asked) -> Member:
    fits = (
        (asked.inactive or row.active)
        and (not asked.country or row.country == asked.country)
        and (asked.firm_id is None or row.firm_id == asked.firm_id)
        and _has(row, asked.words)
    )
    return Member(
        row.id, row.parent_id, row.code, row.name, row.kind, row.firm, row.level_id, row.level,
        row.active, fits,
    )  # fmt: skip


def _has(row: Any, words: str) -> bool:
    here = f"{row.name} {row.code} {row.firm or ''}".casefold()
    return all(word in here for word in words.casefold().split())
