"""Uploaded files and what their rows would change."""

from collections.abc import Collection, Sequence
from typing import Any, Final

from sqlalchemy import delete, func, insert, or_, select, update

from pool_module.incoming.errors import NoSuchUpload
from pool_module.incoming.queries.sets import run
from shared.actor import Actor
from shared.db import Session
from shared.models.incoming import Delivery, Upload, UploadRow
from shared.models.products import Insurer, InsurerIdentity
from shared.scope import open_insurer

PAGE: Final = 50
LIVE: Final = ("read", "checking", "checked", "taking")
"""States of uploads somebody has yet to go on with."""


def get_upload(session: Session, actor: Actor, upload_id: int, *, lock: bool = False) -> Upload:
    """An upload.

    Raises:
        NoSuchUpload: there is none within reach.
    """
    query = select(Upload).where(
        Upload.pool_id == actor.pool_id, Upload.id == upload_id, open_insurer(Upload.insurer_id)
    )
    found = session.scalars(query.with_for_update() if lock else query).one_or_none()
    if found is None:
        raise NoSuchUpload(upload_id)
    return found


def live_uploads(session: Session, actor: Actor) -> Sequence[Upload]:
    """Files that were brought and not taken yet, the latest first."""
    return session.scalars(
        select(Upload)
        .where(
            Upload.pool_id == actor.pool_id,
            Upload.state.in_(LIVE),
            open_insurer(Upload.insurer_id),
        )
        .order_by(Upload.id.desc())
        .limit(20)
    ).all()


def find_same(session: Session, actor: Actor, sha256: str) -> Upload | None:
    """The upload of exactly these bytes somebody has yet to go on with."""
    return session.scalars(
        select(Upload).where(
            Upload.pool_id == actor.pool_id, Upload.sha256 == sha256, Upload.state.in_(LIVE)
        )
    ).first()


def find_taken(session: Session, actor: Actor, sha256: str) -> Delivery | None:
    """The delivery of exactly these bytes, whoever it is from."""
    return session.scalars(
        select(Delivery).where(Delivery.pool_id == actor.pool_id, Delivery.sha256 == sha256)
    ).first()


def insurers(session: Session, actor: Actor) -> Sequence[Insurer]:
    """The pool's insurers by name, but those limited to others."""
    return session.scalars(
        select(Insurer)
        .where(Insurer.pool_id == actor.pool_id, open_insurer(Insurer.id))
        .order_by(Insurer.name)
    ).all()


def find_insurer_id(
    session: Session, actor: Actor, *, vu_number: str, names: Collection[str]
) -> int | None:
    """Whose file it is, by the supervisory authority's number or a name written in it."""
    called = [name.casefold() for name in names if name]
    return session.scalars(
        select(Insurer.id)
        .outerjoin(InsurerIdentity, InsurerIdentity.id == Insurer.identity_id)
        .where(
            Insurer.pool_id == actor.pool_id,
            or_(
                (InsurerIdentity.vu_number == vu_number) if vu_number else Insurer.id.is_(None),
                func.lower(Insurer.name).in_(called),
                func.lower(Insurer.code).in_(called),
            ),
        )
        .limit(1)
    ).first()


def insurers_of_numbers(session: Session, actor: Actor, keys: list[str]) -> dict[int, int]:
    """How many of these contract numbers each insurer has."""
    found = run(
        session,
        actor,
        """
        SELECT c.insurer_id, count(DISTINCT c.number_key) AS contracts
        FROM unnest(CAST(:keys AS text[])) AS k (number_key)
        CROSS JOIN LATERAL (
            SELECT x.insurer_id, x.number_key FROM contract x
            WHERE x.pool_id = :pool AND x.number_key = k.number_key AND NOT x.private OFFSET 0
        ) c
        GROUP BY c.insurer_id
        """,
        keys=keys,
    )
    return {row["insurer_id"]: row["contracts"] for row in found}


def clear_rows(session: Session, actor: Actor, upload_id: int) -> None:
    """Throw away what was noted of an upload's rows; the worker's right alone."""
    session.execute(
        delete(UploadRow).where(
            UploadRow.pool_id == actor.pool_id, UploadRow.upload_id == upload_id
        )
    )


def add_rows(session: Session, actor: Actor, rows: list[dict[str, Any]]) -> None:
    """Note what rows would change."""
    if rows:
        session.execute(insert(UploadRow), [{"pool_id": actor.pool_id, **row} for row in rows])


def summary(session: Session, actor: Actor, upload_id: int) -> list[dict[str, Any]]:
    """How many rows of which outcome, with their sum per currency."""
    found = session.execute(
        select(
            UploadRow.outcome,
            UploadRow.subject,
            UploadRow.currency,
            func.count().label("rows"),
            func.sum(UploadRow.amount).label("amount"),
        )
        .where(UploadRow.pool_id == actor.pool_id, UploadRow.upload_id == upload_id)
        .group_by(UploadRow.outcome, UploadRow.subject, UploadRow.currency)
    )
    return [dict(row) for row in found.mappings()]


def rows(
    session: Session,
    actor: Actor,
    upload_id: int,
    *,
    outcome: str | None,
    after: int = 0,
    most: int = PAGE + 1,
) -> Sequence[UploadRow]:
    """Rows in the order they were read, ``most`` after the one of this id."""
    asked = [
        UploadRow.pool_id == actor.pool_id,
        UploadRow.upload_id == upload_id,
        UploadRow.id > after,
    ]
    if outcome:
        asked.append(UploadRow.outcome == outcome)
    return session.scalars(select(UploadRow).where(*asked).order_by(UploadRow.id).limit(most)).all()


def row_numbers(session: Session, actor: Actor, upload_id: int, outcome: str) -> list[int]:
    """The rows of an outcome."""
    return list(
        session.scalars(
            select(UploadRow.row_number).where(
                UploadRow.pool_id == actor.pool_id,
                UploadRow.upload_id == upload_id,
                UploadRow.outcome == outcome,
            )
        )
    )


def kept_fields(session: Session, actor: Actor, upload_id: int) -> Sequence[tuple[str, list[str]]]:
    """Keys of contracts with the fields that stay as we have them."""
    found = session.execute(
        select(UploadRow.key, UploadRow.kept).where(
            UploadRow.pool_id == actor.pool_id,
            UploadRow.upload_id == upload_id,
            UploadRow.outcome == "changed",
            func.jsonb_array_length(UploadRow.kept) > 0,
        )
    )
    return [(key, kept) for key, kept in found]


def keep_fields(
    session: Session, actor: Actor, upload_id: int, row_id: int, fields: list[str]
) -> bool:
    """Say which fields of a changed row stay as we have them; False: it is no such row."""
    changed = session.execute(
        update(UploadRow)
        .where(
            UploadRow.pool_id == actor.pool_id,
            UploadRow.upload_id == upload_id,
            UploadRow.id == row_id,
            UploadRow.outcome == "changed",
        )
        .values(kept=fields)
        .returning(UploadRow.id)
    )
    return changed.scalar_one_or_none() is not None
