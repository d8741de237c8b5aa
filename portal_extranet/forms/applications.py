"""An application on its way to the pool, step by step."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    EmailField,
    HiddenField,
    MultipleFileField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional

from portal_extranet.forms.own import CURRENCIES, SHORT, frequencies
from shared.web.fields import DayField, MoneyField


class CustomerForm(FlaskForm):  # type: ignore[misc]  # it ships no types
    """The customer of an application, if he is new."""

    last_name = StringField(_("Last name or firm"), [InputRequired(), SHORT])
    first_name = StringField(_("First name"), [SHORT])
    legal_person = BooleanField(_("It is a firm"))
    birth_date = DayField(_("Birth date"), [Optional()])
    street = StringField(_("Street"), [SHORT])
    postcode = StringField(_("Postcode"), [SHORT])
    city = StringField(_("City"), [SHORT])
    phone = StringField(_("Phone"), [SHORT])
    email = EmailField(_("E-mail"), [SHORT])


class DataForm(FlaskForm):  # type: ignore[misc]
    """What an application says; beside it what its line of business asks."""

    applied_on = DayField(_("Applied on"), [InputRequired()])
    begin_on = DayField(_("Begin"), [Optional()])
    frequency = SelectField(_("Payment"), default="")
    net_premium = MoneyField(_("Premium a year, net"), [Optional()])
    currency = SelectField(_("Currency"), choices=CURRENCIES, default="EUR")
    producer_id = SelectField(_("Adviser"), coerce=int)
    note = TextAreaField(_("Note to the pool"), [Length(max=4000)])
    files = MultipleFileField(_("Documents"))
    photo = MultipleFileField(_("Photo"))
    version = HiddenField()

    def __init__(self, *, producers: Sequence[tuple[int, str]], **values: Any) -> None:
        super().__init__(**values)
        self.frequency.choices = frequencies()
        self.producer_id.choices = [(0, "–"), *producers]


class AnswerForm(FlaskForm):  # type: ignore[misc]
    """The answer to a query, with what was asked for."""

    text = TextAreaField(_("Your answer"), [InputRequired(), Length(max=10_000)])
    files = MultipleFileField(_("Documents"))
    photo = MultipleFileField(_("Photo"))
    version = HiddenField()
