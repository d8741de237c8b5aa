"""A scanner that speaks clamd's protocol, one that is silent, and none at all."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from shared import scanning
from shared.scanning import Scan, scanned


@contextmanager
def clamd(answer: bytes | None) -> Iterator[tuple[str, list[bytes]]]:
    """A server that takes one stream and answers; None: it hangs up."""
    taken: list[bytes] = []
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = server.accept()
        with connection, connection.makefile("rb") as stream:
            assert stream.read(10) == b"zINSTREAM\0"
            while size := struct.unpack("!L", stream.read(4))[0]:
                taken.append(stream.read(size))
            if answer is not None:
                connection.sendall(answer)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield f"tcp://127.0.0.1:{server.getsockname()[1]}", taken
    thread.join(5)
    server.close()


@pytest.mark.parametrize(
    ("answer", "known"),
    [(b"stream: OK\0", Scan.CLEAN), (b"stream: Eicar-Test FOUND\0", Scan.INFECTED),
     (b"INSTREAM size limit exceeded. ERROR\0", Scan.SCANNING), (None, Scan.SCANNING)],
)  # fmt: skip
def test_what_clamd_says_is_what_is_known(answer: bytes | None, known: Scan) -> None:
    content = b"x" * (scanning.PIECE + 7)
    with clamd(answer) as (url, taken):
        assert scanned(content, url) is known
    assert b"".join(taken) == content


@pytest.mark.parametrize(
    "url", ["tcp://127.0.0.1:1", "unix:///nowhere/clamd.ctl", "http://127.0.0.1", "nonsense"]
)
def test_without_an_answer_a_file_waits(url: str) -> None:
    assert scanned(b"x", url) is Scan.SCANNING


def test_where_nobody_looks_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CLAMD_URL", raising=False)
    assert scanned(b"x") is Scan.UNSCANNED
