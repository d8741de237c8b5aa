"""A task of the work list."""

from collections.abc import Mapping
from typing import Final

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, Length

from shared.web.fields import DayField

NOBODY: Final = 0


class TaskForm(FlaskForm):  # type: ignore[misc]  # it ships no types
    """What is to do, until when, by whom."""

    title = StringField(_("What is to do"), [InputRequired(), Length(max=200)])
    due_on = DayField(_("Until"))
    assignee = SelectField(_("Who"), coerce=int, default=NOBODY)

    def offer(self, staff: Mapping[int, str]) -> None:
        """Offer the people who would see it."""
        self.assignee.choices = [(NOBODY, _("Whoever has time")), *staff.items()]
