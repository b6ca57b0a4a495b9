"""Each alarm of the stack has its page in the runbook, and the runbook has no page without an alarm."""

import re
from pathlib import Path

from infra.bundle import ROOT
from tests.infra.template import Template

RUNBOOK = ROOT / "docs" / "runbook.md"


def test_every_alarm_is_a_heading_and_every_heading_an_alarm(template: Template) -> None:
    alarms = {alarm["AlarmName"] for alarm in template.of_type("AWS::CloudWatch::Alarm").values()}
    assert alarms == _headings(RUNBOOK)


def test_whoever_is_named_hears_of_every_alarm(template: Template, chosen_template: Template) -> None:
    for alarm in template.of_type("AWS::CloudWatch::Alarm").values():
        assert "AlarmActions" not in alarm
    for alarm in chosen_template.of_type("AWS::CloudWatch::Alarm").values():
        assert alarm["AlarmActions"][0]["Ref"].startswith("AlarmsOperations")


def _headings(page: Path) -> set[str]:
    return set(re.findall(r"^## (.+)$", page.read_text(), flags=re.MULTILINE))
