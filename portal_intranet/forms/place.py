"""Which teams somebody works in."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import SelectField, SelectMultipleField
from wtforms.validators import Optional


class TeamsForm(FlaskForm):  # type: ignore[misc]  # it ships no types
    """The teams, and where he is after he signed in."""

    teams = SelectMultipleField(_("Teams"), [Optional()])
    default = SelectField(_("Team after signing in"), [Optional()])
