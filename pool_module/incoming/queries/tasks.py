"""Who has a discrepancy to do."""

from collections.abc import Collection
from datetime import date

from pool_module.incoming.queries.sets import run
from shared.actor import Actor
from shared.db import Session


def close_tasks(session: Session, actor: Actor, case_ids: Collection[int]) -> None:
    """Take discrepancies from whoever has them to do."""
    run(
        session,
        actor,
        """
        UPDATE task SET done_at = clock_timestamp(), done_by = :author
        WHERE pool_id = :pool AND subject = 'discrepancy' AND subject_id = ANY(:ids)
            AND done_at IS NULL
        """,
        ids=sorted(case_ids),
    )


def add_tasks(
    session: Session,
    actor: Actor,
    case_ids: Collection[int],
    *,
    assignee_id: int,
    due_on: date | None,
    title: str,
) -> None:
    """Give each of these discrepancies to somebody, by a day."""
    run(
        session,
        actor,
        """
        INSERT INTO task (pool_id, subject, subject_id, title, due_on, assignee_id)
        SELECT :pool, 'discrepancy', id, :title, CAST(:due AS date), :assignee
        FROM unnest(CAST(:ids AS bigint[])) AS id
        """,
        ids=sorted(case_ids),
        assignee=assignee_id,
        due=due_on,
        title=title,
    )


def of_contracts(session: Session, actor: Actor, case_ids: Collection[int]) -> bool:
    """Whether one of these discrepancies is of a contract, and so of its organisation."""
    found = run(
        session,
        actor,
        """
        SELECT count(*) AS many FROM discrepancy
        WHERE pool_id = :pool AND id = ANY(:ids) AND contract_id IS NOT NULL
        """,
        ids=sorted(case_ids),
    )
    return bool(found[0]["many"])
