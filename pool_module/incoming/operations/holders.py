"""Policyholders of a chunk, found or added."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from pool_module.incoming.queries import customers
from shared.actor import Actor
from shared.db import Session

HolderKey: TypeAlias = tuple[str, int | None]
"""How the insurer's delivery recognises him, and the firm whose customer he is."""


def key_of(row: Mapping[str, Any]) -> HolderKey:
    """The key of a holder's row."""
    return row["source_key"], row["firm_id"]


def take(session: Session, actor: Actor, rows: Sequence[Mapping[str, Any]]) -> dict[HolderKey, int]:
    """Find, change or add holders; gives their ids.

    A person who is customer of two firms is two customers: neither firm sees the other's. One who
    belongs to no firm yet goes to the first firm that names him.
    """
    holders = {key_of(row): row for row in rows}
    if not holders:
        return {}
    ids: dict[HolderKey, int] = {}
    for row in customers.find_customers(session, actor, sorted({key for key, _ in holders})):
        ids.setdefault(key_of(row), row["id"])
    for key, firm in holders:
        if (key, firm) not in ids and (key, None) in ids:
            ids[key, firm] = ids.pop((key, None))
    known = [{**row, "id": ids[key]} for key, row in holders.items() if key in ids]
    unknown = [row for key, row in holders.items() if key not in ids]
    if known:
        customers.change_customers(session, actor, known)
    if unknown:
        for row in customers.add_customers(session, actor, unknown):
            ids[key_of(row)] = row["id"]
    return ids
