"""What people type about applications."""

from typing import Any, Final

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from pool_module.applications.operations import Wanted
from pool_module.applications.rules import Asked
from portal_intranet.forms.contracts import frequencies
from shared.vocabulary import ApplicationState
from shared.web.fields import DayField, MoneyField

ASKED: Final = {
    Asked.INSURED_PERSON: _("Insured person"),
    Asked.SUM_INSURED: _("Sum insured"),
    Asked.TERM_YEARS: _("Term in years"),
    Asked.OCCUPATION: _("Occupation"),
    Asked.SMOKER: _("Smoker"),
    Asked.PLATE: _("Number plate"),
    Asked.VEHICLE: _("Vehicle"),
    Asked.FIRST_REGISTRATION: _("First registration"),
    Asked.NO_CLAIMS_CLASS: _("No-claims class"),
    Asked.RISK_ADDRESS: _("Address of the risk"),
    Asked.LIVING_AREA: _("Living area in m²"),
    Asked.CONSTRUCTION_YEAR: _("Year of construction"),
    Asked.COVERAGE: _("Cover wanted"),
    Asked.DESTINATION: _("Destination"),
    Asked.HEALTH_CONSENT: _("The customer agreed that health data are processed"),
}
# what a button that brings it there says
STEPS: Final = {
    ApplicationState.SUBMITTED: _("Hand in"),
    ApplicationState.SENT_TO_INSURER: _("Send to the insurer"),
    ApplicationState.INSURER_QUERY: _("Query to the broker"),
    ApplicationState.ACCEPTED: _("Record the acceptance"),
    ApplicationState.REJECTED: _("Record the rejection"),
    ApplicationState.WITHDRAWN: _("Withdraw"),
}
WANTED_DOCUMENTS: Final = (
    _("Identity card or passport"),
    _("Signed application form"),
    _("Health questions"),
    _("Broker mandate"),
    _("Previous policy"),
    _("SEPA mandate"),
)


class ApplicationForm(FlaskForm):  # type: ignore[misc]  # it ships no types
    """What an application says."""

    version = HiddenField()
    customer_id = HiddenField()
    firm_id = SelectField(_("Broker firm"), [Optional()])
    producer = StringField(_("Producer"), [Optional(), Length(max=200)])
    product_id = SelectField(_("Product"), [InputRequired()], coerce=int)
    applied_on = DayField(_("Applied on"), [Optional()])
    begin_on = DayField(_("Begin"), [Optional()])
    frequency = SelectField(_("Payment frequency"), [Optional()])
    net_premium = MoneyField(_("Net premium p.a."), [Optional()])
    note = TextAreaField(_("Note"), [Optional(), Length(max=2000)])

    def __init__(self, *args: object, **values: object) -> None:
        super().__init__(*args, **values)
        self.frequency.choices = frequencies()

    def wanted(self, producer_id: int | None, details: dict[str, str], currency: str) -> Wanted:
        """What was typed, as the room takes it."""
        number: Any = self.customer_id.data
        return Wanted(
            product_id=self.product_id.data,
            customer_id=int(number) if str(number or "").isdecimal() else None,
            producer_id=producer_id,
            applied_on=self.applied_on.data,
            begin_on=self.begin_on.data,
            frequency=self.frequency.data or None,
            net_premium=self.net_premium.data,
            currency=currency,
            note=self.note.data or None,
            details=details,
        )


class StepForm(FlaskForm):  # type: ignore[misc]
    """A step of an application, with what it needs."""

    version = HiddenField()
    note = TextAreaField(_("Note"), [Optional(), Length(max=2000)])
    insurer_number = StringField(_("Number of the insurer"), [Optional(), Length(max=60)])


class PolicyForm(FlaskForm):  # type: ignore[misc]
    """What the policy says beyond the application."""

    version = HiddenField()
    number = StringField(_("Contract number"), [InputRequired(), Length(max=60)])
    producer = StringField(_("Producer"), [Optional(), Length(max=200)])
    issued_on = DayField(_("Issued on"), [Optional()])
    begin_on = DayField(_("Begin"), [Optional()])
    end_on = DayField(_("End"), [Optional()])
    net_premium = MoneyField(_("Net premium p.a."), [Optional()])
    gross_premium = MoneyField(_("Gross premium p.a."), [Optional()])
