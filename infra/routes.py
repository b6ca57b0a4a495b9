"""The HTTP API's routes: which function answers, and whether a token is asked for first."""

from dataclasses import dataclass
from enum import StrEnum


class Access(StrEnum):
    OPEN = "open"
    TOKEN = "token"  # noqa: S105
    SECRET = "secret"  # noqa: S105
    """A webhook: its function checks a secret header itself, since its sender cannot hold a token."""
    SIGNED = "signed"
    """Slack: its function checks the signature of the raw body and its time itself."""


@dataclass(frozen=True, slots=True)
class Route:
    method: str
    path: str
    access: Access


def _token(method: str, path: str) -> Route:
    return Route(method, path, Access.TOKEN)


ANYTHING_ELSE = "/api/{proxy+}"
"""Goes to the API too, so that an unknown path or method is answered in the shape of every other error.
OPTIONS is left out: the gateway answers a preflight only where no route with an authorizer takes it."""

ROUTES = (
    Route("GET", "/health", Access.OPEN),
    Route("GET", "/api/sign-in", Access.OPEN),
    _token("GET", "/api/me"),
    _token("GET", "/api/audit"),
    _token("GET", "/api/automation"),
    _token("PUT", "/api/automation"),
    _token("GET", "/api/incidents"),
    _token("GET", "/api/overview"),
    _token("GET", "/api/incidents/{id}/similar"),
    _token("GET", "/api/incidents/{id}/executions"),
    _token("POST", "/api/incidents/ingest"),
    _token("GET", "/api/incidents/{id}"),
    _token("POST", "/api/incidents/{id}/acknowledge"),
    _token("POST", "/api/incidents/{id}/resolve"),
    _token("POST", "/api/incidents/{id}/reopen"),
    _token("POST", "/api/feedback"),
    _token("POST", "/api/suggestions/{id}/outcome"),
    _token("GET", "/api/suggestions/{id}/plan"),
    _token("POST", "/api/suggestions/{id}/approve"),
    _token("POST", "/api/suggestions/{id}/reject"),
    _token("POST", "/api/suggestions/{id}/execute"),
    _token("GET", "/api/executions"),
    _token("GET", "/api/executions/{id}"),
    _token("POST", "/api/executions/{id}/cancel"),
    _token("GET", "/api/policies"),
    _token("PUT", "/api/policies"),
    _token("GET", "/api/confidence"),
    _token("POST", "/api/confidence/recompute"),
    _token("GET", "/api/silences"),
    _token("POST", "/api/silences"),
    _token("DELETE", "/api/silences/{id}"),
    _token("GET", "/api/services"),
    _token("GET", "/api/services/{id}"),
    _token("GET", "/api/topology"),
    _token("GET", "/api/catalog"),
    _token("PUT", "/api/catalog"),
    _token("GET", "/api/changes"),
    _token("POST", "/api/changes"),
    _token("GET", "/api/sources"),
    _token("POST", "/api/sources/{id}/sync"),
    _token("GET", "/api/quarantine"),
    _token("POST", "/api/quarantine/{id}/replay"),
    _token("DELETE", "/api/quarantine/{id}"),
    *(_token(method, ANYTHING_ELSE) for method in ("DELETE", "GET", "PATCH", "POST", "PUT")),
    Route("POST", "/webhooks/datadog", Access.SECRET),
    Route("POST", "/webhooks/alertmanager", Access.SECRET),
    Route("POST", "/slack/commands", Access.SIGNED),
    Route("POST", "/slack/interactions", Access.SIGNED),
    Route("POST", "/slack/events", Access.SIGNED),
)
