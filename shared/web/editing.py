"""Forms: shown, sent, refused or saved; one way for all of them.

GET shows (200); what can't be read is said at its field (422); what the house refuses is said at
the field it belongs to, else above (409 or 422); who saves over a newer version is shown both
(409). Nothing that was typed is lost. Success answers with 303 and a word about it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, request
from flask_babel import gettext
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import BooleanField, SelectField

from shared.errors import Conflict, Refused
from shared.web.database import db
from shared.web.htmx import render
from shared.web.refusals import said


@dataclass(frozen=True)
class Saved:
    """Where to go after a success, and what to say; ``undo`` is an address that takes it back."""

    location: str
    text: str = ""
    undo: str = ""
    fields: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Difference:
    """A field two people changed: what was typed and what is stored by now."""

    name: str
    label: str
    mine: str
    stored: str


@dataclass(frozen=True)
class Clash:
    """A conflict as the form shows it."""

    who: str
    when: object
    version: int
    fields: tuple[Difference, ...]


def answer(
    form: FlaskForm,
    template: str,
    act: Callable[[], Saved],
    *,
    fragments: dict[str, str] | None = None,
    **values: Any,
) -> Response:
    """Answer a form's address.

    Args:
        form: as sent, or filled from what there is.
        template: shows it (macros of ``kit/form.html``); knows ``form`` and ``clash``.
        act: does it when the form is sent and readable: one call into the domain.
        fragments: as of ``render``.
        values: what else the template shows.
    """
    status, clash = 200, None
    if form.is_submitted():
        status = 422
        if form.validate():
            try:
                with db.session.begin_nested():
                    saved = act()
            except Conflict as conflict:
                status, clash = 409, _clash(form, conflict)
            except Refused as refusal:
                if refusal.status == 404:
                    raise
                status = refusal.status
                _say(form, refusal)
            else:
                return done(saved)
    return render(template, status, fragments=fragments, form=form, clash=clash, **values)


def done(saved: Saved) -> Response:
    """Go on after something was done, with a word about it."""
    if saved.text:
        tell(saved.text, undo=saved.undo, fields=saved.fields)
    response = redirect(saved.location, 303)
    if request.headers.get("HX-Request") == "true":
        response.status_code = 200
        response.headers["HX-Redirect"] = response.headers.pop("Location")
    return response


def tell(
    text: str, kind: str = "ok", *, undo: str = "", fields: Mapping[str, str] | None = None
) -> None:
    """Show a word about what was done on the next page."""
    flash({"text": text, "kind": kind, "undo": undo, "fields": dict(fields or {})}, "toast")  # type: ignore[arg-type]


def tell_refused(refusal: Refused) -> None:
    """Show on the next page why something was not done."""
    tell(said(refusal), "err")


def attempt(act: Callable[[], Saved], back: str) -> Response:
    """Do what one button asks: go on with a word, or back with the reason why not."""
    try:
        with db.session.begin_nested():
            saved = act()
    except Refused as refusal:
        if refusal.status == 404:
            raise
        tell_refused(refusal)
        return done(Saved(back))
    return done(saved)


def _say(form: FlaskForm, refusal: Refused) -> None:
    for problem in refusal.problems:
        sentence = said(problem)
        if problem.field and problem.field in form:
            field = form[problem.field]
            field.errors = [*field.errors, sentence]
        else:
            form.form_errors.append(sentence)


def _clash(form: FlaskForm, conflict: Conflict) -> Clash:
    fields = []
    for name, stored in conflict.stored.items():
        if name not in form or name == "version":
            continue
        field = form[name]
        mine, theirs = _typed(field), _written(field, stored)
        if field.data != stored and mine != theirs:
            fields.append(Difference(name, str(field.label.text), mine, theirs))
    return Clash(conflict.who, conflict.when, conflict.version, tuple(fields))


def _typed(field: Any) -> str:
    """What was typed or chosen, in the words the form shows."""
    if isinstance(field, BooleanField | SelectField):
        return _written(field, field.data)
    typed = field._value() if hasattr(field, "_value") else field.data  # noqa: SLF001
    return str(typed if typed is not None else "")


def _written(field: Any, stored: object) -> str:
    """A stored value as the field would show it."""
    if isinstance(field, BooleanField):
        return gettext("yes") if stored else gettext("no")
    if isinstance(field, SelectField):
        return _chosen(field, stored)
    if stored is None:
        return ""
    write = getattr(field, "write", None)
    return str(write(stored) if write else stored)


def _chosen(field: SelectField, value: object) -> str:
    """What a choice is called; one that is no longer offered is shown as it is stored."""
    if value in (None, ""):
        return ""
    names = {str(choice[0]): str(choice[1]) for choice in field.iter_choices()}
    return names.get(str(value), str(value))
