"""Deliveries: the list, one with its lines, and which months are missing."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import BigInteger, case, cast, func, select

from pool_module.incoming.errors import NoSuchDelivery
from pool_module.incoming.formats.numbers import normalise_number
from pool_module.incoming.queries.sets import run
from pool_module.incoming.rules.rhythm import MonthState, states_of
from shared.actor import Actor
from shared.db import Session, actor_of
from shared.db.listing import Column, Filter, Listing, Shape
from shared.models.contracts import Contract, Customer
from shared.models.incoming import Delivery, DeliveryLine, Discrepancy
from shared.models.pools import Pool
from shared.models.products import Insurer
from shared.periods import add_months
from shared.scope import open_insurer

MONTHS: Final = 13
_MONTHS: Final = """
    WITH month AS (
        SELECT (CAST(:first AS date) + make_interval(months => n))::date AS day,
            (CAST(:first AS date) + make_interval(months => n + 1))::date AS until
        FROM generate_series(0, :months - 1) AS n
    ),
    file AS (
        SELECT v.insurer_id, date_trunc('month', coalesce(l.booked_on,
                (v.recorded_at AT TIME ZONE p.time_zone)::date))::date AS day,
            max(v.id) AS id
        FROM delivery v
        JOIN pool p ON p.id = v.pool_id
        LEFT JOIN LATERAL (
            SELECT x.booked_on FROM delivery_line x
            WHERE x.pool_id = :pool AND x.delivery_id = v.id AND x.booked_on IS NOT NULL
            ORDER BY x.row_number LIMIT 1
        ) l ON true
        WHERE v.pool_id = :pool AND v.state = 'imported'
        GROUP BY 1, 2
    )
    SELECT i.id AS insurer_id, i.name, month.day, file.id AS file,
        file.id IS NULL AND month.day < (
            SELECT coalesce(min(f.day), 'infinity') FROM file f WHERE f.insurer_id = i.id)
        AND EXISTS (
            SELECT FROM event e
            JOIN contract c ON c.pool_id = :pool AND c.id = e.contract_id AND c.insurer_id = i.id
            WHERE e.pool_id = :pool AND e.due >= month.day AND e.due < month.until) AS booked
    FROM insurer i
    CROSS JOIN month
    LEFT JOIN file ON file.insurer_id = i.id AND file.day = month.day
    WHERE i.pool_id = :pool AND i.id <> ALL ((SELECT hidden_insurers())::int[])
    ORDER BY i.name, i.id, month.day
"""


@dataclass(frozen=True)
class InsurerMonths:
    """An insurer's deliveries, month by month, the oldest first.

    Attributes:
        files: of each month, the id of its latest delivery.
    """

    insurer_id: int
    name: str
    states: list[MonthState]
    files: list[int | None]


@dataclass(frozen=True)
class DeliveryMonths:
    """Which insurer's deliveries are here, per month; ``months`` are their first days."""

    months: list[date]
    insurers: list[InsurerMonths]

    @property
    def missing(self) -> int:
        """How many months should have been delivered and were not."""
        return sum(each.states.count(MonthState.MISSING) for each in self.insurers)


def delivery_list(session: Session, *, whole: bool = True) -> Listing:
    """The pool's deliveries.

    Args:
        session: the transaction.
        whole: whether a file's sum may be told: it is that of every organisation's lines.
    """
    actor = actor_of(session)
    open_cases = (
        select(func.count())
        .select_from(Discrepancy)
        .join(
            DeliveryLine,
            (DeliveryLine.pool_id == Discrepancy.pool_id)
            & (DeliveryLine.id == Discrepancy.delivery_line_id),
        )
        .where(
            Discrepancy.pool_id == actor.pool_id,
            Discrepancy.state == "open",
            DeliveryLine.delivery_id == Delivery.id,
        )
        .correlate(Delivery)
        .scalar_subquery()
    )
    gross = Column(
        "gross",
        Delivery.gross,
        Shape.MONEY,
        sort=cast(Delivery.gross * 100, BigInteger),
        currency=Delivery.currency,
        total=True,
    )
    return Listing(
        name="deliveries",
        source=select()
        .select_from(Delivery)
        .join(
            Insurer,
            (Insurer.pool_id == Delivery.pool_id) & (Insurer.id == Delivery.insurer_id),
        )
        .where(Delivery.pool_id == actor.pool_id, open_insurer(Delivery.insurer_id)),
        id=Delivery.id,
        columns=(
            Column("file_name", Delivery.file_name, Shape.TEXT),
            Column("insurer", Insurer.name, Shape.TEXT, sort=Insurer.name),
            Column("format", Delivery.format, Shape.CODE),
            Column("day", Delivery.recorded_at, Shape.MOMENT, sort=Delivery.recorded_at),
            Column("lines", Delivery.line_count, Shape.COUNT, sort=Delivery.line_count),
            *((gross,) if whole else ()),
            Column("open", open_cases, Shape.COUNT),
            Column("by", Delivery.recorded_by, Shape.TEXT),
            Column("state", Delivery.state, Shape.CODE),
        ),
        extra={"currency": Delivery.currency},
        filters=(
            Filter("insurer", Delivery.insurer_id, Shape.COUNT),
            Filter("format", Delivery.format, Shape.CODE),
            Filter("day", Delivery.recorded_at, Shape.MOMENT),
            Filter("state", Delivery.state, Shape.CODE),
        ),
    )


def line_list(session: Session, delivery_id: int | None = None) -> Listing:
    """Lines of a delivery with what became of them."""
    actor = actor_of(session)
    source = (
        select()
        .select_from(DeliveryLine)
        .join(Pool, Pool.id == DeliveryLine.pool_id)
        .outerjoin(
            Contract,
            (Contract.pool_id == DeliveryLine.pool_id)
            & (Contract.id == DeliveryLine.contract_id)
            & ~Contract.private,
        )
        .outerjoin(
            Customer,
            (Customer.pool_id == Contract.pool_id) & (Customer.id == Contract.holder_id),
        )
        .where(DeliveryLine.pool_id == actor.pool_id)
    )
    if delivery_id is not None:
        source = source.where(DeliveryLine.delivery_id == delivery_id)
    currency = func.coalesce(
        func.nullif(DeliveryLine.currency, ""), Contract.currency, Pool.currency
    )
    holder = case(
        (
            Customer.last_name.is_not(None),
            func.concat_ws(", ", Customer.last_name, Customer.first_name),
        ),
        else_=DeliveryLine.raw["holder"].astext,
    )
    return Listing(
        name="delivery_lines",
        source=source,
        id=DeliveryLine.id,
        columns=(
            Column("row", DeliveryLine.row_number, Shape.COUNT, sort=DeliveryLine.row_number),
            Column("contract", DeliveryLine.contract_number, Shape.ID),
            Column("holder", holder, Shape.TEXT),
            Column("product", DeliveryLine.product_name, Shape.TEXT),
            Column("kind", DeliveryLine.kind, Shape.CODE),
            Column("base", DeliveryLine.base, Shape.MONEY, currency=currency),
            Column("rate", DeliveryLine.rate, Shape.TEXT),
            Column("booked_on", DeliveryLine.booked_on, Shape.DAY, sort=DeliveryLine.booked_on),
            Column("agency", DeliveryLine.agency_number, Shape.ID),
            Column(
                "gross",
                DeliveryLine.gross,
                Shape.MONEY,
                sort=cast(DeliveryLine.gross * 100, BigInteger),
                currency=currency,
                total=True,
            ),
            Column("outcome", DeliveryLine.outcome, Shape.CODE),
        ),
        extra={
            "contract_id": DeliveryLine.contract_id,
            "rate_unit": DeliveryLine.rate_unit,
            "currency": currency,
        },
        filters=(
            Filter("outcome", DeliveryLine.outcome, Shape.CODE),
            Filter("kind", DeliveryLine.kind, Shape.CODE),
            Filter("booked_on", DeliveryLine.booked_on, Shape.DAY),
            Filter("contract", DeliveryLine.number_key, Shape.TEXT, key=normalise_number),
        ),
    )


def get_delivery(session: Session, actor: Actor, delivery_id: int) -> dict[str, Any]:
    """A delivery with its insurer, and what became of its lines.

    Raises:
        NoSuchDelivery: there is none within reach.
    """
    found = run(
        session,
        actor,
        """
        SELECT v.id, v.file_name, v.format, v.encoding, v.sha256, v.state, v.counts, v.recorded_at,
            v.recorded_by, v.line_count, v.gross, v.currency, i.id AS insurer_id,
            i.name AS insurer, i.code AS insurer_code
        FROM delivery v JOIN insurer i ON i.pool_id = :pool AND i.id = v.insurer_id
        WHERE v.pool_id = :pool AND v.id = :id
            AND v.insurer_id <> ALL ((SELECT hidden_insurers())::int[])
        """,
        id=delivery_id,
    )
    if not found:
        raise NoSuchDelivery(delivery_id)
    return found[0]


def outcomes(session: Session, actor: Actor, delivery_id: int) -> list[dict[str, Any]]:
    """How many lines of a delivery have which outcome, with their sum per currency."""
    return run(
        session,
        actor,
        """
        SELECT l.outcome, coalesce(nullif(l.currency, ''), c.currency, o.currency) AS currency,
            count(*) AS lines, coalesce(sum(l.gross), 0) AS amount
        FROM delivery_line l
        JOIN pool o ON o.id = l.pool_id
        LEFT JOIN contract c ON c.pool_id = :pool AND c.id = l.contract_id
        WHERE l.pool_id = :pool AND l.delivery_id = :id
        GROUP BY 1, 2 ORDER BY 1, 2
        """,
        id=delivery_id,
    )


def delivery_months(session: Session, actor: Actor, today: date) -> DeliveryMonths:
    """Deliveries by insurer and month: what came, what is missing by the insurer's own rhythm.

    A delivery is of the month its first line was booked in. Months from before files were kept
    here count as delivered when commission was booked for them.

    Args:
        session: the transaction.
        actor: who looks.
        today: the last of the months is this day's.
    """
    first = add_months(today.replace(day=1), 1 - MONTHS)
    months = [add_months(first, number) for number in range(MONTHS)]
    found = run(session, actor, _MONTHS, first=first, months=MONTHS)
    rows: dict[int, list[dict[str, Any]]] = {}
    for row in found:
        rows.setdefault(row["insurer_id"], []).append(row)
    insurers = [
        InsurerMonths(
            insurer_id=insurer_id,
            name=lot[0]["name"],
            states=states_of([row["file"] is not None for row in lot], [r["booked"] for r in lot]),
            files=[row["file"] for row in lot],
        )
        for insurer_id, lot in rows.items()
    ]
    return DeliveryMonths(months, [each for each in insurers if _ever(each)])


def _ever(each: InsurerMonths) -> bool:
    return any(state is not MonthState.NONE for state in each.states)
