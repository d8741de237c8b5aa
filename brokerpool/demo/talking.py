"""What people wrote each other, what they have to do, what is in their bells."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import text

from brokerpool.demo.months import CLOSED
from brokerpool.demo.sources import source
from brokerpool.demo.stage import Stage
from brokerpool.demo.writing import write, write_known
from pool_module.crm.operations import tasks
from shared import workplace
from shared.models.contracts import Contract, Customer
from shared.permissions import Permission
from shared.search_words import number_key
from shared.sorting import sort_key

BROKERS: Final = {"NL-121": "miriam.kessler", "NL-402": "solomiia.stelmakh"}
CLERK: Final = "jule.wendt"
# a line of a firm's latest statement, an own sale or a correction of an earlier one
LINE: Final = text("""
    SELECT l.id FROM statement_line l
    JOIN statement s ON s.pool_id = :pool AND s.id = l.statement_id
    JOIN company f ON f.pool_id = :pool AND f.id = s.firm_id AND f.code = :firm
    WHERE l.pool_id = :pool AND l.correction = :correction
    ORDER BY s.id DESC, abs(l.payable) DESC OFFSET :skip LIMIT 1""")
QUERIED: Final = text("""
    SELECT min(case_number) FROM application
    WHERE pool_id = :pool AND firm_id = :firm AND state = 'insurer_query'""")
THING: Final = {
    "contract": text("""
        SELECT c.id FROM contract c JOIN company f ON f.pool_id = :pool AND f.id = c.firm_id
        WHERE c.pool_id = :pool AND f.code = :firm AND NOT c.private AND c.state = 'active'
        ORDER BY c.id LIMIT 1"""),
    "product": text("SELECT min(id) FROM product WHERE pool_id = :pool AND code = 'AL-BU'"),
}


def add_threads(stage: Stage, applications: Mapping[tuple[str, str], int]) -> None:
    """Write the conversations, each with its messages and who has read them."""
    ready = []
    for number, told in enumerate(source("desk")["threads"]):
        subject, subject_id, outcome = _about(stage, told, number, applications)
        if told["about"] == "none" or subject_id is not None:
            ready.append((number, told, subject, subject_id, outcome))
    ids = write_known(
        stage.worker,
        "thread",
        "title",
        (
            _thread(stage, told, subject, which, outcome)
            for _, told, subject, which, outcome in ready
        ),
    )
    write(
        stage.worker,
        "message",
        (
            {
                "firm_id": stage.codes.firms[told["firm"]],
                "thread_id": ids[told["title"]],
                "side": "pool" if side == "note" else side,
                "internal": side == "note",
                "account_id": _writer(stage, told["firm"], side)[0],
                "author": _writer(stage, told["firm"], side)[1],
                "body": body,
                "recorded_at": stage.moment(max(told["days"] - step, 0), 10 + step),
                "recorded_by": _writer(stage, told["firm"], side)[1],
            }
            for _, told, *_rest in ready
            for step, (side, body) in enumerate(told["say"])
        ),
    )


def _about(
    stage: Stage, told: dict[str, Any], number: int, applications: Mapping[tuple[str, str], int]
) -> tuple[str | None, int | None, int | None]:
    firm, about = told["firm"], told["about"]
    if about in {"line", "correction"}:
        asked = {"pool": stage.pool_id, "firm": firm, "correction": about == "correction",
                 "skip": number if about == "line" else 0}  # fmt: skip
        line = stage.worker.execute(LINE, asked).scalar()
        return "statement_line", line, line if told.get("outcome") else None
    if about == "application":
        return "application", applications.get((firm, "insurer_query")), None
    if about == "none":
        return None, None, None
    names = THING[about]
    values = {"pool": stage.pool_id, "firm": firm} if about == "contract" else {
        "pool": stage.pool_id}  # fmt: skip
    return about, stage.worker.execute(names, values).scalar(), None


def _thread(
    stage: Stage, told: dict[str, Any], subject: str | None, which: int | None, outcome: int | None
) -> dict[str, object]:
    heard = [side for side, _ in told["say"] if side != "note"]
    last = stage.moment(max(told["days"] - len(told["say"]) + 1, 0), 9 + len(told["say"]))
    unread = told.get("unread", False)
    answered = "correction_booked" if outcome else "answered"
    return {
        "firm_id": stage.codes.firms[told["firm"]],
        "kind": told["kind"],
        "subject": subject,
        "subject_id": which,
        "title": told["title"],
        "state": "open" if heard[-1] == "firm" or len(heard) == 1 else answered,
        "last_at": last,
        "last_side": heard[-1],
        "pool_read_at": None if unread else last,
        "firm_read_at": last if heard[-1] == "firm" or told["days"] > 10 else None,
        "outcome_line_id": outcome,
        "recorded_at": stage.moment(told["days"], 10),
        "recorded_by": told["firm"],
    }


def _writer(stage: Stage, firm: str, side: str) -> tuple[int | None, str]:
    if side != "firm":
        return stage.account(CLERK), stage.people[CLERK].name
    if firm in BROKERS:
        return stage.account(BROKERS[firm]), stage.people[BROKERS[firm]].name
    head = next(f for f in stage.world.firms if f.code == firm)
    return None, head.signatory or head.name


def add_tasks(stage: Stage, applications: Mapping[tuple[str, str], int]) -> None:
    """Give people something to do."""
    with stage.acting(CLERK) as session:
        for name, title, days, subject in source("desk")["tasks"]:
            tasks.add_task(
                session,
                title=title,
                due_on=stage.today + timedelta(days=days),
                assignee_id=stage.account(name) if name else None,
                subject=subject,
                subject_id=applications.get(("NL-121", "insurer_query")) if subject else None,
            )


def add_notices(stage: Stage) -> None:
    """Put what happened into the bells, and keep some views."""
    period = stage.world.months.name(CLOSED - 1)
    for sentence, told, link, tone, permission in source("desk")["notices"]:
        workplace.notify(
            stage.worker, sentence, link=link, tone=tone, permission=Permission(permission),
            values={k: period if v == "CLOSED" else v for k, v in told.items()},
        )  # fmt: skip
    for firm, sentence, told, link, tone in source("desk")["firm_notices"]:
        firm_id = stage.codes.firms[firm]
        asked = {"pool": stage.pool_id, "firm": firm_id}
        known = {"CLOSED": period, "QUERY": stage.worker.execute(QUERIED, asked).scalar()}
        workplace.notify(
            stage.worker, sentence, link=link, tone=tone, firm_id=firm_id,
            values={k: known.get(v, v) for k, v in told.items()},
        )  # fmt: skip
    for name, listing, title, query, shared in source("desk")["views"]:
        with stage.acting(name) as session:
            workplace.save_view(session, listing, title, query, shared=shared)


def add_own(stage: Stage) -> None:
    """What brokers keep for themselves: their own customers with contracts of other houses."""
    for firm, rows in source("desk")["own"].items():
        with stage.acting(BROKERS[firm]) as session:
            firm_id = stage.codes.firms[firm]
            for last, first, city, product, insurer, number, premium, currency in rows:
                base: dict[str, Any] = {
                    "pool_id": stage.pool_id, "firm_id": firm_id, "private": True,
                }  # fmt: skip
                holder = Customer(
                    **base,
                    last_name=last,
                    first_name=first,
                    city=city,
                    legal_person=first is None,
                    sort_key=sort_key(last, first),
                )
                session.add(holder)
                session.flush()
                session.add(
                    Contract(
                        **base,
                        number=number,
                        number_key=number_key(number).upper(),
                        holder_id=holder.id,
                        own_product=product,
                        own_insurer=insurer,
                        net_premium=Decimal(premium),
                        currency=currency,
                        frequency="yearly",
                        begin_on=stage.world.months.first(2),
                    )
                )
                session.flush()
