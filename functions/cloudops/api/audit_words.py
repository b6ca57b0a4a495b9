"""Decides whether a call of an endpoint is recorded in the audit trail, and with which action and target."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from cloudops.api.http_event import Event
from cloudops.api.http_response import Answer


class AuditContext(NamedTuple):
    """The path parameters, the body and the answer of a successful request (Any: JSON of that endpoint)."""

    path: Mapping[str, str]
    body: Mapping[str, Any]
    answer: Mapping[str, Any]


def audit_context(parameters: Mapping[str, str], request: Event, answer: Answer) -> AuditContext:
    return AuditContext(parameters, _json(request.get("body")), _json(answer.get("body")))


def _json(text: object) -> dict[str, Any]:
    value = json.loads(text) if isinstance(text, str) and text else {}
    return value if isinstance(value, dict) else {}


AuditWord = Callable[[AuditContext], str]
"""Returns one field of an audit entry for a successful call."""


def in_path(name: str) -> AuditWord:
    return lambda context: context.path[name]


def in_body(name: str) -> AuditWord:
    """Returns the field of the body, or "" if the body has no such field."""
    return lambda context: str(context.body.get(name) or "")


def in_answer(name: str) -> AuditWord:
    return lambda context: str(context.answer[name])


def fixed(word: str) -> AuditWord:
    return lambda context: word


_EMPTY: Final = fixed("")


@dataclass(frozen=True, slots=True)
class Audited:
    """A successful call becomes an entry of the audit trail."""

    action: str
    target: AuditWord
    reason: AuditWord = _EMPTY
    result: AuditWord = _EMPTY


@dataclass(frozen=True, slots=True)
class NotAudited:
    """The API writes no entry for a call, for this reason."""

    reason: str


AuditDecision = Audited | NotAudited

READS_ONLY: Final = NotAudited("reads only")
BY_USE_CASE: Final = NotAudited("the use case writes the entry, with the hash of the plan")
