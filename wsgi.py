"""The two callables a web server runs, each loaded alone: a process holds one portal."""

from flask import Flask

from shared import logs


def __getattr__(name: str) -> Flask:
    logs.install()
    if name == "intranet":
        from portal_intranet import create_app as intranet  # noqa: PLC0415

        return intranet()
    if name == "extranet":
        from portal_extranet import create_app as extranet  # noqa: PLC0415

        return extranet()
    raise AttributeError(name)
