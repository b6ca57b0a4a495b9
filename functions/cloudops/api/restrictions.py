"""What the calls of endpoints act on, for grants that are narrowed to teams, environments and accounts."""

from collections.abc import Collection

from cloudops.api.context import RequestContext
from cloudops.api.endpoint import Parameters
from cloudops.core.ids import ExecutionId, IncidentId, SuggestionId
from cloudops.remediation.permissions import Resource


def incident_in_path(context: RequestContext, parameters: Parameters) -> Collection[Resource]:
    return context.application.permissions.incident(IncidentId(parameters["incident_id"]))


def suggestion_in_path(context: RequestContext, parameters: Parameters) -> Collection[Resource]:
    return context.application.permissions.suggestion(SuggestionId(parameters["suggestion_id"]))


def suggestion_in_body(context: RequestContext, parameters: Parameters) -> Collection[Resource]:
    return context.application.permissions.suggestion(SuggestionId(parameters["body"].suggestion_id))


def planned_targets(context: RequestContext, parameters: Parameters) -> Collection[Resource]:
    suggestion_id, target = SuggestionId(parameters["suggestion_id"]), parameters["body"].target
    return context.application.permissions.plan(suggestion_id, target)


def execution_in_path(context: RequestContext, parameters: Parameters) -> Collection[Resource]:
    return context.application.permissions.execution(ExecutionId(parameters["execution_id"]))


def policy_in_body(context: RequestContext, parameters: Parameters) -> Collection[Resource]:
    body = parameters["body"]
    return context.application.permissions.policy(body.service, body.environment)


def silence_in_path(context: RequestContext, parameters: Parameters) -> Collection[Resource]:
    return context.application.permissions.silence(parameters["silence_id"])


def change_in_body(context: RequestContext, parameters: Parameters) -> Collection[Resource]:
    body = parameters["body"]
    return context.application.permissions.change(body.service, body.environment, body.account)
