"""What is typed about producers and their place in the hierarchy."""

from typing import Any

from flask import request
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, Regexp

from pool_module.hierarchy.operations.keeping import Details
from shared.labels import label
from shared.vocabulary import ActivityStatus, ProducerKind
from shared.web.fields import DayField

LONGEST = 200


class ChangeForm(FlaskForm):  # type: ignore[misc]  # it ships no types
    """A change from a day on; which field says what depends on the kind."""

    from_day = DayField(_("With effect from"), [InputRequired()])
    reason = TextAreaField(_("Reason"), [Optional(), Length(max=500)])


class MoveForm(ChangeForm):
    """Under whom somebody stands."""

    parent = StringField(_("Under (number or name)"), [Optional(), Length(max=LONGEST)])


class PromoteForm(ChangeForm):
    """Which level somebody has."""

    level_id = SelectField(_("Career level"), [InputRequired()], coerce=int)


class StatusForm(ChangeForm):
    """Whether somebody takes new business."""

    status = SelectField(
        _("Activity status"),
        [InputRequired()],
        choices=[SelectChoice(s.value, label(ActivityStatus, s).text) for s in ActivityStatus],
    )


class ProducerForm(FlaskForm):  # type: ignore[misc]
    """A producer's master data."""

    code = StringField(_("Number"), [InputRequired(), Length(max=40)])
    kind = SelectField(
        _("Kind"),
        [InputRequired()],
        choices=[
            SelectChoice(k.value, label(ProducerKind, k).text) for k in reversed(ProducerKind)
        ],
    )
    first_name = StringField(_("First name"), [Optional(), Length(max=LONGEST)])
    last_name = StringField(_("Last name"), [Optional(), Length(max=LONGEST)])
    name = StringField(_("Name of the company"), [Optional(), Length(max=LONGEST)])
    firm_id = SelectField(_("Belongs to the firm"), [Optional()], coerce=int)
    payee_id = SelectField(_("Is paid through"), [Optional()], coerce=int)
    country = SelectField(_("Country"), [Optional()], choices=["DE", "UA"])
    email = StringField(
        _("E-mail"),
        [
            Optional(),
            Regexp(
                r"[^@\s]+@[^@\s]+\.[^@\s]+$", message=_("Type an address like name@firm.example.")
            ),
            Length(max=LONGEST),
        ],
    )
    phone = StringField(_("Telephone"), [Optional(), Length(max=60)])
    house = BooleanField(_("House producer: his share stays in the pool's margin"), [Optional()])
    version = IntegerField(_("Version"), [Optional()])

    def validate(self, extra_validators: Any = None) -> bool:
        """A person has a last name, a company a name."""
        fine = bool(super().validate(extra_validators))
        field = self.last_name if self.kind.data == ProducerKind.PERSON else self.name
        if not (field.data or "").strip():
            field.errors = [*field.errors, _("Please fill this in.")]
            return False
        return fine

    def details(self) -> Details:
        """What was typed."""
        return Details(
            code=(self.code.data or "").strip(),
            kind=ProducerKind(self.kind.data),
            name=(self.name.data or "").strip(),
            first_name=(self.first_name.data or "").strip(),
            last_name=(self.last_name.data or "").strip(),
            firm_id=self.firm_id.data or None,
            payee_id=self.payee_id.data or None,
            country=self.country.data or "DE",
            email=(self.email.data or "").strip(),
            phone=(self.phone.data or "").strip(),
            house=bool(self.house.data),
        )


class DecisionForm(FlaskForm):  # type: ignore[misc]
    """What the second person says."""

    decision = HiddenField()
    note = TextAreaField(_("Note"), [Optional(), Length(max=500)])


def wants_look() -> bool:
    """Whether the form asks to see what would change, and not to save."""
    return request.form.get("step") == "look"
