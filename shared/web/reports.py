"""What browsers report about blocked content: taken from anybody, bounded, written to the log."""

import json
import time
from collections import deque
from threading import Lock
from typing import Any, Final

from flask import Response, request

from shared.web import security_log
from shared.web.access import public
from shared.web.headers import REPORTS
from shared.web.kit import kit

LARGEST: Final = 16 * 1024
MOST_A_MINUTE: Final = 30  # of a process: who reports more is not heard
TOLD: Final = ("document-uri", "documentURL", "blocked-uri", "blockedURL", "effective-directive",
               "effectiveDirective", "violated-directive")  # fmt: skip
_heard: deque[int] = deque(maxlen=MOST_A_MINUTE)
_lock = Lock()


@kit.post(REPORTS)
@public
def take() -> Response:
    """Note a report; whatever is sent is answered alike."""
    body = request.stream.read(LARGEST + 1)
    if len(body) <= LARGEST and _is_heard(time.monotonic_ns() // 1_000_000_000):
        for report in _reports(body):
            security_log.note("content blocked", **report)
    return Response(status=204)


def _is_heard(now: int) -> bool:
    """Whether one more is written down in this minute."""
    with _lock:
        if len(_heard) == MOST_A_MINUTE and now - _heard[0] < 60:
            return False
        _heard.append(now)
        return True


def _reports(body: bytes) -> list[dict[str, str]]:
    """What a report says, of the old kind and of the new; nothing where it can't be read."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return []
    listed = found if isinstance(found, list) else [found]
    return [told for each in listed[:5] if (told := _told(each))]


def _told(report: Any) -> dict[str, str]:
    if not isinstance(report, dict):
        return {}
    inner = report.get("csp-report") or report.get("body") or {}
    if not isinstance(inner, dict):
        return {}
    return {name.replace("-", "_"): str(inner[name])[:300] for name in TOLD if name in inner}
