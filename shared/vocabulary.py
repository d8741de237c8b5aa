"""The words of the trade that have a fixed set of values.

Code names are those of the settlement rules; labels in three languages stand in
``shared.labels``. Enums that are stored are text in the database (enum types are not leakproof).
"""

import enum
from enum import IntEnum
from typing import Final, Literal

from typing_extensions import override


class StrEnum(enum.StrEnum):
    """A word of a vocabulary: equal to its text, never to another vocabulary's word of that text.

    What maps words (their labels, for one) would else take "active" of a product and of a rate for
    one and the same.
    """

    @override
    def __eq__(self, other: object) -> bool:
        if isinstance(other, enum.Enum) and type(other) is not type(self):
            return False
        return str.__eq__(self, other)

    @override
    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = str.__hash__


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


class CompanyKind(StrEnum):
    """What a company is in a pool; of the intermediaries the highest first (DLG-26, DLG-28)."""

    POOL = "pool"
    INSURER = "insurer"
    SUPERGROUP = "supergroup"
    GROUP = "group"
    SUBGROUP = "subgroup"
    FIRM = "firm"
    PARTNER = "partner"


class CompanyState(StrEnum):
    """Whether a company works with the pool; who has left it reads until retention ends."""

    ACTIVE = "active"
    EXIT = "exit"
    CLOSED = "closed"


class IntermediaryType(StrEnum):
    """By what right a company mediates (sec. 34d GewO; Law 1909-IX of Ukraine)."""

    BROKER = "broker"
    AGENT = "agent"
    SUB_AGENT = "sub_agent"
    ADVISER = "adviser"  # paid by customers alone: sec. 34d (2) GewO, sec. 48c VAG
    TIP_GIVER = "tip_giver"  # names a contact and mediates nothing


class ProofKind(StrEnum):
    """What a firm has to prove."""

    REGISTER = "register"
    INDEMNITY = "indemnity"
    TRAINING = "training"
    AGREEMENT = "agreement"
    BACKGROUND = "background"
    SANCTIONS = "sanctions"


class ProofState(StrEnum):
    """Life of a proof: what a firm sends counts once somebody of the pool has checked it."""

    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class ProofResult(StrEnum):
    """What a check came to."""

    VALID = "valid"
    FAILED = "failed"


class Standing(StrEnum):
    """How a firm stands with one thing it has to prove."""

    GOOD = "good"
    ENDING = "ending"
    SUBMITTED = "submitted"
    UNSIGNED = "unsigned"
    EXPIRED = "expired"
    FAILED = "failed"
    MISSING = "missing"


class Gate(StrEnum):
    """What is asked before business goes on."""

    REGISTER = "register"
    INDEMNITY = "indemnity"
    TRAINING = "training"
    AGREEMENT = "agreement"
    BACKGROUND = "background"
    AUTHORISATION = "authorisation"
    BANK = "bank"
    SANCTIONS = "review"  # what a partner may read of it
    CONSENT = "consent"
    COLLECTION = "collection"


class GatePoint(StrEnum):
    """Where it is asked."""

    SUBMISSION = "submission"
    CONTRACT = "contract"
    PAYOUT = "payout"


class GateAction(StrEnum):
    """What happens where the answer is no."""

    BLOCK = "block"
    WARN = "warn"
    HOLD = "hold"
    SILENT = "silent"  # held, and the partner is not told why


class BankState(StrEnum):
    """Life of new bank details."""

    PROPOSED = "proposed"
    APPROVED = "approved"  # takes effect after the waiting time
    IN_FORCE = "in_force"
    REPLACED = "replaced"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class PersonState(StrEnum):
    """Whether somebody may come in."""

    INVITED = "invited"
    ACTIVE = "active"
    OFF = "off"
    EXIT = "exit"


class FirmListState(StrEnum):
    """Life of a list of firms and people."""

    READING = "reading"
    READ = "read"
    TAKING = "taking"
    TAKEN = "taken"
    REFUSED = "refused"


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
