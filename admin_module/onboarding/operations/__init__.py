"""A firm comes in with its first user; like a template firm, or on its own (DLG-23)."""

from collections.abc import Collection
from dataclasses import dataclass

from admin_module.companies import operations as companies
from admin_module.companies.operations import Details
from admin_module.companies.queries import get_company
from admin_module.invitations.operations import invite
from admin_module.modules import operations as modules
from admin_module.modules.queries import modules_of
from admin_module.onboarding import queries
from admin_module.onboarding.errors import (
    LastNameMissing,
    NotLikeItself,
    UserAddressMissing,
    UserAddressWrong,
)
from shared import audit
from shared.addresses import is_address
from shared.db import Session, actor_of
from shared.errors import Refused, refuse
from shared.models.access import RolePermission
from shared.models.pools import Company, Person
from shared.sorting import sort_key
from shared.vocabulary import Door


@dataclass(frozen=True, kw_only=True)
class FirstUser:
    """Who of the firm comes in first."""

    first_name: str
    last_name: str
    email: str
    role: str
    language: str = ""

    @property
    def name(self) -> str:
        """As others see it."""
        return f"{self.first_name} {self.last_name}".strip()


@dataclass(frozen=True)
class Onboarded:
    """What came into being; ``membership_id``: of the first user, where there is one."""

    company: Company
    membership_id: int | None


@dataclass(frozen=True)
class Copied:
    """What of a template firm holds for another by now."""

    rights: int
    modules: int


def onboard(
    session: Session,
    details: Details,
    user: FirstUser | None,
    *,
    template_id: int | None = None,
    another: Collection[int] = (),
) -> Onboarded:
    """Take a firm in, and invite its first user.

    Args:
        session: the transaction; its place in the hierarchy is made in the same one.
        details: of the firm.
        user: who comes in first; None: nobody yet.
        template_id: the firm whose role set and modules it gets.
        another: firms like it that it is not, as somebody has said.

    Raises:
        Invalid, CompanyCodeTaken, CompanyKnown, CompanyOutOfReach, CompanyAlike: of the firm.
        UserAddressWrong, UserAddressMissing, LastNameMissing: of its first user; with others:
            ``InvalidTogether``.
    """
    wrong = companies.problems(details) + companies.address_problems(details)
    refuse(wrong + (_problems(user) if user is not None else []))
    company = companies.add(session, details, another=another)
    if template_id is not None:
        copy_settings(session, template_id, company.id)
    membership = add_user(session, company, user) if user is not None else None
    return Onboarded(company, membership)


def _problems(user: FirstUser) -> list[Refused]:
    """What is wrong with a first user, said at his own fields, not at the firm's."""
    found: list[Refused] = []
    if not user.last_name.strip():
        found.append(LastNameMissing())
    if not user.email.strip():
        found.append(UserAddressMissing())
    elif not is_address(user.email.strip()):
        found.append(UserAddressWrong())
    return found


def add_user(session: Session, company: Company, user: FirstUser) -> int:
    """Make a person of a company and invite him to the brokers' portal; his membership's id."""
    actor = actor_of(session)
    if queries.find_person(session, actor, company.id, user.email) is None:
        session.add(
            Person(
                pool_id=actor.pool_id,
                company_id=company.id,
                first_name=user.first_name.strip(),
                last_name=user.last_name.strip(),
                sort_key=sort_key(user.last_name, user.first_name),
                email=user.email.strip().lower() or None,
            )
        )
        session.flush()
    return invite(
        session,
        email=user.email.strip(),
        name=user.name,
        language=user.language or company.language,
        door=Door.EXTRANET,
        company_id=company.id,
        role=user.role,
    )


def copy_settings(session: Session, template_id: int, company_id: int) -> Copied:
    """Give a company the role set and the modules of a template.

    Raises:
        NoSuchCompany: one of them is out of reach.
        NotLikeItself: they are the same.
    """
    actor = actor_of(session)
    template = get_company(session, actor, template_id)
    get_company(session, actor, company_id)
    if template_id == company_id:
        raise NotLikeItself
    rights = queries.rights_of(session, actor, template_id)
    standing = {(r.role, r.permission) for r in queries.rights_of(session, actor, company_id)}
    fresh = [right for right in rights if (right.role, right.permission) not in standing]
    for right in fresh:
        session.add(
            RolePermission(
                pool_id=actor.pool_id,
                role=right.role,
                permission=right.permission,
                company_id=company_id,
                allowed=right.allowed,
                reason=template.name,
            )
        )
    session.flush()
    wanted = modules_of(session, actor, template_id)
    had = modules_of(session, actor, company_id)
    switched = [module for module, on in wanted.items() if had[module] != on]
    for module in switched:
        modules.switch(session, company_id, module, on=wanted[module])
    audit.write(
        session, "settings copied", "company", company_id,
        new={"from": template_id, "rights": len(fresh), "modules": len(switched)},
    )  # fmt: skip
    return Copied(len(fresh), len(switched))
