"""What the embedded server is told: its settings, who may come in, and as whom."""

import os
import pwd
import shutil
from pathlib import Path
from typing import Any

import psutil

from brokerpool.postgres.place import Place
from brokerpool.postgres.system_user import SystemUser

SUPERUSER = "postgres"
OWNER = "brokerpool_owner"
SETTINGS_FILE = "brokerpool.conf"
MIB = 1024 * 1024
PARALLEL_MEMORY_NEEDED = 256 * MIB

# No connection is trusted. The superuser and the owner are whoever started the server, by the
# kernel's word (peer); the portals and the worker show a password (SCRAM); nobody else, and
# nobody over a network: the server has no port.
ACCESS = f"""\
local  all  {SUPERUSER},{OWNER}  peer  map=starter
local  all  all                  scram-sha-256
"""


def write(place: Place, user: SystemUser, data: Path, *, durable: bool) -> None:
    """Write the three files; at every start, so that they fit the machine and the release."""
    files = {
        SETTINGS_FILE: settings(place, durable=durable),
        "pg_hba.conf": ACCESS,
        "pg_ident.conf": _names(user),
    }
    for name, text in files.items():
        path = data / name
        path.write_text(text, encoding="utf-8")
        path.chmod(0o600)
        user.own(path)


def settings(place: Place, *, durable: bool) -> str:
    """The settings, sized by the machine: from 128 MB shared buffers up to 1 GB.

    Args:
        place: whose sockets.
        durable: False for throw-away databases of tests: they need not survive a power cut.
    """
    memory = psutil.virtual_memory().total // MIB
    values: dict[str, object] = {
        "listen_addresses": "''",
        "port": 5432,
        "unix_socket_directories": _quoted(str(place.sockets)),
        "unix_socket_permissions": "0700",
        "max_connections": 60,
        "shared_preload_libraries": "'pg_stat_statements'",
        "shared_buffers": f"{min(max(memory // 8, 128), 1024)}MB",
        "effective_cache_size": f"{max(memory // 2, 256)}MB",
        "work_mem": f"{32 if memory >= 4096 else 8}MB",
        "maintenance_work_mem": f"{256 if memory >= 4096 else 64}MB",
        "dynamic_shared_memory_type": _shared_memory_type(),
        "jit": "off",
        "random_page_cost": 1.1,
        "max_wal_size": "4GB" if shutil.disk_usage(place.base).free > 16384 * MIB else "1GB",
        "checkpoint_timeout": "15min",
        "synchronous_commit": "on",
        "timezone": "'UTC'",
        "log_timezone": "'UTC'",
        "log_line_prefix": "'%m [%p] %u@%d '",
        "log_checkpoints": "off",
    }
    if not durable:
        values |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        values |= {"shared_buffers": "128MB", "max_connections": 100}
    return "".join(f"{name} = {value}\n" for name, value in values.items())


def superuser(place: Place, database: str = SUPERUSER) -> dict[str, Any]:
    """Connection arguments of the embedded server's superuser, for setting it up only."""
    return {
        "host": str(place.sockets),
        "port": 5432,
        "user": SUPERUSER,
        "dbname": database,
        "connect_timeout": 10,
        "autocommit": True,
    }


def _names(user: SystemUser) -> str:
    people = {user.name, pwd.getpwuid(os.geteuid()).pw_name}
    lines = [f'starter  "{p}"  {role}\n' for p in sorted(people) for role in (SUPERUSER, OWNER)]
    return "".join(lines)


def _shared_memory_type() -> str:
    """Containers often have 64 MB in /dev/shm, where parallel queries fail; then files do."""
    try:
        roomy = shutil.disk_usage("/dev/shm").total >= PARALLEL_MEMORY_NEEDED  # noqa: S108
    except OSError:
        return "posix"
    return "posix" if roomy else "mmap"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
