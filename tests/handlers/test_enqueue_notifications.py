"""Updates of the stream become outbox entries; without Slack one warning is logged and nothing fails."""

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
from cloudops.core.time import MINUTE
from cloudops.handlers.dispatch_notifications import respond as dispatch
from cloudops.handlers.dispatch_notifications import sweep
from cloudops.handlers.enqueue_notifications import respond
from cloudops.incidents.incident import TimelineKind
from cloudops.notifications.enqueue import HandleStream
from cloudops.notifications.thread import Note
from cloudops.sources.health import DestinationHealth, SourceState
from tests.fakes.catalog import MemorySourceStore
from tests.fakes.incident_factory import NOON, an_alert, an_entry, an_incident, incident_named
from tests.fakes.notifications import CHANNEL, Clock, NotificationHarness
from tests.fakes.slack import Fault, Workspace, slack

MINE = incident_named("checkout")


@pytest.fixture
def harness() -> Iterator[NotificationHarness]:
    clock = Clock()
    workspace = Workspace(lambda: clock.now)
    with slack(workspace) as running:
        yield NotificationHarness(running.url, workspace, clock)


@pytest.fixture
def sources() -> MemorySourceStore:
    return MemorySourceStore()


def changed(key: keys.Key, body: Any, kind: str = "MODIFY") -> dict[str, Any]:
    raw = body if isinstance(body, bytes) else pack(body)
    pk, sk = ({"S": one} for one in key)
    image = {"pk": pk, "sk": sk, "body": {"B": base64.b64encode(raw).decode()}}
    return {"eventName": kind, "dynamodb": {"Keys": {"pk": pk, "sk": sk}, "NewImage": image}}


def handle(
    harness: NotificationHarness,
    sources: MemorySourceStore,
    *records: dict[str, Any],
    why: CloudOpsError | None = None,
) -> None:
    updates = HandleStream(news_of, harness.enqueuer, lambda: why)
    respond({"Records": list(records)}, updates, DestinationHealth(sources).record, NOON)


def test_a_record_and_its_log_are_one_entry_with_the_new_timeline_entries(
    harness: NotificationHarness, sources: MemorySourceStore
) -> None:
    harness.store_incident(an_incident("checkout"))
    log = Log((an_alert("a"), an_alert("b")), (an_entry(MINE, "2 alerts joined"),))
    handle(
        harness,
        sources,
        changed(keys.incident(MINE), an_incident("checkout")),
        changed(keys.log(MINE, 1, 0), log),
    )
    (stored,) = harness.outbox.entries(CHANNEL)
    assert (stored.incident_id, stored.notified) == (MINE, False)
    assert harness.outbox.notes(MINE) == (Note(log.timeline[0], 2),)
    assert [channel for _, channel in harness.queue] == [CHANNEL]


def test_a_timeline_entry_becomes_a_note(harness: NotificationHarness, sources: MemorySourceStore) -> None:
    harness.store_incident(an_incident("checkout"))
    entry = an_entry(MINE, "jane found rollback helpful")
    handle(harness, sources, changed(keys.timeline(MINE, NOON, entry.id), entry, "INSERT"))
    assert harness.outbox.notes(MINE) == (Note(entry),)


def test_rows_of_other_kinds_and_deletions_are_ignored(
    harness: NotificationHarness, sources: MemorySourceStore
) -> None:
    vote = changed(keys.vote(MINE, "v"), b"not read")
    scope = changed(keys.Key("SCOPE#1", keys.STATE), b"not read")
    gone: dict[str, Any] = changed(keys.incident(MINE), an_incident("checkout"), "REMOVE")
    del gone["dynamodb"]["NewImage"]
    handle(harness, sources, vote, scope, gone)
    assert (harness.outbox.entries(CHANNEL), harness.queue) == ((), [])


def test_an_unreadable_row_is_counted_and_the_others_are_enqueued(
    harness: NotificationHarness,
    sources: MemorySourceStore,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    harness.store_incident(an_incident("checkout"))
    broken = changed(keys.log(MINE, 1, 0), b"\x07later format")
    handle(harness, sources, broken, changed(keys.incident(MINE), an_incident("checkout")))
    assert len(harness.outbox.entries(CHANNEL)) == 1
    assert '"StreamRecordsUnreadable":[1.0]' in capsys.readouterr().out.replace(" ", "")
    assert [one.sk for one in caplog.records if hasattr(one, "sk")] == ["LOG#000000000001#00"]


def test_without_slack_one_warning_is_logged_and_nothing_fails(
    harness: NotificationHarness, sources: MemorySourceStore, caplog: pytest.LogCaptureFixture
) -> None:
    harness.store_incident(an_incident("checkout"))
    why = KeyMissing("Slack is not connected: `cloudops slack connect`")
    for _ in range(3):
        handle(harness, sources, changed(keys.incident(MINE), an_incident("checkout")), why=why)
    assert caplog.messages.count("notifications skipped: Slack was not connected") == 1
    assert sources.health()["slack"].state is SourceState.CREDENTIALS_MISSING
    assert harness.outbox.entries(CHANNEL) == ()


def wake(harness: NotificationHarness, sources: MemorySourceStore) -> None:
    event = {"Records": [{"body": json.dumps({"channel": CHANNEL})}]}
    dispatch(event, harness.dispatcher, DestinationHealth(sources).record, NOON)


def test_a_wake_up_sends_the_notification_and_records_that_slack_is_healthy(
    harness: NotificationHarness, sources: MemorySourceStore
) -> None:
    harness.store_and_enqueue(an_incident("checkout"))
    wake(harness, sources)
    assert len(harness.workspace.top()) == 1
    assert sources.health()["slack"].state is SourceState.HEALTHY


def test_a_sweep_wakes_a_forgotten_channel_and_counts_it(
    harness: NotificationHarness, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    harness.store_and_enqueue(an_incident("checkout"))
    harness.queue.clear()
    harness.clock.now += 2 * MINUTE
    sweep(harness.dispatcher, harness.routing.channels)
    assert harness.queue == [(harness.clock.now, CHANNEL)]
    assert '"ChannelsForgotten":[1.0]' in capsys.readouterr().out.replace(" ", "")
    assert caplog.messages == ["wake-ups of channels were lost"]


def test_a_refused_call_is_logged_and_counted_and_raises_nothing(
    harness: NotificationHarness,
    sources: MemorySourceStore,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    harness.workspace.channels.clear()
    harness.store_and_enqueue(an_incident("checkout"))
    wake(harness, sources)
    assert '"SlackDeliveriesFailed":[1.0]' in capsys.readouterr().out.replace(" ", "")
    assert [one.reason for one in caplog.records if hasattr(one, "reason")] == [
        f"post {MINE} to {CHANNEL}: channel_not_found"
    ]
    assert sources.health()["slack"].state is SourceState.ACCESS_DENIED


def test_a_rate_limit_is_not_counted_as_a_failure(
    harness: NotificationHarness, sources: MemorySourceStore, capsys: pytest.CaptureFixture[str]
) -> None:
    harness.workspace.faults = [Fault.RATE_LIMITED]
    harness.store_and_enqueue(an_incident("checkout"))
    wake(harness, sources)
    assert '"SlackDeliveriesFailed":[0.0]' in capsys.readouterr().out.replace(" ", "")
    assert sources.health() == {}


def test_every_kind_of_timeline_entry_has_a_label_in_the_thread() -> None:
    from cloudops.adapters.slack.message import KIND_LABELS  # noqa: PLC0415

    assert set(KIND_LABELS) == set(TimelineKind)
