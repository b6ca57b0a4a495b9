"""Stacks of several stages and regions live side by side in one account."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from infra.options import DEFAULT_STACK, stack_name
from tests.infra.conftest import template_for
from tests.infra.template import Template

STAGING: Final = "CloudOps-staging"
NAMES: Final = {
    "AWS::CloudFront::Function": "Name",
    "AWS::CloudFront::OriginAccessControl": "OriginAccessControlConfig.Name",
    "AWS::CloudFront::ResponseHeadersPolicy": "ResponseHeadersPolicyConfig.Name",
    "AWS::CloudWatch::Alarm": "AlarmName",
    "AWS::Cognito::UserPoolDomain": "Domain",
    "AWS::DynamoDB::Table": "TableName",
    "AWS::Events::EventBus": "Name",
    "AWS::Events::Rule": "Name",
    "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
    "AWS::IAM::Role": "RoleName",
    "AWS::Lambda::Function": "FunctionName",
    "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::S3::Bucket": "BucketName",
    "AWS::SNS::Topic": "TopicName",
    "AWS::SQS::Queue": "QueueName",
    "AWS::SSM::Parameter": "Name",
    "AWS::Scheduler::Schedule": "Name",
    "AWS::SecretsManager::Secret": "Name",
    "AWS::StepFunctions::StateMachine": "StateMachineName",
}
"""Type of resource -> the property with a name that is unique in an account and region. CloudFormation
chooses a unique name where the template has none."""
WITHOUT_REGION: Final = {name for name in NAMES if name.startswith("AWS::CloudFront::")}
"""Names that are unique in an account, over all regions."""


def chosen_names(template: Template) -> Iterator[tuple[str, str]]:
    """Yields type and name of every resource that the template names."""
    for body in template.resources.values():
        value = body.get("Properties", {})
        for key in NAMES.get(body["Type"], "-").split("."):
            value = value.get(key) if isinstance(value, dict) else None
        if value is not None:
            yield body["Type"], json.dumps(value)


@pytest.fixture(scope="module")
def staging(tmp_path_factory: pytest.TempPathFactory) -> Template:
    return template_for({"stackName": STAGING}, tmp_path_factory.mktemp("staging"))


def test_two_stages_in_one_account_share_no_name(template: Template, staging: Template) -> None:
    production_names, staging_names = set(chosen_names(template)), set(chosen_names(staging))
    assert len(production_names) == len(staging_names) > 20
    assert not production_names & staging_names


def test_two_stages_in_one_account_count_their_metrics_separately(
    template: Template, staging: Template
) -> None:
    for name, one in ((DEFAULT_STACK, template), (STAGING, staging)):
        alarms = one.of_type("AWS::CloudWatch::Alarm").values()
        assert {alarm["Namespace"] for alarm in alarms if not alarm["Namespace"].startswith("AWS/")} == {name}
        (written,) = one.of_type("AWS::Logs::MetricFilter").values()
        assert written["MetricTransformations"][0]["MetricNamespace"] == name
        for function in one.of_type("AWS::Lambda::Function").values():
            assert function["Environment"]["Variables"]["POWERTOOLS_METRICS_NAMESPACE"] == name


def test_two_regions_of_one_account_share_no_global_name(template: Template) -> None:
    names = [name for kind, name in chosen_names(template) if kind in WITHOUT_REGION]
    assert len(names) == len(WITHOUT_REGION)
    assert all('{"Ref": "AWS::Region"}' in name for name in names)


@pytest.mark.parametrize("text", ["-CloudOps", "1st", "Cloud Ops", "cloud_ops", "C" * 41])
def test_a_stack_name_that_cloudformation_refuses_is_refused_at_synthesis(tmp_path: Path, text: str) -> None:
    with pytest.raises(ValueError, match="stack name"):
        template_for({"stackName": text}, tmp_path)


@pytest.mark.parametrize(
    ("text", "name"), [("", DEFAULT_STACK), (" A ", "A"), ("C" * 40, "C" * 40), ("a-1", "a-1")]
)
def test_a_stack_name_is_a_letter_then_letters_digits_and_hyphens(text: str, name: str) -> None:
    assert stack_name(text) == name
