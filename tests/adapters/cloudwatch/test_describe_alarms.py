"""DescribeAlarms against a server on loopback: the same alerts as by push, nothing lost, nothing doubled."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from cloudops.adapters.cloudwatch.describe_alarms import CloudWatchAlarms
from cloudops.alerts.alert import Alert, AlertStatus
from cloudops.core.errors import Refused, Unavailable
from cloudops.ingestion.polling import PollResult
from tests.adapters.aws_wire import aws_client
from tests.adapters.cloudwatch.described import described, tags_of
from tests.adapters.event_payloads import ARRIVED, alert_of, raw
from tests.fakes.http_server import Answer, Asked, Vendor, vendor

PUSHED = ("cloudwatch_metric", "cloudwatch_math", "cloudwatch_anomaly", "cloudwatch_composite")
Respond = Callable[[Asked], Answer]
Pull = Callable[[Respond], PollResult]


@pytest.fixture
def servers() -> list[Vendor]:
    return []


@pytest.fixture
def pull(servers: list[Vendor]) -> Pull:
    def run(respond: Respond) -> PollResult:
        with vendor(respond) as server:
            servers.append(server)
            return CloudWatchAlarms(
                aws_client("cloudwatch", server), aws_client("resourcegroupstaggingapi", server)
            ).listing(ARRIVED)

    return run


def account(*pages: dict[str, Any], tags: tuple[list[dict[str, Any]], ...] = ()) -> Respond:
    """An account whose alarms and tags come in these pages."""

    def respond(asked: Asked) -> Answer:
        match asked.operation:
            case "DescribeAlarms":
                return Answer(_page(pages, asked.body.get("NextToken"), "NextToken"))
            case "GetResources":
                told = [{"ResourceTagMappingList": page} for page in tags]
                return Answer(_page(told, asked.body.get("PaginationToken"), "PaginationToken"))
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
    """A page of alarms in OK, with these numbers."""
    arn = described("cloudwatch_metric")["AlarmArn"]
    return metric_alarms(
        *(
            described("cloudwatch_metric", AlarmName=f"a{n}", AlarmArn=f"{arn}-{n}", StateValue="OK")
            for n in range(first, last + 1)
        )
    )


def test_a_pulled_alarm_is_the_alert_that_its_event_would_be(pull: Pull) -> None:
    page = {
        "MetricAlarms": [described(name) for name in PUSHED[:3]],
        "CompositeAlarms": [described(PUSHED[3])],
    }

    result = pull(account(page, tags=(tags_of(*PUSHED),)))

    assert result.error is None
    assert list(result.listing.alerts) == [alert_of(raw(name)) for name in PUSHED]


def test_each_contributor_of_a_grouped_alarm_is_the_alert_that_its_event_would_be(pull: Pull) -> None:
    result = pull(account(metric_alarms(described("cloudwatch_contributor"))))

    parent, contributor = result.listing.alerts
    assert contributor == alert_of(raw("cloudwatch_contributor"))
    assert parent.fingerprint != contributor.fingerprint


def test_a_state_that_was_only_confirmed_since_has_the_time_of_its_start(pull: Pull) -> None:
    later = datetime.fromisoformat("2026-03-02T08:25:00+00:00")

    (alert,) = pull(
        account(metric_alarms(described("cloudwatch_metric", StateUpdatedTimestamp=later)))
    ).listing.alerts

    assert alert.occurred_at == alert_of(raw("cloudwatch_metric")).occurred_at


def test_an_alarm_that_is_ok_is_listed_as_resolved(pull: Pull) -> None:
    (alert,) = pull(account(metric_alarms(described("cloudwatch_recovered")))).listing.alerts

    assert alert.status is AlertStatus.RESOLVED


def test_every_page_is_read_once(pull: Pull, servers: list[Vendor]) -> None:
    result = pull(account(numbered(1, 100), numbered(101, 200), numbered(201, 230)))

    assert _titles(result) == [f"a{n}" for n in range(1, 231)]
    assert result.listing.complete
    assert [one.operation for one in servers[0].asked] == ["GetResources"] + ["DescribeAlarms"] * 3


def test_an_alarm_that_two_pages_name_is_one_alert(pull: Pull) -> None:
    assert _titles(pull(account(numbered(1, 3), numbered(3, 4)))) == ["a1", "a2", "a3", "a4"]


def test_all_kinds_of_alarms_are_asked_for(pull: Pull, servers: list[Vendor]) -> None:
    pull(account(numbered(1, 1)))

    assert servers[0].asked[1].body["AlarmTypes"] == ["MetricAlarm", "CompositeAlarm", "LogAlarm"]


def test_throttling_is_waited_out(pull: Pull, aws_waits: list[float], servers: list[Vendor]) -> None:
    healthy = account(numbered(1, 2))
    refusals = [_error("ThrottlingException", 400), _error("ThrottlingException", 429, {"Retry-After": "1"})]

    def respond(asked: Asked) -> Answer:
        return refusals.pop() if asked.operation == "DescribeAlarms" and refusals else healthy(asked)

    result = pull(respond)

    assert (result.error, _titles(result)) == (None, ["a1", "a2"])
    assert len(aws_waits) == 2


def test_throttling_without_end_leaves_what_was_read_and_says_so(pull: Pull, aws_waits: list[float]) -> None:
    result = pull(_failing_on_page_two(_error("ThrottlingException", 400)))

    assert _titles(result) == ["a1", "a2"]
    assert not result.listing.complete
    assert isinstance(result.error, Unavailable)
    assert result.error.message == "list alarms: ThrottlingException"


def test_a_refused_key_is_told_as_such(pull: Pull, servers: list[Vendor]) -> None:
    result = pull(lambda _: _error("AccessDeniedException", 403))

    assert isinstance(result.error, Refused)
    assert result.error.message == "list tags of alarms: AccessDeniedException"
    assert (result.listing.alerts, result.listing.complete) == ((), False)
    assert len(servers[0].asked) == 1


def test_a_page_that_breaks_off_is_asked_for_again(pull: Pull, aws_waits: list[float]) -> None:
    healthy = account(numbered(1, 2), numbered(3, 4))
    broken = [True]

    def respond(asked: Asked) -> Answer:
        if asked.body.get("NextToken") and broken:
            broken.pop()
            return Answer(healthy(asked).body, half=True)
        return healthy(asked)

    result = pull(respond)

    assert (result.error, _titles(result)) == (None, ["a1", "a2", "a3", "a4"])


@pytest.mark.parametrize("answer", [Answer({"MetricAlarms": []}, half=True), Answer(silent=True)])
def test_a_server_that_breaks_off_or_is_silent_leaves_what_was_read(
    pull: Pull, aws_waits: list[float], answer: Answer
) -> None:
    result = pull(_failing_on_page_two(answer))

    assert _titles(result) == ["a1", "a2"]
    assert not result.listing.complete
    assert isinstance(result.error, Unavailable)


def test_pages_that_go_round_in_a_circle_end(pull: Pull) -> None:
    def respond(asked: Asked) -> Answer:
        if asked.operation == "GetResources":
            return Answer({})
        return Answer({**numbered(1, 2), "NextToken": "again"})

    result = pull(respond)

    assert _titles(result) == ["a1", "a2"]
    assert not result.listing.complete


def test_an_alarm_without_a_known_state_is_unreadable_and_the_others_are_read(pull: Pull) -> None:
    page = metric_alarms(described("cloudwatch_metric", StateValue="NEW"), described("cloudwatch_math"))

    result = pull(account(page))

    assert [alert.title for alert in result.listing.alerts] == [alert_of(raw("cloudwatch_math")).title]
    assert [one.reason for one in result.unreadable] == [
        "state.value is 'NEW', not one of ALARM, OK, INSUFFICIENT_DATA"
    ]


def _failing_on_page_two(failure: Answer) -> Respond:
    healthy = account(numbered(1, 2), numbered(3, 4))
    return lambda asked: failure if asked.body.get("NextToken") else healthy(asked)


def _error(code: str, status: int, headers: dict[str, str] | None = None) -> Answer:
    return Answer({"__type": code, "message": "told by the server"}, status, headers or {})


def _titles(result: PollResult) -> list[str]:
    alerts: tuple[Alert, ...] = result.listing.alerts
    return [alert.title for alert in alerts]
