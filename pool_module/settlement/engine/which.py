"""Which rate would apply: the pipeline asked without an event, so that it can't answer otherwise.

Works in temporary tables of the connection, which are gone afterwards; nothing is written.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from pool_module.settlement.engine.pipeline import (
    STAGES,
    Frame,
    clear,
    keep_pieces,
    lay_out,
    run_step,
    statements_of,
)

Row = Mapping[Any, Any]


@dataclass(frozen=True, kw_only=True)
class Question:
    """Who would sell what on which day, and for how much.

    ``day`` is the event's effective date; the plan says whether rate, level and hierarchy go by it
    or by the days of application and issue.
    """

    product_id: int
    kind: str
    seller_id: int
    day: date
    currency: str
    basis: Decimal = Decimal(0)
    received: Decimal = Decimal(0)
    units: Decimal = Decimal(0)
    applied_on: date | None = None
    issued_on: date | None = None
    organisation_id: int | None = None
    division_id: int | None = None


@dataclass(frozen=True)
class Answer:
    """The line upward, and the rules that met each one's question.

    Attributes:
        lines: the seller and everybody above, as ``explain_lines.sql`` gives them.
        rules: by depth, as ``explain_rules.sql`` gives them, the winner first.
        days: at which day rate, level and hierarchy were looked up.
    """

    lines: list[Row]
    rules: dict[int, list[Row]]
    days: Row = field(default_factory=dict)


def ask(session: Session, frame: Frame, question: Question) -> Answer:
    """Lay a question out as if it were an event's, and collect what the pipeline finds."""
    lay_out(session, frame)
    session.execute(text(f"TRUNCATE {', '.join(STAGES)} RESTART IDENTITY"))
    here: dict[str, object] = {
        **frame.parameters(),
        "kind": question.kind,
        "product": question.product_id,
        "seller": question.seller_id,
        "day": question.day,
        "applied": question.applied_on,
        "issued": question.issued_on,
        "organisation": question.organisation_id or 0,
        "division": question.division_id or 0,
        "currency": question.currency,
        "basis": question.basis,
        "received": question.received,
        "units": question.units,
    }
    run_step(session, "question", here)
    run_step(session, "rates", here)
    keep_pieces(session, frame)
    lines = _rows(session, "explain_lines", here)
    rules = {
        line["depth"]: _rows(
            session, "explain_rules", here | {"position": 0, "depth": line["depth"]}
        )
        for line in lines
    }
    looked_up = text("SELECT rate_day, level_day, hierarchy_day FROM t_share")
    days = session.execute(looked_up).mappings().first()
    clear(session)
    return Answer(lines, rules, dict(days) if days else {})


def highest_rates(
    session: Session, frame: Frame, products: Sequence[int], day: date, currency: str
) -> list[Row]:
    """The highest rate that goes out on a day beside what comes in.

    Rows: product_id, kind, rate_of, rate, rule_id, rule, agreement_id, incoming_of, incoming_rate;
    one per product, agreed kind and what the rates are of; rate None where no rule applies.
    """
    lay_out(session, frame)
    session.execute(text(f"TRUNCATE {', '.join(STAGES)} RESTART IDENTITY"))
    here = {
        **frame.parameters(),
        "products": list(products),
        "day": day,
        "currency": currency,
    }
    run_step(session, "everybody", here)
    run_step(session, "rates", here)
    found = _rows(session, "highest", here)
    clear(session)
    return found


def _rows(session: Session, step: str, parameters: dict[str, object]) -> list[Row]:
    (statement,) = statements_of(step)
    names = statement._bindparams  # noqa: SLF001  -- the parsed names of a text clause
    found = session.execute(statement, {name: parameters[name] for name in names})
    return list(found.mappings().all())
