"""People are told of each incident once, always of its newest state, and at a pace that Slack takes."""

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
from tests.fakes.notifications import CHANNEL, Clock, Newsroom
from tests.fakes.slack import Call, Fault, Workspace, slack


@pytest.fixture
def room() -> Iterator[Newsroom]:
    clock = Clock()
    workspace = Workspace(lambda: clock.now, strict=True)
    with slack(workspace) as running:
        yield Newsroom(running.url, workspace, clock)


def entry(text: str, kind: TimelineKind = TimelineKind.ACKNOWLEDGED, at: int = NOON) -> TimelineEntry:
    return TimelineEntry(
        id=f"tl_{text}", incident_id=incident_named("checkout"), at=at, kind=kind, text=text, actor="jane"
    )


def acknowledged(incident: Incident) -> Incident:
    return replace(incident, status=IncidentStatus.ACKNOWLEDGED, acknowledged_by="jane")


def methods(room: Newsroom) -> list[str]:
    return [one.method for one in room.workspace.calls]


def state_of(message: dict[str, Any]) -> str:
    """All the words of a message."""
    return str(message["blocks"])


def test_an_incident_is_posted_then_updated_in_place_and_its_story_is_in_the_thread(room: Newsroom) -> None:
    incident = an_incident("checkout")
    room.happens(incident)
    room.run()
    room.happens(acknowledged(incident), entry("Acknowledged by jane"))
    room.run()
    assert methods(room) == ["chat.postMessage", "chat.update", "chat.postMessage"]
    (message,) = room.workspace.top()
    assert "Acknowledged by jane" in state_of(message)
    (said,) = room.workspace.thread(message["ts"])
    assert said["text"] == "Acknowledged: Acknowledged by jane"


def test_the_same_news_again_calls_nobody(room: Newsroom) -> None:
    incident = an_incident("checkout")
    room.happens(incident, entry("Acknowledged by jane"))
    room.run()
    before = len(room.workspace.calls)
    room.told_of(incident, entry("Acknowledged by jane"))
    room.run()
    assert len(room.workspace.calls) == before


def test_a_channel_is_called_once_a_second_and_the_gravest_first(room: Newsroom) -> None:
    for name, severity in (("low", "low"), ("bad", "critical"), ("high", "high"), ("worse", "critical")):
        room.happens(an_incident(name, severity=Severity(severity)))
        room.clock.now += 1
    room.run()
    gaps = [b.at - a.at for a, b in zip(room.workspace.calls, room.workspace.calls[1:], strict=False)]
    assert min(gaps) >= 1_000
    titles = [one["text"] for one in room.workspace.top()]
    assert ["bad" in titles[0], "worse" in titles[1], "high" in titles[2], "low" in titles[3]] == [True] * 4


def test_changes_while_a_channel_is_busy_become_one_update(room: Newsroom) -> None:
    incident = an_incident("checkout")
    room.happens(incident)
    room.run(room.clock.now)
    for count in range(2, 40):
        room.happens(replace(incident, alert_count=count))
    room.run()
    assert methods(room) == ["chat.postMessage", "chat.update"]
    assert "39 alerts" in state_of(room.workspace.top()[0])


def test_when_slack_says_wait_nothing_is_sent_until_then_and_nothing_is_lost(room: Newsroom) -> None:
    room.workspace.faults = [Fault.RATE_LIMITED]
    room.happens(an_incident("checkout"))
    room.run()
    first, second = room.workspace.calls
    assert second.at - first.at == 3_000
    assert isinstance(room.reports[0].error, Throttled)
    assert len(room.workspace.top()) == 1


def test_an_outage_delays_and_loses_nothing(room: Newsroom) -> None:
    room.workspace.faults = [Fault.REFUSED] * 12
    for name in ("checkout", "payments"):
        room.happens(an_incident(name))
    room.run()
    assert sorted("checkout" in one["text"] for one in room.workspace.top()) == [False, True]
    assert isinstance(room.reports[0].error, Unavailable)


def test_what_nobody_set_right_is_tried_every_five_minutes(room: Newsroom) -> None:
    room.workspace.channels.clear()
    room.happens(an_incident("checkout"))
    room.run(NOON + 11 * MINUTE)
    assert [one.at - NOON for one in room.workspace.calls] == [0, 300_000, 600_000]
    assert isinstance(room.reports[0].error, Refused)
    room.workspace.channels.add(CHANNEL)
    room.run()
    assert len(room.workspace.top()) == 1


@pytest.mark.parametrize("fault", [Fault.LOST, Fault.BROKEN, Fault.FATAL])
def test_a_post_without_an_answer_is_looked_for_before_it_is_posted_again(
    room: Newsroom, fault: Fault
) -> None:
    room.workspace.faults = [fault]
    room.happens(an_incident("checkout"))
    room.run()
    assert methods(room)[:2] == ["chat.postMessage", "conversations.history"]
    assert len(room.workspace.top()) == 1


def test_a_post_that_did_not_arrive_is_posted_after_nobody_found_it(room: Newsroom) -> None:
    room.workspace.faults = [Fault.REFUSED]
    room.happens(an_incident("checkout"))
    room.run()
    assert methods(room) == ["chat.postMessage", "conversations.history", "chat.postMessage"]


def test_a_reply_without_an_answer_is_looked_for_in_its_thread(room: Newsroom) -> None:
    incident = an_incident("checkout")
    room.happens(incident)
    room.run()
    room.workspace.faults = [None, Fault.LOST]
    room.happens(acknowledged(incident), entry("Acknowledged by jane"))
    room.run()
    assert methods(room)[-2:] == ["chat.postMessage", "conversations.replies"]
    assert len(room.workspace.thread(room.workspace.top()[0]["ts"])) == 1


def test_the_newest_state_is_shown_in_the_end_though_updates_failed(room: Newsroom) -> None:
    incident = an_incident("checkout")
    room.happens(incident)
    room.run()
    room.workspace.faults = [Fault.BROKEN, Fault.REFUSED, Fault.RATE_LIMITED]
    room.happens(replace(incident, alert_count=2))
    room.run(room.clock.now)
    room.happens(replace(incident, alert_count=3))
    room.run()
    assert "3 alerts" in state_of(room.workspace.top()[0])


def test_a_message_that_somebody_deleted_stays_deleted(room: Newsroom) -> None:
    incident = an_incident("checkout")
    room.happens(incident)
    room.run()
    room.workspace.delete(CHANNEL, room.workspace.top()[0]["ts"])
    for count in (2, 3):
        room.happens(replace(incident, alert_count=count))
        room.run()
    assert (methods(room), room.workspace.top()) == (["chat.postMessage", "chat.update"], [])


def test_what_is_muted_is_not_announced_until_something_unmuted_joins(room: Newsroom) -> None:
    incident = an_incident("checkout", alert_count=2, muted_count=2)
    room.happens(incident)
    room.run()
    assert room.workspace.calls == []
    room.happens(replace(incident, alert_count=3))
    room.run()
    assert len(room.workspace.top()) == 1


def test_what_a_graver_incident_explains_is_told_once_that_one_is_over(room: Newsroom) -> None:
    room.withheld.add(incident_named("checkout"))
    room.happens(an_incident("checkout"))
    room.run(NOON + 6 * MINUTE)
    assert room.workspace.calls == []
    room.withheld.clear()
    room.run()
    assert len(room.workspace.top()) == 1


def test_what_was_withheld_until_it_was_over_is_never_told(room: Newsroom) -> None:
    incident = an_incident("checkout")
    room.withheld.add(incident.id)
    room.happens(incident)
    room.run(NOON + MINUTE)
    room.happens(replace(incident, status=IncidentStatus.RESOLVED, resolved_at=NOON))
    room.run()
    assert (room.workspace.calls, room.queue) == ([], [])


QUIET = parse_routing(
    f'channel = "{CHANNEL}"\n[quiet]\nfrom = "11:00"\nuntil = "13:00"\ndays = ["sun"]\nbelow = "critical"\n'
)


def test_quiet_hours_hold_back_what_is_not_critical_until_they_end(room: Newsroom) -> None:
    room.routing = QUIET
    room.use(room.messenger, room.outbox)
    room.happens(an_incident("checkout"))
    room.happens(an_incident("payments", severity=Severity.CRITICAL))
    room.run(NOON + 59 * MINUTE)
    assert ["payments" in one["text"] for one in room.workspace.top()] == [True]
    room.run()
    assert room.workspace.calls[-1].at >= NOON + 60 * MINUTE
    assert len(room.workspace.top()) == 2


def test_a_rest_of_hours_wakes_one_worker_each_quarter_hour_however_much_is_marked(room: Newsroom) -> None:
    room.routing = parse_routing(f'channel = "{CHANNEL}"\n[quiet]\nfrom = "11:00"\nuntil = "18:00"\n')
    room.use(room.messenger, room.outbox)
    for count in range(20):
        room.happens(an_incident("checkout", alert_count=count))
        room.run(room.clock.now + MINUTE)
    before = len(room.reports)
    room.run(NOON + 4 * HOUR)
    assert len(room.reports) - before <= 16


def test_a_critical_incident_calls_people_and_one_that_becomes_critical_does_in_its_thread(
    room: Newsroom,
) -> None:
    incident = an_incident("checkout")
    room.happens(incident)
    room.run()
    assert "broadcast" not in state_of(room.workspace.top()[0])
    grave = replace(incident, severity=Severity.CRITICAL)
    room.happens(grave, entry("Severity raised from high to critical", TimelineKind.SEVERITY))
    room.run()
    (said,) = room.workspace.thread(room.workspace.top()[0]["ts"])
    assert "broadcast" in state_of(said)
    room.happens(an_incident("payments", severity=Severity.CRITICAL))
    room.run()
    assert "broadcast" in state_of(room.workspace.top()[1])


def test_alerts_that_join_are_told_once_a_minute_and_what_people_do_at_once(room: Newsroom) -> None:
    incident = an_incident("checkout")
    room.happens(incident)
    room.run()
    for number in range(1, 91):
        room.clock.now = NOON + number * 1_000
        joined = entry(f"alert {number} joined", TimelineKind.ALERT, room.clock.now)
        room.happens(replace(incident, alert_count=number), joined)
        room.run(room.clock.now)
    room.run()
    replies = room.workspace.thread(room.workspace.top()[0]["ts"])
    assert len(replies) <= 3
    assert "90 alerts" in state_of(room.workspace.top()[0])


def test_a_thread_can_be_switched_off(room: Newsroom) -> None:
    room.routing = Routing(channel=CHANNEL, thread=ThreadVerbosity.NOTHING)
    room.use(room.messenger, room.outbox)
    incident = an_incident("checkout")
    room.happens(incident)
    room.run()
    room.happens(acknowledged(incident), entry("Acknowledged by jane"))
    room.run()
    assert methods(room) == ["chat.postMessage", "chat.update"]


def test_an_incident_stays_in_its_channel_though_the_routing_changes(room: Newsroom) -> None:
    incident = an_incident("checkout")
    room.happens(incident)
    room.run()
    room.routing = Routing(channel="C0OPS")
    room.use(room.messenger, room.outbox)
    room.happens(acknowledged(incident))
    room.run()
    assert "Acknowledged by jane" in state_of(room.workspace.top(CHANNEL)[0])
    assert room.workspace.top("C0OPS") == []


def test_an_incident_without_a_channel_is_stored_and_nothing_more(room: Newsroom) -> None:
    room.routing = Routing()
    room.use(room.messenger, room.outbox)
    room.happens(an_incident("checkout"))
    assert room.queue == []


def test_of_two_who_are_woken_at_once_one_works_and_nothing_is_left_behind(room: Newsroom) -> None:
    seen: list[LeaseResult] = []
    incident = an_incident("checkout")

    def meanwhile(call: Call) -> None:
        if len(seen) < 3:
            room.happens(replace(incident, alert_count=len(seen) + 2))
            seen.append(room.announce.dispatch(CHANNEL).lease)

    room.workspace.before_answer = meanwhile
    room.happens(incident)
    room.run()
    assert seen == [LeaseResult.BUSY] * 3
    (message,) = room.workspace.top()
    assert "4 alerts" in state_of(message)
