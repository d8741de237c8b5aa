"""Settings from the environment; the one place that reads it."""

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from shared.vocabulary import Door


@dataclass(frozen=True)
class Config:
    """Where things are.

    Attributes:
        home: the state folder (embedded servers, keys, files), ``BROKERPOOL_HOME``.
        database_url: the owner's URL, for migrations alone; None = embedded PostgreSQL.
        door_urls: one database URL per process kind; missing ones are made by ``migrate``.
        redis_url: None = embedded.
        storage_dir: documents by content.
        base_urls: the portals' public addresses, ``BASE_URL_<DOOR>``.
        clamd_url: who looks for malware in files, ``CLAMD_URL``; None: nobody, and it is said.
        secret_keys: what the portals sign with, ``SECRET_KEY_<DOOR>``; missing ones are made.
        factor_keys: what secrets of second factors are encrypted by, ``FACTOR_KEYS``.
        smtp_url: where mail goes out, ``SMTP_URL``; None = into a folder of the state folder.
        mail_from: whose mail it is, ``MAIL_FROM``.
        proxies: how many of ours stand in front and tell addresses, ``TRUSTED_PROXIES``.
    """

    home: Path
    database_url: str | None
    door_urls: dict[Door, str]
    redis_url: str | None
    storage_dir: Path
    base_urls: dict[Door, str] = field(default_factory=dict)
    secret_keys: dict[Door, str] = field(default_factory=dict, repr=False)
    clamd_url: str | None = None
    factor_keys: tuple[str, ...] = field(default=(), repr=False)
    smtp_url: str | None = field(default=None, repr=False)
    mail_from: str | None = None
    proxies: int = 0

    @property
    def mail_dir(self) -> Path:
        """Where messages lie that no server takes."""
        return self.home / "mail"

    @classmethod
    def from_environment(cls) -> Self:
        """Read ``BROKERPOOL_HOME``, ``DATABASE_URL[_<DOOR>]``, ``REDIS_URL`` and so on."""
        home = Path(os.environ.get("BROKERPOOL_HOME") or ".brokerpool").expanduser().resolve()
        urls = {d: os.environ.get(f"DATABASE_URL_{d.name}") for d in Door}
        bases = {d: os.environ.get(f"BASE_URL_{d.name}") for d in Door}
        keys = {d: os.environ.get(f"SECRET_KEY_{d.name}") for d in Door}
        return cls(
            home=home,
            database_url=os.environ.get("DATABASE_URL") or None,
            door_urls={d: u for d, u in urls.items() if u},
            redis_url=os.environ.get("REDIS_URL") or None,
            storage_dir=Path(os.environ.get("STORAGE_DIR") or home / "files"),
            base_urls={d: u for d, u in bases.items() if u},
            secret_keys={d: k for d, k in keys.items() if k},
            clamd_url=os.environ.get("CLAMD_URL") or None,
            factor_keys=tuple(os.environ.get("FACTOR_KEYS", "").replace(",", " ").split()),
            smtp_url=os.environ.get("SMTP_URL") or None,
            mail_from=os.environ.get("MAIL_FROM") or None,
            proxies=int(os.environ.get("TRUSTED_PROXIES") or 0),
        )
