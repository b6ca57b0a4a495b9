"""Polls DescribeAlarms, and reads each alarm as the alert that its event would be."""

import re
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Final

import msgspec

from cloudops.adapters.aws.client import Page, paginate
from cloudops.adapters.cloudwatch.arn import parse_alarm_arn
from cloudops.adapters.cloudwatch.events import read_state_change
from cloudops.alerts.alert import Alert, UnparsablePayload
from cloudops.core.errors import CloudOpsError, Unavailable
from cloudops.core.time import EpochMillis
from cloudops.ingestion.polling import PollResult
from cloudops.ingestion.reconciliation import Listing

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_resourcegroupstaggingapi import ResourceGroupsTaggingAPIClient


CLOUDWATCH: Final = "cloudwatch"
ALARM_TYPES: Final = ("MetricAlarm", "CompositeAlarm", "LogAlarm")
"""All types. Reconciliation would take an alarm of a type that is not listed for deleted."""
ANSWER_FIELDS: Final = tuple(f"{kind}s" for kind in ALARM_TYPES)
"""Where an answer holds them. An SDK that does not know a field drops it without an error."""
ALARMS_PER_PAGE: Final = 100
_GROUPED: Final = re.compile(r"\bGROUP\s+BY\b", re.IGNORECASE)


def answer_fields(alarms: "CloudWatchClient") -> Collection[str]:
    """Returns the fields of DescribeAlarms' answer that the client's SDK can read; it drops all others."""
    shape = alarms.meta.service_model.operation_model("DescribeAlarms").output_shape
    return shape.members.keys() if shape is not None else ()


class CloudWatchAlarms:
    """Alert source: the alarms of one account and region, with their tags."""

    permissions: ClassVar = (
        "cloudwatch:DescribeAlarms",
        "cloudwatch:DescribeAlarmContributors",
        "tag:GetResources",
    )
    name: ClassVar = CLOUDWATCH

    def __init__(
        self,
        alarms: "CloudWatchClient",
        tagging: "ResourceGroupsTaggingAPIClient",
        known_fields: Collection[str] = ANSWER_FIELDS,
    ) -> None:
        """`known_fields` are the fields of an answer that the SDK of `alarms` can read."""
        self._alarms = alarms
        self._tagging = tagging
        self._unknown = [name for name in ANSWER_FIELDS if name not in known_fields]

    def listing(self, now: EpochMillis) -> PollResult:
        """Returns the alerts that can be listed, and the error that ended the listing early, if any."""
        events: list[dict[str, Any]] = []
        error = None
        try:
            tags = self._tags()
            for alarm in self._described():
                arn = alarm.get("AlarmArn", "")
                events.append(state_change(alarm, tags.get(arn, {})))
                events.extend(
                    contributor_change(alarm, tags.get(arn, {}), one) for one in self._contributors(alarm)
                )
            if self._unknown:
                raise Unavailable(
                    f"list alarms: this version of the SDK cannot read {', '.join(self._unknown)}"
                )
        except CloudOpsError as raised:
            error = raised
        return poll_result(events, now, error)

    def _described(self) -> Iterator[Page]:
        request = {"AlarmTypes": list(ALARM_TYPES), "MaxRecords": ALARMS_PER_PAGE}
        for page in paginate("list alarms", self._alarms.describe_alarms, request):
            for name in ANSWER_FIELDS:
                yield from page.get(name, ())

    def _contributors(self, alarm: Page) -> Iterator[Page]:
        """Yields the contributors of an alarm that fires per group. Each of them is an alert of its own."""
        if alarm.get("StateValue") != "ALARM" or not _is_grouped(alarm):
            return
        request = {"AlarmName": alarm["AlarmName"]}
        operation = f"list contributors of alarm {alarm['AlarmName']}"
        for page in paginate(operation, self._alarms.describe_alarm_contributors, request):
            yield from page.get("AlarmContributors", ())

    def _tags(self) -> dict[str, dict[str, str]]:
        """Returns ARN -> tags for the alarms that have tags."""
        request = {"ResourceTypeFilters": ["cloudwatch:alarm"], "ResourcesPerPage": ALARMS_PER_PAGE}
        pages = paginate("list tags of alarms", self._tagging.get_resources, request, token="PaginationToken")  # noqa: S106
        return {
            one["ResourceARN"]: {tag["Key"]: tag["Value"] for tag in one.get("Tags", ())}
            for page in pages
            for one in page.get("ResourceTagMappingList", ())
        }


def poll_result(
    events: Iterable[dict[str, Any]], now: EpochMillis, error: CloudOpsError | None
) -> PollResult:
    """Returns the alerts of these events, read like events of the bus, as a poll's result.

    The listing is incomplete if one of them cannot be read: that alarm exists, although its alert is missing.
    """
    alerts: dict[str, Alert] = {}
    unreadable: list[UnparsablePayload] = []
    places = set()
    for event in events:
        raw = msgspec.json.encode(event)
        match read_state_change(raw, now):
            case Alert() as alert:
                alerts[alert.fingerprint] = alert
                places.add((alert.account, alert.region))
            case reason:
                unreadable.append(
                    UnparsablePayload(source=CLOUDWATCH, reason=reason, payload=raw.decode(), received_at=now)
                )
    complete = error is None and not unreadable
    listing = Listing(CLOUDWATCH, now, tuple(alerts.values()), complete, frozenset(places))
    return PollResult(listing, tuple(unreadable), error)


def state_change(alarm: Page, tags: dict[str, str]) -> dict[str, Any]:
    """Returns the event that reported the alarm's present state.

    Its time is that of the last transition. A confirmation of the same state moves StateUpdatedTimestamp
    only."""
    arn = parse_alarm_arn(alarm.get("AlarmArn", ""))
    at = _iso(alarm.get("StateTransitionedTimestamp") or alarm.get("StateUpdatedTimestamp"))
    state = {
        "value": alarm.get("StateValue"),
        "reason": alarm.get("StateReason"),
        "reasonData": alarm.get("StateReasonData"),
        "timestamp": at,
        "actionsSuppressedBy": alarm.get("ActionsSuppressedBy"),
        "actionsSuppressedReason": alarm.get("ActionsSuppressedReason"),
    }
    return {
        "detail-type": "CloudWatch Alarm State Change",
        "source": "aws.cloudwatch",
        "account": arn.account,
        "region": arn.region,
        "time": at,
        "resources": [arn.arn],
        "detail": {
            "alarmName": alarm.get("AlarmName"),
            "configuration": _configuration(alarm),
            "state": state,
            "alarmTags": tags,
        },
    }


def contributor_change(alarm: Page, tags: dict[str, str], contributor: Page) -> dict[str, Any]:
    """Returns the event that reported one contributor of an alarm."""
    event = state_change(alarm, tags)
    at = _iso(contributor.get("StateTransitionedTimestamp"))
    detail = event["detail"]
    detail["state"] = {"value": "ALARM", "reason": contributor.get("StateReason"), "timestamp": at}
    detail["alarmContributor"] = {
        "id": contributor.get("ContributorId"),
        "attributes": contributor.get("ContributorAttributes"),
    }
    return {**event, "detail-type": "CloudWatch Alarm Contributor State Change", "time": at}


def _configuration(alarm: Page) -> dict[str, Any]:
    described = {"description": alarm.get("AlarmDescription")}
    if rule := alarm.get("AlarmRule"):
        return {**described, "alarmRule": rule}
    if entries := alarm.get("Metrics"):
        return {**described, "metrics": [_entry(one) for one in entries]}
    if "MetricName" not in alarm:
        return described
    return {
        **described,
        "metrics": [{"id": "m1", "metricStat": _statistic(alarm, alarm), "returnData": True}],
    }


def _entry(entry: Page) -> dict[str, Any]:
    common = {"id": entry.get("Id"), "returnData": entry.get("ReturnData", True), "label": entry.get("Label")}
    if expression := entry.get("Expression"):
        return {**common, "expression": expression}
    statistic = entry.get("MetricStat") or {}
    return {**common, "metricStat": _statistic(statistic, statistic.get("Metric") or {})}


def _statistic(statistic: Page, metric: Page) -> dict[str, Any]:
    return {
        "metric": {
            "namespace": metric.get("Namespace"),
            "name": metric.get("MetricName"),
            "dimensions": {one["Name"]: one["Value"] for one in metric.get("Dimensions") or ()},
        },
        "period": statistic.get("Period"),
        "stat": statistic.get("Stat") or statistic.get("Statistic") or statistic.get("ExtendedStatistic"),
        "unit": statistic.get("Unit"),
    }


def _is_grouped(alarm: Page) -> bool:
    return any(_GROUPED.search(one.get("Expression") or "") for one in alarm.get("Metrics") or ())


def _iso(moment: datetime | str | None) -> str:
    """Returns a time as EventBridge writes it; a recorded response holds text already."""
    return moment.isoformat(timespec="milliseconds") if isinstance(moment, datetime) else moment or ""
