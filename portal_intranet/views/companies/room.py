"""The room's one blueprint, and what its pages share."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Blueprint, current_app

from admin_module.companies.errors import Known
from pool_module.crm.operations import documents
from pool_module.crm.operations.documents import Upload
from portal_intranet.forms.companies import CompanyForm
from shared.errors import Refused
from shared.web import uploads
from shared.web.database import db

blueprint = Blueprint("companies", __name__, template_folder="../../templates")


@contextmanager
def leading(form: CompanyForm, there: dict[str, list[Known]]) -> Iterator[None]:
    """Keep which companies a refusal speaks of, by field, so that the page leads to them."""
    try:
        yield
    except Refused as refusal:
        for problem in refusal.problems:
            known: tuple[Known, ...] = getattr(problem, "known", ())
            if problem.field and known:
                there.setdefault(problem.field, []).extend(known)
        if "another" in there:
            form.lead(there["another"])
        raise


def root() -> Path:
    """Where files lie."""
    found: Path = current_app.config["STORAGE_DIR"]
    return found


def kept(company_id: int, *, shared: bool = True) -> int | None:
    """Keep the file that came with a form, as a document of a company; its id."""
    sent = uploads.sent()
    if not sent:
        return None
    name, content = sent[0]
    document = documents.store_upload(
        db.session(), root(), Upload(name, content), subject="company", subject_id=company_id,
        kind="proof", shared=shared,
    )  # fmt: skip
    return document.id
