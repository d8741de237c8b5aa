"""The broker's menu; what has a short name stands in the phone's bottom bar."""

from typing import Final

from flask_babel import lazy_gettext as _
from flask_babel import lazy_pgettext as _p

from shared.permissions import Permission
from shared.web.navigation import Group, Item

MENU: Final = (
    Group(
        None,
        (
            Item("home.start", _("Start"), "home", Permission.START, short=_("Start")),
            Item("products.index", _("Products"), "package", Permission.OWN_PRODUCTS),
            Item(
                "applications.index", _("Applications"), "file-certificate",
                Permission.OWN_APPLICATIONS, short=_("Applications"),
            ),
            Item(
                "contracts.index", _("Contracts"), "briefcase", Permission.OWN_CONTRACTS,
                short=_("Contracts"),
            ),
            Item("own.contracts", _("My own"), "folder", Permission.OWN_CUSTOMERS),
            Item(
                "statements.index", _("Statements"), "receipt", Permission.OWN_STATEMENTS,
                short=_("Statements"),
            ),
            Item(
                "threads.index", _("Messages"), "message", Permission.OWN_MESSAGES,
                short=_p("phone", "Messages"),
            ),
        ),
    ),
    Group(
        None,
        (
            Item("firm.index", _("My firm"), "building-bank", Permission.OWN_COMPANY),
            Item("people.index", _("People"), "users", Permission.OWN_PEOPLE),
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
                "applications.create", _("New application"), "plus", Permission.OWN_APPLICATIONS
            ),
            Item("threads.create", _("Write to the pool"), "message", Permission.OWN_MESSAGES),
            Item("book.index", _("Book of business"), "briefcase", Permission.OWN_CONTRACTS),
            Item(
                "liability.index", _("Reserve and liability"), "shield",
                Permission.OWN_STATEMENTS,
            ),
        ),
    ),
)  # fmt: skip
