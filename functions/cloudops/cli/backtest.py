"""`cloudops analyze` and `cloudops backtest`: what the agent makes of a recording, without AWS."""

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


def add_analyze_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="a recording, one payload a line; - is standard input")
    parser.add_argument("--rules", metavar="FILE", help="rules on top of the packaged ones")


def run_analyze(options: argparse.Namespace) -> None:
    rules = loaded(options.rules)
    with _recording(options.file) as recording:
        _print_rows(analyze(recording, rules))


def add_backtest_arguments(parser: argparse.ArgumentParser) -> None:
    add_analyze_arguments(parser)
    parser.add_argument("--topology", metavar="FILE", help="JSON: service -> the services that it calls")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--summary", action="store_true", help="a table for people instead of rows")
    what.add_argument(
        "--compare", metavar="FILE", help="which incidents these rules would split, merge or change instead"
    )


def run_backtest(options: argparse.Namespace) -> None:
    rules = loaded(options.rules)
    others = loaded(options.compare)
    topology = Topology.parse(Path(options.topology).read_bytes()) if options.topology else Topology()
    with _recording(options.file) as recording:
        if options.compare:
            print(compare(recording, rules, others, topology).text)
        elif options.summary:
            run = Backtest(rules, topology)
            for _ in run.run(recording):
                pass
            print(summary(run.alerts, run.unread, run.outcomes()))
        else:
            _print_rows(backtest(recording, rules, topology))


@contextmanager
def _recording(name: str) -> Iterator[Iterable[RecordedPayload]]:
    with nullcontext(sys.stdin.buffer) if name == "-" else _opened(name) as lines:
        yield readings(lines, read, now=time.time_ns() // 1_000_000)


def _opened(name: str) -> BinaryIO:
    return Path(name).open("rb")


def _print_rows(rows: Iterable[Row]) -> None:
    encoder = msgspec.json.Encoder()
    for row in rows:
        sys.stdout.buffer.write(encoder.encode(row) + b"\n")
    sys.stdout.buffer.flush()
