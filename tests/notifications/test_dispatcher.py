"""Each incident has one message with its newest state, at the rate that Slack accepts."""

from collections.abc import Iterator
from typing import Any

import pytest
from msgspec.structs import replace

from cloudops.alerts.alert import Severity
from cloudops.core.errors import Refused, Throttled, Unavailable
from cloudops.core.time import HOUR, MINUTE
from cloudops.incidents.incident import Incident, IncidentStatus, TimelineEntry, TimelineKind
from cloudops.notifications.pacing import LeaseResult
from cloudops.notifications.routing import Routing, parse_routing
from cloudops.notifications.thread import ThreadVerbosity
from tests.fakes.incident_factory import NOON, an_incident, incident_named
from tests.fakes.notifications import CHANNEL, Clock, NotificationHarness
from tests.fakes.slack import Call, Fault, Workspace, slack


@pytest.fixture
def harness() -> Iterator[NotificationHarness]:
    clock = Clock()
    workspace = Workspace(lambda: clock.now, strict=True)
    with slack(workspace) as running:
        yield NotificationHarness(running.url, workspace, clock)


def entry(text: str, kind: TimelineKind = TimelineKind.ACKNOWLEDGED, at: int = NOON) -> TimelineEntry:
    return TimelineEntry(
        id=f"tl_{text}", incident_id=incident_named("checkout"), at=at, kind=kind, text=text, actor="jane"
    )


def acknowledged(incident: Incident) -> Incident:
    return replace(incident, status=IncidentStatus.ACKNOWLEDGED, acknowledged_by="jane")


def methods(harness: NotificationHarness) -> list[str]:
    return [one.method for one in harness.workspace.calls]


def state_of(message: dict[str, Any]) -> str:
    """Returns the blocks of a message as text."""
    return str(message["blocks"])


def test_an_incident_is_posted_then_updated_in_place_and_its_timeline_is_in_the_thread(
    harness: NotificationHarness,
) -> None:
    incident = an_incident("checkout")
    harness.store_and_enqueue(incident)
    harness.run()
    harness.store_and_enqueue(acknowledged(incident), entry("Acknowledged by jane"))
    harness.run()
    assert methods(harness) == ["chat.postMessage", "chat.update", "chat.postMessage"]
    (message,) = harness.workspace.top()
    assert "Acknowledged by jane" in state_of(message)
    (answer,) = harness.workspace.thread(message["ts"])
    assert answer["text"] == "Acknowledged: Acknowledged by jane"


def test_a_repeated_update_makes_no_call(harness: NotificationHarness) -> None:
    incident = an_incident("checkout")
    harness.store_and_enqueue(incident, entry("Acknowledged by jane"))
    harness.run()
    before = len(harness.workspace.calls)
    harness.enqueue(incident, entry("Acknowledged by jane"))
    harness.run()
    assert len(harness.workspace.calls) == before


def test_a_channel_is_called_once_a_second_and_the_most_severe_incident_goes_first(
    harness: NotificationHarness,
) -> None:
    for name, severity in (("low", "low"), ("bad", "critical"), ("high", "high"), ("worse", "critical")):
        harness.store_and_enqueue(an_incident(name, severity=Severity(severity)))
        harness.clock.now += 1
    harness.run()
    gaps = [b.at - a.at for a, b in zip(harness.workspace.calls, harness.workspace.calls[1:], strict=False)]
    assert min(gaps) >= 1_000
    titles = [one["text"] for one in harness.workspace.top()]
    assert ["bad" in titles[0], "worse" in titles[1], "high" in titles[2], "low" in titles[3]] == [True] * 4


def test_changes_while_a_channel_is_busy_become_one_update(harness: NotificationHarness) -> None:
    incident = an_incident("checkout")
    harness.store_and_enqueue(incident)
    harness.run(harness.clock.now)
    for count in range(2, 40):
        harness.store_and_enqueue(replace(incident, alert_count=count))
    harness.run()
    assert methods(harness) == ["chat.postMessage", "chat.update"]
    assert "39 alerts" in state_of(harness.workspace.top()[0])


def test_after_a_rate_limit_nothing_is_sent_until_slack_allows_it_and_nothing_is_lost(
    harness: NotificationHarness,
) -> None:
    harness.workspace.faults = [Fault.RATE_LIMITED]
    harness.store_and_enqueue(an_incident("checkout"))
    harness.run()
    first, second = harness.workspace.calls
    assert second.at - first.at == 3_000
    assert isinstance(harness.reports[0].error, Throttled)
    assert len(harness.workspace.top()) == 1


def test_an_outage_delays_and_loses_nothing(harness: NotificationHarness) -> None:
    harness.workspace.faults = [Fault.REFUSED] * 12
    for name in ("checkout", "payments"):
        harness.store_and_enqueue(an_incident(name))
    harness.run()
    assert sorted("checkout" in one["text"] for one in harness.workspace.top()) == [False, True]
    assert isinstance(harness.reports[0].error, Unavailable)


def test_a_refused_channel_is_tried_every_five_minutes(harness: NotificationHarness) -> None:
    harness.workspace.channels.clear()
    harness.store_and_enqueue(an_incident("checkout"))
    harness.run(NOON + 11 * MINUTE)
    assert [one.at - NOON for one in harness.workspace.calls] == [0, 300_000, 600_000]
    assert isinstance(harness.reports[0].error, Refused)
    harness.workspace.channels.add(CHANNEL)
    harness.run()
    assert len(harness.workspace.top()) == 1


@pytest.mark.parametrize("fault", [Fault.LOST, Fault.BROKEN, Fault.FATAL])
def test_a_post_without_a_response_is_searched_for_before_it_is_posted_again(
    harness: NotificationHarness, fault: Fault
) -> None:
    harness.workspace.faults = [fault]
    harness.store_and_enqueue(an_incident("checkout"))
    harness.run()
    assert methods(harness)[:2] == ["chat.postMessage", "conversations.history"]
    assert len(harness.workspace.top()) == 1


def test_a_post_that_is_not_found_is_posted_again(harness: NotificationHarness) -> None:
    harness.workspace.faults = [Fault.REFUSED]
    harness.store_and_enqueue(an_incident("checkout"))
    harness.run()
    assert methods(harness) == ["chat.postMessage", "conversations.history", "chat.postMessage"]


def test_a_reply_without_a_response_is_searched_for_in_its_thread(harness: NotificationHarness) -> None:
    incident = an_incident("checkout")
    harness.store_and_enqueue(incident)
    harness.run()
    harness.workspace.faults = [None, Fault.LOST]
    harness.store_and_enqueue(acknowledged(incident), entry("Acknowledged by jane"))
    harness.run()
    assert methods(harness)[-2:] == ["chat.postMessage", "conversations.replies"]
    assert len(harness.workspace.thread(harness.workspace.top()[0]["ts"])) == 1


def test_the_newest_state_is_shown_after_failed_updates(harness: NotificationHarness) -> None:
    incident = an_incident("checkout")
    harness.store_and_enqueue(incident)
    harness.run()
    harness.workspace.faults = [Fault.BROKEN, Fault.REFUSED, Fault.RATE_LIMITED]
    harness.store_and_enqueue(replace(incident, alert_count=2))
    harness.run(harness.clock.now)
    harness.store_and_enqueue(replace(incident, alert_count=3))
    harness.run()
    assert "3 alerts" in state_of(harness.workspace.top()[0])


def test_a_message_that_a_person_deleted_stays_deleted(harness: NotificationHarness) -> None:
    incident = an_incident("checkout")
    harness.store_and_enqueue(incident)
    harness.run()
    harness.workspace.delete(CHANNEL, harness.workspace.top()[0]["ts"])
    for count in (2, 3):
        harness.store_and_enqueue(replace(incident, alert_count=count))
        harness.run()
    assert (methods(harness), harness.workspace.top()) == (["chat.postMessage", "chat.update"], [])


def test_a_muted_incident_is_not_posted_until_an_unmuted_alert_joins(harness: NotificationHarness) -> None:
    incident = an_incident("checkout", alert_count=2, muted_count=2)
    harness.store_and_enqueue(incident)
    harness.run()
    assert harness.workspace.calls == []
    harness.store_and_enqueue(replace(incident, alert_count=3))
    harness.run()
    assert len(harness.workspace.top()) == 1


def test_an_inhibited_incident_is_posted_when_the_inhibition_ends(harness: NotificationHarness) -> None:
    harness.inhibited.add(incident_named("checkout"))
    harness.store_and_enqueue(an_incident("checkout"))
    harness.run(NOON + 6 * MINUTE)
    assert harness.workspace.calls == []
    harness.inhibited.clear()
    harness.run()
    assert len(harness.workspace.top()) == 1


def test_an_incident_that_was_inhibited_until_its_end_is_never_posted(harness: NotificationHarness) -> None:
    incident = an_incident("checkout")
    harness.inhibited.add(incident.id)
    harness.store_and_enqueue(incident)
    harness.run(NOON + MINUTE)
    harness.store_and_enqueue(replace(incident, status=IncidentStatus.RESOLVED, resolved_at=NOON))
    harness.run()
    assert (harness.workspace.calls, harness.queue) == ([], [])


QUIET = parse_routing(
    f'channel = "{CHANNEL}"\n[quiet]\nfrom = "11:00"\nuntil = "13:00"\ndays = ["sun"]\nbelow = "critical"\n'
)


def test_quiet_hours_delay_incidents_that_are_not_critical_until_they_end(
    harness: NotificationHarness,
) -> None:
    harness.routing = QUIET
    harness.use(harness.messenger, harness.outbox)
    harness.store_and_enqueue(an_incident("checkout"))
    harness.store_and_enqueue(an_incident("payments", severity=Severity.CRITICAL))
    harness.run(NOON + 59 * MINUTE)
    assert ["payments" in one["text"] for one in harness.workspace.top()] == [True]
    harness.run()
    assert harness.workspace.calls[-1].at >= NOON + 60 * MINUTE
    assert len(harness.workspace.top()) == 2


def test_a_channel_in_quiet_hours_wakes_one_worker_every_quarter_hour_however_many_entries_it_has(
    harness: NotificationHarness,
) -> None:
    harness.routing = parse_routing(f'channel = "{CHANNEL}"\n[quiet]\nfrom = "11:00"\nuntil = "18:00"\n')
    harness.use(harness.messenger, harness.outbox)
    for count in range(20):
        harness.store_and_enqueue(an_incident("checkout", alert_count=count))
        harness.run(harness.clock.now + MINUTE)
    before = len(harness.reports)
    harness.run(NOON + 4 * HOUR)
    assert len(harness.reports) - before <= 16


def test_a_critical_incident_mentions_people_and_one_that_becomes_critical_does_in_its_thread(
    harness: NotificationHarness,
) -> None:
    incident = an_incident("checkout")
    harness.store_and_enqueue(incident)
    harness.run()
    assert "broadcast" not in state_of(harness.workspace.top()[0])
    grave = replace(incident, severity=Severity.CRITICAL)
    harness.store_and_enqueue(grave, entry("Severity raised from high to critical", TimelineKind.SEVERITY))
    harness.run()
    (answer,) = harness.workspace.thread(harness.workspace.top()[0]["ts"])
    assert "broadcast" in state_of(answer)
    harness.store_and_enqueue(an_incident("payments", severity=Severity.CRITICAL))
    harness.run()
    assert "broadcast" in state_of(harness.workspace.top()[1])


def test_joined_alerts_are_reported_once_a_minute(harness: NotificationHarness) -> None:
    incident = an_incident("checkout")
    harness.store_and_enqueue(incident)
    harness.run()
    for number in range(1, 91):
        harness.clock.now = NOON + number * 1_000
        joined = entry(f"alert {number} joined", TimelineKind.ALERT, harness.clock.now)
        harness.store_and_enqueue(replace(incident, alert_count=number), joined)
        harness.run(harness.clock.now)
    harness.run()
    replies = harness.workspace.thread(harness.workspace.top()[0]["ts"])
    assert len(replies) <= 3
    assert "90 alerts" in state_of(harness.workspace.top()[0])


def test_a_thread_can_be_switched_off(harness: NotificationHarness) -> None:
    harness.routing = Routing(channel=CHANNEL, thread=ThreadVerbosity.NOTHING)
    harness.use(harness.messenger, harness.outbox)
    incident = an_incident("checkout")
    harness.store_and_enqueue(incident)
    harness.run()
    harness.store_and_enqueue(acknowledged(incident), entry("Acknowledged by jane"))
    harness.run()
    assert methods(harness) == ["chat.postMessage", "chat.update"]


def test_an_incident_stays_in_its_channel_when_the_routing_changes(harness: NotificationHarness) -> None:
    incident = an_incident("checkout")
    harness.store_and_enqueue(incident)
    harness.run()
    harness.routing = Routing(channel="C0OPS")
    harness.use(harness.messenger, harness.outbox)
    harness.store_and_enqueue(acknowledged(incident))
    harness.run()
    assert "Acknowledged by jane" in state_of(harness.workspace.top(CHANNEL)[0])
    assert harness.workspace.top("C0OPS") == []


def test_an_incident_without_a_channel_adds_no_wake_up(harness: NotificationHarness) -> None:
    harness.routing = Routing()
    harness.use(harness.messenger, harness.outbox)
    harness.store_and_enqueue(an_incident("checkout"))
    assert harness.queue == []


def test_of_two_workers_that_are_woken_at_once_one_sends_and_every_update_is_shown(
    harness: NotificationHarness,
) -> None:
    results: list[LeaseResult] = []
    incident = an_incident("checkout")

    def dispatch_concurrently(call: Call) -> None:
        if len(results) < 3:
            harness.store_and_enqueue(replace(incident, alert_count=len(results) + 2))
            results.append(harness.dispatcher.dispatch(CHANNEL).lease)

    harness.workspace.before_answer = dispatch_concurrently
    harness.store_and_enqueue(incident)
    harness.run()
    assert results == [LeaseResult.BUSY] * 3
    (message,) = harness.workspace.top()
    assert "4 alerts" in state_of(message)


@pytest.mark.parametrize(("waited", "woken"), [(0, ()), (2 * MINUTE - 1, ()), (2 * MINUTE, (CHANNEL,))])
def test_a_channel_whose_first_wake_up_was_lost_is_woken_two_minutes_later(
    harness: NotificationHarness, waited: int, woken: tuple[str, ...]
) -> None:
    harness.store_and_enqueue(an_incident("checkout"))
    harness.queue.clear()
    harness.clock.now += waited
    assert harness.dispatcher.wake_forgotten({CHANNEL, "C0EMPTY"}) == woken
    harness.run()
    assert len(harness.workspace.top()) == len(woken)


@pytest.mark.parametrize(("waited", "woken"), [(2 * MINUTE + 999, ()), (2 * MINUTE + 1_000, (CHANNEL,))])
def test_a_channel_whose_chain_of_wake_ups_broke_is_woken_two_minutes_after_the_next_call_was_due(
    harness: NotificationHarness, waited: int, woken: tuple[str, ...]
) -> None:
    for name in ("checkout", "payments"):
        harness.store_and_enqueue(an_incident(name))
    harness.queue.clear()
    harness.dispatcher.dispatch(CHANNEL)
    harness.queue.clear()
    harness.clock.now += waited
    assert harness.dispatcher.wake_forgotten({CHANNEL}) == woken
    harness.run()
    assert len(harness.workspace.top()) == 1 + len(woken)


def test_a_channel_that_works_through_a_backlog_is_not_woken_again(harness: NotificationHarness) -> None:
    for number in range(300):
        harness.store_and_enqueue(an_incident(f"service-{number}"))
    for minute in range(1, 8):
        harness.run(NOON + minute * MINUTE)
        assert harness.dispatcher.wake_forgotten({CHANNEL}) == ()
    assert len(harness.workspace.top()) == 300
