"""What is typed about a settlement run."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import InputRequired


class CloseForm(FlaskForm):  # type: ignore[misc]  # it ships no types
    """Closing is for good: the period is typed."""

    name = StringField(_("Type the period"), [InputRequired(_("Type the period."))])
