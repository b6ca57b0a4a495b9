"""Parses records of DynamoDB Streams: which incidents changed, and their new timeline entries."""

import base64
import binascii
from collections.abc import Iterable, Mapping
from typing import Any, Final

from cloudops.adapters.dynamodb import keys, table
from cloudops.adapters.dynamodb.codec import unpack
from cloudops.adapters.dynamodb.scope_commit import Log
from cloudops.core.errors import BadInput, CloudOpsError
from cloudops.correlation.decision import DecisionKind
from cloudops.incidents.incident import TimelineEntry, TimelineKind
from cloudops.notifications.thread import IncidentUpdate, Note, UnreadableRecord

Record = Mapping[str, Any]
"""One record of the stream (Any: DynamoDB's JSON)."""

_JOINED: Final = (DecisionKind.JOINED, DecisionKind.OPENED)


def news_of(records: Iterable[Record]) -> tuple[list[IncidentUpdate], list[UnreadableRecord]]:
    """Returns the updates of incidents in the order of the stream, and the records that do not decode."""
    news, unread = [], []
    for record in records:
        change = record["dynamodb"]
        pk, sk = (change["Keys"][name]["S"] for name in (table.PARTITION_KEY, table.SORT_KEY))
        if not pk.startswith(keys.INCIDENT) or "NewImage" not in change:
            continue
        try:
            notes = _notes(sk, change["NewImage"])
        except CloudOpsError as error:
            unread.append(UnreadableRecord(pk, sk, error))
            continue
        if notes is not None:
            news.append(IncidentUpdate(pk.removeprefix(keys.INCIDENT), notes))
    return news, unread


def _notes(sk: str, image: Mapping[str, Any]) -> tuple[Note, ...] | None:
    """Returns the new timeline entries, or None for a row that always comes with a timeline entry."""
    if sk == keys.RECORD:
        return ()
    if sk.startswith(keys.LOG):
        log = unpack(Log, _body(image))
        joined = sum(row.decision in _JOINED for row in log.alerts)
        return tuple(Note(one, joined if one.kind is TimelineKind.ALERT else 0) for one in log.timeline)
    if sk.startswith(keys.TIMELINE):
        return (Note(unpack(TimelineEntry, _body(image))),)
    return None


def _body(image: Mapping[str, Any]) -> bytes:
    try:
        return base64.b64decode(image[table.BODY]["B"], validate=True)
    except (KeyError, TypeError, binascii.Error) as error:
        raise BadInput(f"record of the stream: no body: {error!r}") from error
