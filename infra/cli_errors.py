"""Errors of the command line: what failed, and what to do."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

TAIL_LINES = 25


class CommandFailure(Exception):
    """`message` says what failed, `next_step` what to do about it."""

    def __init__(self, message: str, next_step: str) -> None:
        super().__init__(message)
        self.message = message
        self.next_step = next_step


def tail(log: Path) -> str:
    """The last lines of a log, indented, or a word that it is empty."""
    lines = log.read_text(errors="replace").splitlines()[-TAIL_LINES:] if log.exists() else []
    return "\n".join(f"    {line}" for line in lines) or "    (the log is empty)"


@contextmanager
def failures_end_the_command() -> Iterator[None]:
    """Says the failure and the next step on standard error, and exits with 1."""
    try:
        yield
    except CommandFailure as failure:
        sys.stdout.flush()
        print(f"\nFailed: {failure.message}\nNext:   {failure.next_step}", file=sys.stderr)
        sys.exit(1)
