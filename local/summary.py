"""What a person reads at the end of `make run`: what came in, what it became, and what to try."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from local.replay import Recorded

COLUMNS = ("severity", "status", "alerts", "title", "first suggestion")
TITLE_WIDTH = 72


def came_in(sent: Sequence[Recorded]) -> str:
    doors = Counter(recorded.door for recorded in sent)
    parts = ", ".join(f"{count} by {door}" for door, count in doors.most_common())
    return f"{len(sent)} messages came in: {parts}."


def became(incidents: Sequence[Mapping[str, Any]], quarantined: int) -> str:
    """The incidents as the API lists them (Any: its JSON), newest first."""
    rows = [COLUMNS, *map(_row, incidents)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    table = "\n".join(f"  {line.rstrip()}" for line in lines)
    head = f"They are {len(incidents)} incidents; {quarantined} could not be read and wait in quarantine:"
    return f"{head}\n\n{table}"


def to_try(port: int, token: str, suggestion: str) -> str:
    """The calls of the README, ready to paste; `suggestion` is the id of one that can be voted on."""
    api = f"http://localhost:{port}"
    as_operator = '-H "authorization: Bearer $TOKEN"'
    with_json = "-H 'content-type: application/json'"
    return f"""The dashboard is at {api}: sign in as Ada (admin), Grace (operator) or Linus (viewer).

Or try it by hand:

  export TOKEN={token}
  curl -s {api}/health
  curl -s {api}/api/incidents {as_operator}
  curl -s -X POST {api}/api/incidents/ingest {as_operator}
  curl -s {api}/api/feedback {as_operator} {with_json} \\
       -d '{{"suggestionId": "{suggestion}", "value": 1}}'

A person's token, without a browser: .venv/bin/python -m local.issuer token ada
It runs in the background at {api}; `make stop` stops it."""


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
