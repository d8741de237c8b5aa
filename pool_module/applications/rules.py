"""The steps of an application and what its line of business asks for."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from shared.vocabulary import ApplicationState, Door

_S = ApplicationState
# the way of an application that meets no trouble
STEPS: Final = (_S.DRAFT, _S.SUBMITTED, _S.SENT_TO_INSURER, _S.ACCEPTED)
ENDED: Final = (_S.REJECTED, _S.WITHDRAWN)
OPEN: Final = (_S.SUBMITTED, _S.SENT_TO_INSURER, _S.INSURER_QUERY)
# where staff bring it; a query to the broker may come from the pool itself, before it is sent on
_BY_STAFF: Final[Mapping[ApplicationState, tuple[ApplicationState, ...]]] = {
    _S.DRAFT: (_S.SUBMITTED, _S.WITHDRAWN),
    _S.SUBMITTED: (_S.SENT_TO_INSURER, _S.INSURER_QUERY, _S.ACCEPTED, _S.REJECTED, _S.WITHDRAWN),
    _S.SENT_TO_INSURER: (_S.ACCEPTED, _S.INSURER_QUERY, _S.REJECTED, _S.WITHDRAWN),
    _S.INSURER_QUERY: (_S.SENT_TO_INSURER, _S.ACCEPTED, _S.REJECTED, _S.WITHDRAWN),
    _S.ACCEPTED: (_S.WITHDRAWN,),
    _S.REJECTED: (),
    _S.WITHDRAWN: (),
}
# where the firm brings it; what it answers comes back to the pool, which passes it on
_BY_FIRM: Final[Mapping[ApplicationState, tuple[ApplicationState, ...]]] = {
    _S.DRAFT: (_S.SUBMITTED, _S.WITHDRAWN),
    _S.SUBMITTED: (_S.WITHDRAWN,),
    _S.SENT_TO_INSURER: (_S.WITHDRAWN,),
    _S.INSURER_QUERY: (_S.SUBMITTED, _S.WITHDRAWN),
    _S.ACCEPTED: (),
    _S.REJECTED: (),
    _S.WITHDRAWN: (),
}
# a step that is explained, or it is not taken
EXPLAINED: Final = (_S.REJECTED, _S.INSURER_QUERY)
# what must be there before the pool has to do with it
NEEDED: Final = ("customer_id", "applied_on")


def allowed(state: str, door: Door) -> tuple[ApplicationState, ...]:
    """The states that may follow, the usual one first."""
    table = _BY_FIRM if door is Door.EXTRANET else _BY_STAFF
    return table[ApplicationState(state)]


class Asked(StrEnum):
    """What a line of business asks for beside premium and dates."""

    INSURED_PERSON = "insured_person"
    SUM_INSURED = "sum_insured"
    TERM_YEARS = "term_years"
    OCCUPATION = "occupation"
    SMOKER = "smoker"
    PLATE = "plate"
    VEHICLE = "vehicle"
    FIRST_REGISTRATION = "first_registration"
    NO_CLAIMS_CLASS = "no_claims_class"
    RISK_ADDRESS = "risk_address"
    LIVING_AREA = "living_area"
    CONSTRUCTION_YEAR = "construction_year"
    COVERAGE = "coverage"
    DESTINATION = "destination"
    HEALTH_CONSENT = "health_consent"


@dataclass(frozen=True)
class Field:
    """A question of a line of business.

    Attributes:
        name: of the value in ``details``.
        shape: text, money, count, day or flag.
    """

    name: Asked
    shape: str = "text"


_PERSON: Final = Field(Asked.INSURED_PERSON)
_SUM: Final = Field(Asked.SUM_INSURED, "money")
_PLACE: Final = (Field(Asked.RISK_ADDRESS), Field(Asked.LIVING_AREA, "count"), _SUM)
# Art. 9 GDPR: data about health need the customer's explicit consent
_CONSENT: Final = Field(Asked.HEALTH_CONSENT, "flag")
_LIFE: Final = (_CONSENT, _PERSON, _SUM, Field(Asked.TERM_YEARS, "count"), Field(Asked.OCCUPATION),
                Field(Asked.SMOKER, "flag"))  # fmt: skip
# by GDV key (Anlage 1); what has none of its own is asked nothing more
FIELDS: Final[Mapping[str, tuple[Field, ...]]] = {
    "010": _LIFE,
    "020": (_CONSENT, _PERSON, Field(Asked.COVERAGE), Field(Asked.OCCUPATION)),
    "030": (_CONSENT, _PERSON, _SUM, Field(Asked.OCCUPATION)),
    "040": (Field(Asked.COVERAGE), _SUM),
    "050": (Field(Asked.PLATE), Field(Asked.VEHICLE), Field(Asked.FIRST_REGISTRATION, "day"),
            Field(Asked.NO_CLAIMS_CLASS)),
    "070": (Field(Asked.COVERAGE),),
    "130": _PLACE,
    "140": (*_PLACE, Field(Asked.CONSTRUCTION_YEAR, "count")),
    "650": (Field(Asked.DESTINATION), _PERSON),
}  # fmt: skip


YES: Final = frozenset({"yes", "ja", "так", "true", "1", "x"})


def asks_health(gdv_key: str | None) -> bool:
    """Whether an application of a line of business holds data about somebody's health."""
    return _CONSENT in fields_of(gdv_key)


def is_yes(answer: str) -> bool:
    """Whether a question was answered with yes, as people write it."""
    return answer.strip().casefold() in YES


def fields_of(gdv_key: str | None) -> tuple[Field, ...]:
    """What is asked for an application of a line of business."""
    return FIELDS.get(gdv_key or "", ())
