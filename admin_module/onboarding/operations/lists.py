"""Lists of firms and people: brought, looked at, and what is right of them taken over.

A row that is there already changes nothing: the same list brought twice makes nothing double.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from admin_module.companies import operations as companies
from admin_module.companies.errors import Known
from admin_module.companies.operations import Details, banking
from admin_module.companies.operations.banking import AGENTS, Account
from admin_module.companies.queries import every_known, get_company, people
from admin_module.onboarding import queries, rules
from admin_module.onboarding.errors import (
    FileEmpty,
    FileMissing,
    ListInUse,
    ListNotReady,
    ListNotStopped,
)
from admin_module.onboarding.formats.tables import NAMES, FirmTable
from admin_module.onboarding.operations import FirstUser, add_user
from admin_module.onboarding.rules import Judged, Superior
from shared import audit, storage, workplace
from shared.actor import Actor
from shared.db import Session, actor_of
from shared.errors import Refused
from shared.models.firms import FirmList
from shared.models.pools import Company, Person
from shared.sorting import sort_key
from shared.vocabulary import CompanyKind, FirmListState, IntermediaryType

KIND: Final = "firm_list"
READ, TAKE = "onboarding.read_list", "onboarding.take_list"
PORTION: Final = 25
# beside the columns that were read: what those are called that were not
UNREAD: Final = "unread"
FIELDS: Final = tuple(NAMES)
REASON: Final = "From the list of firms"
DROPPABLE: Final = (FirmListState.STOPPED, FirmListState.REFUSED, FirmListState.READ)


@dataclass(frozen=True)
class Taken:
    """A portion that was taken over.

    Attributes:
        reached: how many rows are done by now.
        made: companies that came into being, with whom they stand under.
    """

    reached: int
    made: tuple[tuple[Company, Superior | None], ...] = field(default_factory=tuple)


def bring(session: Session, root: Path, file_name: str, content: bytes) -> int:
    """Take a file in and have it looked at; the job that does it.

    Raises:
        FileMissing: there is none.
        FileEmpty: nothing stands in it.
    """
    actor = actor_of(session)
    if not file_name and not content:
        raise FileMissing
    if not content.strip():
        raise FileEmpty
    stored = storage.store(root, actor.pool_id, None, content)
    found = FirmList(
        pool_id=actor.pool_id,
        account_id=actor.account_id,
        file_name=Path(file_name).name[:200],
        sha256=stored.sha256,
        state=FirmListState.READING,
    )
    session.add(found)
    session.flush()
    audit.write(session, "list brought", "firm_list", found.id, new={"file": found.file_name})
    _start(session, actor, READ, found.id)
    return found.id


def read_again(session: Session, list_id: int) -> None:
    """Have a list looked at after all whose reading was stopped.

    Raises:
        NoSuchList: there is none within reach.
        ListNotStopped: it is being read, or was.
    """
    actor = actor_of(session)
    found = queries.get_list(session, actor, list_id, lock=True)
    if standing(session, found) is not FirmListState.STOPPED:
        raise ListNotStopped
    queries.write_list(session, actor, list_id, state=FirmListState.READING)
    audit.write(session, "list read again", "firm_list", list_id, new={"file": found.file_name})
    _start(session, actor, READ, list_id)


def drop(session: Session, list_id: int) -> None:
    """Throw a list away that nothing has come of: its rows are gone.

    Raises:
        NoSuchList: there is none within reach.
        ListInUse: it is at work, or firms came of it.
    """
    actor = actor_of(session)
    found = queries.get_list(session, actor, list_id, lock=True)
    if standing(session, found) not in DROPPABLE or any(row["done"] for row in found.rows):
        raise ListInUse
    queries.write_list(session, actor, list_id, state=FirmListState.DROPPED, rows=[], columns={})
    audit.write(session, "list dropped", "firm_list", list_id, old={"file": found.file_name})


def standing(session: Session, found: FirmList) -> FirmListState:
    """What a list truly is, whatever its last job left behind."""
    at_work = queries.is_at_work(session, actor_of(session), found.id)
    return rules.standing(found.state, at_work=at_work)


def read(session: Session, list_id: int, table: FirmTable) -> None:
    """Keep a list's rows with what is wrong in each cell."""
    actor = actor_of(session)
    firms = rules.Firms(every_known(session, actor))
    wanted = {row.cells["above"] for row in table.rows if row.cells.get("above")}
    superiors = queries.superiors(session, actor, wanted)
    judged = []
    for row in table.rows:
        one = rules.judge(row.number, row.cells, firms, superiors)
        rules.add_made(superiors, one)
        judged.append(one)
    queries.write_list(
        session, actor, list_id,
        state=FirmListState.READ,
        # jsonb forgets the order of keys: each column keeps its place
        columns={
            **{name: [at, title] for at, (name, title) in enumerate(table.columns.items())},
            **({UNREAD: list(table.unread)} if table.unread else {}),
        },
        rows=[_kept(one) for one in judged],
    )  # fmt: skip


def refuse(session: Session, list_id: int, refusal: Refused) -> None:
    """Keep why a list could not be read."""
    queries.write_list(
        session, actor_of(session), list_id, state=FirmListState.REFUSED, error=refusal.message
    )


def order(session: Session, list_id: int) -> int:
    """Have what is right of a list taken over; the job that does it.

    Raises:
        NoSuchList: there is none within reach.
        ListNotReady: it is being read, or was taken over.
    """
    actor = actor_of(session)
    found = queries.get_list(session, actor, list_id, lock=True)
    if standing(session, found) is not FirmListState.READ:
        raise ListNotReady
    queries.write_list(session, actor, list_id, state=FirmListState.TAKING)
    audit.write(session, "list taken", "firm_list", list_id, new={"file": found.file_name})
    return _start(session, actor, TAKE, list_id)


def take_portion(session: Session, list_id: int) -> Taken | None:
    """Take the next rows of a list over; None when all are done."""
    actor = actor_of(session)
    found = queries.get_list(session, actor, list_id, lock=True)
    rows: list[dict[str, Any]] = [dict(row) for row in found.rows]
    waiting = [row for row in rows if not row["errors"] and not row["done"]]
    if not waiting:
        if found.state == FirmListState.TAKING:
            queries.write_list(session, actor, list_id, state=FirmListState.TAKEN)
        return None
    made = []
    portion = waiting[:PORTION]
    firms = rules.Firms(every_known(session, actor))
    superiors = queries.superiors(session, actor, {_above(row) for row in portion})
    for row in portion:
        try:
            with session.begin_nested():
                above = rules.superior(_above(row), superiors)
                company = _take(session, actor, row, firms)
        except Refused as refusal:
            _note(row, refusal)
        else:
            row["done"] = True
            if company is not None:
                made.append((company, above))
                firms.add(Known(company.id, company.name, company.code, numbers=row["said"]))
                # its place is made with the portion's others, in this order
                rules.add_superior(superiors, company.code, company.name, company.id)
    queries.write_list(session, actor, list_id, rows=rows)
    reached = sum(1 for row in rows if row["done"] or row["errors"])
    return Taken(reached, tuple(made))


def lay_down(session: Session, list_id: int) -> None:
    """Leave the rest of a list for later: it can be gone on with."""
    queries.write_list(session, actor_of(session), list_id, state=FirmListState.READ)


def stop(session: Session, list_id: int) -> None:
    """Leave a list unread: somebody stopped it before it began. It can be read again."""
    queries.write_list(session, actor_of(session), list_id, state=FirmListState.STOPPED)


def titles(found: FirmList) -> dict[str, str]:
    """What a list calls its columns, in its own order; without one the firm's name comes first."""
    placed: list[tuple[int, str, str]] = []
    for name, kept in found.columns.items():
        if name == UNREAD:
            continue
        if isinstance(kept, list):
            placed.append((int(kept[0]), name, str(kept[1])))
        else:
            # read before columns kept their place
            known = FIELDS.index(name) if name in FIELDS else len(FIELDS)
            placed.append((0 if name == "name" else 1 + known, name, str(kept)))
    return {name: title for _, name, title in sorted(placed)}


def unread(found: FirmList) -> list[str]:
    """What a list calls the columns that were not read."""
    return [str(title) for title in found.columns.get(UNREAD, ())]


def rejected(found: FirmList) -> list[dict[str, Any]]:
    """The rows of a list that were not taken."""
    return [row for row in found.rows if row["errors"]]


def _start(session: Session, actor: Actor, task: str, list_id: int) -> int:
    """Order a job on a list, in the actor's name."""
    return workplace.start_job(
        session, KIND, task, subject="firm_list", subject_id=list_id, list_id=list_id,
        by=actor.name, account_id=actor.account_id,
    )  # fmt: skip


def _note(row: dict[str, Any], refusal: Refused) -> None:
    """Keep why a row was not taken, at the cells it comes from."""
    row["errors"], row["values"] = {}, {}
    for problem in refusal.problems:
        where = problem.field if problem.field in row["cells"] else "name"
        row["errors"][where] = problem.message
        row["values"] |= {name: str(value) for name, value in problem.values.items()}


def _above(row: dict[str, Any]) -> str:
    return str(row["cells"].get("above", ""))


def _take(
    session: Session, actor: Actor, row: dict[str, Any], firms: rules.Firms
) -> Company | None:
    """Take one row; the company, where it is new."""
    said = row["said"]
    known = rules.known_as(said, firms)
    company = get_company(session, actor, known.id) if known else None
    fresh = None
    if company is None:
        another = None if said.get("another") else ()
        company = fresh = companies.add(session, _details(said), another=another)
    if fresh is not None and said.get("iban") and said["intermediary_type"] not in AGENTS:
        holder = said.get("holder") or company.name
        banking.propose(session, company.id, Account(said["iban"], holder, REASON))
    _take_person(session, actor, company, said)
    return fresh


def _take_person(session: Session, actor: Actor, company: Company, said: dict[str, Any]) -> None:
    email = str(said.get("person_email") or "").lower()
    if not said.get("last_name"):
        return
    user = FirstUser(
        first_name=said.get("first_name", ""), last_name=said["last_name"], email=email,
        role=said.get("role") or "",
    )  # fmt: skip
    members = {m.email.lower() for m in people.members_of(session, actor, company.id)}
    if user.role and email not in members:
        add_user(session, company, user)
    elif not _has_person(session, actor, company.id, user):
        session.add(
            Person(
                pool_id=actor.pool_id,
                company_id=company.id,
                first_name=user.first_name,
                last_name=user.last_name,
                sort_key=sort_key(user.last_name, user.first_name),
                email=email or None,
            )
        )
        session.flush()


def _has_person(session: Session, actor: Actor, company_id: int, user: FirstUser) -> bool:
    if user.email:
        return queries.find_person(session, actor, company_id, user.email) is not None
    return queries.find_named(session, actor, company_id, user.first_name, user.last_name)


def _details(said: dict[str, Any]) -> Details:
    names = (
        "code", "name", "country", "street", "postcode", "city", "email", "phone",
        "register_number", "vat_id", "tax_number", "national_id",
    )  # fmt: skip
    texts: dict[str, Any] = {name: said.get(name) or "" for name in names}
    return Details(
        **texts,
        kind=CompanyKind(said["kind"]),
        intermediary_type=IntermediaryType(said["intermediary_type"]),
        natural_person=bool(said["natural_person"]),
    )


def _kept(judged: Judged) -> dict[str, Any]:
    return {
        "number": judged.number,
        "cells": judged.cells,
        "said": {name: value for name, value in judged.said.items() if value is not None},
        "errors": judged.errors,
        "notes": judged.notes,
        "values": judged.values,
        "known": judged.known,
        "done": False,
    }


def counted(rows: Sequence[dict[str, Any]]) -> dict[str, int]:
    """How many rows bring a new firm, belong to one there is, or can't be taken."""
    return {
        "new": sum(1 for row in rows if not row["errors"] and not row["known"]),
        "known": sum(1 for row in rows if not row["errors"] and row["known"]),
        "error": sum(1 for row in rows if row["errors"]),
        "done": sum(1 for row in rows if row["done"]),
    }
