"""The key a portal signs its forms with: from the environment, or kept in the state folder."""

from shared.config import Config
from shared.vault import kept
from shared.vocabulary import Door


def secret_key(config: Config, door: Door) -> str:
    """The portal's key; one is drawn and kept where there is none."""
    return config.secret_keys.get(door) or kept(config.home / "keys" / f"{door.value}.key")
