"""What people write to brokers and among themselves."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from shared.web.fields import DayField

LONGEST = 10_000
KINDS = {"message": _("Message"), "question": _("Question about a line")}


class ThreadForm(FlaskForm):  # type: ignore[misc]  # it ships no types
    """A new thread; internal unless said otherwise."""

    subject = HiddenField()
    subject_id = HiddenField()
    firm_id = SelectField(_("With"), [Optional()])
    internal = RadioField(_("Who reads it"), default="yes")
    title = StringField(_("Subject line"), [InputRequired(), Length(max=200)])
    body = TextAreaField(_("Message"), [Optional(), Length(max=LONGEST)])
    due_on = DayField(_("Answer wanted by"), [Optional()])

    def __init__(self, *args: object, **values: object) -> None:
        super().__init__(*args, **values)
        self.internal.choices = [
            ("yes", _("Internal note: the pool alone")),
            ("no", _("The broker too")),
        ]


class AnswerForm(FlaskForm):  # type: ignore[misc]
    """A message in a thread."""

    internal = HiddenField()
    body = TextAreaField(_("Message"), [Optional(), Length(max=LONGEST)])


class OutcomeForm(FlaskForm):  # type: ignore[misc]
    """What became of a question."""

    state = HiddenField()
    line_id = HiddenField()
    body = TextAreaField(_("What the broker is told"), [Optional(), Length(max=LONGEST)])
