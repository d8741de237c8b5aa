"""Which contract a line means: by normalised number, then line, then GDV sequence."""

from collections.abc import Sequence

from pool_module.incoming.rules.line import Candidate, Line
from shared.vocabulary import DiscrepancyCause


def pick(line: Line, candidates: Sequence[Candidate]) -> Candidate | DiscrepancyCause:
    """The contract a line means, or why there is none.

    Args:
        line: the delivered line.
        candidates: the insurer's contracts of its number.
    """
    if not candidates:
        return DiscrepancyCause.CONTRACT_NOT_FOUND
    left = _narrowed(line, candidates)
    if len(left) > 1:
        return DiscrepancyCause.CONTRACT_AMBIGUOUS
    return left[0]


def _narrowed(line: Line, candidates: Sequence[Candidate]) -> Sequence[Candidate]:
    """Narrow by line, then by sequence; a trait that fits none tells nothing."""
    left = candidates
    if len(left) > 1 and line.line_key:
        left = [c for c in left if c.line_key == line.line_key] or left
    if len(left) > 1 and line.sequence is not None:
        left = [c for c in left if c.sequence == line.sequence] or left
    return left
