"""The form of a right, and in which groups rights stand."""

from typing import Final

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from shared.permissions import Permission as P
from shared.permissions import Role

GIVEN, TAKEN, INHERITED = "given", "taken", "inherited"
ALLOWED: Final = {GIVEN: True, TAKEN: False, INHERITED: None}
# every right stands in one group, by the room it belongs to
GROUPS: Final = (
    (_("Start"), (P.START,)),
    (
        _("Portfolio"),
        (
            P.APPLICATIONS_READ, P.APPLICATIONS_EDIT, P.CONTRACTS_READ, P.CONTRACTS_EDIT,
            P.CUSTOMERS_READ, P.CUSTOMERS_EDIT, P.PRODUCTS_READ, P.PRODUCTS_EDIT, P.CLEARANCE,
        ),
    ),
    (
        _("Commission"),
        (
            P.DELIVERIES_READ, P.DELIVERIES_IMPORT, P.DISCREPANCIES_READ, P.DISCREPANCIES_RESOLVE,
            P.SETTLEMENT_READ, P.SETTLEMENT_RUN, P.SETTLEMENT_APPROVE, P.STATEMENTS_READ,
            P.RATES_READ, P.RATES_EDIT, P.TERMS_READ, P.TERMS_EDIT, P.INVOICES_READ,
        ),
    ),
    (
        _("Sales"),
        (
            P.HIERARCHY_READ, P.HIERARCHY_EDIT, P.HIERARCHY_APPROVE, P.MESSAGES_READ,
            P.MESSAGES_WRITE, P.REPORTS_ALL,
        ),
    ),
    (
        _("Administration"),
        (
            P.COMPANIES_READ, P.COMPANIES_EDIT, P.BANK_APPROVE, P.ACCOUNTS_READ, P.ACCOUNTS_EDIT,
            P.ORGANISATIONS_READ, P.ORGANISATIONS_EDIT, P.PERMISSIONS_READ, P.PERMISSIONS_EDIT,
            P.PARAMETERS_READ, P.PARAMETERS_EDIT, P.JOURNAL_READ, P.EXPORT,
        ),
    ),
    (
        _("In the brokers' portal"),
        (
            P.OWN_PRODUCTS, P.OWN_APPLICATIONS, P.OWN_CONTRACTS, P.OWN_CONVERT, P.OWN_STATEMENTS,
            P.OWN_CUSTOMERS, P.OWN_MESSAGES, P.OWN_PEOPLE, P.OWN_COMPANY,
        ),
    ),
)  # fmt: skip
ROLES: Final = tuple(Role)


class RightForm(FlaskForm):  # type: ignore[misc]  # it ships no types
    """Given, taken or inherited, and why."""

    allowed = RadioField(
        _("Here this role"),
        choices=[
            SelectChoice(GIVEN, _("may do it")),
            SelectChoice(TAKEN, _("may not do it")),
            SelectChoice(INHERITED, _("has what it inherits")),
        ],
    )
    reason = StringField(_("Reason"), [InputRequired(), Length(max=300)])
