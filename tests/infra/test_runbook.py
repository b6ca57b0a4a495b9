"""Each alarm of the stack has a section in the runbook, and watches a metric that is written."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from cloudops.handlers import sync_sources
from cloudops.handlers.check_learning import respond
from cloudops.handlers.dispatch_notifications import count_forgotten, count_report
from cloudops.handlers.enqueue_notifications import count_unread
from cloudops.ingestion.ingest import Report
from cloudops.learning.consistency_check import CheckConsistency
from cloudops.notifications.dispatcher import DispatchReport
from cloudops.notifications.pacing import LeaseResult
from cloudops.observability.business_metrics import (
    count,
    count_unrecorded_execution,
    count_unwritten_audit_entry,
)
from infra.bundle import ROOT
from tests.fakes.learning import MemoryLearningStore
from tests.fakes.sources import SlowSync
from tests.infra.template import Resource, Template

RUNBOOK = ROOT / "docs" / "runbook.md"
NAMESPACE = "CloudOps"
"""The namespace of CloudOps' own metrics."""


def test_every_alarm_is_a_heading_and_every_heading_an_alarm(template: Template) -> None:
    alarms = {alarm["AlarmName"] for alarm in template.of_type("AWS::CloudWatch::Alarm").values()}
    assert alarms == _headings(RUNBOOK)


def test_every_alarm_notifies_the_operations_topic_if_an_address_is_set(
    template: Template, chosen_template: Template
) -> None:
    for alarm in template.of_type("AWS::CloudWatch::Alarm").values():
        assert "AlarmActions" not in alarm
    for alarm in chosen_template.of_type("AWS::CloudWatch::Alarm").values():
        assert alarm["AlarmActions"][0]["Ref"].startswith("AlarmsOperations")


def test_every_5xx_of_a_webhook_counts_as_not_stored(template: Template) -> None:
    (metric_filter,) = template.of_type("AWS::Logs::MetricFilter").values()
    assert metric_filter["FilterPattern"] == '{ ($.routeKey = "POST /webhooks/*") && ($.status = "5*") }'
    (transformation,) = metric_filter["MetricTransformations"]
    assert transformation["MetricNamespace"] == NAMESPACE
    alarm = template.one("AWS::CloudWatch::Alarm", "AlarmsWebhookRequestsFail")
    assert (alarm["Namespace"], alarm["MetricName"]) == (NAMESPACE, transformation["MetricName"])


def test_alarms_watch_metrics_that_the_functions_write(
    template: Template, capsys: pytest.CaptureFixture[str]
) -> None:
    count(Report(()))
    count_unwritten_audit_entry()
    count_unrecorded_execution()
    sync_sources.respond({"sources": []}, SlowSync(), 0)
    respond(CheckConsistency(MemoryLearningStore(), lambda look: None))
    count_unread(0)
    count_report(DispatchReport(LeaseResult.MINE))
    count_forgotten(())
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    declared = [one for line in lines for one in line["_aws"]["CloudWatchMetrics"]]
    assert {one["Namespace"] for one in declared} == {NAMESPACE}
    names = {metric["Name"] for one in declared for metric in one["Metrics"]}
    counts = [metric for metric in _watched(template) if "Dimensions" in metric]
    assert {metric["MetricName"] for metric in counts} == {
        "AuditEntriesNotWritten",
        "ExecutionsUnrecorded",
        "StreamRecordsUnreadable",
        "LearningCellsInconsistent",
        "MessagesFailed",
        "PayloadsQuarantined",
        "SourcesFailing",
        "IncidentsParked",
        "SlackDeliveriesFailed",
        "ChannelsForgotten",
    }
    assert {metric["MetricName"] for metric in counts} <= names
    for metric in counts:
        assert metric["Dimensions"] == [{"Name": "service", "Value": lines[0]["service"]}]


def _watched(template: Template) -> Iterator[Resource]:
    """Returns the alarms on CloudOps' own metrics."""
    alarms = template.of_type("AWS::CloudWatch::Alarm").values()
    return (alarm for alarm in alarms if alarm["Namespace"] == NAMESPACE)


def _headings(page: Path) -> set[str]:
    return set(re.findall(r"^## (.+)$", page.read_text(), flags=re.MULTILINE))
