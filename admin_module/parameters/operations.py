"""Parameters and regional defaults set, and given back to what stands above."""

from admin_module.parameters import queries
from admin_module.parameters.errors import NoSuchParameter, NumberOutOfLimits, WordUnknown
from shared import audit
from shared.db import Session, actor_of
from shared.db.facts import lock, noted_moment, supersede
from shared.models.terms import ParameterValue, RegionalDefault
from shared.parameters import CATALOGUE, FORM_SETS, REGIONS, Parameter, Regional, Set

SETTINGS_LOCK = 7044


def set_parameter(
    session: Session,
    name: str,
    organisation_id: int | None,
    value: Set | None,
    *,
    version: int | None = None,
) -> None:
    """Set a parameter in an organisation or in the pool; None: what stands above holds again.

    Args:
        session: the transaction.
        name: which.
        organisation_id: where; None: in the pool.
        value: what it is to be.
        version: of what stood there when it was shown; None: it was not.

    Raises:
        Conflict: somebody set it since it was shown.
        NoSuchParameter: no such parameter or organisation, or it is the whole pool's alone.
        NumberOutOfLimits: a number beyond its limits.
        WordUnknown: none of its words.
    """
    if name not in set(Parameter):
        raise NoSuchParameter
    _place(session, organisation_id)
    definition = CATALOGUE[Parameter(name)]
    if value is not None and not definition.accepts(value):
        if definition.unit:
            raise NumberOutOfLimits(definition.least, definition.most)
        raise WordUnknown
    lock(session, SETTINGS_LOCK)
    holds = queries.get_setting(session, name, organisation_id)
    queries.stand_of(session, name, organisation_id).check(version, {"value": holds.value})
    before = holds.own
    if before == value and type(before) is type(value):
        return
    named = {"name": name, "organisation_id": organisation_id}
    supersede(session, ParameterValue, noted_moment(session), named)
    if value is not None:
        session.add(ParameterValue(pool_id=actor_of(session).pool_id, **named, value={"is": value}))
    if name == Parameter.BANK_WAITING_DAYS:
        # the database itself counts the days of a change of account, from the pool's own row
        days = definition.default if value is None else value
        queries.get_pool(session).bank_wait_days = int(days)
    session.flush()
    audit.write(
        session, "changed", "parameter_value", None,
        old={**named, "value": before}, new={**named, "value": value},
    )  # fmt: skip


def set_region(
    session: Session,
    region: str,
    organisation_id: int | None,
    value: Regional | None,
    *,
    version: int | None = None,
) -> None:
    """Set what a region asks; None: what stands above holds again.

    Args:
        session: the transaction.
        region: which.
        organisation_id: where; None: in the pool.
        value: what it is to ask.
        version: of what stood there when it was shown; None: it was not.

    Raises:
        Conflict: somebody set it since it was shown.
        NoSuchParameter: no such region or organisation.
        WordUnknown: no such set of forms.
    """
    if region not in REGIONS:
        raise NoSuchParameter
    _place(session, organisation_id)
    if value is not None and value.form_set not in FORM_SETS:
        raise WordUnknown
    lock(session, SETTINGS_LOCK)
    held = queries.get_region(session, region, organisation_id)
    queries.stand_of_region(session, region, organisation_id).check(version, _told(held.value))
    before = held.value if held.own else None
    if before == value:
        return
    named = {"region": region, "organisation_id": organisation_id}
    supersede(session, RegionalDefault, noted_moment(session), named)
    if value is not None:
        session.add(
            RegionalDefault(
                pool_id=actor_of(session).pool_id,
                **named,
                licence_needed=value.licence_needed,
                form_set=value.form_set,
            )
        )
    session.flush()
    audit.write(
        session, "changed", "regional_default", None,
        old={**named, **_told(before)}, new={**named, **_told(value)},
    )  # fmt: skip


def _place(session: Session, organisation_id: int | None) -> None:
    known = {number for number, _ in queries.organisations(session)}
    if organisation_id is not None and organisation_id not in known:
        raise NoSuchParameter


def _told(value: Regional | None) -> dict[str, object]:
    if value is None:
        return {}
    return {"licence_needed": value.licence_needed, "form_set": value.form_set}
