"""Which part (Teildatensatz) of its record type a record is.

Most carry the number in byte 256, but not all: the byte goes by record type and line (VUVM2023).
"""

from typing import Final

_ONLY_ONE: Final[tuple[tuple[int, str], ...]] = ()
_LAST_BYTE: Final = ((256, "123456789"),)

_TABLE: Final = {  # byte and the digits it may hold, tried in turn → record type, with its line
    _ONLY_ONE: """0210.030 0210.040 0210.070 0210.110 0210.510 0211.130 0220.110 0220.130 0220.510
        0221.130 0260.190 0410 0420 0430 9999""",
    ((43, "1234"),): """0210.000 0210.080 0210.170 0210.190 0210.550 0210.560 0210.570 0210.580
        0211.000 0211.080 0211.170 0211.190 0220.550 0220.560 0220.570 0220.580 0270.550 0280.550
        0291.550 0292.550 0293.550 0294.550 0295.550""",
    ((47, "12"),): "0220.000 0221.000",
    ((48, "123"),): "0220.020",  # the standard calls them 0220.020.1 to .3
    ((49, "12"),): "0220.080 0220.190 0221.080 0221.190",
    ((49, "124"), (43, "3"), (60, "9")): "0220.030",
    ((49, "2"), (43, "3")): "0221.030",
    ((50, "123"),): "0220.170 0221.170",
    ((51, "12"),): "0220.040 0220.140 0221.040 0221.140 0250.190 0251.190 0450",
    ((53, "12"),): "0220.070 0221.070",
    ((66, "1"),): "0550",
    ((251, "12"),): "0210.130",
}
_PLACES: Final = {name: places for places, names in _TABLE.items() for name in names.split()}
_LATE_PARTS: Final = frozenset({"0210.130"})  # older releases know one part and no number

LINE_RECORDS: Final = frozenset(
    {"0210", "0211", "0220", "0221", "0250", "0251", "0260", "0270", "0280"}
    | {"0291", "0292", "0293", "0294", "0295"}
)
"""Record types whose layout goes by the line (Sparte)."""


def part_of(record_type: str, line: str, text: str) -> int | None:
    """Decide the part of a record.

    Args:
        record_type: its first four characters.
        line: its line (Sparte), three digits; matters for records with a layout per line.
        text: the record, padded to 256 characters.

    Returns:
        The number; 1 where the type has only one part or an old release leaves byte 256 blank;
        None where the byte that must tell does not.
    """
    key = f"{record_type}.{line}" if record_type in LINE_RECORDS else record_type
    places = _PLACES.get(key, _LAST_BYTE)
    for position, digits in places:
        found = text[position - 1]
        if found in digits:
            return int(found)
    return 1 if places in (_ONLY_ONE, _LAST_BYTE) or key in _LATE_PARTS else None
