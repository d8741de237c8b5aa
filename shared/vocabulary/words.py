"""What a word of a vocabulary is."""

import enum

from typing_extensions import override


class StrEnum(enum.StrEnum):
    """A word of a vocabulary: equal to its text, never to another vocabulary's word of that text.

    What maps words (their labels, for one) would else take "active" of a product and of a rate for
    one and the same.
    """

    @override
    def __eq__(self, other: object) -> bool:
        if isinstance(other, enum.Enum) and type(other) is not type(self):
            return False
        return str.__eq__(self, other)

    @override
    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = str.__hash__
