"""The `cloudops` command: what the agent would make of a recording, its API's contract, and its tokens."""

import argparse
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import BinaryIO, Final

import msgspec

from cloudops.adapters.payload import read
from cloudops.commands import tokens
from cloudops.domain.errors import CloudOpsError
from cloudops.domain.rules import default_rules
from cloudops.domain.topology import Topology
from cloudops.flows.analyze import Row, analyze
from cloudops.flows.backtest import Backtest, backtest
from cloudops.flows.recording import Reading, readings
from cloudops.flows.summary import summary
from cloudops.settings import Settings

UNUSABLE: Final = 2
"""Exit status where an argument or a file cannot be used."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit status."""
    parser = argparse.ArgumentParser(prog="cloudops", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, (add_arguments, _) in COMMANDS.items():
        add_arguments(commands.add_parser(name, help=_HELP[name], description=_HELP[name]))
    options = parser.parse_args(arguments)
    _, run = COMMANDS[options.command]
    try:
        run(options)
    except BrokenPipeError:
        sys.stderr.close()
    except (OSError, CloudOpsError) as error:
        print(f"cloudops {options.command}: {error}", file=sys.stderr)
        return UNUSABLE
    return 0


def _analyze_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="a recording, one payload a line; - is standard input")


def _analyze(options: argparse.Namespace) -> None:
    with _recording(options.file) as recording:
        _print_rows(analyze(recording, default_rules()))


def _backtest_arguments(parser: argparse.ArgumentParser) -> None:
    _analyze_arguments(parser)
    parser.add_argument("--topology", metavar="FILE", help="JSON: service -> the services that it calls")
    parser.add_argument("--summary", action="store_true", help="a table for people instead of rows")


def _backtest(options: argparse.Namespace) -> None:
    topology = Topology.parse(Path(options.topology).read_bytes()) if options.topology else Topology()
    with _recording(options.file) as recording:
        if not options.summary:
            _print_rows(backtest(recording, default_rules(), topology))
            return
        run = Backtest(default_rules(), topology)
        for _ in run.run(recording):
            pass
        print(summary(run.alerts, run.unread, run.standing()))


def _openapi_arguments(parser: argparse.ArgumentParser) -> None:
    """It has none."""


def _openapi(options: argparse.Namespace) -> None:
    from cloudops.handlers.http.openapi import openapi_text  # noqa: PLC0415 the others need no pydantic

    print(openapi_text(), end="")


def _token(options: argparse.Namespace) -> None:
    from cloudops.wiring.authorizer import book_in  # noqa: PLC0415 the others need no AWS client

    secret_id = options.secret or Settings.from_env().api_tokens_secret or tokens.DEFAULT_SECRET
    print(tokens.run(options, book_in(secret_id)))


@contextmanager
def _recording(name: str) -> Iterator[Iterable[Reading]]:
    with nullcontext(sys.stdin.buffer) if name == "-" else _opened(name) as lines:
        yield readings(lines, read, now=time.time_ns() // 1_000_000)


def _opened(name: str) -> BinaryIO:
    return Path(name).open("rb")


def _print_rows(rows: Iterable[Row]) -> None:
    encoder = msgspec.json.Encoder()
    for row in rows:
        sys.stdout.buffer.write(encoder.encode(row) + b"\n")
    sys.stdout.buffer.flush()


Command = tuple[Callable[[argparse.ArgumentParser], None], Callable[[argparse.Namespace], None]]

COMMANDS: Final[dict[str, Command]] = {
    "analyze": (_analyze_arguments, _analyze),
    "backtest": (_backtest_arguments, _backtest),
    "openapi": (_openapi_arguments, _openapi),
    "token": (tokens.add_arguments, _token),
}
_HELP: Final = {
    "analyze": "Print what the rules make of each alert of a recording.",
    "backtest": "Print what would have become of a recording: decisions, incidents, causes.",
    "openapi": "Print the API's OpenAPI document.",
    "token": "Make, list and revoke the API tokens of a deployment.",
}


if __name__ == "__main__":
    sys.exit(main())
