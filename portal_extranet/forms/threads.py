"""Writing to the pool."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import HiddenField, MultipleFileField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length


class ThreadForm(FlaskForm):  # type: ignore[misc]  # it ships no types
    """A new message about something, or about nothing in particular."""

    title = StringField(_("What is it about?"), [InputRequired(), Length(max=200)])
    body = TextAreaField(_("Message"), [Length(max=20_000)])
    files = MultipleFileField(_("Documents"))
    photo = MultipleFileField(_("Photo"))
    subject = HiddenField()
    subject_id = HiddenField()
