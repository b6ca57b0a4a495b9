"""`cloudops audit verify`: recomputes the hash chain of a deployment's audit trail."""

import argparse

from cloudops.audit.trail import EMPTY, AuditTrail, TrailHead
from cloudops.cli.verbs import verbs_of
from cloudops.core.errors import BadInput


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--table", metavar="NAME", help="the deployment's table (default: $TABLE_NAME)")
    add_verb = verbs_of(parser)
    verify = add_verb(
        "verify", "Recompute the hash chain. The exit code is 1 if an entry was altered or removed."
    )
    verify.add_argument(
        "--noted",
        metavar="SEQUENCE:HASH",
        help="the head that an earlier run printed: detects a trail that was truncated or rewritten",
    )


def run(options: argparse.Namespace, trail: AuditTrail) -> tuple[str, bool]:
    """Returns the text to print, and whether the trail is intact.

    Raises:
        BadInput: `--noted` is not the head of a trail.
    """
    result = trail.verify(_head(options.noted) if options.noted else EMPTY)
    if result.violation:
        return f"Entry {result.broken_at} is broken: {result.violation}.", False
    return (
        f"{_entries(result.head.sequence)} verified. Store this head elsewhere, for --noted:\n{result.head}",
        True,
    )


def _entries(count: int) -> str:
    return "1 entry" if count == 1 else f"{count} entries"


def _head(text: str) -> TrailHead:
    sequence, _, digest = text.partition(":")
    if not sequence.isdecimal() or len(digest) != len(EMPTY.hash):
        raise BadInput(
            f"--noted {text[:80]!r} is not SEQUENCE:HASH, as `cloudops audit verify` prints it",
            field="--noted",
        )
    return TrailHead(int(sequence), digest)
