"""From bytes to numbered records: with any line end, or none."""

import re
from collections.abc import Iterator
from typing import BinaryIO, Final

from pool_module.incoming.errors import NotThisFormat
from pool_module.incoming.formats.encodings import Encoding, decoder_for, repair
from pool_module.incoming.formats.gdv.layout import RECORD_LENGTH
from pool_module.incoming.formats.source import chunks

_LINE_END: Final = re.compile(r"\r\n|\n|\r")
_LONGEST: Final = 1 << 16
_FILLING: Final = " \r\n\x1a\x00"


def read_lines(stream: BinaryIO, encoding: Encoding) -> Iterator[tuple[int, str]]:
    """Cut a stream into records.

    Lines end with CRLF, LF or CR; a file without line ends is cut every 256 characters (in UTF-8
    characters, not bytes), and so is a line that holds several records. Blank lines and the end
    sign of DOS are passed over.

    Yields:
        The number of the line (of the record, without line ends), and its characters, not padded.

    Raises:
        NotThisFormat: a line is longer than any number of records could reasonably make it.
    """
    pieces = _pieces(stream, encoding)
    first = next(pieces, "")
    cut = _by_line_end if _LINE_END.search(first) else _by_length
    for number, text in enumerate(cut(first, pieces), start=1):
        line = repair(text) if encoding == "mixed" else text
        for start in range(0, max(len(line), 1), RECORD_LENGTH):
            record = line[start : start + RECORD_LENGTH]
            if record.strip(_FILLING):
                yield number, record


def _pieces(stream: BinaryIO, encoding: Encoding) -> Iterator[str]:
    decoder = decoder_for(encoding)
    for chunk in chunks(stream):
        if text := decoder.decode(chunk):
            yield text
    if text := decoder.decode(b"", final=True):
        yield text


def _by_line_end(first: str, pieces: Iterator[str]) -> Iterator[str]:
    held = first
    for piece in pieces:
        kept = len(held) - 1  # the last character may be the first half of CRLF
        *lines, rest = _LINE_END.split(held[:kept])
        yield from lines
        if len(rest) > _LONGEST:
            raise NotThisFormat("The file is no GDV file: one of its lines does not end.")
        held = rest + held[kept:] + piece
    yield from _LINE_END.split(held)


def _by_length(first: str, pieces: Iterator[str]) -> Iterator[str]:
    held = first
    while held:
        whole = len(held) - len(held) % RECORD_LENGTH
        for start in range(0, whole, RECORD_LENGTH):
            yield held[start : start + RECORD_LENGTH]
        piece = next(pieces, None)
        if piece is None:
            yield held[whole:]
            return
        held = held[whole:] + piece
