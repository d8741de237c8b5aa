"""Long work in words: how far it is, how fast, how long still."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import g, url_for
from flask_babel import gettext, ngettext

from shared import clock
from shared.models.workplace import LongJob
from shared.vocabulary import JobState
from shared.web import formats


@dataclass(frozen=True)
class ShownJob:
    """A job as the kit's progress macro takes it.

    Attributes:
        cancel: where it is asked to stop; empty for who has not started it.
        percent: 0 to 100; None while it is not known how much there is.
        words: what it does, and how far.
        rest: how long still.
        failed: why it ended without a result; empty when it did not.
        link: where the result is, once there is one.
        text: what came out.
    """

    id: int
    url: str
    cancel: str
    state: str
    percent: int | None
    words: str
    rest: str
    failed: str
    link: str
    text: str

    @property
    def waits(self) -> bool:
        """Whether it has not begun yet."""
        return self.state == JobState.WAITING


def shown(job: LongJob) -> ShownJob:
    """Put a job into words."""
    result: dict[str, Any] = job.result or {}
    values = {**result.get("values", {})}
    own = job.account_id == g.viewer.account_id
    percent = min(100 * job.done // job.size, 100) if job.size else None
    if job.state == JobState.DONE:
        percent = 100
    failed = gettext(job.error, **job.values) if job.error else ""
    if job.state == JobState.CANCELLED:
        failed = gettext("Stopped. Nothing of it was kept.")
    return ShownJob(
        id=job.id,
        url=url_for("kit.job", job_id=job.id),
        cancel=url_for("kit.cancel_job", job_id=job.id) if own else "",
        state=job.state,
        percent=percent,
        words=_words(job),
        rest=rest(job.done, job.size, _passed(job)),
        failed=failed,
        link=str(result.get("link", "")),
        text=gettext(result["text"], **values) if result.get("text") else "",
    )


def rest(done: int, size: int | None, passed: timedelta) -> str:
    """How long work of ``size`` will still take after some time: “about 2 minutes left”."""
    if not size or not done or done >= size or passed < timedelta(seconds=2):
        return ""
    left = passed * (size - done) / done
    if left < timedelta(seconds=50):
        return gettext("less than a minute left")
    minutes = max(round(left / timedelta(minutes=1)), 1)
    return ngettext("about %(num)d minute left", "about %(num)d minutes left", minutes)


def _words(job: LongJob) -> str:
    if job.state == JobState.WAITING:
        return gettext("Waiting for its turn")
    phase = gettext(job.phase) if job.phase else gettext("Working")
    if not job.size:
        return phase
    done, size = formats.count(job.done), formats.count(job.size)
    return gettext("%(phase)s: %(done)s of %(size)s", phase=phase, done=done, size=size)


def _passed(job: LongJob) -> timedelta:
    return clock.now() - job.started_at if job.started_at else timedelta()
