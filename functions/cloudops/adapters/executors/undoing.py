"""How a compensation ends, in the words that the record keeps."""

from typing import Final

from cloudops.domain.remediation import Undoing, Undone

UNDONE: Final = Undone(undoing=Undoing.UNDONE, reason="back to what it was")
UNTOUCHED: Final = Undone(undoing=Undoing.NOTHING_TO_UNDO, reason="nothing was changed")
MEDDLED: Final = Undone(undoing=Undoing.CHANGED_BY_OTHERS, reason="somebody else changed it since")


def irreversible(reason: str) -> Undone:
    """What was done stays, and why."""
    return Undone(undoing=Undoing.IRREVERSIBLE, reason=reason)
