"""Source sync: schedules and permissions."""

import json

from cloudops.sources.health import SOURCES
from tests.infra.template import Template


def test_alerts_are_polled_every_five_minutes_and_services_discovered_every_hour(template: Template) -> None:
    schedules = {
        one["ScheduleExpression"]: json.loads(one["Target"]["Input"])["sources"]
        for name, one in template.of_type("AWS::Scheduler::Schedule").items()
        if name.startswith("SourceSync")
    }
    assert schedules["rate(5 minutes)"] == ["cloudwatch", "datadog"]
    assert set(schedules["rate(60 minutes)"]) == set(SOURCES) - {"cloudwatch", "datadog"}


def test_recorded_sources_have_no_schedule(chosen_template: Template) -> None:
    names = chosen_template.of_type("AWS::Scheduler::Schedule")
    assert not [name for name in names if name.startswith("SourceSync")]


def test_the_api_may_invoke_only_source_sync_and_remediation(template: Template) -> None:
    statements = template.one("AWS::IAM::Policy", "ApiApiRole")["PolicyDocument"]["Statement"]
    allowed = [one["Resource"] for one in statements if one["Action"] == "lambda:InvokeFunction"]
    assert {one["Fn::GetAtt"][0].rstrip("0123456789ABCDEF") for one in allowed} == {
        "SourceSyncSyncSourcesFunction",
        "RemediationRemediateFunction",
    }


def test_only_source_sync_reads_the_keys_of_datadog(template: Template) -> None:
    readers = [
        name
        for name, policy in template.of_type("AWS::IAM::Policy").items()
        if "secret:CloudOps/datadog" in json.dumps(policy)
    ]
    assert [name.rstrip("0123456789ABCDEF") for name in readers] == ["SourceSyncSyncSourcesRoleDefaultPolicy"]
