"""What a closed gate does, in words: whole phrases, as no two languages put them together alike."""

from typing import Final

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from shared.gates.rules import TABLE
from shared.vocabulary import Gate, GateAction, GatePoint

EFFECTS: Final[dict[tuple[GatePoint, GateAction], LazyString]] = {
    (GatePoint.SUBMISSION, GateAction.BLOCK): _("blocks submitting"),
    (GatePoint.SUBMISSION, GateAction.WARN): _("warns when submitting"),
    (GatePoint.SUBMISSION, GateAction.SILENT): _("quietly holds back what is submitted"),
    (GatePoint.CONTRACT, GateAction.BLOCK): _("blocks making the contract"),
    (GatePoint.CONTRACT, GateAction.WARN): _("warns when the contract is made"),
    (GatePoint.CONTRACT, GateAction.SILENT): _("quietly holds back the contract"),
    (GatePoint.PAYOUT, GateAction.HOLD): _("holds back the payout"),
    (GatePoint.PAYOUT, GateAction.SILENT): _("quietly holds back the payout"),
}


def effect_of(gate: Gate, *, paid: bool = True, aloud: bool = False) -> str:
    """What a closed gate does, by the table: “blocks submitting; holds back the payout”.

    Args:
        gate: which.
        paid: whether the firm can get payouts at all.
        aloud: without what the firm is not told.
    """
    return "; ".join(
        str(EFFECTS[point, action])
        for point, action in TABLE[gate].items()
        if (paid or point is not GatePoint.PAYOUT) and not (aloud and action is GateAction.SILENT)
    )
