"""The words of firms: what they are, what they prove, what that opens."""

from shared.vocabulary.words import StrEnum


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

    WAITING = "waiting"  # his firm invited a login that works elsewhere; the pool decides
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"  # his firm took its asking back before the pool answered
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
    STOPPED = "stopped"  # before it was read
    DROPPED = "dropped"  # thrown away: its rows are gone
