"""People of the town in front of a portal, signed in without its login page."""

import re
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from shared.vocabulary import Door
from tests.factories.town import Somebody

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass
class Visitor:
    """A client that is signed in (or not), with the token of a form."""

    app: Flask
    door: Door
    person: Somebody | None
    client: FlaskClient = field(init=False)
    token: str = ""

    def __post_init__(self) -> None:
        self.client = self.app.test_client()
        if self.person:
            host = f"{self.door.value}.localhost"
            self.client.set_cookie(self.door.value, self.person.token, domain=host)
        found = TOKEN.search(self.get("/" if self.person else "/login").text)
        assert found, f"no form for {self.person}"
        self.token = found[1]

    @property
    def host(self) -> str:
        return f"http://{self.door.value}.localhost"

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.client.get(
            path, base_url=self.host, headers={"Accept-Language": "en", **headers}, buffered=True
        )

    def post(self, path: str, fields: Any = None, **headers: str) -> TestResponse:
        return self.client.post(
            path,
            base_url=self.host,
            data={"csrf_token": self.token, **(fields or {})},
            headers={"Sec-Fetch-Site": "same-origin", "Accept-Language": "en", **headers},
            buffered=True,
        )

    def ask(self, method: str, path: str) -> TestResponse:
        return self.get(path) if method == "GET" else self.post(path)
