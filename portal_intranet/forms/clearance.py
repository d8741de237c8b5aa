"""What people type to clear a customer."""

from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from pool_module.crm.operations.customers import Person
from shared.web.fields import DayField


class ClearForm(FlaskForm):  # type: ignore[misc]  # it ships no types
    """A new customer, and who is to look after him."""

    legal_person = BooleanField(_("Company"))
    last_name = StringField(_("Last name or company"), [InputRequired(), Length(max=200)])
    first_name = StringField(_("First name"), [Optional(), Length(max=200)])
    birth_date = DayField(_("Date of birth"), [Optional()])
    street = StringField(_("Street and number"), [Optional(), Length(max=200)])
    postcode = StringField(_("Postcode"), [Optional(), Length(max=12)])
    city = StringField(_("City"), [Optional(), Length(max=100)])
    phone = StringField(_("Phone"), [Optional(), Length(max=40)])
    email = StringField(_("E-mail"), [Optional(), Length(max=254)])
    executive = SelectField(_("Account executive"), [Optional()])
    firm_id = SelectField(_("Broker firm"), [Optional()])

    def person(self) -> Person:
        """What was typed, as the room takes it."""
        names = ("first_name", "birth_date", "street", "postcode", "city", "phone", "email")
        told: dict[str, Any] = {name: self[name].data or None for name in names}
        return Person(
            last_name=self.last_name.data or "",
            legal_person=bool(self.legal_person.data),
            **told,
        )
