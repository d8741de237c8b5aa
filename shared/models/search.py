"""The words things are found by; triggers keep them (migration ``search``), no app writes them."""

from sqlalchemy import BigInteger, Index, PrimaryKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shared.models.base import Base


class SearchWord(Base):
    """A word of a thing, in one of its forms (``shared.search_words``).

    ``firm_id`` and ``private`` are the thing's own, so that the walls hold here too: a word tells
    that somebody exists. No foreign keys: a check per word would cost a bulk import more than the
    words do, and nothing that has words is ever deleted.
    """

    __tablename__ = "search_word"
    __table_args__ = (
        PrimaryKeyConstraint("pool_id", "kind", "subject_id", "word"),
        # with the walls' columns: what is another's is passed over in the index
        Index("ix_search_word_word", "pool_id", "kind", "word", "firm_id", "private", "subject_id"),
    )
    pool_id: Mapped[int]
    kind: Mapped[str]
    subject_id: Mapped[int] = mapped_column(BigInteger)
    word: Mapped[str]
    firm_id: Mapped[int | None]
    private: Mapped[bool] = mapped_column(server_default="false")
