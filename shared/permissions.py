"""What a person may do: each permission with its sentence, and the roles that hold it."""

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Final


class Permission(StrEnum):
    """One thing a person may do in a portal."""

    START = "start"  # see the own start page
    COMPANIES_READ = "companies_read"  # see companies with what they have to prove
    COMPANIES_EDIT = "companies_edit"  # onboard companies, keep their data, let them leave
    COMPANIES_PROVE = "companies_prove"  # keep proofs and checks, propose bank details
    BANK_APPROVE = "bank_approve"  # approve bank details another person proposed
    ACCOUNTS_READ = "accounts_read"  # see who may come in
    ACCOUNTS_EDIT = "accounts_edit"  # invite people, give them roles and teams, shut them out
    PERMISSIONS_READ = "permissions_read"  # see what roles may do
    PERMISSIONS_EDIT = "permissions_edit"  # change it, and which modules a company has
    ORGANISATIONS_READ = "organisations_read"  # see organisations, divisions, teams
    ORGANISATIONS_EDIT = "organisations_edit"  # keep them, and who is limited to them
    PARAMETERS_READ = "parameters_read"  # see parameters and regional defaults
    PARAMETERS_EDIT = "parameters_edit"  # set them
    CUSTOMERS_READ = "customers_read"  # see the pool's customers
    CUSTOMERS_EDIT = "customers_edit"  # keep them
    CONTRACTS_READ = "contracts_read"  # see contracts with what they bring
    CONTRACTS_EDIT = "contracts_edit"  # keep contracts, shares, cancellations
    APPLICATIONS_READ = "applications_read"  # see applications
    APPLICATIONS_EDIT = "applications_edit"  # take applications in and move them on
    PRODUCTS_READ = "products_read"  # see insurers and products
    PRODUCTS_EDIT = "products_edit"  # keep them, and who may sell what
    RATES_READ = "rates_read"  # see what comes in and what goes out
    RATES_EDIT = "rates_edit"  # agree on it
    TERMS_READ = "terms_read"  # see payment terms
    TERMS_EDIT = "terms_edit"  # agree on them
    INVOICES_READ = "invoices_read"  # see what is payable and receivable, of all teams
    CLEARANCE = "clearance"  # ask the whole pool whether a customer is known
    REPORTS_ALL = "reports_all"  # see figures past the wall of the own organisation
    HIERARCHY_READ = "hierarchy_read"  # see producers and their tree
    HIERARCHY_EDIT = "hierarchy_edit"  # place, move, promote; propose what reaches back
    HIERARCHY_APPROVE = "hierarchy_approve"  # approve what another proposed
    DELIVERIES_READ = "deliveries_read"  # see insurers' files
    DELIVERIES_IMPORT = "deliveries_import"  # bring them in
    DISCREPANCIES_READ = "discrepancies_read"  # see what could not be booked
    DISCREPANCIES_RESOLVE = "discrepancies_resolve"  # settle what could not be booked
    SETTLEMENT_READ = "settlement_read"  # see runs
    SETTLEMENT_RUN = "settlement_run"  # calculate, close
    SETTLEMENT_APPROVE = "settlement_approve"  # approve what another calculated
    STATEMENTS_READ = "statements_read"  # see every payee's statements
    MESSAGES_READ = "messages_read"  # see threads with brokers and insurers
    MESSAGES_WRITE = "messages_write"  # answer them
    JOURNAL_READ = "journal_read"  # see who changed what
    EXPORT = "export"  # take lists out as files
    OWN_PRODUCTS = "own_products"  # see the pool's range with the own conditions
    OWN_APPLICATIONS = "own_applications"  # see the firm's applications, submit, answer queries
    OWN_CONTRACTS = "own_contracts"  # see the firm's contracts and book of business
    OWN_CONVERT = "own_convert"  # take a contract into the firm's own keeping
    OWN_STATEMENTS = "own_statements"  # see the firm's statements, reserve and liability
    OWN_CUSTOMERS = "own_customers"  # keep the firm's own customers and contracts
    OWN_MESSAGES = "own_messages"  # write with the pool
    OWN_PEOPLE = "own_people"  # invite the firm's people and shut them out
    OWN_COMPANY = "own_company"  # keep the firm's proofs and propose bank details


class Module(StrEnum):
    """A part of the software a company has or has not."""

    ADMIN = "admin"  # companies, people, organisations
    POOL = "pool"  # the pool's business; without it a broker keeps what is his own


class Role(StrEnum):
    """What a membership makes of a person."""

    ADMIN = "admin"  # staff who run the pool's house
    DIRECTOR = "director"  # approves
    ACCOUNTANT = "accountant"  # settles
    CLERK = "clerk"  # keeps contracts
    AUDITOR = "auditor"  # reads
    BROKER = "broker"  # somebody of a broker firm
    ASSISTANT = "assistant"  # who works for him


READING: Final = frozenset(p for p in Permission if p.value.endswith("_read"))
OWN: Final = frozenset(p for p in Permission if p.value.startswith("own_"))
STAFF: Final = frozenset(Permission) - OWN
HOUSE: Final = frozenset(
    {
        Permission.ACCOUNTS_READ,
        Permission.PARAMETERS_READ,
        Permission.PERMISSIONS_READ,
        Permission.JOURNAL_READ,
    }
)
CLERKS: Final = READING - HOUSE - {Permission.INVOICES_READ, Permission.TERMS_READ} | {
    Permission.APPLICATIONS_EDIT,
    Permission.COMPANIES_PROVE,
    Permission.CONTRACTS_EDIT,
    Permission.CUSTOMERS_EDIT,
    Permission.DELIVERIES_IMPORT,
    Permission.DISCREPANCIES_RESOLVE,
    Permission.CLEARANCE,
    Permission.EXPORT,
    Permission.MESSAGES_WRITE,
    Permission.PRODUCTS_EDIT,
}
ACCOUNTANTS: Final = READING | {
    Permission.BANK_APPROVE,
    Permission.CLEARANCE,
    Permission.CONTRACTS_EDIT,
    Permission.DELIVERIES_IMPORT,
    Permission.DISCREPANCIES_RESOLVE,
    Permission.EXPORT,
    Permission.HIERARCHY_APPROVE,
    Permission.HIERARCHY_EDIT,
    Permission.MESSAGES_WRITE,
    Permission.PRODUCTS_EDIT,
    Permission.RATES_EDIT,
    Permission.REPORTS_ALL,  # what is settled is the whole pool's; an administrator may take it
    Permission.TERMS_EDIT,
    Permission.SETTLEMENT_APPROVE,  # another accountant's run: the database refuses the own one
    Permission.SETTLEMENT_RUN,
}
DIRECTORS: Final = READING | {
    Permission.BANK_APPROVE,
    Permission.CLEARANCE,
    Permission.REPORTS_ALL,
    Permission.EXPORT,
    Permission.HIERARCHY_APPROVE,
    Permission.HIERARCHY_EDIT,
    Permission.MESSAGES_WRITE,
    Permission.SETTLEMENT_APPROVE,
}
START: Final = frozenset({Permission.START})

PERMISSIONS_OF: Final = {
    # who gives rights does not approve payouts
    Role.ADMIN: STAFF - {Permission.SETTLEMENT_APPROVE},
    Role.DIRECTOR: START | DIRECTORS,
    Role.ACCOUNTANT: START | ACCOUNTANTS,
    Role.CLERK: START | CLERKS,
    Role.AUDITOR: START | READING | {Permission.EXPORT, Permission.REPORTS_ALL},
    Role.BROKER: START | OWN,
    Role.ASSISTANT: START
    | OWN
    - {
        Permission.OWN_COMPANY,
        Permission.OWN_CONVERT,
        Permission.OWN_PEOPLE,
        Permission.OWN_STATEMENTS,
    },
}

# whatever he was given: who audits changes nothing
ONLY_READ: Final = frozenset({Role.AUDITOR})

# what goes with a module; what is in none is everybody's
MODULE_OF: Final = {
    **dict.fromkeys(
        (
            *sorted(HOUSE - {Permission.JOURNAL_READ}),
            Permission.ACCOUNTS_EDIT,
            Permission.BANK_APPROVE,
            Permission.COMPANIES_EDIT,
            Permission.COMPANIES_PROVE,
            Permission.COMPANIES_READ,
            Permission.ORGANISATIONS_EDIT,
            Permission.ORGANISATIONS_READ,
            Permission.OWN_COMPANY,
            Permission.OWN_PEOPLE,
            Permission.PARAMETERS_EDIT,
            Permission.PERMISSIONS_EDIT,
        ),
        Module.ADMIN,
    ),
}
KEPT_WITHOUT_POOL: Final = START | {
    Permission.EXPORT,
    Permission.JOURNAL_READ,
    Permission.OWN_CUSTOMERS,
}
# what a former partner still reads (and the portal lets him change nothing)
KEPT_IN_EXIT: Final = START | {
    Permission.OWN_APPLICATIONS,
    Permission.OWN_CONTRACTS,
    Permission.OWN_CUSTOMERS,
    Permission.OWN_MESSAGES,
    Permission.OWN_STATEMENTS,
}


def module_of(permission: Permission) -> Module | None:
    """The module a permission goes with; None: it goes with none."""
    if permission in KEPT_WITHOUT_POOL:
        return None
    return MODULE_OF.get(permission, Module.POOL)


def effective(
    role: str, rights: Mapping[str, bool], modules_off: Collection[str], *, leaving: bool = False
) -> frozenset[Permission]:
    """What a role may in a company: its own permissions, changed by the company's rights.

    Args:
        role: as stored; an unknown one holds nothing.
        rights: permissions given (True) or taken (False) where the person works.
        modules_off: modules the company does not have: what goes with them is gone.
        leaving: a former partner's company: what he still reads is all that is left.
    """
    own = permissions_of(role)
    if not own:
        return own
    side = OWN if own & OWN else STAFF  # no right leads through the other door
    known = {Permission(p): given for p, given in rights.items() if p in set(Permission)}
    held = (own | {p for p, given in known.items() if given and p in side}) - {
        p for p, given in known.items() if not given
    }
    if leaving:
        held &= KEPT_IN_EXIT
    return frozenset(p for p in held if module_of(p) not in modules_off)


def permissions_of(role: str) -> frozenset[Permission]:
    """The permissions of a stored role; one that is no longer known holds nothing."""
    return PERMISSIONS_OF[Role(role)] if role in set(Role) else frozenset()
