"""Who may do what: role by capability, everywhere, on a level of companies or in one company."""

from typing import Any

from flask import Blueprint, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString
from werkzeug.wrappers import Response

from admin_module.permissions import operations, queries
from admin_module.permissions.errors import NoSuchRight
from admin_module.permissions.rules import KINDS, OF_ROLE, Cell, Place, Words, cell
from portal_intranet.forms.contracts import version_of
from portal_intranet.forms.permissions import (
    ALLOWED,
    CHOSEN,
    GROUPS,
    ROLES,
    RightForm,
)
from shared.errors import Conflict
from shared.labels import label
from shared.permissions import Permission, Role, module_of
from shared.sentences import SENTENCES
from shared.vocabulary import ProducerKind
from shared.web import editing
from shared.web.access import requires
from shared.web.database import db
from shared.web.editing import Saved
from shared.web.htmx import render

blueprint = Blueprint("permissions", __name__, template_folder="../templates")
EVERYWHERE = _("Everywhere")
LEVELS = {"pool": _("Pool"), "insurer": _("Insurer")}


@blueprint.get("/permissions")
@requires(Permission.PERMISSIONS_READ)
def index() -> Response:
    """Show the matrix of a place; on a phone the list of one role."""
    session = db.session()
    place = queries.get_place(session, request.args.get("scope") or Place().key)
    words = queries.words_of(session)
    off = queries.modules_off(session).get(place.company_id or 0, set())
    role = _role(request.args.get("role"))
    groups = []
    for name, permissions in GROUPS:
        rows = [_row(p, place, words, off) for p in permissions]
        groups.append({"name": name, "rows": [row for row in rows if row["cells"]]})
    return render(
        "permissions/index.html",
        place=place,
        place_name=_place_name(place),
        places=_places(session),
        groups=groups,
        roles=ROLES,
        chosen=role,
        role_word=_role_word,
        people=_people(session, place),
        changes=queries.latest_changes(session),
        sentence=_sentence,
        key_name=_key_name,
    )


@blueprint.get("/permissions/<role>/<permission>")
@requires(Permission.PERMISSIONS_READ)
def show(role: str, permission: str) -> Response:
    """Show what holds for a role and a right at a place, where it comes from, who changed it."""
    return _shown(role, permission, RightForm())


@blueprint.post("/permissions/<role>/<permission>")
@requires(Permission.PERMISSIONS_EDIT, step_up=True)
def change(role: str, permission: str) -> Response:
    """Give the right, take it, or let it inherit again."""
    return _shown(role, permission, RightForm())


def _shown(role: str, permission: str, form: RightForm) -> Response:
    session = db.session()
    if role not in set(Role) or permission not in set(Permission):
        raise NoSuchRight
    place = queries.get_place(session, request.args.get("scope") or Place().key)
    here = cell(Role(role), Permission(permission), place, queries.words_of(session))
    if not form.is_submitted():
        form.allowed.data = CHOSEN[here.own]
        form.version.data = queries.stand_of(session, role, permission, place).version

    def save() -> Saved:
        try:
            operations.change(
                session, role, permission, place.key, version=version_of(form),
                allowed=ALLOWED[form.allowed.data], reason=form.reason.data or "",
            )  # fmt: skip
        except Conflict as conflict:
            conflict.stored = {"allowed": CHOSEN[conflict.stored["allowed"]]}
            raise
        back = url_for("permissions.show", role=role, permission=permission, scope=place.key)
        return Saved(back, gettext("Saved. It holds from the next click on."))

    return editing.answer(
        form,
        "permissions/show.html",
        save,
        place=place,
        place_name=_place_name(place),
        here=here,
        source=_source(here, place),
        role_word=_role_word,
        sentence=_sentence(Permission(permission)),
        history=queries.history_of(session, role, permission),
        kind_word=_kind_word,
    )


def _row(permission: Permission, place: Place, words: Words, off: set[str]) -> dict[str, Any]:
    """A right with what every role has of it; none where no role can have it."""
    module = module_of(permission)
    cells = [_shown_cell(cell(role, permission, place, words), place) for role in ROLES]
    return {
        "permission": permission.value,
        "sentence": _sentence(permission),
        "off": module is not None and module in off,
        "cells": cells if any(c["possible"] for c in cells) else [],
    }


def _shown_cell(found: Cell, place: Place) -> dict[str, Any]:
    return {
        "role": found.role.value,
        "possible": found.possible,
        "allowed": found.allowed,
        "own": found.own is not None,
        "source": _source(found, place),
        "href": url_for(
            "permissions.show",
            role=found.role.value,
            permission=found.permission.value,
            scope=place.key,
        ),
    }


def _source(found: Cell, place: Place) -> LazyString | str:
    """Where what is inherited comes from, in words."""
    if found.source == OF_ROLE:
        return gettext("from the role itself")
    if found.source == Place().key:
        return gettext("from everywhere")
    return gettext("from the level %(level)s", level=_kind_word(place.kind or ""))


def _sentence(permission: str) -> LazyString | str:
    if permission not in set(Permission):
        return permission
    return SENTENCES[Permission(permission)]


def _role_word(role: str) -> LazyString:
    return label(Role, role).text


def _role(wanted: str | None) -> str:
    return wanted if wanted in set(Role) else Role.CLERK.value


def _kind_word(kind: str) -> LazyString | str:
    return LEVELS.get(kind) or label(ProducerKind, kind).text


def _place_name(place: Place) -> LazyString | str:
    if place.company_id is not None:
        return place.name
    if place.kind is not None:
        return gettext("Level %(level)s", level=_kind_word(place.kind))
    return EVERYWHERE


def _key_name(row: Any) -> LazyString | str:
    """Where a change of the history holds."""
    if row["company"]:
        return str(row["company"])
    return _place_name(Place(kind=row["company_kind"]))


def _places(session: Any) -> list[tuple[str, LazyString | str]]:
    """Everywhere, the levels, the companies: what can be chosen."""
    levels = [Place(kind=kind) for kind in KINDS]
    companies = [(f"c{c.id}", c.name) for c in queries.companies(session)]
    return [(p.key, _place_name(p)) for p in (Place(), *levels)] + companies


def _people(session: Any, place: Place) -> dict[str, int]:
    """How many people hold each role at a place."""
    found: dict[str, int] = {}
    for one in queries.holders_of(session):
        if place.key in Place(one.company_id, one.kind).chain:
            found[one.role] = found.get(one.role, 0) + one.people
    return found
