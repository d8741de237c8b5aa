"""Whether a company is there already: refused, or said by somebody to be another one."""

from collections.abc import Collection, Mapping

from admin_module.companies import queries
from admin_module.companies.errors import (
    CompanyAlike,
    CompanyCodeTaken,
    CompanyKnown,
    CompanyOutOfReach,
    Known,
    VatIdShared,
)
from admin_module.companies.rules.doubles import SHARED, UNIQUE, shares
from shared.actor import Actor
from shared.db import Session
from shared.db.facts import lock
from shared.errors import Refused, refuse

COMPANIES_LOCK = 7045


def refuse_doubles(
    session: Session,
    actor: Actor,
    said: Mapping[str, str],
    *,
    own: int | None = None,
    another: Collection[int] | None = (),
) -> None:
    """Refuse what makes a company that is there already.

    Args:
        session: the transaction; of two who make one at once, the second meets the first's.
        actor: who.
        said: what is new of it, by field: code, name and numbers; what is empty is not asked for.
        own: its own id, where it is there.
        another: companies it is not, as somebody has said; None: it is none of those there are.

    Raises:
        CompanyCodeTaken, CompanyKnown, CompanyOutOfReach, CompanyAlike: several together.
    """
    lock(session, COMPANIES_LOCK)
    numbers = {name: said.get(name, "") for name in (*UNIQUE, *SHARED)}
    found = [one for one in queries.sharing(session, actor, numbers) if one.id != own]
    refuse(_taken(session, actor, said.get("code", ""), own) + _same(found, numbers))
    if another is None:
        return
    called = queries.namesakes(session, actor, said["name"]) if said.get("name") else []
    alike = {
        one.id: one
        for one in (*found, *called)
        if one.open and one.id != own and one.id not in another
    }
    if alike:
        raise CompanyAlike(list(alike.values()))


def refuse_number(
    session: Session, actor: Actor, name: str, value: str, *, own: int | None = None
) -> None:
    """Refuse one number of a company as it is typed.

    Raises:
        CompanyKnown, CompanyOutOfReach, VatIdShared: another one has it.
    """
    for one in queries.sharing(session, actor, {name: value}):
        if one.id == own or not one.live:
            continue
        if name in UNIQUE:
            raise CompanyKnown(one, name) if one.open else CompanyOutOfReach(name)
        if one.open:
            raise VatIdShared(one)


def _taken(session: Session, actor: Actor, code: str, own: int | None) -> list[Refused]:
    taken = queries.find_code(session, actor, code) if code else None
    if taken is None or taken.id == own:
        return []
    return [CompanyCodeTaken(taken) if taken.open else CompanyOutOfReach("code")]


def _same(found: Collection[Known], numbers: Mapping[str, str]) -> list[Refused]:
    """Numbers that are one company's alone, of companies that work with the pool."""
    return [
        CompanyKnown(one, name) if one.open else CompanyOutOfReach(name)
        for one in found
        if one.live
        for name in shares(one, numbers, UNIQUE)
    ]
