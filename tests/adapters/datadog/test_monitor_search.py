"""Monitor search against a server on loopback: the same alerts as by webhook, nothing lost or doubled."""

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
Pull = Callable[[Respond], PollResult]
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
def pull(servers: list[Vendor], waits: list[float]) -> Pull:
    def run(respond: Respond) -> PollResult:
        with vendor(respond) as server:
            servers.append(server)
            keys = Keys("the-api-key", "the-app-key", "datadoghq.eu", server.url)
            api = DatadogApi(lambda: keys, waits.append, read_seconds=0.1)
            return DatadogMonitors(api).listing(ARRIVED)

    return run


def a_monitor(number: int = 4711, **changed: Any) -> dict[str, Any]:
    """As monitor search lists the monitor of tests/events/datadog_webhook.json."""
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


def organisation(
    monitors: list[list[dict[str, Any]]], groups: list[list[dict[str, Any]]] | None = None
) -> Respond:
    """An organisation whose monitors and groups come in these pages."""

    def respond(asked: Asked) -> Answer:
        field, pages = ("monitors", monitors) if asked.path == SEARCH else ("groups", groups or [[]])
        number = int(asked.query["page"])
        total = sum(map(len, pages))
        metadata = {"page": number, "page_count": len(pages), "per_page": 2, "total_count": total}
        return Answer({field: pages[number] if number < len(pages) else [], "metadata": metadata})

    return respond


def simple(*numbers: int) -> list[dict[str, Any]]:
    """Monitors without groups, with these numbers."""
    return [a_monitor(n, query="avg(last_5m):avg:x{env:prod} > 1", name=f"m{n}") for n in numbers]


def test_a_pulled_group_is_the_alert_that_its_webhook_would_be(pull: Pull) -> None:
    (pulled,) = pull(organisation([[a_monitor()]], [[a_group()]])).listing.alerts
    pushed = alert_of(raw("datadog_webhook"))

    for field in SHARED:
        assert getattr(pulled, field) == getattr(pushed, field), field
    assert pulled.url == "https://app.datadoghq.eu/monitors/4711"


def test_each_group_of_a_monitor_is_an_alert_of_its_own(pull: Pull) -> None:
    other = a_group(group="host:ip-10-20-3-5,service:cart", status="OK")

    first, second = pull(organisation([[a_monitor()]], [[a_group(), other]])).listing.alerts

    assert first.fingerprint != second.fingerprint
    assert (first.status, second.status) == (AlertStatus.FIRING, AlertStatus.RESOLVED)


def test_a_monitor_without_groups_is_one_alert(pull: Pull) -> None:
    monitor = simple(1)[0]

    (alert,) = pull(organisation([[monitor]], [[a_group(1, "*")]])).listing.alerts

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
def test_the_state_of_a_monitor_is_the_status(pull: Pull, state: str, status: AlertStatus) -> None:
    (alert,) = pull(organisation([[a_monitor(query="x", status=state)]])).listing.alerts

    assert alert.status is status


@pytest.mark.parametrize("state", ["Ignored", "Skipped", "Unknown"])
def test_a_state_that_says_nothing_is_no_alert(pull: Pull, state: str) -> None:
    assert pull(organisation([[a_monitor(query="x", status=state)]])).listing.alerts == ()


def test_every_page_is_read_once_and_the_keys_go_along(pull: Pull, servers: list[Vendor]) -> None:
    result = pull(organisation([simple(1, 2), simple(3, 4), simple(5)]))

    assert (_titles(result), result.listing.complete) == (["m1", "m2", "m3", "m4", "m5"], True)
    assert [(one.path, one.query["page"]) for one in servers[0].asked] == [
        (SEARCH, "0"),
        (SEARCH, "1"),
        (SEARCH, "2"),
        (GROUPS, "0"),
    ]
    assert {one.headers["dd-api-key"] for one in servers[0].asked} == {"the-api-key"}
    assert {one.headers["dd-application-key"] for one in servers[0].asked} == {"the-app-key"}


def test_a_monitor_that_two_shifting_pages_name_is_one_and_the_missing_one_is_told(pull: Pull) -> None:
    result = pull(organisation([simple(1, 2), simple(2, 3)]))

    assert _titles(result) == ["m1", "m2", "m3"]
    assert not result.listing.complete
    assert result.error is not None
    assert "3 of 4 were seen" in result.error.message


@pytest.mark.parametrize("header", ["X-RateLimit-Reset", "Retry-After"])
def test_a_rate_limit_is_waited_out_as_long_as_it_says(pull: Pull, waits: list[float], header: str) -> None:
    healthy = organisation([simple(1, 2)])
    refusals = [Answer({"errors": ["Rate limit"]}, 429, {header: "7"})]

    result = pull(lambda asked: refusals.pop() if refusals else healthy(asked))

    assert (result.error, _titles(result), waits) == (None, ["m1", "m2"], [7.0])


def test_a_rate_limit_never_makes_us_wait_longer_than_a_minute(pull: Pull, waits: list[float]) -> None:
    refusals = [Answer({}, 429, {"Retry-After": "86400"})]
    healthy = organisation([simple(1)])

    pull(lambda asked: refusals.pop() if refusals else healthy(asked))

    assert waits == [60.0]


def test_a_limit_without_end_leaves_what_was_read_and_says_so(pull: Pull, waits: list[float]) -> None:
    healthy = organisation([simple(1, 2), simple(3)])

    result = pull(lambda asked: healthy(asked) if asked.query["page"] == "0" else Answer({}, 429))

    assert _titles(result) == ["m1", "m2"]
    assert not result.listing.complete
    assert isinstance(result.error, Unavailable)
    assert result.error.message == "list monitors: status 429, 5 times"
    assert waits == [1.0, 2.0, 4.0, 8.0]


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_key_is_told_as_such_and_not_tried_again(
    pull: Pull, servers: list[Vendor], status: int
) -> None:
    result = pull(lambda _: Answer({"errors": ["Forbidden"]}, status))

    assert isinstance(result.error, Refused)
    assert not isinstance(result.error, KeyMissing)
    assert (len(servers[0].asked), result.listing.alerts) == (1, ())


def test_a_missing_key_is_told_as_such_and_nothing_is_asked() -> None:
    def no_keys() -> Keys:
        raise KeyMissing("datadog: no key")

    result = DatadogMonitors(DatadogApi(no_keys, lambda _: None)).listing(ARRIVED)

    assert isinstance(result.error, KeyMissing)


@pytest.mark.parametrize(
    "failure",
    [Answer({}, 503), Answer({"monitors": []}, half=True), Answer(silent=True), Answer("<html>")],
    ids=["503", "half", "silent", "no-json"],
)
def test_a_failing_answer_is_asked_for_again(pull: Pull, waits: list[float], failure: Answer) -> None:
    healthy, failures = organisation([simple(1, 2)]), [failure]

    result = pull(lambda asked: failures.pop() if failures else healthy(asked))

    assert (result.error, _titles(result), waits) == (None, ["m1", "m2"], [1.0])


def test_groups_that_cannot_be_listed_leave_their_monitors_untold(pull: Pull) -> None:
    healthy = organisation([[a_monitor(), *simple(1)]])

    result = pull(lambda asked: healthy(asked) if asked.path == SEARCH else Answer({}, 500))

    assert _titles(result) == ["m1"]
    assert not result.listing.complete


def test_a_monitor_without_an_id_is_unreadable_and_the_others_are_read(pull: Pull) -> None:
    nameless = a_monitor(query="x", name="", id=None)

    result = pull(organisation([[nameless, *simple(1)]]))

    assert _titles(result) == ["m1"]
    assert len(result.unreadable) == 1


def _titles(result: PollResult) -> list[str]:
    return [alert.title.removeprefix("[Triggered] ") for alert in result.listing.alerts]
