"""What people type about customers."""

from typing import Any

from flask_babel import lazy_gettext as _
from flask_babel import lazy_pgettext as _p
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from pool_module.crm.operations.customers import Person
from pool_module.crm.rules.alike import Described
from shared.web.fields import DayField


class CustomerForm(FlaskForm):  # type: ignore[misc]  # it ships no types
    """A person or a company; ``anyway`` says that it is nobody of those shown as alike."""

    version = HiddenField()
    anyway = HiddenField()
    legal_person = BooleanField(_("Company"))
    last_name = StringField(_("Last name or company"), [InputRequired(), Length(max=200)])
    first_name = StringField(_("First name"), [Optional(), Length(max=200)])
    title = StringField(_p("person", "Title"), [Optional(), Length(max=40)])
    birth_date = DayField(_("Date of birth"), [Optional()])
    street = StringField(_("Street and number"), [Optional(), Length(max=200)])
    postcode = StringField(_("Postcode"), [Optional(), Length(max=12)])
    city = StringField(_("City"), [Optional(), Length(max=100)])
    country = StringField(_("Country"), [Optional(), Length(max=2)])
    email = StringField(_("E-mail"), [Optional(), Length(max=254)])
    phone = StringField(_("Phone"), [Optional(), Length(max=40)])
    note = TextAreaField(_("Note"), [Optional(), Length(max=2000)])
    firm_id = SelectField(_("Broker firm"), [Optional()])

    def person(self) -> Person:
        """What was typed, as the room takes it."""
        names = Person.__dataclass_fields__
        values: dict[str, Any] = {name: self[name].data or None for name in names}
        values["legal_person"] = bool(values["legal_person"])
        values["last_name"] = values["last_name"] or ""
        return Person(**values)

    def described(self) -> Described:
        """What tells who it is."""
        return Described(
            last_name=self.last_name.data or "",
            first_name=self.first_name.data or None,
            legal_person=bool(self.legal_person.data),
            birth_date=self.birth_date.data,
            postcode=self.postcode.data or None,
        )
