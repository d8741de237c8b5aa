"""The staff's menu."""

from typing import Final

from flask_babel import lazy_gettext as _

from shared.permissions import Permission
from shared.web.navigation import Group, Item

MENU: Final = (
    Group(
        None,
        (
            Item("home.start", _("Overview"), "layout-dashboard", Permission.START),
            Item("work.index", _("Work list"), "list-check", Permission.START),
        ),
    ),
    Group(
        _("Portfolio"),
        (
            Item(
                "applications.index", _("Applications"), "file-certificate",
                Permission.APPLICATIONS_READ, go="A",
            ),
            Item("contracts.index", _("Contracts"), "files", Permission.CONTRACTS_READ, go="V"),
            Item("customers.index", _("Customers"), "users", Permission.CUSTOMERS_READ),
            Item("products.index", _("Products"), "package", Permission.PRODUCTS_READ),
            Item("insurers.index", _("Insurers"), "building", Permission.PRODUCTS_READ),
            Item("clearance.index", _("Clearance"), "search", Permission.CLEARANCE),
            Item("renewals.index", _("Renewals"), "refresh", Permission.CONTRACTS_READ),
        ),
    ),
    Group(
        _("Commission"),
        (
            Item("deliveries.index", _("Deliveries"), "file-import", Permission.DELIVERIES_READ),
            Item(
                "discrepancies.index", _("Discrepancies"), "alert-triangle",
                Permission.DISCREPANCIES_READ, go="K",
            ),
            Item("runs.index", _("Settlement runs"), "coins", Permission.SETTLEMENT_READ, go="L"),
            Item("statements.index", _("Statements"), "receipt", Permission.STATEMENTS_READ),
            Item("rates.index", _("Rates"), "percentage", Permission.RATES_READ),
            Item("agreements.index", _("Agreements"), "file-text", Permission.RATES_READ),
            Item("terms.index", _("Payment terms"), "calendar", Permission.TERMS_READ),
            Item("invoices.index", _("Invoices"), "report-money", Permission.INVOICES_READ),
        ),
    ),
    Group(
        _("Sales"),
        (
            Item(
                "producers.index", _("Producers and hierarchy"), "sitemap",
                Permission.HIERARCHY_READ,
            ),
            Item("threads.index", _("Messages"), "mail", Permission.MESSAGES_READ),
        ),
    ),
    Group(
        _("Administration"),
        (
            Item("companies.index", _("Companies"), "building-bank", Permission.COMPANIES_READ),
            Item("people.index", _("People"), "users-group", Permission.ACCOUNTS_READ),
            Item(
                "organisations.index", _("Organisations"), "git-branch",
                Permission.ORGANISATIONS_READ,
            ),
            Item("permissions.index", _("Permissions"), "lock", Permission.PERMISSIONS_READ),
            Item("parameters.index", _("Parameters"), "settings", Permission.PARAMETERS_READ),
        ),
    ),
    Group(
        None,
        (
            Item(
                "evidence.index", _("Auditor's samples"), "clipboard-list", Permission.JOURNAL_READ
            ),
            Item("journal.index", _("Journal"), "history", Permission.JOURNAL_READ),
        ),
        foot=True,
    ),
)  # fmt: skip
# what the palette offers beside the menu: things to do
COMMANDS: Final = (
    Group(
        None,
        (
            Item(
                "applications.create", _("Register an application"), "file-plus",
                Permission.APPLICATIONS_EDIT,
            ),
            Item("customers.create", _("New customer"), "plus", Permission.CUSTOMERS_EDIT),
            Item("contracts.create", _("New contract"), "plus", Permission.CONTRACTS_EDIT),
            Item("products.create", _("New product"), "plus", Permission.PRODUCTS_EDIT),
            Item("insurers.create", _("New insurer"), "plus", Permission.PRODUCTS_EDIT),
            Item("producers.create", _("New producer"), "plus", Permission.HIERARCHY_EDIT),
            Item("companies.onboard", _("Onboard a firm"), "plus", Permission.COMPANIES_EDIT),
            Item("people.create", _("Invite somebody"), "user-plus", Permission.ACCOUNTS_EDIT),
            Item("work.create", _("New task"), "list-check", Permission.START),
            Item("rates.which", _("Which rate would apply?"), "percentage", Permission.RATES_READ),
            Item(
                "figures.index", _("Figures by product and month"), "report-money",
                Permission.SETTLEMENT_READ,
            ),
            Item(
                "figures.producers", _("Figures by producer and month"), "report-money",
                Permission.SETTLEMENT_READ,
            ),
        ),
    ),
)  # fmt: skip
