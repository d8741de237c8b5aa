"""The encoding of a file that does not say it.

Insurers' files carry no declaration. What is found is a guess from all bytes of the file; every
reader takes an override (GDV VU-Vermittler, practice of senders: DOS, Windows, Unix, Mac hosts).
"""

import codecs
import re
from collections import Counter
from typing import BinaryIO, Final, Literal, TypeAlias, cast, get_args

from pool_module.incoming.errors import DeliveryRefused
from pool_module.incoming.formats.source import chunks

Encoding: TypeAlias = Literal["ascii", "latin-1", "cp850", "cp1252", "utf-8", "utf-16", "mixed"]

_ASCII: Final = bytes(range(0x80))
_E1: Final = 0xE1  # ß in DOS, á in Latin-1: tells nothing beside other letters
_DOS_UMLAUTS: Final = frozenset({0x84, 0x94, 0x81, 0x8E, 0x99, 0x9A})
_LATIN_UMLAUTS: Final = frozenset({0xE4, 0xF6, 0xFC, 0xC4, 0xD6, 0xDC, 0xDF})
_MAC_UMLAUTS: Final = frozenset({0x8A, 0x9F})
_WINDOWS_SIGNS: Final = frozenset({0x80, 0x82, 0x85, 0x91, 0x92, 0x93, 0x95, 0x96, 0x97})
_WINDOWS_ALSO_DOS: Final = frozenset({0x84, 0x94, 0x99})  # quotation marks and the trade mark
_UPPER_CONTROLS: Final = frozenset(range(0x80, 0xA0))

_REPAIRS: Final = str.maketrans(
    "\x84\x94\x81\x8e\x99\x8a\x9f\x80", "\u00e4\u00f6\u00fc\u00c4\u00d6\u00e4\u00fc\u00c4"
)
_MAC_OE: Final = re.compile(r"(?<=[a-zäöüß])\x9a|(?<=[^\W\d_])\x9a(?=[a-zäöüß])")


def as_encoding(name: str) -> Encoding:
    """Take an encoding's name from a person or a setting.

    Raises:
        DeliveryRefused: it is none of those the readers know.
    """
    if name not in get_args(Encoding):
        raise DeliveryRefused(
            "The encoding %(name)s is not known; known are %(known)s.",
            name=name,
            known=", ".join(get_args(Encoding)),
        )
    return cast("Encoding", name)


def detect(stream: BinaryIO) -> Encoding:
    """Find the encoding of a file from all of its bytes.

    ASCII where no byte is above 0x7F; UTF-8 where it is valid as such; else the umlauts of DOS
    and of Latin-1 are counted. Both in one file: ``mixed``.
    """
    if next(chunks(stream), b"")[:2] in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE}:
        return "utf-16"
    high, is_utf8 = _census(stream)
    if not high:
        return "ascii"
    return "utf-8" if is_utf8 else _single_byte(high)


def _census(stream: BinaryIO) -> tuple[Counter[int], bool]:
    high: Counter[int] = Counter()
    decoder = codecs.getincrementaldecoder("utf-8")()
    is_utf8 = True
    for chunk in chunks(stream):
        high.update(chunk.translate(None, _ASCII))
        is_utf8 = is_utf8 and _decodes(decoder, chunk)
    return high, is_utf8 and _decodes(decoder, b"", final=True)


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True


def _single_byte(high: Counter[int]) -> Encoding:
    found = frozenset(high)
    latin = bool(found & _LATIN_UMLAUTS)
    dos = bool(found & _DOS_UMLAUTS)
    if not latin:
        return _without_latin(found, dos=dos)
    if dos and not (found & _WINDOWS_SIGNS and found & _DOS_UMLAUTS <= _WINDOWS_ALSO_DOS):
        return "mixed"
    if found & _MAC_UMLAUTS:
        return "mixed"
    return "cp1252" if found & _UPPER_CONTROLS else "latin-1"


def _without_latin(found: frozenset[int], *, dos: bool) -> Encoding:
    if found & _MAC_UMLAUTS and not found & (_DOS_UMLAUTS - {0x9A}):
        return "mixed"
    if dos or _E1 in found:
        return "cp850"
    return "cp1252" if found & _UPPER_CONTROLS else "latin-1"


def decoder_for(encoding: Encoding) -> codecs.IncrementalDecoder:
    """Give the decoder of a stream; what it can't read becomes U+FFFD, never an exception."""
    name = {"mixed": "latin-1", "utf-8": "utf-8-sig", "ascii": "latin-1"}.get(encoding, encoding)
    return codecs.getincrementaldecoder(name)(errors="replace")


def repair(text: str) -> str:
    """Put right the umlauts of a line in which DOS, Mac and Latin-1 letters are mixed.

    The text is one decoded as Latin-1. 0x9A is DOS Ü or Mac ö: ö inside a word with small letters.
    """
    text = text.translate(_REPAIRS)
    if "\x9a" not in text:
        return text
    return _MAC_OE.sub("ö", text).replace("\x9a", "Ü")
