"""Rights given and taken, one at a time, for a reason; they hold from the next request on."""

from admin_module.permissions import queries
from admin_module.permissions.errors import NoSuchRight, ReasonMissing
from admin_module.permissions.rules import refuse
from shared import audit
from shared.db import Session, actor_of
from shared.db.facts import lock, noted_moment, supersede
from shared.models.access import RolePermission
from shared.permissions import Permission, Role

RIGHTS_LOCK = 7043


def change(
    session: Session,
    role: str,
    permission: str,
    place_key: str,
    *,
    allowed: bool | None,
    reason: str,
    version: int | None = None,
) -> None:
    """Give a role a right at a place, take it, or let it inherit again.

    Args:
        session: the transaction.
        role: whose.
        permission: which right.
        place_key: where: ``*``, ``kfirm``, ``c7``.
        allowed: given, taken; None: as it is inherited.
        reason: why.
        version: of what stood there when it was shown; None: it was not.

    Raises:
        NoSuchRight: no such role, permission or place.
        ReasonMissing: nothing was said why.
        Conflict: somebody changed it since it was shown.
        Refused: it must not be (``rules.refuse``).
    """
    if role not in set(Role) or permission not in set(Permission):
        raise NoSuchRight
    if not reason.strip():
        raise ReasonMissing
    lock(session, RIGHTS_LOCK)  # of two who take the last right at once, the second is refused
    place = queries.get_place(session, place_key)
    words = queries.words_of(session)
    stored = {"allowed": words.get((role, permission, place.key))}
    queries.stand_of(session, role, permission, place).check(version, stored)
    asked = Role(role), Permission(permission), place
    off = queries.modules_off(session)
    refuse(asked, words, queries.holders_of(session), off, allowed=allowed)
    key = (role, permission, place.key)
    before = words.get(key)
    if before == allowed:
        return
    actor = actor_of(session)
    named = {"role": role, "permission": permission, "scope": place.key}
    if key in words:
        supersede(session, RolePermission, noted_moment(session), named)
    if allowed is not None:
        session.add(
            RolePermission(
                pool_id=actor.pool_id,
                role=role,
                permission=permission,
                company_id=place.company_id,
                company_kind=place.kind if place.company_id is None else None,
                allowed=allowed,
                reason=reason.strip(),
            )
        )
    session.flush()
    audit.write(
        session,
        "changed",
        "role_permission",
        None,
        old={**named, "allowed": before},
        new={**named, "allowed": allowed, "reason": reason.strip()},
    )
