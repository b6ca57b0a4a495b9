"""Which routes write what a person did into the audit trail, and in which words."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from cloudops.api.audit_recording import record_audit_entry
from cloudops.api.authorization import ACCESS, caller_of, route_of
from cloudops.api.http_event import Event, path_of
from cloudops.api.http_response import Answer
from cloudops.audit.trail import AuditTrail


class AuditContext(NamedTuple):
    """What a request named in its path and body, and what was answered (Any: JSON of that route)."""

    path: Mapping[str, str]
    body: Mapping[str, Any]
    answer: Mapping[str, Any]


Word = Callable[[AuditContext], str]


class AuditedAction(NamedTuple):
    """How a successful call of a route reads in the trail."""

    action: str
    target: Word
    reason: Word = lambda said: ""
    result: Word = lambda said: ""


def _in_path(name: str) -> Word:
    return lambda said: said.path[name]


def _in_body(name: str) -> Word:
    return lambda said: str(said.body.get(name) or "")


def _answered(name: str) -> Word:
    return lambda said: str(said.answer[name])


def _services_declared(said: AuditContext) -> str:
    return f"{len(said.answer['services'])} services"


RECORDED: Final[Mapping[tuple[str, str], AuditedAction]] = {
    ("POST", "/api/incidents/{incident_id}/acknowledge"): AuditedAction(
        "acknowledge", _in_path("incident_id"), reason=_in_body("reason")
    ),
    ("POST", "/api/incidents/{incident_id}/resolve"): AuditedAction(
        "resolve", _in_path("incident_id"), reason=_in_body("reason")
    ),
    ("POST", "/api/incidents/{incident_id}/reopen"): AuditedAction(
        "reopen", _in_path("incident_id"), reason=_in_body("reason")
    ),
    ("POST", "/api/feedback"): AuditedAction(
        "vote", _in_body("suggestionId"), reason=_in_body("comment"), result=_in_body("value")
    ),
    ("POST", "/api/suggestions/{suggestion_id}/outcome"): AuditedAction(
        "report outcome", _in_path("suggestion_id")
    ),
    ("POST", "/api/silences"): AuditedAction("silence", _answered("id"), reason=_in_body("comment")),
    ("DELETE", "/api/silences/{silence_id}"): AuditedAction("end silence", _in_path("silence_id")),
    ("POST", "/api/quarantine/{item_id}/replay"): AuditedAction("replay", _in_path("item_id")),
    ("DELETE", "/api/quarantine/{item_id}"): AuditedAction("discard", _in_path("item_id")),
    ("PUT", "/api/policies"): AuditedAction("keep policy", _answered("id"), result=_in_body("ceiling")),
    ("PUT", "/api/catalog"): AuditedAction("put catalog", lambda said: "catalog", result=_services_declared),
    ("POST", "/api/sources/{name}/sync"): AuditedAction("ask source", _in_path("name")),
    ("PUT", "/api/automation"): AuditedAction(
        "switch automation",
        lambda said: "automation",
        reason=_in_body("reason"),
        result=lambda said: "enabled" if said.body["enabled"] else "stopped",
    ),
}

_BY_ITSELF: Final = "the flow writes it, with the plan's hash"

NOT_RECORDED: Final[Mapping[tuple[str, str], str]] = {
    ("POST", "/api/suggestions/{suggestion_id}/approve"): _BY_ITSELF,
    ("POST", "/api/suggestions/{suggestion_id}/reject"): _BY_ITSELF,
    ("POST", "/api/suggestions/{suggestion_id}/execute"): _BY_ITSELF,
    ("POST", "/api/executions/{execution_id}/cancel"): _BY_ITSELF,
    ("POST", "/api/incidents/ingest"): "alerts are kept with their incident, and come by the thousand",
    ("POST", "/api/changes"): "a change is kept with its actor, and pipelines tell of many",
    ("POST", "/api/confidence/recompute"): "decides nothing: the schedule does the same",
}
"""Routes that change something and write no entry here, each with the reason."""


def record(trail: AuditTrail, event: Event, answer: Answer, now: int) -> None:
    """Writes down what a request did that was answered well. It is done and told by then: an entry that
    cannot be written goes to the log whole, and to the metric that an alarm watches."""
    route = route_of(event)
    act = RECORDED.get(route)
    if act is None:
        return
    said = AuditContext(_parameters(route, event), _json(event.get("body")), _json(answer.get("body")))
    actor, target, reason, result = (
        caller_of(event).name,
        act.target(said),
        act.reason(said),
        act.result(said),
    )
    record_audit_entry(trail, actor, act.action, target, now, reason=reason, result=result)


def _parameters(route: tuple[str, str], event: Event) -> dict[str, str]:
    found = _NAMED[route[1]].fullmatch(path_of(event))
    return found.groupdict() if found else {}


def _json(text: object) -> dict[str, Any]:
    value = json.loads(text) if isinstance(text, str) and text else {}
    return value if isinstance(value, dict) else {}


_NAMED: Final = {path: re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path)) for _, path in ACCESS}
