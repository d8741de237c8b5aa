"""Every form of every page is sent as it was served, with fields it does not have: they do nothing.

The further fields are the columns no form may set: whose row it is, who wrote, who approved. What
is written is watched on its way to the database, then undone.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event
from werkzeug.datastructures import MultiDict

from shared.models import Base
from shared.vocabulary import Door
from shared.web.database import db
from tests.factories.town import Town
from tests.web import addresses
from tests.web.forms_of import Form, forms_of
from tests.web.visitors import Visitor

NUMBER, WORD = 1_987_654_321, "zqplanted"
# columns people fill in, by name, wherever they stand: forms have them
SENT: Counter[str] = Counter()
NEVER = {"pool_id", "id", "private", "recorded_by", "superseded_by", "calculated_by", "closed_by",
         "approved_by", "decided_by", "proposed_by", "submitted_by", "resolved_by", "done_by",
         "sha256", "media_type", "storage", "account_id", "author", "side", "internal_side",
         "converted_from_id", "scan", "email_verified", "password_hash", "permission", "door",
         "membership_id", "token_hash", "sort_key", "number_key", "source_key"}  # fmt: skip


def planted() -> list[tuple[str, str]]:
    found = []
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if column.name in NEVER:
                whole = column.type.python_type is int
                found.append((column.name, str(NUMBER) if whole else WORD))
    return sorted(set(found))


@contextmanager
def watched(app: Flask) -> Iterator[list[str]]:
    """What of the planted values was on its way into a table."""
    written: list[str] = []

    def note(*told: Any) -> None:
        statement, values = str(told[2]), told[3]
        if statement.lstrip().startswith(("INSERT", "UPDATE")):
            listed = values if isinstance(values, list) else [values]
            for each in listed:
                found = each.values() if isinstance(each, dict) else each
                if any(str(value) in {str(NUMBER), WORD} for value in found):
                    written.append(statement[:120])

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield written
    finally:
        event.remove(engine, "before_cursor_execute", note)


def all_forms(town: Town, app: Flask, visitor: Visitor) -> Iterator[Form]:
    """The forms of every page that can be opened, each address once."""
    seen = set()
    assert visitor.person
    for rule in addresses.rules(app):
        if "GET" not in addresses.methods(rule) or rule.endpoint.endswith(".static"):
            continue
        person = visitor.person
        found = addresses.addresses_of(town, visitor.door, person.firm, rule)
        for path in [p for whose, p in found if whose == addresses.OWN and p]:
            answer = visitor.get(path)
            if answer.mimetype != "text/html":
                continue
            for form in forms_of(answer.text):
                where = form.action or path
                known = (where, tuple(name for name, _ in form.fields))
                if form.method == "post" and known not in seen and "/logout" not in where:
                    seen.add(known)
                    yield Form(where, "post", form.fields)


@pytest.mark.parametrize(
    ("door", "name"), [(Door.INTRANET, "admin"), (Door.INTRANET, "accountant"),
                       (Door.EXTRANET, "broker")],
)  # fmt: skip
@pytest.mark.usefixtures("nothing_stays")
def test_a_field_a_form_does_not_have_changes_nothing(
    town: Town, portal_of: Callable[[Door], Flask], door: Door, name: str
) -> None:
    app = portal_of(door)
    visitor = Visitor(app, door, town.somebody(name))
    broken, more = [], planted()
    with watched(app) as written:
        for form in all_forms(town, app, visitor):
            own = {field for field, _ in form.fields}
            extra = [(n, v) for n, v in more if n not in own]
            fields = MultiDict([(n, v) for n, v in form.fields if n != "csrf_token"] + extra)
            fields["csrf_token"] = visitor.token
            answer = visitor.client.post(
                form.action, base_url=visitor.host, data=fields,
                headers={"Sec-Fetch-Site": "same-origin", "Accept-Language": "en"},
            )  # fmt: skip
            SENT[str(answer.status_code)] += 1
            if answer.status_code >= 500:
                broken.append(f"{form.action}: {answer.status_code}")
    assert broken == []
    assert written == []


def test_forms_were_sent_and_saved(record_property: Callable[[str, object], None]) -> None:
    """Of forms that are all refused nothing is learnt."""
    told = ", ".join(f"{count} answered {status}" for status, count in sorted(SENT.items()))
    record_property("figures", f"forms with planted fields: {sum(SENT.values())} sent, {told}")
    assert SENT["303"] > 20
