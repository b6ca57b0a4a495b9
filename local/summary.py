"""The summary at the end of `make run`: messages received, incidents, and calls to try."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from local.replay import Recorded

COLUMNS = ("severity", "status", "alerts", "title", "first suggestion")
TITLE_WIDTH = 72


def received(sent: Sequence[Recorded]) -> str:
    entries = Counter(recorded.entry for recorded in sent)
    parts = ", ".join(f"{count} by {entry}" for entry, count in entries.most_common())
    return f"{counted(len(sent), 'message')} received: {parts}."


def grouped(incidents: Sequence[Mapping[str, Any]], quarantined: int) -> str:
    """The incidents as the API lists them (Any: its JSON), newest first."""
    rows = [COLUMNS, *map(_row, incidents)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    table = "\n".join(f"  {line.rstrip()}" for line in lines)
    are = "is" if quarantined == 1 else "are"
    unread = f"{counted(quarantined, 'payload')} could not be parsed and {are} in quarantine."
    return f"{counted(len(incidents), 'incident')}. {unread}\n\n{table}"


def counted(number: int, noun: str) -> str:
    """Returns "1 incident", "7 incidents"."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def to_try(port: int, token: str, suggestion: str) -> str:
    """Returns the calls of the README, ready to paste; `suggestion` is the id of one that accepts votes."""
    api = f"http://localhost:{port}"
    as_operator = '-H "authorization: Bearer $TOKEN"'
    with_json = "-H 'content-type: application/json'"
    return f"""The dashboard is at {api}: sign in as Ada (admin), Grace (operator) or Linus (viewer).

Or call the API:

  export TOKEN={token}
  curl -s {api}/health
  curl -s {api}/api/incidents {as_operator}
  curl -s -X POST {api}/api/incidents/ingest {as_operator}
  curl -s {api}/api/feedback {as_operator} {with_json} \\
       -d '{{"suggestionId": "{suggestion}", "value": 1}}'

A token for a person, without a browser: .venv/bin/python -m local.issuer token ada
The stack runs in the background at {api}; `make stop` stops it."""


def _row(incident: Mapping[str, Any]) -> tuple[str, ...]:
    title = incident["title"]
    best = incident["suggestions"][:1]
    return (
        incident["severity"],
        incident["status"],
        str(incident["eventCount"]),
        title if len(title) <= TITLE_WIDTH else title[: TITLE_WIDTH - 1] + "…",
        "".join(f"{suggestion['action']} {suggestion['confidence']:.0%}" for suggestion in best),
    )
