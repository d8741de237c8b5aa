"""Notices as the reader sees them, and how many are new."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from urllib.parse import urlsplit

from flask import Flask, current_app, g, request
from flask_babel import gettext
from werkzeug.exceptions import HTTPException

from shared import workplace
from shared.db import Session
from shared.labels import label
from shared.models.workplace import Notification
from shared.permissions import Permission
from shared.vocabulary import ProofKind
from shared.web import formats
from shared.web.access import opens, reaches
from shared.web.authors import person
from shared.web.database import db
from shared.web.htmx import wanted

MOST: Final = 50
DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class Notice:
    """A line in the bell.

    Attributes:
        text: what happened.
        href: where it leads; empty when nowhere, or where the reader may not go any more.
        tone: info, ok, warn or err.
        when: the moment.
        is_new: whether it came since the reader looked last.
    """

    text: str
    href: str
    tone: str
    when: datetime
    is_new: bool


def install(app: Flask) -> None:
    """Whole pages know how many notices are new; parts of pages don't ask."""

    def context() -> dict[str, object]:
        viewer = g.get("viewer")
        if viewer is None or wanted() is not None:
            return {}
        return {"unread": workplace.unread(db.session(), viewer.permissions, viewer.bell_seen_at)}

    app.context_processor(context)


def shown(
    session: Session, permissions: frozenset[Permission], seen_at: datetime | None
) -> list[Notice]:
    """The reader's latest notices."""
    found: Any = session.execute(workplace.notices(session, permissions).limit(MOST)).scalars()
    return [_notice(row, seen_at) for row in found]


def _in_words(values: Mapping[str, Any]) -> dict[str, Any]:
    """Who it was, which proof and what day is stored as rows keep it; people read words."""
    found = {**values}
    name, proof, day = (values.get(place) for place in ("name", "proof", "day"))
    if isinstance(name, str) and name:
        found["name"] = person(name)
    if proof in set(ProofKind):
        found["proof"] = label(ProofKind, proof).text
    if isinstance(day, str) and DAY.fullmatch(day):
        found["day"] = formats.day(date.fromisoformat(day))
    return found


def _notice(row: Notification, seen_at: datetime | None) -> Notice:
    return Notice(
        text=gettext(row.text, **_in_words(row.values)),
        href=_open_still(row.link),
        tone=row.tone,
        when=row.recorded_at,
        is_new=seen_at is None or row.recorded_at > seen_at,
    )


def _open_still(link: str | None) -> str:
    """The address of a notice; empty where the reader lost the right to it since it was written."""
    adapter = current_app.create_url_adapter(request)
    if not link or adapter is None:
        return ""
    try:
        endpoint, _ = adapter.match(urlsplit(link).path, method="GET")
    except HTTPException:  # a page of an older version of the portal
        return ""
    return link if opens(endpoint) and reaches(endpoint) else ""
