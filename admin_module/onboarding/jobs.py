"""What is looked after every day."""

from admin_module.accounts.operations import deactivate
from admin_module.companies.operations import leaving, today, watching
from admin_module.companies.queries import people
from admin_module.companies.queries.leaving import find_kept_long_enough
from shared.actor import Actor
from shared.db import Session


def watch(session: Session, actor: Actor) -> None:
    """Do a pool's daily round (task ``firms.watch``); run twice it tells nothing twice.

    Accounts that waited take effect, payouts are held or let go, ends of proofs are told, and
    former partners whose last day of reading is over no longer come in.
    """
    day = today(session, actor)
    watching.watch(session, day)
    for company_id in find_kept_long_enough(session, actor, day):
        leaving.close(session, company_id)
        for member in people.members_of(session, actor, company_id):
            if member.active:
                deactivate(session, member.id)
