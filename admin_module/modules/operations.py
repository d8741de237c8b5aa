"""Modules switched on and off for a company: menus and routes come and go with them (DLG-25)."""

from admin_module.modules import queries
from admin_module.modules.errors import StandingOnIt
from shared import audit, clock
from shared.db import Session, actor_of
from shared.db.facts import supersede
from shared.models.access import CompanyModule
from shared.permissions import Module
from shared.vocabulary import CompanyKind


def switch(session: Session, company_id: int, module: Module, *, on: bool) -> None:
    """Give a company a module or take it away; it holds from its people's next request on.

    Raises:
        ModuleOfNobody: there is none within reach.
        StandingOnIt: the operator would lose the administration for good.
    """
    actor = actor_of(session)
    kind = queries.get_kind(session, actor, company_id)
    if not on and module is Module.ADMIN and kind == CompanyKind.POOL:
        raise StandingOnIt
    if queries.modules_of(session, actor, company_id)[module] == on:
        return
    subject = {"company_id": company_id, "module": module.value}
    supersede(session, CompanyModule, clock.now(), subject)
    session.add(CompanyModule(pool_id=actor.pool_id, enabled=on, **subject))
    session.flush()
    audit.write(
        session, "module on" if on else "module off", "company", company_id,
        old={"module": module.value, "on": not on}, new={"module": module.value, "on": on},
    )  # fmt: skip
