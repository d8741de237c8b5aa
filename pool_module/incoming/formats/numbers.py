"""Contract and agency numbers in the one form they are compared in."""

import re
from typing import Final

_SEPARATORS: Final = re.compile(r"[^A-Za-z0-9]")


def normalise_number(text: str | None) -> str:
    """Bring a contract number to the form it is compared in: upper case, only A-Z and 0-9.

    Zeros are kept, leading ones too: an insurer may use ``0815`` and ``815`` for two contracts.
    None and blank give the empty string.
    """
    return _SEPARATORS.sub("", text or "").upper()


def normalise_agency(text: str | None) -> str:
    """Bring an agency number to the form it is compared in.

    Insurers align the ten characters to either side and some write a dash (GDV head, bytes
    33-42); blanks, dashes and slashes go, zeros stay.
    """
    return normalise_number(text)
