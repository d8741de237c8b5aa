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
        None,
        (Item("journal.index", _("Journal"), "history", Permission.JOURNAL_READ),),
        foot=True,
    ),
)  # fmt: skip
