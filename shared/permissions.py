"""What a person may do: each permission with its sentence, and the roles that hold it."""

from enum import StrEnum
from typing import Final


class Permission(StrEnum):
    """One thing a person may do in a portal."""

    START = "start"  # see the own start page
    ADMINISTER = "administer"  # invite people and give them roles
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
CLERKS: Final = READING - {Permission.JOURNAL_READ} | {
    Permission.APPLICATIONS_EDIT,
    Permission.CONTRACTS_EDIT,
    Permission.CUSTOMERS_EDIT,
    Permission.DELIVERIES_IMPORT,
    Permission.DISCREPANCIES_RESOLVE,
    Permission.EXPORT,
    Permission.MESSAGES_WRITE,
    Permission.PRODUCTS_EDIT,
}
ACCOUNTANTS: Final = READING | {
    Permission.CONTRACTS_EDIT,
    Permission.DELIVERIES_IMPORT,
    Permission.DISCREPANCIES_RESOLVE,
    Permission.EXPORT,
    Permission.HIERARCHY_APPROVE,
    Permission.HIERARCHY_EDIT,
    Permission.MESSAGES_WRITE,
    Permission.PRODUCTS_EDIT,
    Permission.RATES_EDIT,
    Permission.SETTLEMENT_APPROVE,  # another accountant's run: the database refuses the own one
    Permission.SETTLEMENT_RUN,
}
DIRECTORS: Final = READING | {
    Permission.EXPORT,
    Permission.HIERARCHY_APPROVE,
    Permission.HIERARCHY_EDIT,
    Permission.MESSAGES_WRITE,
    Permission.SETTLEMENT_APPROVE,
}
START: Final = frozenset({Permission.START})

PERMISSIONS_OF: Final = {
    Role.ADMIN: STAFF,
    Role.DIRECTOR: START | DIRECTORS,
    Role.ACCOUNTANT: START | ACCOUNTANTS,
    Role.CLERK: START | CLERKS,
    Role.AUDITOR: START | READING | {Permission.EXPORT},
    Role.BROKER: START | OWN,
    Role.ASSISTANT: START | OWN - {Permission.OWN_CONVERT, Permission.OWN_STATEMENTS},
}


def permissions_of(role: str) -> frozenset[Permission]:
    """The permissions of a stored role; one that is no longer known holds nothing."""
    return PERMISSIONS_OF[Role(role)] if role in set(Role) else frozenset()
