"""The papers of a statement: made once, stored, and from then on the same bytes for good."""

from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from pool_module.settlement import queries
from pool_module.settlement.documents.act import render_act
from pool_module.settlement.documents.act_from_books import act_data
from pool_module.settlement.documents.statement import render_statement
from pool_module.settlement.documents.statement_csv import statement_csv
from pool_module.settlement.documents.statement_from_books import statement_data
from pool_module.settlement.errors import NothingToCertify
from pool_module.settlement.queries import issuing
from pool_module.settlement.queries.issuing import Books, PaperUnit
from shared.actor import Actor
from shared.db import Session
from shared.models.contracts import Document
from shared.models.ledger import Issue
from shared.storage import open_stored, store

WITH_ACTS = "UA"  # where the law asks for a primary document of every service


@dataclass(frozen=True)
class Paper:
    """A paper that is made and not yet issued."""

    kind: str
    content: bytes
    ending: str
    media_type: str
    number: str
    total: Decimal | None = None


def issue_statement(session: Session, actor: Actor, root: Path, statement_id: int) -> None:
    """Issue a statement as PDF and CSV, if it is not yet.

    Raises:
        Contradiction: its figures don't add up.
    """
    issuing.hold_statement(session, actor, statement_id)
    if issuing.find_issue(session, actor, statement_id, "statement") is not None:
        return
    books = issuing.get_books(session, actor, statement_id)
    unit = issuing.find_unit(session, actor, books.statement)
    data = statement_data(books, _logo(root, books, unit))
    if unit.remit_to:
        data = replace(data, issuer=replace(data.issuer, name=unit.remit_to))
    for paper in (
        Paper("statement", render_statement(data), ".pdf", "application/pdf", data.number),
        Paper("csv", statement_csv(data), ".csv", "text/csv", data.number),
    ):
        _issue(session, root, books, paper)


def issue_act(session: Session, actor: Actor, root: Path, statement_id: int) -> None:
    """Issue a statement's act of services, if it is not yet and there is something to certify.

    Raises:
        DetailsMissing: a company lacks what the law asks for.
    """
    issuing.hold_statement(session, actor, statement_id)
    if issuing.find_issue(session, actor, statement_id, "act") is not None:
        return
    books = issuing.get_books(session, actor, statement_id)
    if books.payee.country != WITH_ACTS:
        return
    try:
        unit = issuing.find_unit(session, actor, books.statement)
        data = act_data(books, _logo(root, books, unit))
    except NothingToCertify:
        return
    content = render_act(data)
    paper = Paper("act", content, "_act.pdf", "application/pdf", data.number, data.amount)
    _issue(session, root, books, paper)


def _issue(session: Session, root: Path, books: Books, paper: Paper) -> None:
    """Store a paper, then write the rows that make it issued."""
    statement = books.statement
    stored = store(root, statement.pool_id, statement.firm_id, paper.content)
    document = Document(
        pool_id=statement.pool_id,
        firm_id=statement.firm_id,
        subject="statement",
        subject_id=statement.id,
        kind=paper.kind,
        file_name=_file_name(books) + paper.ending,
        media_type=paper.media_type,
        sha256=stored.sha256,
        size=stored.size,
        issued_at=queries.now_of(session),
    )
    session.add(document)
    session.flush()
    session.add(
        Issue(
            pool_id=statement.pool_id,
            firm_id=statement.firm_id,
            statement_id=statement.id,
            document_id=document.id,
            kind=paper.kind,
            number=paper.number,
            total=paper.total,
        )
    )
    session.flush()


def _logo(root: Path, books: Books, unit: PaperUnit) -> bytes | None:
    """The logo of the team, else of the division, the organisation, the pool (AIM-15, 19)."""
    sha256 = unit.logo_sha256 or books.pool.logo_sha256
    return open_stored(root, books.pool.id, None, sha256) if sha256 else None


def _file_name(books: Books) -> str:
    """Payee and number, as every file system takes them: ``A-17_2026-10-00042``."""
    name = f"{books.payee.code}_{books.statement.number}"
    return "".join(sign if sign.isalnum() or sign in "._-" else "-" for sign in name)
