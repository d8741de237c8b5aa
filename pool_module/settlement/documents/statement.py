"""The commission statement as PDF."""

from pool_module.settlement.documents.statement_data import StatementData
from pool_module.settlement.documents.statement_layout import statement_layout
from pool_module.settlement.documents.typesetting import typeset


def render_statement(data: StatementData) -> bytes:
    """Set a statement as PDF (PDF/A-3, tagged); the same data gives the same bytes."""
    return typeset("statement.typ", statement_layout(data), data.issued)
