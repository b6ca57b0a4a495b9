"""The template of the emulator equals that of AWS, and cdk-nag checks both."""

import json
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App, Stack, Validations
from aws_cdk import aws_sqs as sqs
from cdk_nag import AwsSolutionsChecks

from infra.nag_suppressions import acknowledge
from tests.infra.template import Template

SITE = ("DashboardHostingDistribution", "DashboardHostingFilesPolicy")
"""On the emulator CloudFront speaks plain HTTP and reaches the API by path, and S3 takes plain HTTP."""


def test_the_local_template_differs_only_in_the_bundle_and_the_distribution(
    template: Template, local_template: Template
) -> None:
    assert _code_keys(template) != _code_keys(local_template)
    deployed, local = (
        {name: body for name, body in _without_code(one)["Resources"].items() if not name.startswith(SITE)}
        for one in (template, local_template)
    )
    assert deployed == local
    assert template.resources.keys() == local_template.resources.keys()


def test_all_functions_share_one_bundle(template: Template) -> None:
    assert len(set(_code_keys(template))) == 1


def test_a_finding_without_a_reason_stops_the_synthesis(tmp_path: Path) -> None:
    app, _ = _app_with_a_plain_queue(tmp_path)
    with pytest.raises(RuntimeError, match="AwsSolutions-SQS3"):
        app.synth()


def test_a_finding_with_a_reason_is_accepted(tmp_path: Path) -> None:
    app, queue = _app_with_a_plain_queue(tmp_path)
    for rule in ("AwsSolutions-SQS3", "AwsSolutions-SQS4"):
        acknowledge(queue, rule, "a test")
    app.synth()


def _app_with_a_plain_queue(folder: Path) -> tuple[App, sqs.Queue]:
    app = App(outdir=str(folder), builtin_cloud_formation_validation=False)
    queue = sqs.Queue(Stack(app, "Stack"), "Queue")
    Validations.of(app).add_plugins(AwsSolutionsChecks())
    return app, queue


def _code_keys(template: Template) -> list[str]:
    return [function["Code"]["S3Key"] for function in template.of_type("AWS::Lambda::Function").values()]


def _without_code(template: Template) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(json.dumps(template.document))
    for resource in document["Resources"].values():
        if resource["Type"] == "AWS::Lambda::Function":
            del resource["Properties"]["Code"]
    return document
