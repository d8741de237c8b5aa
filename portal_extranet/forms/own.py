"""What a broker writes down of his own customers and contracts."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _
from flask_babel import lazy_pgettext as _p
from flask_wtf import FlaskForm
from wtforms import BooleanField, EmailField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from shared import labels
from shared.vocabulary import ContractState, Frequency
from shared.web.fields import DayField, MoneyField

SHORT = Length(max=200)
STATES = (ContractState.ACTIVE, ContractState.PENDING, ContractState.SUSPENDED,
          ContractState.PAID_UP, ContractState.CANCELLED, ContractState.EXPIRED)  # fmt: skip
CURRENCIES = ("EUR", "UAH", "USD", "GBP")


def frequencies() -> list[tuple[str, Any]]:
    """How often a premium is paid, or not said."""
    return [("", "–"), *((f.value, labels.label(Frequency, f.value).text) for f in Frequency)]


class CustomerForm(FlaskForm):  # type: ignore[misc]  # it ships no types
    """A customer: a person, or a firm whose whole name is the last name."""

    last_name = StringField(_("Last name or firm"), [InputRequired(), SHORT])
    first_name = StringField(_("First name"), [SHORT])
    legal_person = BooleanField(_("It is a firm"))
    title = StringField(_p("person", "Title"), [SHORT])
    birth_date = DayField(_("Birth date"), [Optional()])
    street = StringField(_("Street"), [SHORT])
    postcode = StringField(_("Postcode"), [SHORT])
    city = StringField(_("City"), [SHORT])
    email = EmailField(_("E-mail"), [SHORT])
    phone = StringField(_("Phone"), [SHORT])
    note = TextAreaField(_("Note"), [Length(max=4000)])
    version = HiddenField()


class ContractForm(FlaskForm):  # type: ignore[misc]
    """A contract in the broker's own keeping."""

    holder_id = SelectField(_("Customer"), [InputRequired()], coerce=int)
    number = StringField(_("Contract number"), [InputRequired(), SHORT])
    own_insurer = StringField(_("Insurer"), [SHORT])
    own_product = StringField(_("Product"), [SHORT])
    state = SelectField(_("Status"), default=ContractState.ACTIVE.value)
    begin_on = DayField(_("Begin"), [Optional()])
    end_on = DayField(_("End"), [Optional()])
    next_due_on = DayField(_("Next premium due"), [Optional()])
    frequency = SelectField(_("Payment"), default="")
    net_premium = MoneyField(_("Premium a year, net"), [Optional()])
    gross_premium = MoneyField(_("Premium a year, gross"), [Optional()])
    currency = SelectField(_("Currency"), choices=CURRENCIES, default="EUR")
    note = TextAreaField(_("Note"), [Length(max=4000)])
    version = HiddenField()

    def __init__(self, *, customers: Sequence[tuple[int, str]], **values: Any) -> None:
        super().__init__(**values)
        self.holder_id.choices = customers
        self.state.choices = [(s.value, labels.label(ContractState, s.value).text) for s in STATES]
        self.frequency.choices = frequencies()
