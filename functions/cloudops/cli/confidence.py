"""`cloudops confidence`: exports the learned evidence counts of a deployment, and imports them in another."""

import argparse
import sys
from pathlib import Path

from cloudops.cli.verbs import verbs_of
from cloudops.core.time import EpochMillis
from cloudops.learning.transfer import TransferConfidence


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--table",
        metavar="NAME",
        help="the deployment's table, output TableName of its stack (default: $TABLE_NAME)",
    )
    add_verb = verbs_of(parser)
    add_verb("export", "Print the evidence counts of all cells as JSON, without names or comments.")
    importing = add_verb("import", "Add an export to this deployment's cells. A second import adds nothing.")
    importing.add_argument("file", metavar="FILE", help="output of `export`; - reads standard input")


def run(options: argparse.Namespace, transfer: TransferConfidence, now: EpochMillis) -> str:
    """Returns the text to print: an export, or how many cells an import changed.

    Raises:
        BadInput: The file is not an export.
        OSError: The file cannot be read.
    """
    if options.verb == "export":
        return transfer.export().decode().rstrip("\n")
    raw = sys.stdin.buffer.read() if options.file == "-" else Path(options.file).read_bytes()
    count = transfer.import_cells(raw, now)
    cells = "1 cell" if count == 1 else f"{count} cells"
    return f"{cells} updated. The next recompute uses them."
