"""The Ukrainian act of services as PDF."""

from pool_module.settlement.documents.act_data import ActData
from pool_module.settlement.documents.act_layout import act_layout
from pool_module.settlement.documents.typesetting import typeset


def render_act(data: ActData) -> bytes:
    """Set an act as PDF (PDF/A-3, tagged); the same data gives the same bytes."""
    return typeset("act.typ", act_layout(data), data.issued)
