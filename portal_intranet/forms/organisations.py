"""What people type about organisations, divisions and teams."""

from typing import Any

from flask_babel import lazy_gettext as _
from flask_babel import lazy_pgettext as _p
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from admin_module.organisations.operations.keeping import UnitValues
from shared.vocabulary import Unit


class UnitForm(FlaskForm):  # type: ignore[misc]  # it ships no types
    """A unit; ``parent`` is chosen once, when it is made."""

    version = HiddenField()
    name = StringField(_p("thing", "Name"), [InputRequired(), Length(max=120)])
    parent = SelectField(_("Belongs to"), [Optional()], validate_choice=False)
    street = StringField(_("Street"), [Length(max=120)])
    postcode = StringField(_("Postcode"), [Length(max=12)])
    city = StringField(_("City"), [Length(max=80)])
    phone = StringField(_("Phone"), [Length(max=40)])
    fax = StringField(_("Fax"), [Length(max=40)])
    remit_to = StringField(_("Payee's name on its papers (remit to)"), [Length(max=120)])
    document_store = StringField(_("Folder of its documents"), [Length(max=40)])
    active = BooleanField(_p("unit", "Active"), default=True)

    def ask_parent(self) -> None:
        """Make what it belongs to something one has to choose."""
        self.parent.validators = [InputRequired()]
        self.parent.flags.required, self.parent.flags.optional = True, False

    def values(self, kind: Unit) -> UnitValues:
        """What was typed; of a division alone the last two."""
        names = ["street", "postcode", "city", "phone", "fax"]
        if kind is Unit.DIVISION:
            names += ["remit_to", "document_store"]
        told: dict[str, Any] = {name: (self[name].data or "").strip() or None for name in names}
        return UnitValues(name=self.name.data.strip(), active=bool(self.active.data), **told)

    def parent_id(self) -> int | None:
        """What it is to be in, where somebody said so."""
        typed = self.parent.data or ""
        return int(typed) if str(typed).isdecimal() else None


class EnableForm(FlaskForm):  # type: ignore[misc]
    """The confirmation: the name of the company, typed."""

    typed = StringField(_("Name of the company"), [InputRequired()])


class LimitForm(FlaskForm):  # type: ignore[misc]
    """Who is limited, and to what."""

    subject = StringField(_("Insurer or broker firm"), [InputRequired(), Length(max=200)])
    unit = SelectField(_("Only for"), [InputRequired()])


class CodeForm(FlaskForm):  # type: ignore[misc]
    """The number an insurer knows a unit by; empty takes it away."""

    insurer = SelectField(_("Insurer"), [InputRequired()])
    code = StringField(_("Agency number"), [Optional(), Length(max=40)])


class AskForm(FlaskForm):  # type: ignore[misc]
    """Why a customer of another organisation is to be taken in as well."""

    reason = TextAreaField(_("Why"), [InputRequired(), Length(max=1000)])
