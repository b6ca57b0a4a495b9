"""`cloudops confidence`: carries what was learned from one deployment to another, as JSON."""

import argparse
import sys
from pathlib import Path

from cloudops.core.time import EpochMillis
from cloudops.learning.transfer import TransferConfidence


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--table", metavar="NAME", help="the deployment's table, TableName of its outputs")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    verbs.add_parser("export", help="Print what was learned: sums, and nobody's name or comment.")
    take = verbs.add_parser("import", help="Add an export to what was learned here; twice adds nothing.")
    take.add_argument("file", metavar="FILE", help="as `export` printed it; - reads standard input")


def run(options: argparse.Namespace, carry: TransferConfidence, now: EpochMillis) -> str:
    """What to print."""
    if options.verb == "export":
        return carry.export().decode().rstrip("\n")
    raw = sys.stdin.buffer.read() if options.file == "-" else Path(options.file).read_bytes()
    return f"{carry.take(raw, now)} cells added to; they show after the next recompute"
