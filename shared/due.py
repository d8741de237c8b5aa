"""The words of payment terms and of what is due by them (see ``shared.vocabulary``)."""

from shared.vocabulary import StrEnum


class TermsParty(StrEnum):
    """Whose payment terms they are."""

    COMPANY = "company"  # of an insurer or a payee
    PRODUCER = "producer"  # of a broker firm, for what is due of its business
    TEAM = "team"  # of a team, for what it looks after


class TermsBasis(StrEnum):
    """From which day on days are counted."""

    ISSUE = "issue"  # the day the item arose
    MONTH_END = "month_end"  # the end of that month
    PERIOD_END = "period_end"  # the end of the period it settles


class TermsStep(StrEnum):
    """Where an item's terms come from; each side asks its own steps in its own order."""

    COMPANY_ORGANISATION = "company_organisation"
    COMPANY = "company"
    PRODUCER_ORGANISATION_OVERRIDES = "producer_organisation_overrides"
    PRODUCER_OVERRIDES = "producer_overrides"
    PRODUCER_ORGANISATION = "producer_organisation"
    PRODUCER = "producer"
    TEAM = "team"
    SYSTEM = "system"


class StepVerdict(StrEnum):
    """Why a step of the order gave an item its terms, or did not."""

    WON = "won"
    OUTRANKED = "outranked"  # it holds terms, but an earlier step won
    NOTHING_AGREED = "nothing_agreed"
    NO_OVERRIDE = "no_override"  # terms stand there, without the override
    OVERRIDES = "overrides"  # terms stand there, with it: they count at an earlier step
    NO_ORGANISATION = "no_organisation"
    NO_PRODUCER = "no_producer"
    NO_TEAM = "no_team"


class ItemSide(StrEnum):
    """Who owes an item."""

    PAYABLE = "payable"
    RECEIVABLE = "receivable"


class ItemState(StrEnum):
    """What has become of an item, as of a day."""

    OPEN = "open"
    OVERDUE = "overdue"
    PAID = "paid"
