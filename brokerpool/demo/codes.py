"""Ids by the codes the demo calls its things."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from shared.db import actor_of

SOURCES: Final = {
    "firms": ("company", "code"),
    "sellers": ("producer", "code"),
    "insurers": ("insurer", "code"),
    "lines": ("line_of_business", "code"),
    "products": ("product", "code"),
    "levels": ("career_level", "code"),
    "groups": ("commission_group", "code"),
    "organisations": ("organisation", "name"),
    "divisions": ("division", "name"),
    "customers": ("customer", "source_key"),
    "contracts": ("contract", "case_number"),
}


@dataclass(frozen=True, kw_only=True)
class Codes:
    """Code → id of everything that stands; contracts and customers grow month by month."""

    firms: Mapping[str, int]
    sellers: Mapping[str, int]
    insurers: Mapping[str, int]
    lines: Mapping[str, int]
    products: Mapping[str, int]
    levels: Mapping[str, int]
    groups: Mapping[str, int]
    organisations: Mapping[str, int]
    divisions: Mapping[str, int]
    customers: dict[str, int]
    contracts: dict[str, int]


def read_codes(session: Session) -> Codes:
    """Read what stands in the database."""
    pool = actor_of(session).pool_id
    found: dict[str, dict[str, int]] = {}
    for name, (table, code) in SOURCES.items():
        rows = session.execute(
            text(
                f"SELECT {code}, id FROM {table} "  # noqa: S608  -- our own names, no input
                f"WHERE pool_id = :pool AND {code} IS NOT NULL"
            ),
            {"pool": pool},
        )
        found[name] = {row[0]: row[1] for row in rows}
    return Codes(**found)
