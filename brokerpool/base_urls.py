"""The portals' public addresses: names on this machine, or https."""

import ipaddress
from urllib.parse import urlsplit

from shared.config import Config
from shared.errors import Refused
from shared.vocabulary import Door


def base_url(config: Config, door: Door, host: str, port: int) -> str:
    """Where people reach a portal.

    Args:
        config: may name the address.
        door: which portal.
        host: what the server listens on; beyond this machine an https address is needed, since
            sign-in cookies and passkeys work on names and on encrypted connections only.
        port: for the default ``http://<portal>.localhost:<port>``.
    """
    variable = f"BASE_URL_{door.name}"
    given = config.base_urls.get(door)
    if given is None:
        if _stays_here(host):
            return f"http://{door.value}.localhost:{port}"
        raise Refused(
            f"Listening on {host} needs {variable}, an https address such as https://pool.example."
        )
    parts = urlsplit(given)
    name = parts.hostname or ""
    local = name == "localhost" or name.endswith(".localhost")
    if (parts.scheme == "https" and name) or (parts.scheme == "http" and local):
        return given.rstrip("/")
    raise Refused(
        f"{variable} is {given!r}: it must be an https address (http only for localhost)."
    )


def _stays_here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
