"""Every operation of both portals is sent what nobody would type, as every kind of person.

What comes back is a page or a refusal: no error of ours, no traceback, no word of somebody else's.
The operations come from the portals themselves (``openapi``), the values from schemathesis.
"""

import os
import random
import re
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis.core.result import Ok

from shared.vocabulary import Door
from tests.factories.town import Town
from tests.web.openapi import document
from tests.web.test_leaks import WORD, strangers_words, text_of
from tests.web.visitors import Visitor

PROOF = os.environ.get("BROKERPOOL_PROOF") == "1"
EXAMPLES = 40 if PROOF else 2
SECONDS = 1800 if PROOF else 12  # of one person; what is left over waits for another seed
SEED = int(os.environ.get("BROKERPOOL_SEED") or random.SystemRandom().randrange(1 << 32))
TRACE = re.compile(r"Traceback \(most recent|File \"/|sqlalchemy|psycopg|jinja2\.exceptions")
PEOPLE = [(Door.INTRANET, "admin"), (Door.INTRANET, "auditor"), (Door.INTRANET, None),
          (Door.EXTRANET, "broker"), (Door.EXTRANET, None)]  # fmt: skip
# they end the session that asks
ENDS = ("kit.sign_out", "kit.end_sessions")
ASKED: Counter[str] = Counter()


def send(visitor: Visitor, case: Any) -> Any:
    """Send a generated case as a browser would."""
    path = case.formatted_path
    if case.method.upper() == "GET":
        return visitor.client.get(
            path, base_url=visitor.host, query_string=case.query or {}, buffered=True,
            headers={"Accept-Language": "en"},
        )  # fmt: skip
    body = case.body if isinstance(case.body, dict) else {}
    fields = {str(k): str(v) for k, v in body.items()}
    return visitor.post(path, fields)


def cases(operation: Any) -> list[Any]:
    """Generated cases of an operation, the same for the same seed."""
    made: list[Any] = []

    @seed(SEED)
    @settings(
        max_examples=EXAMPLES, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy())
    def draw(case: Any) -> None:
        made.append(case)

    draw()
    return made


@pytest.mark.parametrize(("door", "name"), PEOPLE, ids=[f"{d}-{n}" for d, n in PEOPLE])
@pytest.mark.usefixtures("nothing_stays")
def test_no_address_breaks(
    town: Town, portal_of: Callable[[Door], Flask], door: Door, name: str | None
) -> None:
    app = portal_of(door)
    person = town.somebody(name) if name else None
    visitor = Visitor(app, door, person)
    schema = schemathesis.openapi.from_dict(document(town, app, visitor))
    foreign = strangers_words(town, door, person.firm if person else "nobody")
    wrong: list[str] = []
    operations: list[Any] = []
    for found in schema.get_all_operations():
        assert isinstance(found, Ok), found
        operations.append(found.ok())
    random.Random(SEED).shuffle(operations)  # noqa: S311  -- an order that is told
    begun = time.monotonic()
    for operation in operations:
        label = operation.definition.raw["operationId"]
        if label.startswith(ENDS) or time.monotonic() - begun > SECONDS:
            continue

        for case in cases(operation):
            answer = send(visitor, case)
            ASKED["requests"] += 1
            text = text_of(answer)
            said = f"{label} {case.formatted_path} {case.query} {case.body!r}"
            if answer.status_code >= 500 or TRACE.search(text):
                wrong.append(f"{answer.status_code} {said}")
            if leaked := set(WORD.findall(text.lower())) & foreign:
                wrong.append(f"shows {leaked}: {said}")
        ASKED["operations"] += 1
    assert wrong == [], f"BROKERPOOL_SEED={SEED}\n" + "\n".join(wrong)


def test_the_fuzz_is_told(record_property: Callable[[str, object], None]) -> None:
    record_property(
        "figures",
        f"fuzz: {len(PEOPLE)} people, {ASKED['operations']} operations, {ASKED['requests']} "
        f"requests, seed {SEED}",
    )
    assert ASKED["operations"] > 200
