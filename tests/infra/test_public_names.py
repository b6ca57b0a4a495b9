"""Freezes the names that deployments, graphs and stored rows rely on.

After a deliberate change, `python -m tests.infra.test_public_names` rewrites the file.
"""

import json
import tempfile
from pathlib import Path
from typing import Any

from cloudops.adapters.dynamodb import keys, table
from infra.bundle import ROOT
from tests.infra.conftest import template_for
from tests.infra.template import Template

FROZEN = ROOT / "tests" / "infra" / "public_names.json"

KINDS = {
    "AWS::CloudWatch::Alarm",
    "AWS::Cognito::UserPool",
    "AWS::Cognito::UserPoolClient",
    "AWS::DynamoDB::Table",
    "AWS::Events::EventBus",
    "AWS::Lambda::Function",
    "AWS::Logs::LogGroup",
    "AWS::S3::Bucket",
    "AWS::SNS::Topic",
    "AWS::SQS::Queue",
    "AWS::SSM::Parameter",
    "AWS::SecretsManager::Secret",
    "AWS::StepFunctions::StateMachine",
}
"""Resources that hold data or that other systems refer to: a new logical id replaces them."""


def public_names(template: Template) -> dict[str, Any]:
    """Returns the frozen names, by kind (Any: JSON)."""
    functions = template.of_type("AWS::Lambda::Function").values()
    alarms = template.of_type("AWS::CloudWatch::Alarm").values()
    secrets = template.of_type("AWS::SecretsManager::Secret").values()
    return {
        "logicalIds": {
            name: body["Type"] for name, body in template.resources.items() if body["Type"] in KINDS
        },
        "outputs": sorted(template.document["Outputs"]),
        "handlers": sorted(one["Handler"] for one in functions),
        "environment": sorted(
            {name for one in functions for name in one.get("Environment", {}).get("Variables", {})}
        ),
        "alarms": sorted(one["AlarmName"] for one in alarms),
        "metrics": sorted({one["MetricName"] for one in alarms if one["Namespace"] == "CloudOps"}),
        "secrets": sorted(one["Name"] for one in secrets),
        "tableKeys": {
            name: value
            for module in (table, keys)
            for name, value in sorted(vars(module).items())
            if name.isupper() and isinstance(value, str)
        },
        "indexes": [index.name for index in table.INDEXES],
    }


def test_no_public_name_changes_unnoticed(template: Template) -> None:
    assert public_names(template) == json.loads(FROZEN.read_text())


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        names = public_names(template_for({}, Path(folder)))
    FROZEN.write_text(json.dumps(names, indent=2, sort_keys=True) + "\n")
