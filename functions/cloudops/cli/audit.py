"""`cloudops audit verify`: whether the audit trail of a deployment is what was written."""

import argparse

from cloudops.audit.trail import EMPTY, AuditTrail, Head
from cloudops.core.errors import BadInput


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--table", metavar="NAME", help="the deployment's table (default TABLE_NAME)")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    verify = verbs.add_parser("verify", help="Follow the chain; exit status 1 where it is broken.")
    verify.add_argument(
        "--noted",
        metavar="SEQUENCE:HASH",
        help="what an earlier run printed: tells a trail that was cut off or made anew",
    )


def run(options: argparse.Namespace, trail: AuditTrail) -> tuple[str, bool]:
    """What to print, and whether the trail holds. BadInput where `--noted` is none of ours."""
    verdict = trail.verify(_head(options.noted) if options.noted else EMPTY)
    if verdict.flaw:
        return f"entry {verdict.broken_at} does not hold: {verdict.flaw}", False
    return f"{verdict.head.sequence} entries hold. Keep this elsewhere, for --noted:\n{verdict.head}", True


def _head(text: str) -> Head:
    sequence, _, digest = text.partition(":")
    if not sequence.isdecimal() or len(digest) != len(EMPTY.hash):
        raise BadInput("--noted is SEQUENCE:HASH, as `audit verify` prints it", field="--noted")
    return Head(int(sequence), digest)
