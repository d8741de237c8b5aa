"""What files about a record are called, and who may put them there."""

from typing import Final

from flask_babel import lazy_gettext as _

from shared.permissions import Permission

KINDS: Final = {
    "application": _("Application form"),
    "query": _("Answer to a query"),
    "policy": _("Policy"),
    "letter": _("Letter"),
    "mandate": _("Broker mandate"),
    "advice": _("Advice record"),
    "invoice": _("Invoice"),
    "proof": _("Proof"),
    "other": _("Other"),
    "message": _("Attachment"),
}
SUBJECTS: Final = {
    "application": _("Application"),
    "contract": _("Contract"),
    "customer": _("Customer"),
    "product": _("Product"),
    "insurer": _("Insurer"),
    "producer": _("Producer"),
    "company": _("Company"),
    "statement": _("Statement"),
    "statement_line": _("Statement line"),
}
# who reads a thing reads its documents
READS: Final = {
    "application": Permission.APPLICATIONS_READ,
    "contract": Permission.CONTRACTS_READ,
    "customer": Permission.CUSTOMERS_READ,
    "message": Permission.MESSAGES_READ,
    "product": Permission.PRODUCTS_READ,
    "product_version": Permission.PRODUCTS_READ,
    "insurer": Permission.PRODUCTS_READ,
    "producer": Permission.HIERARCHY_READ,
    "company": Permission.COMPANIES_READ,
    "statement": Permission.STATEMENTS_READ,
    "statement_line": Permission.STATEMENTS_READ,
}
# and who keeps it adds to them
EDITS: Final = {
    "application": Permission.APPLICATIONS_EDIT,
    "contract": Permission.CONTRACTS_EDIT,
    "customer": Permission.CUSTOMERS_EDIT,
    "product": Permission.PRODUCTS_EDIT,
    "insurer": Permission.PRODUCTS_EDIT,
    "producer": Permission.HIERARCHY_EDIT,
    "company": Permission.COMPANIES_PROVE,
}
