"""Gates: what a firm must have proved before its business goes on (one table for everybody).

``look`` says how a firm stands at a point, ``pass_through`` refuses where it is blocked, ``holds``
keeps payouts while something is missing and lets them go after the cure.
"""

from shared.gates.asking import Case, GateClosed, NoCommission, look, no_adviser, pass_through
from shared.gates.reading import Held, gates_on, held, read, read_one
from shared.gates.rules import TABLE, Check, GatedFirm, Proven, Verdict, checks, verdicts

__all__ = [
    "TABLE",
    "Case",
    "Check",
    "GateClosed",
    "GatedFirm",
    "Held",
    "NoCommission",
    "Proven",
    "Verdict",
    "checks",
    "gates_on",
    "held",
    "look",
    "no_adviser",
    "pass_through",
    "read",
    "read_one",
    "verdicts",
]
