"""The words things are found by; triggers keep them (migration ``search``), no app writes them."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Index,
    PrimaryKeyConstraint,
    and_,
    exists,
    literal,
    or_,
)
from sqlalchemy.orm import Mapped, aliased, mapped_column

from shared.models.base import Base
from shared.search_words import after, forms_of, split


class SearchWord(Base):
    """A word of a thing, in one of its forms (``shared.search_words``).

    ``firm_id``, ``private`` and ``organisation_id`` are the thing's own, so that the walls hold
    here too: a word tells that somebody exists. No foreign keys: a check per word would cost a bulk
    import more than the words do, and nothing that has words is ever deleted.
    """

    __tablename__ = "search_word"
    __table_args__ = (
        PrimaryKeyConstraint("pool_id", "kind", "subject_id", "word"),
        # with the walls' columns: what is another's is passed over in the index
        Index(
            "ix_search_word_word", "pool_id", "kind", "word", "firm_id", "private",
            "organisation_id", "subject_id",
        ),
    )  # fmt: skip
    pool_id: Mapped[int]
    kind: Mapped[str]
    subject_id: Mapped[int] = mapped_column(BigInteger)
    word: Mapped[str]
    firm_id: Mapped[int | None]
    private: Mapped[bool] = mapped_column(server_default="false")
    organisation_id: Mapped[int | None]


def called(typed: str, kind: str, pool_id: Any, subject_id: Any) -> ColumnElement[bool]:
    """That each typed word begins a word of the thing, in any of its spellings.

    Args:
        typed: a name or a part of it, as people write it.
        kind: the thing's table.
        pool_id: its column.
        subject_id: its column.
    """
    met = []
    for word in split(typed):
        of = aliased(SearchWord)
        begins = or_(*(and_(of.word >= form, of.word < after(form)) for form in forms_of(word)))
        here = (of.pool_id == pool_id, of.kind == kind, of.subject_id == subject_id)
        met.append(exists(literal(1)).where(*here, begins))
    return and_(*met)
