"""Reads changes from AWS events: deployments, stacks, function versions and alarm configurations."""

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from cloudops.adapters.cloudwatch import alarm_changes, events
from cloudops.adapters.parsing.fields import instant, truncate
from cloudops.adapters.parsing.lenient_json import NotJson, as_text, untyped
from cloudops.adapters.payloads.envelopes import unwrap_envelopes
from cloudops.alerts.attribution import attribute, environment_of_name
from cloudops.alerts.environments import without_environment
from cloudops.changes.change import Change, ChangeKind, ChangeState
from cloudops.core.ids import stable_id
from cloudops.core.time import EpochMillis

Event = Mapping[str, Any]
"""An EventBridge event, parsed and cleaned (Any: each reader checks the fields that it uses)."""

CODEDEPLOY: Final = "CodeDeploy Deployment State-change Notification"
ECS: Final = "ECS Deployment State Change"
STACK_STATUS: Final = "CloudFormation Stack Status Change"
API_CALL: Final = "AWS API Call via CloudTrail"

MAX_CHANGE_TITLE: Final = 200
"""Characters of the title, and of the detail, of a change."""

CODEDEPLOY_STATES: Final = {
    "START": ChangeState.STARTED,
    "SUCCESS": ChangeState.SUCCEEDED,
    "FAILURE": ChangeState.FAILED,
    "STOP": ChangeState.FAILED,
}
ECS_STATES: Final = {
    "SERVICE_DEPLOYMENT_IN_PROGRESS": ChangeState.STARTED,
    "SERVICE_DEPLOYMENT_COMPLETED": ChangeState.SUCCEEDED,
    "SERVICE_DEPLOYMENT_FAILED": ChangeState.FAILED,
}
STACK_STATES: Final = {
    **dict.fromkeys(("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "DELETE_IN_PROGRESS"), ChangeState.STARTED),
    **dict.fromkeys(("CREATE_COMPLETE", "UPDATE_COMPLETE", "DELETE_COMPLETE"), ChangeState.SUCCEEDED),
    **dict.fromkeys(
        ("CREATE_FAILED", "UPDATE_FAILED", "DELETE_FAILED", "UPDATE_ROLLBACK_FAILED", "ROLLBACK_FAILED"),
        ChangeState.FAILED,
    ),
    **dict.fromkeys(("ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"), ChangeState.ROLLED_BACK),
}
"""The states that are not listed are steps between these."""
LAMBDA_CALLS: Final = {
    "PublishVersion": ChangeKind.DEPLOYMENT,
    "UpdateFunctionCode": ChangeKind.DEPLOYMENT,
    "UpdateAlias": ChangeKind.DEPLOYMENT,
    "UpdateFunctionConfiguration": ChangeKind.CONFIGURATION,
}
"""CloudTrail appends the API version to the name: PublishVersion20150331."""


def read_changes(raw: bytes | str, received_at: EpochMillis) -> list[Change]:
    """Returns the changes that a payload reports; [] for any other event and for a failed API call."""
    try:
        value = untyped(raw.encode("utf-8", "replace") if isinstance(raw, str) else raw)
    except NotJson:
        return []
    changes = []
    for part in unwrap_envelopes(value):
        if isinstance(part, dict) and isinstance(detail_type := part.get("detail-type"), str):
            kind = _EVENT_KINDS.get(detail_type)
            change = kind.reader(part, received_at) if kind else None
            if change is not None:
                changes.append(change)
    return changes


def _codedeploy(event: Event, received_at: EpochMillis) -> Change | None:
    detail = _part(event, "detail")
    application, group = _text(detail, "application"), _text(detail, "deploymentGroup")
    state, deployment = CODEDEPLOY_STATES.get(_text(detail, "state")), _text(detail, "deploymentId")
    if state is None or not application or not deployment:
        return None
    return _change(
        event,
        received_at,
        id=stable_id("codedeploy", deployment, application, _text(event, "account")),
        kind=ChangeKind.DEPLOYMENT,
        state=state,
        title=f"CodeDeploy {deployment} of {application} to {group}",
        service=without_environment(application.lower()),
        service_reason="application",
        environment=environment_of_name(group)[0] or environment_of_name(application)[0],
        version=deployment,
    )


def _ecs(event: Event, received_at: EpochMillis) -> Change | None:
    detail = _part(event, "detail")
    state, deployment = ECS_STATES.get(_text(detail, "eventName")), _text(detail, "deploymentId")
    path = next(iter(_texts(event, "resources")), "").rpartition(":service/")[2].split("/")
    if state is None or not deployment or not path[-1]:
        return None
    names = {"ServiceName": path[-1], **({"ClusterName": path[0]} if len(path) > 1 else {})}
    attribution = attribute((("resource", names),))
    return _change(
        event,
        received_at,
        at=_text(detail, "updatedAt"),
        id=stable_id("ecs", deployment, _text(event, "account"), _text(event, "region")),
        kind=ChangeKind.DEPLOYMENT,
        state=state,
        title=f"ECS deployment of {'/'.join(path)}",
        service=attribution.service,
        service_reason=attribution.service_reason,
        environment=attribution.environment,
        resources=(f"ecsservice:{path[-1]}", *attribution.resources),
        version=deployment.rpartition("/")[2],
        detail=_text(detail, "reason"),
    )


def _stack(event: Event, received_at: EpochMillis) -> Change | None:
    detail = _part(event, "detail")
    details, stack_id = _part(detail, "status-details"), _text(detail, "stack-id")
    state = STACK_STATES.get(_text(details, "status"))
    name = stack_id.partition(":stack/")[2].partition("/")[0]
    if state is None or not name:
        return None
    return _change(
        event,
        received_at,
        id=stable_id("cloudformation", stack_id, _text(detail, "client-request-token")),
        kind=ChangeKind.INFRASTRUCTURE,
        state=state,
        title=f"CloudFormation stack {name}",
        service=without_environment(name.lower().removesuffix("stack").strip("-_")),
        service_reason="name of the stack",
        environment=environment_of_name(name)[0],
        resources=(f"stack:{name}",),
        detail=_text(details, "status-reason"),
    )


def _api_call(event: Event, received_at: EpochMillis) -> Change | None:
    """Reads a CloudTrail event: an API call that changes a Lambda function."""
    detail = _part(event, "detail")
    call = next((name for name in LAMBDA_CALLS if _text(detail, "eventName").startswith(name)), "")
    of_lambda = _text(detail, "eventSource") == "lambda.amazonaws.com"
    request, response = _part(detail, "requestParameters"), _part(detail, "responseElements")
    function = _text(request, "functionName").rpartition(":function:")[2].partition(":")[0]
    if not of_lambda or not call or not function or detail.get("errorCode"):
        return None
    attribution = attribute((("request", {"FunctionName": function}),))
    return _change(
        event,
        received_at,
        at=_text(detail, "eventTime"),
        id=stable_id("lambda", _text(detail, "eventID") or _text(event, "id")),
        kind=LAMBDA_CALLS[call],
        state=ChangeState.SUCCEEDED,
        title=f"{call} of {function}",
        service=attribution.service,
        service_reason=attribution.service_reason,
        environment=attribution.environment,
        resources=attribution.resources,
        version=_text(response, "functionVersion") or _text(response, "version"),
        actor=_text(_part(detail, "userIdentity"), "arn").rpartition("/")[2],
    )


def _alarm(event: Event, received_at: EpochMillis) -> Change | None:
    fields = alarm_changes.change_fields(event, received_at)
    return _change(event, received_at, **fields) if fields else None


def _change(event: Event, received_at: EpochMillis, *, at: str = "", **fields: Any) -> Change:
    """Adds the fields of the event's envelope (Any: fields of Change)."""
    title, detail = (
        truncate(fields.pop("title"), MAX_CHANGE_TITLE),
        truncate(fields.pop("detail", ""), MAX_CHANGE_TITLE),
    )
    return Change(
        source=_text(event, "source").removeprefix("aws."),
        at=instant(at) or instant(_text(event, "time")) or received_at,
        account=_text(event, "account"),
        region=_text(event, "region"),
        title=title,
        detail=detail,
        **fields,
    )


def _part(value: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    inner = value.get(key)
    return inner if isinstance(inner, Mapping) else {}


def _text(value: Mapping[str, Any], key: str) -> str:
    return (as_text(value.get(key)) or "")[:1024]


def _texts(value: Mapping[str, Any], key: str) -> list[str]:
    inner = value.get(key)
    return [item for item in inner if isinstance(item, str)] if isinstance(inner, list) else []


class _EventKind(NamedTuple):
    source: str
    """The service that sends the event; CloudTrail sends a call under the name of the called service."""
    reader: Callable[[Event, EpochMillis], Change | None]


_EVENT_KINDS: Final = {
    CODEDEPLOY: _EventKind("aws.codedeploy", _codedeploy),
    ECS: _EventKind("aws.ecs", _ecs),
    STACK_STATUS: _EventKind("aws.cloudformation", _stack),
    API_CALL: _EventKind("aws.lambda", _api_call),
    events.CONFIGURATION_CHANGE: _EventKind("aws.cloudwatch", _alarm),
}
CHANGE_EVENTS: Final = {detail_type: kind.source for detail_type, kind in _EVENT_KINDS.items()}
"""The detail types of events that report changes, each with the service that sends it."""
