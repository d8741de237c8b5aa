"""What the values of the vocabulary are called, in three languages, and how they look.

A tone is a state's shape and colour: ok, warn, err, run, off; empty where it is no state.
"""

from enum import Enum
from typing import Final, NamedTuple

from flask_babel import lazy_gettext as _
from flask_babel import lazy_pgettext as _p
from flask_babel.speaklater import LazyString

from shared.permissions import Role
from shared.vocabulary import (
    Account,
    ApplicationState,
    ContractState,
    DiscrepancyCause,
    Earning,
    Frequency,
    JobState,
    Kind,
    PeriodState,
    ProductState,
    RateOf,
    ReferenceDate,
    ReserveRelease,
    RunState,
    StatementState,
    ThreadState,
)


class Label(NamedTuple):
    """A value's name for people."""

    text: LazyString
    tone: str = ""


LABELS: Final[dict[Enum, Label]] = {
    Kind.ACQUISITION: Label(_("Initial commission")),
    Kind.RECURRING: Label(_("Recurring commission")),
    Kind.DYNAMIC: Label(_("Commission on increase")),
    Kind.CHANGE: Label(_("Commission on a change")),
    Kind.EXTENSION: Label(_("Commission on extension")),
    Kind.FEE: Label(_("Fee")),
    Kind.OTHER: Label(_("Other commission")),
    RateOf.BASIS: Label(_("of the base")),
    RateOf.RECEIVED: Label(_("of what the insurer pays")),
    RateOf.UNIT: Label(_("per unit")),
    RateOf.FIXED: Label(_("fixed amount")),
    Earning.LINEAR_MONTHLY: Label(_("monthly")),
    Earning.LINEAR_DAILY: Label(_("daily")),
    ReserveRelease.AT_END: Label(_("at the end of liability")),
    ReserveRelease.PRO_RATA: Label(_("month by month")),
    ReferenceDate.EVENT: Label(_("date of the event")),
    ReferenceDate.APPLICATION: Label(_("date of the application")),
    ReferenceDate.ISSUE: Label(_("date of issue")),
    Account.RECEIVABLE: Label(_("Due from the insurer")),
    Account.PAYABLE: Label(_("Credited")),
    Account.RESERVE: Label(_("Cancellation reserve")),
    Account.MARGIN: Label(_("Pool margin")),
    Account.ADJUSTMENT: Label(_("Adjustment")),
    Account.WITHHOLDING: Label(_("Tax withheld")),
    Account.PAYOUT: Label(_("Payout")),
    RunState.CALCULATING: Label(_("Being calculated"), "run"),
    RunState.CALCULATED: Label(_("Calculated"), "warn"),
    RunState.APPROVED: Label(_("Approved"), "ok"),
    RunState.CLOSED: Label(_p("run", "Closed"), "ok"),
    RunState.DROPPED: Label(_("Dropped"), "off"),
    PeriodState.OPEN: Label(_p("period", "Open"), "run"),
    PeriodState.CLOSED: Label(_p("period", "Closed"), "ok"),
    ApplicationState.DRAFT: Label(_("Draft"), "off"),
    ApplicationState.SUBMITTED: Label(_("Submitted"), "run"),
    ApplicationState.SENT_TO_INSURER: Label(_("With the insurer"), "run"),
    ApplicationState.INSURER_QUERY: Label(_("Query"), "warn"),
    ApplicationState.ACCEPTED: Label(_("Accepted"), "ok"),
    ApplicationState.REJECTED: Label(_p("application", "Rejected"), "err"),
    ApplicationState.WITHDRAWN: Label(_p("application", "Withdrawn"), "off"),
    ContractState.PENDING: Label(_("Being issued"), "run"),
    ContractState.ACTIVE: Label(_p("contract", "Active"), "ok"),
    ContractState.SUSPENDED: Label(_("Suspended"), "warn"),
    ContractState.PAID_UP: Label(_("Paid up"), "warn"),
    ContractState.CANCELLED: Label(_p("contract", "Cancelled"), "off"),
    ContractState.EXPIRED: Label(_("Expired"), "off"),
    ContractState.CONVERTED: Label(_("Converted"), "off"),
    ProductState.DRAFT: Label(_("Draft"), "off"),
    ProductState.ACTIVE: Label(_p("product", "Active"), "ok"),
    ProductState.WITHDRAWN: Label(_p("product", "Withdrawn"), "off"),
    StatementState.PAID: Label(_("Paid out"), "ok"),
    StatementState.CARRIED_FORWARD: Label(_("Carried forward"), "off"),
    StatementState.ON_HOLD: Label(_("On hold"), "warn"),
    ThreadState.OPEN: Label(_p("thread", "Open"), "warn"),
    ThreadState.ANSWERED: Label(_("Answered"), "ok"),
    ThreadState.CORRECTION_BOOKED: Label(_("Correction booked"), "ok"),
    ThreadState.REJECTED: Label(_p("thread", "Rejected"), "err"),
    ThreadState.CLOSED: Label(_p("thread", "Closed"), "off"),
    JobState.WAITING: Label(_("Waiting"), "off"),
    JobState.RUNNING: Label(_("Running"), "run"),
    JobState.DONE: Label(_("Done"), "ok"),
    JobState.FAILED: Label(_("Failed"), "err"),
    JobState.CANCELLED: Label(_p("job", "Cancelled"), "off"),
    Frequency.MONTHLY: Label(_("monthly")),
    Frequency.QUARTERLY: Label(_("quarterly")),
    Frequency.HALF_YEARLY: Label(_("half-yearly")),
    Frequency.YEARLY: Label(_("yearly")),
    Frequency.SINGLE: Label(_("single premium")),
    DiscrepancyCause.PRODUCER_UNKNOWN: Label(_("Producer unknown"), "err"),
    DiscrepancyCause.CONTRACT_NOT_FOUND: Label(_("Contract not found"), "err"),
    DiscrepancyCause.CONTRACT_AMBIGUOUS: Label(_("Contract ambiguous"), "warn"),
    DiscrepancyCause.CONTRACT_CONVERTED: Label(_("Contract converted"), "warn"),
    DiscrepancyCause.CLAWBACK_DIFFERS: Label(_("Clawback differs"), "warn"),
    DiscrepancyCause.CLAWBACK_WITHOUT_CANCELLATION: Label(
        _("Clawback without cancellation"), "warn"
    ),
    DiscrepancyCause.RATE_DIFFERS: Label(_("Rate differs"), "warn"),
    DiscrepancyCause.AMOUNT_NOT_BASE_TIMES_RATE: Label(_("Amount is not base times rate"), "warn"),
    DiscrepancyCause.BOOKED_TWICE: Label(_("Booked twice?"), "warn"),
    DiscrepancyCause.AGREEMENT_MISSING: Label(_("Agreement missing"), "err"),
    Role.ADMIN: Label(_("Administrator")),
    Role.DIRECTOR: Label(_("Director")),
    Role.ACCOUNTANT: Label(_("Accountant")),
    Role.CLERK: Label(_("Clerk")),
    Role.AUDITOR: Label(_("Auditor")),
    Role.BROKER: Label(_("Broker")),
    Role.ASSISTANT: Label(_("Assistant")),
}


def label(kind: type[Enum], value: object) -> Label:
    """The label of a stored value; one that is no longer known is shown as it is stored."""
    try:
        return LABELS[kind(value)]
    except (KeyError, ValueError):
        return Label(_("%(value)s", value=value))
