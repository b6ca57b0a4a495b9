"""What the stream brings is marked for its channel; without Slack that is said once, and nothing fails."""

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest

from cloudops.adapters.dynamodb import keys
from cloudops.adapters.dynamodb.codec import pack
from cloudops.adapters.dynamodb.scope_commit import Log
from cloudops.adapters.dynamodb.stream import news_of
from cloudops.core.errors import CloudOpsError, KeyMissing
from cloudops.handlers.dispatch_notifications import respond as announce
from cloudops.handlers.enqueue_notifications import respond
from cloudops.incidents.incident import TimelineKind
from cloudops.notifications.enqueue import HandleStream
from cloudops.notifications.thread import Note
from cloudops.sources.health import DestinationHealth, SourceState
from tests.fakes.catalog import MemorySourceStore
from tests.fakes.incident_factory import NOON, an_alert, an_entry, an_incident, incident_named
from tests.fakes.notifications import CHANNEL, Clock, Newsroom
from tests.fakes.slack import Fault, Workspace, slack

MINE = incident_named("checkout")


@pytest.fixture
def room() -> Iterator[Newsroom]:
    clock = Clock()
    workspace = Workspace(lambda: clock.now)
    with slack(workspace) as running:
        yield Newsroom(running.url, workspace, clock)


@pytest.fixture
def sources() -> MemorySourceStore:
    return MemorySourceStore()


def changed(key: keys.Key, body: Any, kind: str = "MODIFY") -> dict[str, Any]:
    raw = body if isinstance(body, bytes) else pack(body)
    pk, sk = ({"S": one} for one in key)
    image = {"pk": pk, "sk": sk, "body": {"B": base64.b64encode(raw).decode()}}
    return {"eventName": kind, "dynamodb": {"Keys": {"pk": pk, "sk": sk}, "NewImage": image}}


def hear(
    room: Newsroom, sources: MemorySourceStore, *records: dict[str, Any], why: CloudOpsError | None = None
) -> None:
    listen = HandleStream(news_of, room.notify, lambda: why)
    respond({"Records": list(records)}, listen, DestinationHealth(sources).record, NOON)


def test_a_record_and_its_log_are_one_mark_with_what_the_timeline_gained(
    room: Newsroom, sources: MemorySourceStore
) -> None:
    room.store_incident(an_incident("checkout"))
    log = Log((an_alert("a"), an_alert("b")), (an_entry(MINE, "2 alerts joined"),))
    hear(
        room,
        sources,
        changed(keys.incident(MINE), an_incident("checkout")),
        changed(keys.log(MINE, 1, 0), log),
    )
    (mark,) = room.outbox.marks(CHANNEL)
    assert (mark.incident_id, mark.announced) == (MINE, False)
    assert room.outbox.notes(MINE) == (Note(log.timeline[0], 2),)
    assert [channel for _, channel in room.queue] == [CHANNEL]


def test_what_people_did_comes_with_the_timeline(room: Newsroom, sources: MemorySourceStore) -> None:
    room.store_incident(an_incident("checkout"))
    entry = an_entry(MINE, "jane found rollback helpful")
    hear(room, sources, changed(keys.timeline(MINE, NOON, entry.id), entry, "INSERT"))
    assert room.outbox.notes(MINE) == (Note(entry),)


def test_rows_of_other_kinds_and_deletions_are_passed_over(
    room: Newsroom, sources: MemorySourceStore
) -> None:
    vote = changed(keys.vote(MINE, "v"), b"not looked at")
    scope = changed(keys.Key("SCOPE#1", keys.STATE), b"not looked at")
    gone: dict[str, Any] = changed(keys.incident(MINE), an_incident("checkout"), "REMOVE")
    del gone["dynamodb"]["NewImage"]
    hear(room, sources, vote, scope, gone)
    assert (room.outbox.marks(CHANNEL), room.queue) == ((), [])


def test_a_row_that_cannot_be_read_is_counted_and_holds_up_nothing(
    room: Newsroom,
    sources: MemorySourceStore,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    room.store_incident(an_incident("checkout"))
    broken = changed(keys.log(MINE, 1, 0), b"\x07later format")
    hear(room, sources, broken, changed(keys.incident(MINE), an_incident("checkout")))
    assert len(room.outbox.marks(CHANNEL)) == 1
    assert '"StreamRecordsUnreadable":[1.0]' in capsys.readouterr().out.replace(" ", "")
    assert [one.sk for one in caplog.records if hasattr(one, "sk")] == ["LOG#000000000001#00"]


def test_without_slack_that_is_said_once_and_nothing_fails(
    room: Newsroom, sources: MemorySourceStore, caplog: pytest.LogCaptureFixture
) -> None:
    room.store_incident(an_incident("checkout"))
    why = KeyMissing("Slack is not connected: `cloudops slack connect`")
    for _ in range(3):
        hear(room, sources, changed(keys.incident(MINE), an_incident("checkout")), why=why)
    assert caplog.messages.count("notifications skipped: Slack was not connected") == 1
    assert sources.health()["slack"].state is SourceState.CREDENTIALS_MISSING
    assert room.outbox.marks(CHANNEL) == ()


def tell(room: Newsroom, sources: MemorySourceStore) -> None:
    event = {"Records": [{"body": json.dumps({"channel": CHANNEL})}]}
    announce(event, room.announce, DestinationHealth(sources).record, NOON)


def test_a_wake_up_tells_a_channel_and_says_that_slack_works(
    room: Newsroom, sources: MemorySourceStore
) -> None:
    room.happens(an_incident("checkout"))
    tell(room, sources)
    assert len(room.workspace.top()) == 1
    assert sources.health()["slack"].state is SourceState.HEALTHY


def test_a_refusal_is_told_counted_and_no_crash(
    room: Newsroom,
    sources: MemorySourceStore,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    room.workspace.channels.clear()
    room.happens(an_incident("checkout"))
    tell(room, sources)
    assert '"SlackDeliveriesFailed":[1.0]' in capsys.readouterr().out.replace(" ", "")
    assert [one.reason for one in caplog.records if hasattr(one, "reason")] == [
        f"post {MINE} to {CHANNEL}: channel_not_found"
    ]
    assert sources.health()["slack"].state is SourceState.ACCESS_DENIED


def test_a_rate_limit_is_no_failure(
    room: Newsroom, sources: MemorySourceStore, capsys: pytest.CaptureFixture[str]
) -> None:
    room.workspace.faults = [Fault.RATE_LIMITED]
    room.happens(an_incident("checkout"))
    tell(room, sources)
    assert '"SlackDeliveriesFailed":[0.0]' in capsys.readouterr().out.replace(" ", "")
    assert sources.health() == {}


def test_the_kinds_of_the_timeline_all_have_a_word_in_the_thread() -> None:
    from cloudops.adapters.slack.message import WORDS  # noqa: PLC0415

    assert set(WORDS) == set(TimelineKind)
