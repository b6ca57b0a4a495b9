"""DescribeAlarms against a server on loopback: the alerts are those of the events, none lost or doubled."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from cloudops.adapters.cloudwatch.describe_alarms import ANSWER_FIELDS, CloudWatchAlarms, answer_fields
from cloudops.alerts.alert import Alert, AlertStatus
from cloudops.core.errors import Refused, Unavailable
from cloudops.ingestion.polling import PollResult
from tests.adapters.aws_wire import aws_client
from tests.adapters.cloudwatch.described import described, tags_of
from tests.adapters.event_payloads import ARRIVED, alert_of, raw
from tests.fakes.http_server import Answer, Asked, Vendor, vendor

PUSHED = ("cloudwatch_metric", "cloudwatch_math", "cloudwatch_anomaly", "cloudwatch_composite")
Respond = Callable[[Asked], Answer]
Poll = Callable[[Respond], PollResult]


@pytest.fixture
def servers() -> list[Vendor]:
    return []


@pytest.fixture
def poll(servers: list[Vendor]) -> Poll:
    def run(respond: Respond) -> PollResult:
        with vendor(respond) as server:
            servers.append(server)
            return CloudWatchAlarms(
                aws_client("cloudwatch", server), aws_client("resourcegroupstaggingapi", server)
            ).listing(ARRIVED)

    return run


def account(*pages: dict[str, Any], tags: tuple[list[dict[str, Any]], ...] = ()) -> Respond:
    """Returns a server whose alarms and tags come in these pages."""

    def respond(asked: Asked) -> Answer:
        match asked.operation:
            case "DescribeAlarms":
                return Answer(_page(pages, asked.body.get("NextToken"), "NextToken"))
            case "GetResources":
                mappings = [{"ResourceTagMappingList": page} for page in tags]
                return Answer(_page(mappings, asked.body.get("PaginationToken"), "PaginationToken"))
            case "DescribeAlarmContributors":
                contributor = {
                    "ContributorId": "d2f1c8a07b3e4d55",
                    "ContributorAttributes": {"TableName": "prod-sessions"},
                    "StateReason": "Threshold Crossed for prod-sessions",
                    "StateTransitionedTimestamp": datetime.fromisoformat("2026-03-02T08:15:30.917+0000"),
                }
                return Answer({"AlarmContributors": [contributor]})
            case other:
                raise AssertionError(other)

    return respond


def _page(pages: Any, token: str | None, name: str) -> dict[str, Any]:
    index = int(token or 0)
    following = {name: str(index + 1)} if index + 1 < len(pages) else {}
    return {**(pages[index] if pages else {}), **following}


def metric_alarms(*alarms: dict[str, Any]) -> dict[str, Any]:
    return {"MetricAlarms": list(alarms), "CompositeAlarms": []}


def numbered(first: int, last: int) -> dict[str, Any]:
    """Returns a page of alarms in state OK, with these numbers."""
    arn = described("cloudwatch_metric")["AlarmArn"]
    return metric_alarms(
        *(
            described("cloudwatch_metric", AlarmName=f"a{n}", AlarmArn=f"{arn}-{n}", StateValue="OK")
            for n in range(first, last + 1)
        )
    )


def test_a_polled_alarm_is_the_same_alert_as_its_event(poll: Poll) -> None:
    page = {
        "MetricAlarms": [described(name) for name in PUSHED[:3]],
        "CompositeAlarms": [described(PUSHED[3])],
    }

    result = poll(account(page, tags=(tags_of(*PUSHED),)))

    assert result.error is None
    assert list(result.listing.alerts) == [alert_of(raw(name)) for name in PUSHED]


def test_a_polled_contributor_is_the_same_alert_as_its_event(poll: Poll) -> None:
    result = poll(account(metric_alarms(described("cloudwatch_contributor"))))

    parent, contributor = result.listing.alerts
    assert contributor == alert_of(raw("cloudwatch_contributor"))
    assert parent.fingerprint != contributor.fingerprint


def test_a_confirmed_state_has_the_time_of_its_transition(poll: Poll) -> None:
    later = datetime.fromisoformat("2026-03-02T08:25:00+00:00")

    (alert,) = poll(
        account(metric_alarms(described("cloudwatch_metric", StateUpdatedTimestamp=later)))
    ).listing.alerts

    assert alert.occurred_at == alert_of(raw("cloudwatch_metric")).occurred_at


def test_an_alarm_that_is_ok_is_listed_as_resolved(poll: Poll) -> None:
    (alert,) = poll(account(metric_alarms(described("cloudwatch_recovered")))).listing.alerts

    assert alert.status is AlertStatus.RESOLVED


def test_every_page_is_read_once(poll: Poll, servers: list[Vendor]) -> None:
    result = poll(account(numbered(1, 100), numbered(101, 200), numbered(201, 230)))

    assert _titles(result) == [f"a{n}" for n in range(1, 231)]
    assert result.listing.complete
    assert [request.operation for request in servers[0].asked] == ["GetResources"] + ["DescribeAlarms"] * 3


def test_an_alarm_on_two_pages_is_one_alert(poll: Poll) -> None:
    assert _titles(poll(account(numbered(1, 3), numbered(3, 4)))) == ["a1", "a2", "a3", "a4"]


def test_all_types_of_alarms_are_requested(poll: Poll, servers: list[Vendor]) -> None:
    poll(account(numbered(1, 1)))

    assert servers[0].asked[1].body["AlarmTypes"] == ["MetricAlarm", "CompositeAlarm", "LogAlarm"]


def test_throttling_is_waited_out(poll: Poll, aws_waits: list[float], servers: list[Vendor]) -> None:
    healthy = account(numbered(1, 2))
    refusals = [_error("ThrottlingException", 400), _error("ThrottlingException", 429, {"Retry-After": "1"})]

    def respond(asked: Asked) -> Answer:
        return refusals.pop() if asked.operation == "DescribeAlarms" and refusals else healthy(asked)

    result = poll(respond)

    assert (result.error, _titles(result)) == (None, ["a1", "a2"])
    assert len(aws_waits) == 2


def test_lasting_throttling_leaves_an_incomplete_listing_and_an_error(
    poll: Poll, aws_waits: list[float]
) -> None:
    result = poll(_failing_on_page_two(_error("ThrottlingException", 400)))

    assert _titles(result) == ["a1", "a2"]
    assert not result.listing.complete
    assert isinstance(result.error, Unavailable)
    assert result.error.message == "list alarms: ThrottlingException"


def test_denied_access_raises_refused(poll: Poll, servers: list[Vendor]) -> None:
    result = poll(lambda _: _error("AccessDeniedException", 403))

    assert isinstance(result.error, Refused)
    assert result.error.message == "list tags of alarms: AccessDeniedException"
    assert (result.listing.alerts, result.listing.complete) == ((), False)
    assert len(servers[0].asked) == 1


def test_a_page_that_breaks_off_is_requested_again(poll: Poll, aws_waits: list[float]) -> None:
    healthy = account(numbered(1, 2), numbered(3, 4))
    broken = [True]

    def respond(asked: Asked) -> Answer:
        if asked.body.get("NextToken") and broken:
            broken.pop()
            return Answer(healthy(asked).body, half=True)
        return healthy(asked)

    result = poll(respond)

    assert (result.error, _titles(result)) == (None, ["a1", "a2", "a3", "a4"])


@pytest.mark.parametrize("answer", [Answer({"MetricAlarms": []}, half=True), Answer(silent=True)])
def test_a_lasting_failure_of_the_server_leaves_an_incomplete_listing(
    poll: Poll, aws_waits: list[float], answer: Answer
) -> None:
    result = poll(_failing_on_page_two(answer))

    assert _titles(result) == ["a1", "a2"]
    assert not result.listing.complete
    assert isinstance(result.error, Unavailable)


def test_circular_pages_end(poll: Poll) -> None:
    def respond(asked: Asked) -> Answer:
        if asked.operation == "GetResources":
            return Answer({})
        return Answer({**numbered(1, 2), "NextToken": "again"})

    result = poll(respond)

    assert _titles(result) == ["a1", "a2"]
    assert not result.listing.complete


def test_an_alarm_with_an_unknown_state_is_quarantined_and_the_others_are_read(poll: Poll) -> None:
    page = metric_alarms(described("cloudwatch_metric", StateValue="NEW"), described("cloudwatch_math"))

    result = poll(account(page))

    assert [alert.title for alert in result.listing.alerts] == [alert_of(raw("cloudwatch_math")).title]
    assert [request.reason for request in result.unreadable] == [
        "state.value is 'NEW', not one of ALARM, OK, INSUFFICIENT_DATA"
    ]


def test_a_listing_with_an_alarm_that_cannot_be_read_is_incomplete_so_that_nothing_counts_as_gone(
    poll: Poll,
) -> None:
    page = metric_alarms(described("cloudwatch_metric", StateValue="NEW"), described("cloudwatch_math"))

    result = poll(account(page))

    assert (result.listing.complete, result.error) == (False, None)


def test_an_sdk_that_drops_a_type_of_alarm_leaves_an_incomplete_listing_and_an_error() -> None:
    with vendor(account(numbered(1, 1))) as server:
        client = aws_client("cloudwatch", server)
        known = [name for name in answer_fields(client) if name != "LogAlarms"]
        result = CloudWatchAlarms(client, aws_client("resourcegroupstaggingapi", server), known).listing(
            ARRIVED
        )

    assert (_titles(result), result.listing.complete) == (["a1"], False)
    assert "cannot read LogAlarms" in str(result.error)


def test_the_sdk_of_this_project_reads_all_types_of_alarms() -> None:
    with vendor(account()) as server:
        assert set(ANSWER_FIELDS) <= set(answer_fields(aws_client("cloudwatch", server)))


def _failing_on_page_two(failure: Answer) -> Respond:
    healthy = account(numbered(1, 2), numbered(3, 4))
    return lambda asked: failure if asked.body.get("NextToken") else healthy(asked)


def _error(code: str, status: int, headers: dict[str, str] | None = None) -> Answer:
    return Answer({"__type": code, "message": "denied by the server"}, status, headers or {})


def _titles(result: PollResult) -> list[str]:
    alerts: tuple[Alert, ...] = result.listing.alerts
    return [alert.title for alert in alerts]
