"""E-mail addresses: what mail can be sent to from here. Pure."""

import re
from typing import Final

LONGEST: Final = 254
NAME: Final = re.compile(r"[^@\s\x00-\x1f,;<>\"]{1,64}")
# letters of any alphabet: Ukrainian hosts end in .укр
LABEL: Final = re.compile(r"[^\W_](?:[^\W_]|-){0,62}")


def is_address(text: str) -> bool:
    """Whether a text is an address: a name, an at sign, a host with a domain.

    A host without a dot is a machine of one's own network: nobody there is ever reached by us.
    """
    name, _, host = text.rpartition("@")
    *labels, top = host.split(".")
    return (
        len(text) <= LONGEST
        and NAME.fullmatch(name) is not None
        and bool(labels)
        and all(LABEL.fullmatch(label) and label[-1] != "-" for label in (*labels, top))
        and len(top) > 1
        and not top.isdecimal()
    )
