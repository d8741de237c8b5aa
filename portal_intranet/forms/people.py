"""What is typed about people who come in."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

LANGUAGES = [
    SelectChoice("de", "Deutsch"),
    SelectChoice("uk", "Українська"),
    SelectChoice("en", "English"),
]


class InviteForm(FlaskForm):  # type: ignore[misc]  # it ships no types
    """Who is invited, where, and as what."""

    company_id = SelectField(_("Company"), [InputRequired()], coerce=int)
    name = StringField(_("Name"), [InputRequired(), Length(max=200)])
    email = StringField(_("E-mail"), [InputRequired(), Length(max=254)])
    language = SelectField(_("Language"), [InputRequired()], choices=LANGUAGES, default="de")
    role = SelectField(_("Role"), [InputRequired()])


class RoleForm(FlaskForm):  # type: ignore[misc]
    """Another role."""

    role = SelectField(_("Role"), [InputRequired()])


class LeaverForm(FlaskForm):  # type: ignore[misc]
    """Who takes over from somebody who leaves, and whether his firm leaves with him."""

    colleague_id = SelectField(_("Who takes over"), [Optional()], coerce=str)
    firm_too = BooleanField(_("His firm leaves too: it reads on, nobody of it sells any more"))
    reason = TextAreaField(_("Reason"), [Optional(), Length(max=500)])
