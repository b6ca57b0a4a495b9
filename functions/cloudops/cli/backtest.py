"""`cloudops analyze` and `cloudops backtest`: run recorded payloads through the rules, without AWS."""

import argparse
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import BinaryIO

import msgspec

from cloudops.adapters.payloads.parser import read
from cloudops.backtest.recording import RecordedPayload, readings
from cloudops.backtest.replay import Backtest, Row, analyze, backtest
from cloudops.backtest.report import compare, summary
from cloudops.catalog.topology import Topology
from cloudops.cli.rules import loaded
from cloudops.cli.terminal import escape_json


def add_analyze_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds FILE and --rules."""
    parser.add_argument(
        "file", metavar="FILE", help="recording with one payload per line; - reads standard input"
    )
    parser.add_argument("--rules", metavar="FILE", help="TOML file that extends the packaged rules")


def run_analyze(options: argparse.Namespace) -> None:
    """Prints one JSON line per alert: its symptom, severity and first action.

    Raises:
        BadInput: The rule file is invalid.
        OSError: A file cannot be read.
    """
    rules = loaded(options.rules)
    with _recording(options.file) as recording:
        _print_rows(analyze(recording, rules))


def add_backtest_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `analyze`, and --topology, --summary and --compare."""
    add_analyze_arguments(parser)
    parser.add_argument(
        "--topology", metavar="FILE", help="JSON object: service name to the list of services that it calls"
    )
    output = parser.add_mutually_exclusive_group()
    output.add_argument(
        "--summary", action="store_true", help="print a table of the largest incidents instead of JSON lines"
    )
    output.add_argument(
        "--compare",
        metavar="FILE",
        help="print the incidents that the rules of this file would split, merge or change",
    )


def run_backtest(options: argparse.Namespace) -> None:
    """Prints one JSON line per alert with the incident that it joined, or a summary or a comparison.

    Raises:
        BadInput: A rule file or the topology is invalid.
        OSError: A file cannot be read.
    """
    rules = loaded(options.rules)
    other_rules = loaded(options.compare)
    topology = Topology.parse(Path(options.topology).read_bytes()) if options.topology else Topology()
    with _recording(options.file) as recording:
        if options.compare:
            print(compare(recording, rules, other_rules, topology).text)
        elif options.summary:
            run = Backtest(rules, topology)
            for _ in run.run(recording):
                pass
            print(summary(run.alerts, run.unread, run.outcomes(), run.layers, run.excluded))
        else:
            _print_rows(backtest(recording, rules, topology))


@contextmanager
def _recording(name: str) -> Iterator[Iterable[RecordedPayload]]:
    with nullcontext(sys.stdin.buffer) if name == "-" else _open(name) as lines:
        yield readings(lines, read, now=time.time_ns() // 1_000_000)


def _open(name: str) -> BinaryIO:
    return Path(name).open("rb")


def _print_rows(rows: Iterable[Row]) -> None:
    encoder = msgspec.json.Encoder()
    for row in rows:
        sys.stdout.buffer.write(escape_json(encoder.encode(row)) + b"\n")
    sys.stdout.buffer.flush()
