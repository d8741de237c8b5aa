"""The form of a right, and in which groups rights stand."""

from typing import Final

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from shared.permissions import Permission as Right
from shared.permissions import Role

GIVEN, TAKEN, INHERITED = "given", "taken", "inherited"
ALLOWED: Final = {GIVEN: True, TAKEN: False, INHERITED: None}
CHOSEN: Final[dict[object, str]] = {allowed: word for word, allowed in ALLOWED.items()}
# every right stands in one group, by the room it belongs to
GROUPS: Final = (
    (_("Start"), (Right.START,)),
    (
        _("Portfolio"),
        (
            Right.APPLICATIONS_READ,
            Right.APPLICATIONS_EDIT,
            Right.CONTRACTS_READ,
            Right.CONTRACTS_EDIT,
            Right.CUSTOMERS_READ,
            Right.CUSTOMERS_EDIT,
            Right.PRODUCTS_READ,
            Right.PRODUCTS_EDIT,
            Right.CLEARANCE,
        ),
    ),
    (
        _("Commission"),
        (
            Right.DELIVERIES_READ,
            Right.DELIVERIES_IMPORT,
            Right.DISCREPANCIES_READ,
            Right.DISCREPANCIES_RESOLVE,
            Right.SETTLEMENT_READ,
            Right.SETTLEMENT_RUN,
            Right.SETTLEMENT_APPROVE,
            Right.STATEMENTS_READ,
            Right.RATES_READ,
            Right.RATES_EDIT,
            Right.TERMS_READ,
            Right.TERMS_EDIT,
            Right.INVOICES_READ,
        ),
    ),
    (
        _("Sales"),
        (
            Right.HIERARCHY_READ,
            Right.HIERARCHY_EDIT,
            Right.HIERARCHY_APPROVE,
            Right.MESSAGES_READ,
            Right.MESSAGES_WRITE,
            Right.REPORTS_ALL,
        ),
    ),
    (
        _("Administration"),
        (
            Right.COMPANIES_READ,
            Right.COMPANIES_EDIT,
            Right.COMPANIES_PROVE,
            Right.BANK_APPROVE,
            Right.ACCOUNTS_READ,
            Right.ACCOUNTS_EDIT,
            Right.ORGANISATIONS_READ,
            Right.ORGANISATIONS_EDIT,
            Right.PERMISSIONS_READ,
            Right.PERMISSIONS_EDIT,
            Right.PARAMETERS_READ,
            Right.PARAMETERS_EDIT,
            Right.JOURNAL_READ,
            Right.EXPORT,
        ),
    ),
    (
        _("In the brokers' portal"),
        (
            Right.OWN_PRODUCTS,
            Right.OWN_APPLICATIONS,
            Right.OWN_CONTRACTS,
            Right.OWN_CONVERT,
            Right.OWN_STATEMENTS,
            Right.OWN_CUSTOMERS,
            Right.OWN_MESSAGES,
            Right.OWN_PEOPLE,
            Right.OWN_COMPANY,
        ),
    ),
)
ROLES: Final = tuple(Role)


class RightForm(FlaskForm):  # type: ignore[misc]  # it ships no types
    """Given, taken or inherited, and why."""

    version = HiddenField()
    allowed = RadioField(
        _("Here this role"),
        choices=[
            SelectChoice(GIVEN, _("may do it")),
            SelectChoice(TAKEN, _("may not do it")),
            SelectChoice(INHERITED, _("has what it inherits")),
        ],
    )
    reason = StringField(_("Reason"), [InputRequired(), Length(max=300)])
