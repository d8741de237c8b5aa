"""The words of the trade that have a fixed set of values.

Code names are those of the settlement rules; labels in three languages stand in
``shared.labels``. Enums that are stored are text in the database (enum types are not leakproof).
"""

from enum import IntEnum
from typing import Final, Literal

from shared.vocabulary.firms import (
    BankState as BankState,
)
from shared.vocabulary.firms import (
    CompanyKind as CompanyKind,
)
from shared.vocabulary.firms import (
    CompanyState as CompanyState,
)
from shared.vocabulary.firms import (
    FirmListState as FirmListState,
)
from shared.vocabulary.firms import (
    Gate as Gate,
)
from shared.vocabulary.firms import (
    GateAction as GateAction,
)
from shared.vocabulary.firms import (
    GatePoint as GatePoint,
)
from shared.vocabulary.firms import (
    IntermediaryType as IntermediaryType,
)
from shared.vocabulary.firms import (
    PersonState as PersonState,
)
from shared.vocabulary.firms import (
    ProofKind as ProofKind,
)
from shared.vocabulary.firms import (
    ProofResult as ProofResult,
)
from shared.vocabulary.firms import (
    ProofState as ProofState,
)
from shared.vocabulary.firms import (
    Standing as Standing,
)
from shared.vocabulary.words import StrEnum as StrEnum


class Kind(StrEnum):
    """Kind of commission event."""

    ACQUISITION = "acquisition"
    RECURRING = "recurring"
    DYNAMIC = "dynamic"
    CHANGE = "change"
    EXTENSION = "extension"
    FEE = "fee"
    OTHER = "other"


class RateOf(StrEnum):
    """What a rule's rate is a part of."""

    BASIS = "basis"
    RECEIVED = "received"
    UNIT = "unit"
    FIXED = "fixed"


class Earning(StrEnum):
    """How a commission under liability is earned."""

    LINEAR_MONTHLY = "linear_monthly"
    LINEAR_DAILY = "linear_daily"


class ReserveRelease(StrEnum):
    """When a reserve comes free."""

    AT_END = "at_end"
    PRO_RATA = "pro_rata"


class ReferenceDate(StrEnum):
    """The date at which rate, level or hierarchy are looked up."""

    EVENT = "event"
    APPLICATION = "application"
    ISSUE = "issue"


class Account(IntEnum):
    """Accounts of the ledger, stored by number (nine million rows a run).

    Signs: payable, reserve and margin are what the pool owes or keeps (+); receivable is what the
    insurer owes, booked with the opposite sign, so that the postings of an event sum to zero.
    Adjustment, withholding and payout are the other side of a payee's account.
    """

    RECEIVABLE = 1
    PAYABLE = 2
    RESERVE = 3
    MARGIN = 4
    ADJUSTMENT = 5
    WITHHOLDING = 6
    PAYOUT = 7


class RunState(StrEnum):
    """Life of a settlement run."""

    CALCULATING = "calculating"
    CALCULATED = "calculated"
    APPROVED = "approved"
    CLOSED = "closed"
    DROPPED = "dropped"


class PeriodState(StrEnum):
    """Life of a production period."""

    OPEN = "open"
    CLOSED = "closed"


class StatementState(StrEnum):
    """What became of a statement's balance."""

    PAID = "paid"
    CARRIED_FORWARD = "carried_forward"
    ON_HOLD = "on_hold"


class ApplicationState(StrEnum):
    """Life of an application."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    SENT_TO_INSURER = "sent_to_insurer"
    INSURER_QUERY = "insurer_query"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class ContractState(StrEnum):
    """Life of an insurance contract."""

    PENDING = "pending"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    PAID_UP = "paid_up"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    CONVERTED = "converted"


class ProductState(StrEnum):
    """Life of a product in the pool's range."""

    DRAFT = "draft"
    ACTIVE = "active"
    WITHDRAWN = "withdrawn"


class SellingReason(StrEnum):
    """Why a firm may sell a product on a day, or may not."""

    OPEN = "open"  # everybody may
    AUTHORISED = "authorised"  # restricted, and the firm is let in
    NOT_AUTHORISED = "not_authorised"
    BARRED = "barred"  # the firm is kept out by name
    NOT_ACTIVE = "not_active"
    NOT_YET = "not_yet"
    NO_LONGER = "no_longer"


class RuleScope(StrEnum):
    """What a rule or an agreement is about, the narrowest first."""

    PRODUCT = "product"
    LINE = "line"
    INSURER = "insurer"
    ANY = "any"


class RuleWho(StrEnum):
    """Whom a rule is for, the narrowest first."""

    PRODUCER = "producer"
    GROUP = "group"
    LEVEL = "level"
    ANYONE = "anyone"


class RuleUnit(StrEnum):
    """Which part of the pool a rule is for, the narrowest first."""

    DIVISION = "division"
    ORGANISATION = "organisation"
    GLOBAL = "global"


class RuleState(StrEnum):
    """What has become of a rule or an agreement, as of a day."""

    ACTIVE = "active"
    UPCOMING = "upcoming"
    ENDED = "ended"
    WITHDRAWN = "withdrawn"


class RulePreset(StrEnum):
    """How a new rule begins; all three are one form and one thing."""

    AGENT = "agent"  # for one producer or a group
    DATED = "dated"  # for a stretch of days
    DEFAULT = "default"  # for everybody, without end


class RankGround(StrEnum):
    """What two rules are told apart by, the heaviest first."""

    SCOPE = "scope"
    WHO = "who"
    UNIT = "unit"
    DATED = "dated"


class ThreadState(StrEnum):
    """Life of a conversation; a question about a statement's line ends with an outcome."""

    OPEN = "open"
    ANSWERED = "answered"
    CORRECTION_BOOKED = "correction_booked"
    REJECTED = "rejected"
    CLOSED = "closed"


class JobState(StrEnum):
    """Life of work that outlasts a request."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Frequency(StrEnum):
    """How often a premium is paid."""

    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    HALF_YEARLY = "half_yearly"
    YEARLY = "yearly"
    SINGLE = "single"


class DeliveryFormat(StrEnum):
    """What an insurer's file is."""

    GDV = "gdv"
    CSV = "csv"
    XLSX = "xlsx"


class DeliveryState(StrEnum):
    """Life of an insurer's file."""

    IMPORTING = "importing"
    IMPORTED = "imported"


class LineOutcome(StrEnum):
    """What became of a delivered line."""

    EVENT = "event"
    EVIDENCE = "evidence"
    NOTED = "noted"
    DISCREPANCY = "discrepancy"
    REJECTED = "rejected"


class RowOutcome(StrEnum):
    """What a row of an uploaded file would do."""

    NEW = "new"
    CHANGED = "changed"
    DOUBT = "doubt"
    ERROR = "error"
    UNCHANGED = "unchanged"


class DiscrepancyCause(StrEnum):
    """Why a delivered line could not be booked as it came."""

    PRODUCER_UNKNOWN = "producer_unknown"
    CONTRACT_NOT_FOUND = "contract_not_found"
    CONTRACT_AMBIGUOUS = "contract_ambiguous"
    CONTRACT_CONVERTED = "contract_converted"
    CLAWBACK_DIFFERS = "clawback_differs"
    CLAWBACK_WITHOUT_CANCELLATION = "clawback_without_cancellation"
    RATE_DIFFERS = "rate_differs"
    AMOUNT_NOT_BASE_TIMES_RATE = "amount_not_base_times_rate"
    BOOKED_TWICE = "booked_twice"
    AGREEMENT_MISSING = "agreement_missing"


class Door(StrEnum):
    """The process a transaction comes from; each has its own database role."""

    INTRANET = "intranet"
    EXTRANET = "extranet"
    WORKER = "worker"


class ProducerKind(StrEnum):
    """What stands in the tree: a person, or a company of one of the five levels, highest first."""

    SUPERGROUP = "supergroup"
    GROUP = "group"
    SUBGROUP = "subgroup"
    FIRM = "firm"
    PARTNER = "partner"
    PERSON = "person"


class ActivityStatus(StrEnum):
    """Whether somebody takes new business, and if not, why."""

    ACTIVE = "active"
    PAUSED = "paused"
    TERMINATED = "terminated"
    DECEASED = "deceased"


class ChangeKind(StrEnum):
    """What of a producer changes from a day on."""

    PLACEMENT = "placement"
    CAREER = "career"
    STATUS = "status"


class ProposalState(StrEnum):
    """Life of a change into a closed period."""

    CALCULATING = "calculating"
    READY = "ready"
    FAILED = "failed"
    SENT = "sent"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


Language = Literal["de", "uk", "en"]
LANGUAGES: Final[tuple[Language, ...]] = ("de", "uk", "en")


class Unit(StrEnum):
    """A part of the pool, from the top."""

    ORGANISATION = "organisation"
    DIVISION = "division"
    TEAM = "team"


class ClearedState(StrEnum):
    """What is told of a customer of another organisation."""

    KNOWN = "known"
    APPLIED = "applied"
    INSURED = "insured"


class RequestState(StrEnum):
    """How far a request is to take in another organisation's customer."""

    OPEN = "open"
    APPROVED = "approved"
    REFUSED = "refused"
