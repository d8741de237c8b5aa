"""What a business case says of an application (GDV 0052, Art des Geschäftsvorfalls)."""

from typing import Final

from shared.vocabulary import ApplicationState

_STATES: Final = {
    "001": ApplicationState.SENT_TO_INSURER,
    "002": ApplicationState.SENT_TO_INSURER,
    "003": ApplicationState.SENT_TO_INSURER,
    "004": ApplicationState.REJECTED,
    "005": ApplicationState.INSURER_QUERY,
    "006": ApplicationState.SENT_TO_INSURER,
    "007": ApplicationState.ACCEPTED,
    "009": ApplicationState.ACCEPTED,
    "010": ApplicationState.WITHDRAWN,
}


def state_after(business_case: str, before: str | None) -> str:
    """The state an application is in after a business case; one that says nothing changes nothing.

    Args:
        business_case: GeVo, three digits.
        before: its state; None = it is new.
    """
    said = _STATES.get(business_case)
    if said is not None:
        return said.value
    return before or ApplicationState.SENT_TO_INSURER.value
