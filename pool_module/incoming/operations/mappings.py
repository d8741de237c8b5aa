"""How an insurer's columns are read, kept under a name."""

from typing import Final

from pool_module.incoming.formats.statements.columns import ColumnMapping
from pool_module.incoming.operations import journal
from pool_module.incoming.queries import registers as queries
from shared.actor import Actor
from shared.db import Session
from shared.models.incoming import ImportMapping

DEFAULT: Final = "default"


def find(session: Session, actor: Actor, insurer_id: int, name: str | None) -> ColumnMapping | None:
    """The mapping of a name; without one the columns are recognised by their headers."""
    found = queries.find_mapping(session, actor, insurer_id, name or DEFAULT)
    return ColumnMapping.from_dict(found.mapping) if found else None


def save(
    session: Session, actor: Actor, insurer_id: int, name: str | None, columns: ColumnMapping
) -> None:
    """Keep a mapping under a name; the same again changes nothing."""
    fields = columns.to_dict()
    found = queries.find_mapping(session, actor, insurer_id, name or DEFAULT)
    if found and found.mapping == fields:
        return
    if found is None:
        found = ImportMapping(
            pool_id=actor.pool_id, insurer_id=insurer_id, name=name or DEFAULT, mapping=fields
        )
        session.add(found)
    found.mapping = fields
    session.flush()
    subject = "import_mapping", found.id
    journal.note(session, actor, "import_mapping.saved", subject, name=found.name, columns=fields)
