"""System parameters: what a pool may set, typed and within limits; and regional defaults.

The catalogue stands here; its names and sentences in ``shared.labels``. A value holds for an
organisation, else for the pool, else as the catalogue has it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session
from typing_extensions import override

from shared.db import actor_of
from shared.due import TermsBasis
from shared.models.terms import ParameterValue, RegionalDefault
from shared.vocabulary import StrEnum

Set = int | str


class Parameter(StrEnum):
    """Something a pool decides for itself."""

    PAYABLE_DAYS = "payable_days"
    PAYABLE_BASIS = "payable_basis"
    RECEIVABLE_DAYS = "receivable_days"
    RECEIVABLE_BASIS = "receivable_basis"
    BANK_WAITING_DAYS = "bank_waiting_days"
    PROOF_ALERT_FIRST = "proof_alert_first"
    PROOF_ALERT_SECOND = "proof_alert_second"
    PROOF_ALERT_LAST = "proof_alert_last"
    RENEWAL_DAYS = "renewal_days"
    ANSWER_DAYS = "answer_days"
    SEND_DAYS = "send_days"
    QUERY_DAYS = "query_days"
    RESOLVE_DAYS = "resolve_days"
    APPLICATION_WAIT_DAYS = "application_wait_days"
    EXPIRY_SIGHT_DAYS = "expiry_sight_days"
    REPORT_REACH = "report_reach"

    @override
    def __str__(self) -> str:
        return self.value


class ReportReach(StrEnum):
    """Whose figures a report shows to who has no right to all of them."""

    ORGANISATION = "organisation"  # the reader's own organisation's
    POOL = "pool"  # everybody's


@dataclass(frozen=True)
class Definition:
    """What a parameter may be.

    Attributes:
        default: what holds until somebody sets it; its type is the parameter's.
        least: the smallest number.
        most: the largest one.
        unit: what a number counts: ``days``; empty for others.
        codes: the vocabulary a word is of.
        split: whether an organisation may have its own.
    """

    default: Set
    least: int = 0
    most: int = 0
    unit: str = ""
    codes: type[Enum] | None = None
    split: bool = False

    def accepts(self, value: object) -> bool:
        """Whether a value is of the parameter's type and within its limits."""
        if self.codes is not None:
            return value in {str(member.value) for member in self.codes}
        return type(value) is int and self.least <= value <= self.most


CATALOGUE: Final[Mapping[Parameter, Definition]] = {
    Parameter.PAYABLE_DAYS: Definition(14, 0, 180, "days", split=True),
    Parameter.PAYABLE_BASIS: Definition(TermsBasis.ISSUE.value, codes=TermsBasis, split=True),
    Parameter.RECEIVABLE_DAYS: Definition(30, 0, 180, "days", split=True),
    Parameter.RECEIVABLE_BASIS: Definition(TermsBasis.ISSUE.value, codes=TermsBasis, split=True),
    # one at least: the old address is told, and somebody has a day to object
    Parameter.BANK_WAITING_DAYS: Definition(3, 1, 30, "days"),
    Parameter.PROOF_ALERT_FIRST: Definition(60, 1, 365, "days"),
    Parameter.PROOF_ALERT_SECOND: Definition(30, 1, 365, "days"),
    Parameter.PROOF_ALERT_LAST: Definition(7, 1, 365, "days"),
    Parameter.RENEWAL_DAYS: Definition(90, 1, 365, "days", split=True),
    Parameter.ANSWER_DAYS: Definition(2, 1, 60, "days"),
    Parameter.SEND_DAYS: Definition(2, 1, 60, "days"),
    Parameter.QUERY_DAYS: Definition(7, 1, 60, "days"),
    Parameter.RESOLVE_DAYS: Definition(7, 1, 60, "days"),
    Parameter.APPLICATION_WAIT_DAYS: Definition(28, 1, 365, "days"),
    Parameter.EXPIRY_SIGHT_DAYS: Definition(60, 1, 730, "days"),
    Parameter.REPORT_REACH: Definition(
        ReportReach.ORGANISATION.value, codes=ReportReach, split=True
    ),
}


@dataclass(frozen=True)
class Regional:
    """What a region asks of whoever sells there.

    Attributes:
        licence_needed: whether a licence has to be proved.
        form_set: the set of forms an application takes there.
    """

    licence_needed: bool = True
    form_set: str = "standard"


GERMAN: Final = tuple(
    f"DE-{code}"
    for code in ("BW", "BY", "BE", "BB", "HB", "HH", "HE", "MV", "NI", "NW", "RP", "SL", "SN",
                 "ST", "SH", "TH")
)  # fmt: skip
# ISO 3166-2; Krym and Sevastopol stand there as the law of Ukraine has them
UKRAINIAN: Final = tuple(
    f"UA-{code}"
    for code in ("05", "07", "09", "12", "14", "18", "21", "23", "26", "30", "32", "35", "40",
                 "43", "46", "48", "51", "53", "56", "59", "61", "63", "65", "68", "71", "74",
                 "77")
)  # fmt: skip
REGIONS: Final = (*GERMAN, *UKRAINIAN)
FORM_SETS: Final = ("standard", "extended", "simplified")


def parameter(session: Session, name: Parameter, organisation_id: int | None = None) -> Any:
    """What a parameter is: the organisation's, else the pool's, else the catalogue's."""
    return parameters(session, (name,), organisation_id)[name]


def parameters(
    session: Session,
    names: tuple[Parameter, ...] = tuple(Parameter),
    organisation_id: int | None = None,
) -> Mapping[Parameter, Any]:
    """What several parameters are, by one question.

    Args:
        session: of any door.
        names: which; all of them unless told.
        organisation_id: where; None: in the pool as a whole.
    """
    values: dict[Parameter, Any] = {name: CATALOGUE[name].default for name in names}
    for row in session.execute(
        select(ParameterValue.name, ParameterValue.value)
        .where(
            ParameterValue.pool_id == actor_of(session).pool_id,
            ParameterValue.superseded_at.is_(None),
            ParameterValue.name.in_([name.value for name in names]),
            or_(
                ParameterValue.organisation_id.is_(None),
                ParameterValue.organisation_id == organisation_id,
            ),
        )
        .order_by(ParameterValue.organisation_id.nulls_first())
    ):
        values[Parameter(row.name)] = row.value["is"]
    return values


def regional(session: Session, region: str, organisation_id: int | None = None) -> Regional:
    """What a region asks: as the organisation has it, else the pool, else the default of old."""
    row = session.execute(
        select(RegionalDefault.licence_needed, RegionalDefault.form_set)
        .where(
            RegionalDefault.pool_id == actor_of(session).pool_id,
            RegionalDefault.superseded_at.is_(None),
            RegionalDefault.region == region,
            or_(
                RegionalDefault.organisation_id.is_(None),
                RegionalDefault.organisation_id == organisation_id,
            ),
        )
        .order_by(RegionalDefault.organisation_id.nulls_last())
        .limit(1)
    ).one_or_none()
    return Regional(*row) if row else Regional()
