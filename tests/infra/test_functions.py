"""Lambda functions: runtime, logs and permissions."""

import json
import re

from tests.infra.template import Resource, Template

FUNCTIONS = {
    "cloudops.handlers.dispatch_notifications.handler",
    "cloudops.handlers.api.handler",
    "cloudops.handlers.check_learning.handler",
    "cloudops.handlers.authorizer.handler",
    "cloudops.handlers.ingest.handler",
    "cloudops.handlers.sync_sources.handler",
    "cloudops.handlers.enqueue_notifications.handler",
    "cloudops.handlers.slack_worker.handler",
    "cloudops.handlers.recompute_confidence.handler",
    "cloudops.handlers.remediate.handler",
    "cloudops.handlers.slack_webhook.handler",
    "cloudops.handlers.webhook.handler",
}


def test_there_is_one_function_per_handler(template: Template) -> None:
    functions = template.of_type("AWS::Lambda::Function").values()
    assert {function["Handler"] for function in functions} == FUNCTIONS
    assert len(functions) == len(FUNCTIONS)


def test_every_function_runs_python_3_13_on_arm64_without_tracing(template: Template) -> None:
    for function in template.of_type("AWS::Lambda::Function").values():
        assert function["Runtime"] == "python3.13"
        assert function["Architectures"] == ["arm64"]
        assert "TracingConfig" not in function


def test_every_log_group_retains_a_month(template: Template) -> None:
    groups = template.of_type("AWS::Logs::LogGroup")
    assert len(groups) == len(FUNCTIONS) + len({"the API's access", "the workflow"})
    assert {group["RetentionInDays"] for group in groups.values()} == {30}


def test_every_function_logs_to_a_group_of_the_stack(template: Template) -> None:
    groups = template.of_type("AWS::Logs::LogGroup")
    for function in template.of_type("AWS::Lambda::Function").values():
        assert function["LoggingConfig"]["LogGroup"]["Ref"] in groups


NO_RESOURCE = {
    "dynamodb:ListStreams",
    *(f"logs:{verb}LogDelivery" for verb in ("Create", "Delete", "Get", "Update")),
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:DescribeResourcePolicies",
    "logs:DescribeLogGroups",
}
"""Actions that IAM cannot restrict to a resource."""


def test_the_remediation_function_changes_services_only_by_an_executors_role(template: Template) -> None:
    own = _actions(template, "RemediationRemediateRole")
    assert {one for one in own if not one.startswith(("logs:", "dynamodb:"))} == {
        "ssm:GetParameter",
        "states:StartExecution",
        "sts:AssumeRole",
    }


READING = re.compile(r"[a-z-]+:(List|Describe|Get)\w+")


def test_no_policy_allows_every_action_and_only_reads_have_every_resource(template: Template) -> None:
    for name, policy in template.of_type("AWS::IAM::Policy").items():
        if name.startswith("RemediationExecutors"):
            continue  # test_executor_roles.py
        for statement in policy["PolicyDocument"]["Statement"]:
            actions = statement["Action"]
            assert "*" not in json.dumps(actions)
            named = {actions} if isinstance(actions, str) else set(actions)
            if "*" in json.dumps(statement["Resource"]):
                assert named <= NO_RESOURCE or all(READING.fullmatch(action) for action in named)


def test_only_three_roles_may_read_the_whole_account(template: Template) -> None:
    reading = [
        name
        for name, policy in template.of_type("AWS::IAM::Policy").items()
        if not name.startswith("RemediationExecutors")
        and any(one["Resource"] == "*" for one in policy["PolicyDocument"]["Statement"])
    ]
    assert {name.rstrip("0123456789ABCDEF") for name in reading} == {
        "NotificationsEnqueueNotificationsRoleDefaultPolicy",
        "SourceSyncSyncSourcesRoleDefaultPolicy",
        "RemediationWorkflowRoleDefaultPolicy",
    }


def test_no_role_has_a_managed_policy(template: Template) -> None:
    assert not any("ManagedPolicyArns" in role for role in template.of_type("AWS::IAM::Role").values())


def test_the_webhook_may_only_log_read_its_secret_and_put_events(template: Template) -> None:
    assert _actions(template, "ApiWebhookRole") == {
        "logs:CreateLogStream",
        "logs:PutLogEvents",
        "secretsmanager:GetSecretValue",
        "events:PutEvents",
    }
    assert "secret:CloudOps/webhook-??????" in json.dumps(_policy(template, "ApiWebhookRole"))


def test_the_authorizer_may_only_log_and_read_the_tokens(template: Template) -> None:
    assert _actions(template, "ApiAuthorizerRole") == {
        "logs:CreateLogStream",
        "logs:PutLogEvents",
        "secretsmanager:GetSecretValue",
    }
    assert "secret:CloudOps/api-tokens-??????" in json.dumps(_policy(template, "ApiAuthorizerRole"))


def test_the_ingest_function_reads_no_secret(template: Template) -> None:
    assert not {action for action in _actions(template, "IngestIngestRole") if "secret" in action}


def test_no_function_may_scan_or_drop_the_table(template: Template) -> None:
    for role in (
        "IngestIngestRole",
        "ApiApiRole",
        "LearningRecomputeConfidenceRole",
        "LearningCheckLearningRole",
    ):
        actions = {action for action in _actions(template, role) if action.startswith("dynamodb:")}
        assert actions
        assert not actions & {"dynamodb:Scan", "dynamodb:DeleteTable", "dynamodb:UpdateTable"}


def test_no_function_may_change_the_audit_trail_and_only_the_api_may_append(template: Template) -> None:
    changes = {"dynamodb:BatchWriteItem", "dynamodb:DeleteItem", "dynamodb:UpdateItem"}
    for role in ("IngestIngestRole", "LearningRecomputeConfidenceRole", "LearningCheckLearningRole"):
        assert _denied(template, role) == changes | {"dynamodb:PutItem"}
    assert _denied(template, "ApiApiRole") == changes


def test_the_api_may_read_the_kill_switch_parameter_but_not_change_it(template: Template) -> None:
    actions = {action for action in _actions(template, "ApiApiRole") if action.startswith("ssm:")}
    assert actions == {"ssm:GetParameter"}


def _denied(template: Template, role: str) -> set[str]:
    """Returns the actions that are denied on the partition of the audit trail."""
    (denial,) = [
        statement
        for statement in _policy(template, role)["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Deny"
    ]
    assert denial["Condition"] == {"ForAnyValue:StringEquals": {"dynamodb:LeadingKeys": ["AUDIT"]}}
    return set(denial["Action"])


def _policy(template: Template, role: str) -> Resource:
    return template.one("AWS::IAM::Policy", f"{role}DefaultPolicy")


def _actions(template: Template, role: str) -> set[str]:
    actions: set[str] = set()
    for statement in _policy(template, role)["PolicyDocument"]["Statement"]:
        action = statement["Action"]
        actions |= {action} if isinstance(action, str) else set(action)
    return actions
