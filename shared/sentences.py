"""What a right allows and what a parameter decides, each in one sentence for people."""

from enum import Enum
from typing import Final

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from shared.parameters import Parameter
from shared.permissions import Permission

SENTENCES: Final[dict[Enum, LazyString]] = {
    Permission.START: _("See the own start page and work list."),
    Permission.COMPANIES_READ: _("See companies with what they have to prove."),
    Permission.COMPANIES_EDIT: _("Onboard companies, keep their data, let them leave."),
    Permission.COMPANIES_PROVE: _(
        "Keep companies' proofs and checks, propose new bank details for them."
    ),
    Permission.BANK_APPROVE: _("Approve bank details another person proposed."),
    Permission.ACCOUNTS_READ: _("See who may come in."),
    Permission.ACCOUNTS_EDIT: _("Invite people, give them roles and teams, shut them out."),
    Permission.PERMISSIONS_READ: _("See what roles may do."),
    Permission.PERMISSIONS_EDIT: _("Change what roles may do, and which modules a company has."),
    Permission.ORGANISATIONS_READ: _("See organisations, divisions and teams."),
    Permission.ORGANISATIONS_EDIT: _("Keep organisations, and who is limited to them."),
    Permission.PARAMETERS_READ: _("See system parameters and regional defaults."),
    Permission.PARAMETERS_EDIT: _("Set system parameters and regional defaults."),
    Permission.CUSTOMERS_READ: _("See the pool's customers."),
    Permission.CUSTOMERS_EDIT: _("Keep the pool's customers."),
    Permission.CONTRACTS_READ: _("See contracts with what they bring."),
    Permission.CONTRACTS_EDIT: _("Keep contracts, shares and cancellations."),
    Permission.APPLICATIONS_READ: _("See applications."),
    Permission.APPLICATIONS_EDIT: _("Take applications in and move them on."),
    Permission.PRODUCTS_READ: _("See insurers and products."),
    Permission.PRODUCTS_EDIT: _("Keep insurers and products, and who may sell what."),
    Permission.RATES_READ: _("See what comes in and what goes out: agreements and rates."),
    Permission.RATES_EDIT: _("Keep agreements and rates."),
    Permission.TERMS_READ: _("See payment terms."),
    Permission.TERMS_EDIT: _("Agree on payment terms."),
    Permission.INVOICES_READ: _("See what is payable and receivable, of all teams."),
    Permission.CLEARANCE: _("Ask the whole pool whether a customer is known."),
    Permission.REPORTS_ALL: _("See figures past the wall of the own organisation."),
    Permission.HIERARCHY_READ: _("See producers and their tree."),
    Permission.HIERARCHY_EDIT: _("Place, move and promote; propose what reaches back."),
    Permission.HIERARCHY_APPROVE: _("Approve changes of the tree another person proposed."),
    Permission.DELIVERIES_READ: _("See insurers' files."),
    Permission.DELIVERIES_IMPORT: _("Bring insurers' files in."),
    Permission.DISCREPANCIES_READ: _("See what could not be booked."),
    Permission.DISCREPANCIES_RESOLVE: _("Settle what could not be booked."),
    Permission.SETTLEMENT_READ: _("See settlement runs."),
    Permission.SETTLEMENT_RUN: _("Calculate and close a settlement, note payments."),
    Permission.SETTLEMENT_APPROVE: _("Approve a settlement another person calculated."),
    Permission.STATEMENTS_READ: _("See every payee's statements."),
    Permission.MESSAGES_READ: _("See threads with brokers and insurers."),
    Permission.MESSAGES_WRITE: _("Write with brokers and insurers."),
    Permission.JOURNAL_READ: _("See who changed what, and take samples."),
    Permission.EXPORT: _("Take lists and periods out as files."),
    Permission.OWN_PRODUCTS: _("See the pool's range with the own conditions."),
    Permission.OWN_APPLICATIONS: _("See the firm's applications, submit them, answer queries."),
    Permission.OWN_CONTRACTS: _("See the firm's contracts and its book of business."),
    Permission.OWN_CONVERT: _("Take a contract into the firm's own keeping."),
    Permission.OWN_STATEMENTS: _("See the firm's statements, reserve and liability."),
    Permission.OWN_CUSTOMERS: _("Keep the firm's own customers and contracts."),
    Permission.OWN_MESSAGES: _("Write with the pool."),
    Permission.OWN_PEOPLE: _("Invite the firm's people and shut them out."),
    Permission.OWN_COMPANY: _("Keep the firm's proofs and propose bank details."),
    Parameter.PAYABLE_DAYS: _("Holds for a payout where nothing is agreed with its payee."),
    Parameter.PAYABLE_BASIS: _("From which day on the days of a payout count."),
    Parameter.RECEIVABLE_DAYS: _(
        "Holds for what insurers and brokers owe where nothing is agreed with anybody."
    ),
    Parameter.RECEIVABLE_BASIS: _("From which day on the days of what is owed to us count."),
    Parameter.BANK_WAITING_DAYS: _(
        "So many days pass between the approval of new bank details and the first payout to them."
    ),
    Parameter.PROOF_ALERT_FIRST: _("Firm and staff are told so early that a proof will expire."),
    Parameter.PROOF_ALERT_SECOND: _("They are told again."),
    Parameter.PROOF_ALERT_LAST: _("They are told for the last time before it blocks."),
    Parameter.RENEWAL_DAYS: _("Contracts that end within these days stand among the renewals."),
    Parameter.ANSWER_DAYS: _("A broker's message is due in the work list after these days."),
    Parameter.SEND_DAYS: _("A submitted application goes to the insurer within these days."),
    Parameter.QUERY_DAYS: _("An insurer's query is due in the work list after these days."),
    Parameter.RESOLVE_DAYS: _("A discrepancy is due in the work list after these days."),
    Parameter.APPLICATION_WAIT_DAYS: _(
        "An application an insurer has not answered for so long is asked after."
    ),
    Parameter.EXPIRY_SIGHT_DAYS: _(
        "An agreement or a rate that ends within these days stands in the work list."
    ),
    Parameter.REPORT_REACH: _(
        "Who has the right to all figures sees them in any case; for the others this holds."
    ),
}
