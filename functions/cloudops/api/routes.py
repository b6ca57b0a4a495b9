"""What each route of the API calls, and how it answers; access.py says who may call it."""

from collections.abc import Callable
from typing import Any, NamedTuple

from cloudops.api.application import ServicesOf
from cloudops.api.audit import AuditRoutes
from cloudops.api.automation import AutomationRoutes
from cloudops.api.changes import ChangeRoutes
from cloudops.api.confidence import ConfidenceRoutes
from cloudops.api.feedback import FeedbackRoutes
from cloudops.api.health import health
from cloudops.api.incidents import IncidentRoutes
from cloudops.api.quarantine import QuarantineRoutes
from cloudops.api.remediation import RemediationRoutes
from cloudops.api.services import EstateRoutes
from cloudops.api.sign_in import SignInRoutes
from cloudops.api.silences import SilenceRoutes
from cloudops.api.sources import SourceRoutes
from cloudops.core.errors import CloudOpsError, Conflict, NotFound, TooLarge, Unprocessable


class Served(NamedTuple):
    """`endpoint` takes and answers what its own signature says (Any: each has its own). `errors` are
    those beyond what every route can answer."""

    operation: str
    endpoint: Callable[..., Any]
    status: int = 200
    errors: tuple[type[CloudOpsError], ...] = ()
    compress: bool = False


def served(services: ServicesOf) -> dict[tuple[str, str], Served]:
    """By method and path, as in access.ACCESS."""
    incidents = IncidentRoutes(services)
    feedback = FeedbackRoutes(services)
    confidence = ConfidenceRoutes(services)
    quarantine = QuarantineRoutes(services)
    sign_in = SignInRoutes(services)
    automation = AutomationRoutes(services)
    silences = SilenceRoutes(services)
    remediation = RemediationRoutes(services)
    estate = EstateRoutes(services)
    changes = ChangeRoutes(services)
    sources = SourceRoutes(services)
    taken = (Conflict, Unprocessable, TooLarge)
    moved = (NotFound, Conflict)
    return {
        ("GET", "/health"): Served("health", health),
        ("GET", "/api/sign-in"): Served("signIn", sign_in.where),
        ("GET", "/api/me"): Served("whoAmI", sign_in.me),
        ("GET", "/api/audit"): Served("listAudit", AuditRoutes(services).page, compress=True),
        ("GET", "/api/automation"): Served("getAutomation", automation.state),
        ("PUT", "/api/automation"): Served("switchAutomation", automation.switch),
        ("GET", "/api/incidents"): Served("listIncidents", incidents.page, compress=True),
        ("GET", "/api/incidents/{incident_id}"): Served(
            "getIncident", incidents.detail, errors=(NotFound,), compress=True
        ),
        ("GET", "/api/overview"): Served("getOverview", incidents.overview),
        ("GET", "/api/incidents/{incident_id}/similar"): Served(
            "listSimilarIncidents", incidents.similar, errors=(NotFound,)
        ),
        ("GET", "/api/incidents/{incident_id}/executions"): Served(
            "listIncidentExecutions", remediation.of_incident, errors=(NotFound,), compress=True
        ),
        ("POST", "/api/incidents/ingest"): Served("ingestAlerts", incidents.ingest, 201, taken),
        ("POST", "/api/incidents/{incident_id}/acknowledge"): Served(
            "acknowledgeIncident", incidents.acknowledge, errors=moved
        ),
        ("POST", "/api/incidents/{incident_id}/resolve"): Served(
            "resolveIncident", incidents.resolve, errors=moved
        ),
        ("POST", "/api/incidents/{incident_id}/reopen"): Served(
            "reopenIncident", incidents.reopen, errors=moved
        ),
        ("POST", "/api/feedback"): Served("vote", feedback.vote, errors=(NotFound, Conflict, TooLarge)),
        ("POST", "/api/suggestions/{suggestion_id}/outcome"): Served(
            "reportOutcome", feedback.outcome, errors=moved
        ),
        ("GET", "/api/suggestions/{suggestion_id}/plan"): Served(
            "planSuggestion", remediation.plan, errors=moved
        ),
        ("POST", "/api/suggestions/{suggestion_id}/approve"): Served(
            "approveSuggestion", remediation.approve, errors=moved
        ),
        ("POST", "/api/suggestions/{suggestion_id}/reject"): Served(
            "rejectSuggestion", remediation.reject, errors=moved
        ),
        ("POST", "/api/suggestions/{suggestion_id}/execute"): Served(
            "executeSuggestion", remediation.execute, errors=moved
        ),
        ("GET", "/api/executions"): Served("listExecutions", remediation.page, compress=True),
        ("GET", "/api/executions/{execution_id}"): Served(
            "getExecution", remediation.execution, errors=(NotFound,)
        ),
        ("POST", "/api/executions/{execution_id}/cancel"): Served(
            "cancelExecution", remediation.cancel, errors=moved
        ),
        ("GET", "/api/policies"): Served("listPolicies", remediation.policies),
        ("PUT", "/api/policies"): Served("keepPolicy", remediation.keep_policy, errors=(Conflict,)),
        ("GET", "/api/confidence"): Served("listConfidence", confidence.known, compress=True),
        ("POST", "/api/confidence/recompute"): Served("recompute", confidence.recompute),
        ("GET", "/api/silences"): Served("listSilences", silences.page),
        ("POST", "/api/silences"): Served("addSilence", silences.add, 201, (Conflict,)),
        ("DELETE", "/api/silences/{silence_id}"): Served("endSilence", silences.end, errors=moved),
        ("GET", "/api/services"): Served("listServices", estate.services, compress=True),
        ("GET", "/api/services/{name}"): Served(
            "getService", estate.service, errors=(NotFound,), compress=True
        ),
        ("GET", "/api/topology"): Served("getTopology", estate.topology, compress=True),
        ("GET", "/api/catalogue"): Served("getCatalogue", estate.catalogue, compress=True),
        ("PUT", "/api/catalogue"): Served("putCatalogue", estate.put_catalogue, errors=(TooLarge,)),
        ("GET", "/api/changes"): Served("listChanges", changes.page, compress=True),
        ("POST", "/api/changes"): Served("tellChange", changes.tell, 201, (TooLarge,)),
        ("GET", "/api/sources"): Served("listSources", sources.page),
        ("POST", "/api/sources/{name}/sync"): Served("syncSource", sources.sync, errors=(NotFound,)),
        ("GET", "/api/quarantine"): Served("listQuarantine", quarantine.page),
        ("POST", "/api/quarantine/{item_id}/replay"): Served(
            "replayQuarantined", quarantine.replay, errors=(NotFound, Conflict, Unprocessable)
        ),
        ("DELETE", "/api/quarantine/{item_id}"): Served(
            "removeQuarantined", quarantine.remove, 204, (NotFound,)
        ),
    }
