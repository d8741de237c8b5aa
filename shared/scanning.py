"""Looking for malware with clamd (``CLAMD_URL``: ``tcp://host:port`` or ``unix:///path``).

Nobody looks where it is not set: files are then shown as not scanned. Where it is set and cannot
be reached, a file waits: nobody opens it before it was found clean.
"""

import logging
import socket
import struct
from contextlib import closing
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

from shared.config import Config

LOGGER: Final = logging.getLogger("security")
PATIENCE: Final = 20  # seconds
PIECE: Final = 1 << 16


class Scan(StrEnum):
    """What is known of a file's content; as ``document.scan`` stores it."""

    UNSCANNED = "unscanned"  # nobody looks
    SCANNING = "scanning"  # not looked at yet, and not handed out before
    CLEAN = "clean"
    INFECTED = "infected"


def scanned(content: bytes, url: str | None = None) -> Scan:
    """Ask clamd about a content.

    Args:
        content: of the file.
        url: where clamd listens; default: from the environment.

    Returns:
        ``UNSCANNED`` where there is no clamd, ``SCANNING`` where it gives no answer.
    """
    url = url or Config.from_environment().clamd_url
    if not url:
        return Scan.UNSCANNED
    try:
        with closing(_connect(url)) as connection:
            said = _ask(connection, content)
    except (OSError, ValueError) as error:
        LOGGER.warning("clamd gives no answer: %s", error)
        return Scan.SCANNING
    if said.endswith("OK"):
        return Scan.CLEAN
    if said.endswith("FOUND"):
        LOGGER.warning("malware in a file: %s", said)
        return Scan.INFECTED
    LOGGER.warning("clamd could not look at a file: %s", said)  # e.g. over its own size limit
    return Scan.SCANNING


def _connect(url: str) -> socket.socket:
    parts = urlsplit(url)
    if parts.scheme == "unix":
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(PATIENCE)
        try:
            connection.connect(parts.path)
        except OSError:
            connection.close()
            raise
        return connection
    if parts.scheme != "tcp" or not parts.hostname:
        raise ValueError(f"CLAMD_URL is neither tcp:// nor unix://: {url}")
    return socket.create_connection((parts.hostname, parts.port or 3310), PATIENCE)


def _ask(connection: socket.socket, content: bytes) -> str:
    """Send it in pieces with their lengths (clamd's INSTREAM) and read the one line of answer."""
    connection.sendall(b"zINSTREAM\0")
    for start in range(0, len(content), PIECE):
        piece = content[start : start + PIECE]
        connection.sendall(struct.pack("!L", len(piece)) + piece)
    connection.sendall(struct.pack("!L", 0))
    said = b""
    while not said.endswith(b"\0") and len(said) < 4096 and (more := connection.recv(4096)):
        said += more
    return said.rstrip(b"\0\n").decode("utf-8", "replace")
