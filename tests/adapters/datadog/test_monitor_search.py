"""Monitor search against a server on loopback: the alerts are those of the webhooks, none lost or doubled."""

from collections.abc import Callable
from typing import Any

import pytest

from cloudops.adapters.datadog.client import DatadogApi
from cloudops.adapters.datadog.credentials import Keys
from cloudops.adapters.datadog.monitor_search import DatadogMonitors
from cloudops.alerts.alert import AlertStatus
from cloudops.core.errors import KeyMissing, Refused, Unavailable
from cloudops.ingestion.polling import PollResult
from tests.adapters.event_payloads import ARRIVED, alert_of, payload, raw
from tests.fakes.http_server import Answer, Asked, Vendor, vendor

Respond = Callable[[Asked], Answer]
Poll = Callable[[Respond], PollResult]
TRIGGERED = 1_772_439_330
GROUP = "host:ip-10-20-3-4,service:cart"
SEARCH, GROUPS = "/api/v1/monitor/search", "/api/v1/monitor/groups/search"

SHARED = ("fingerprint", "status", "occurred_at", "scope", "service", "severity", "metric", "query", "title")


@pytest.fixture
def servers() -> list[Vendor]:
    return []


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def poll(servers: list[Vendor], waits: list[float]) -> Poll:
    def run(respond: Respond) -> PollResult:
        with vendor(respond) as server:
            servers.append(server)
            keys = Keys("the-api-key", "the-app-key", "datadoghq.eu", server.url)
            api = DatadogApi(lambda: keys, waits.append, read_seconds=0.1)
            return DatadogMonitors(api).listing(ARRIVED)

    return run


def a_monitor(number: int = 4711, **changed: Any) -> dict[str, Any]:
    """Returns the monitor of tests/events/datadog_webhook.json as monitor search lists it."""
    return {
        "id": number,
        "org_id": 100200,
        "name": "Requests of cart are slow",
        "type": "metric alert",
        "status": "Alert",
        "priority": 2,
        "query": payload("datadog_webhook")["alert_query"],
        "metrics": ["trace.http.request.duration"],
        "scopes": ["env:prod"],
        "tags": ["env:production", "region:eu-central-1", "aws_account:111122223333"],
        "last_triggered_ts": TRIGGERED,
        "overall_state_modified": "2026-03-02T08:15:30+00:00",
        **changed,
    }


def a_group(number: int = 4711, group: str = GROUP, **changed: Any) -> dict[str, Any]:
    return {
        "monitor_id": number,
        "monitor_name": "Requests of cart are slow",
        "group": group,
        "group_tags": group.split(","),
        "status": "Alert",
        "last_triggered_ts": TRIGGERED,
        "last_nodata_ts": 0,
        **changed,
    }


def organization(
    monitors: list[list[dict[str, Any]]], groups: list[list[dict[str, Any]]] | None = None
) -> Respond:
    """Returns a server whose monitors and groups come in these pages."""

    def respond(asked: Asked) -> Answer:
        field, pages = ("monitors", monitors) if asked.path == SEARCH else ("groups", groups or [[]])
        number = int(asked.query["page"])
        total = sum(map(len, pages))
        metadata = {"page": number, "page_count": len(pages), "per_page": 2, "total_count": total}
        return Answer({field: pages[number] if number < len(pages) else [], "metadata": metadata})

    return respond


def simple(*numbers: int) -> list[dict[str, Any]]:
    """Returns monitors without groups, with these ids."""
    return [a_monitor(n, query="avg(last_5m):avg:x{env:prod} > 1", name=f"m{n}") for n in numbers]


def test_a_polled_group_is_the_same_alert_as_its_webhook(poll: Poll) -> None:
    (polled,) = poll(organization([[a_monitor()]], [[a_group()]])).listing.alerts
    pushed = alert_of(raw("datadog_webhook"))

    for field in SHARED:
        assert getattr(polled, field) == getattr(pushed, field), field
    assert polled.url == "https://app.datadoghq.eu/monitors/4711"


def test_each_group_of_a_monitor_is_an_alert_of_its_own(poll: Poll) -> None:
    other = a_group(group="host:ip-10-20-3-5,service:cart", status="OK")

    first, second = poll(organization([[a_monitor()]], [[a_group(), other]])).listing.alerts

    assert first.fingerprint != second.fingerprint
    assert (first.status, second.status) == (AlertStatus.FIRING, AlertStatus.RESOLVED)


def test_a_monitor_without_groups_is_one_alert(poll: Poll) -> None:
    monitor = simple(1)[0]

    (alert,) = poll(organization([[monitor]], [[a_group(1, "*")]])).listing.alerts

    assert (alert.title, alert.environment) == ("[Triggered] m1", "prod")


@pytest.mark.parametrize(
    ("state", "status"),
    [
        ("Alert", AlertStatus.FIRING),
        ("Warn", AlertStatus.FIRING),
        ("No Data", AlertStatus.NO_DATA),
        ("OK", AlertStatus.RESOLVED),
    ],
)
def test_the_state_of_a_monitor_is_the_status(poll: Poll, state: str, status: AlertStatus) -> None:
    (alert,) = poll(organization([[a_monitor(query="x", status=state)]])).listing.alerts

    assert alert.status is status


@pytest.mark.parametrize("state", ["Ignored", "Skipped", "Unknown"])
def test_an_ignored_skipped_or_unknown_state_is_not_an_alert(poll: Poll, state: str) -> None:
    assert poll(organization([[a_monitor(query="x", status=state)]])).listing.alerts == ()


def test_every_page_is_read_once_with_the_keys(poll: Poll, servers: list[Vendor]) -> None:
    result = poll(organization([simple(1, 2), simple(3, 4), simple(5)]))

    assert (_titles(result), result.listing.complete) == (["m1", "m2", "m3", "m4", "m5"], True)
    assert [(request.path, request.query["page"]) for request in servers[0].asked] == [
        (SEARCH, "0"),
        (SEARCH, "1"),
        (SEARCH, "2"),
        (GROUPS, "0"),
    ]
    assert {request.headers["dd-api-key"] for request in servers[0].asked} == {"the-api-key"}
    assert {request.headers["dd-application-key"] for request in servers[0].asked} == {"the-app-key"}


def test_a_list_that_changes_during_the_reading_is_incomplete_without_doubles(poll: Poll) -> None:
    result = poll(organization([simple(1, 2), simple(2, 3)]))

    assert _titles(result) == ["m1", "m2", "m3"]
    assert not result.listing.complete
    assert result.error is not None
    assert "3 of 4 were read" in result.error.message


@pytest.mark.parametrize("header", ["X-RateLimit-Reset", "Retry-After"])
def test_a_rate_limit_is_waited_out_for_the_seconds_in_the_header(
    poll: Poll, waits: list[float], header: str
) -> None:
    healthy = organization([simple(1, 2)])
    refusals = [Answer({"errors": ["Rate limit"]}, 429, {header: "7"})]

    result = poll(lambda asked: refusals.pop() if refusals else healthy(asked))

    assert (result.error, _titles(result), waits) == (None, ["m1", "m2"], [7.0])


def test_the_wait_for_a_rate_limit_is_at_most_a_minute(poll: Poll, waits: list[float]) -> None:
    refusals = [Answer({}, 429, {"Retry-After": "86400"})]
    healthy = organization([simple(1)])

    poll(lambda asked: refusals.pop() if refusals else healthy(asked))

    assert waits == [60.0]


def test_a_lasting_rate_limit_leaves_an_incomplete_listing_and_an_error(
    poll: Poll, waits: list[float]
) -> None:
    healthy = organization([simple(1, 2), simple(3)])

    result = poll(lambda asked: healthy(asked) if asked.query["page"] == "0" else Answer({}, 429))

    assert _titles(result) == ["m1", "m2"]
    assert not result.listing.complete
    assert isinstance(result.error, Unavailable)
    assert result.error.message == "list monitors: status 429, 5 times"
    assert waits == [1.0, 2.0, 4.0, 8.0]


@pytest.mark.parametrize("status", [401, 403])
def test_rejected_keys_raise_refused_without_a_retry(poll: Poll, servers: list[Vendor], status: int) -> None:
    result = poll(lambda _: Answer({"errors": ["Forbidden"]}, status))

    assert isinstance(result.error, Refused)
    assert not isinstance(result.error, KeyMissing)
    assert (len(servers[0].asked), result.listing.alerts) == (1, ())


def test_missing_keys_are_reported_without_a_request() -> None:
    def no_keys() -> Keys:
        raise KeyMissing("datadog: no key")

    result = DatadogMonitors(DatadogApi(no_keys, lambda _: None)).listing(ARRIVED)

    assert isinstance(result.error, KeyMissing)


@pytest.mark.parametrize(
    "failure",
    [Answer({}, 503), Answer({"monitors": []}, half=True), Answer(silent=True), Answer("<html>")],
    ids=["503", "half", "silent", "no-json"],
)
def test_a_failed_response_is_requested_again(poll: Poll, waits: list[float], failure: Answer) -> None:
    healthy, failures = organization([simple(1, 2)]), [failure]

    result = poll(lambda asked: failures.pop() if failures else healthy(asked))

    assert (result.error, _titles(result), waits) == (None, ["m1", "m2"], [1.0])


def test_a_grouped_monitor_is_left_out_if_its_groups_cannot_be_listed(poll: Poll) -> None:
    healthy = organization([[a_monitor(), *simple(1)]])

    result = poll(lambda asked: healthy(asked) if asked.path == SEARCH else Answer({}, 500))

    assert _titles(result) == ["m1"]
    assert not result.listing.complete


def test_a_monitor_without_an_id_is_quarantined_and_the_others_are_read(poll: Poll) -> None:
    nameless = a_monitor(query="x", name="", id=None)

    result = poll(organization([[nameless, *simple(1)]]))

    assert _titles(result) == ["m1"]
    assert len(result.unreadable) == 1


def _titles(result: PollResult) -> list[str]:
    return [alert.title.removeprefix("[Triggered] ") for alert in result.listing.alerts]
