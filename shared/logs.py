"""Log lines: one a message, in UTC, with nothing in them that pretends to be another line.

Everything goes to standard error, which whoever runs the processes keeps and ships on. Control
characters are written as escapes, what is a secret by its name is masked.
"""

import logging
import re
import sys
import time
from typing import Final

from typing_extensions import override

FORMAT: Final = "%(asctime)sZ %(process)d %(levelname)s %(name)s %(message)s"
SECRET: Final = re.compile(
    r"(?i)\b(password|passwd|secret|token|csrf_token|code|cookie|authorization|api_?key|otp)"
    r"(['\"]?\s*[=:]\s*)(?:\"[^\"]*\"|'[^']*'|[^\s&;,]+)"
)
# a link that was mailed holds its token as the last part of its path; other long random words too
RANDOM: Final = re.compile(r"(?<![\w-])(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[\w-]{32,}(?![\w-])")
CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class LineFormatter(logging.Formatter):
    """Writes a record as one line; a traceback follows indented, so that it is no line of its own.

    The words of an exception are escaped like any other: they may be what somebody typed.
    """

    converter = staticmethod(time.gmtime)

    def __init__(self) -> None:
        super().__init__(FORMAT, "%Y-%m-%dT%H:%M:%S")

    @override
    def formatMessage(self, record: logging.LogRecord) -> str:
        record.message = masked(record.message)
        return escaped(super().formatMessage(record))

    @override
    def formatException(self, ei: object) -> str:
        told = super().formatException(ei)  # type: ignore[arg-type]
        return "\n".join(f"  | {escaped(masked(line))}" for line in told.splitlines())


def escaped(text: str) -> str:
    """A text without control characters: a line break is two visible characters."""
    return CONTROLS.sub(lambda found: f"\\x{ord(found[0]):02x}", text)


def masked(text: str) -> str:
    """A text without what its name says is secret, and without long random words."""
    return RANDOM.sub("…", SECRET.sub(r"\1\2…", text))


def install(level: int = logging.WARNING) -> None:
    """Write this process's log so; what is of security's concern from the first word on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(LineFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    logging.getLogger("security").setLevel(logging.INFO)
