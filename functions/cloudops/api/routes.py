"""What each route of the API calls, and how it answers; access.py says who may call it."""

from collections.abc import Callable
from typing import Any, NamedTuple

from cloudops.api.application import ApplicationFactory
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


class Endpoint(NamedTuple):
    """`endpoint` takes and answers what its own signature says (Any: each has its own). `errors` are
    those beyond what every route can answer."""

    operation: str
    endpoint: Callable[..., Any]
    status: int = 200
    errors: tuple[type[CloudOpsError], ...] = ()
    compress: bool = False


def route_table(application: ApplicationFactory) -> dict[tuple[str, str], Endpoint]:
    """By method and path, as in access.ACCESS."""
    incidents = IncidentRoutes(application)
    feedback = FeedbackRoutes(application)
    confidence = ConfidenceRoutes(application)
    quarantine = QuarantineRoutes(application)
    sign_in = SignInRoutes(application)
    automation = AutomationRoutes(application)
    silences = SilenceRoutes(application)
    remediation = RemediationRoutes(application)
    inventory = EstateRoutes(application)
    changes = ChangeRoutes(application)
    sources = SourceRoutes(application)
    taken = (Conflict, Unprocessable, TooLarge)
    moved = (NotFound, Conflict)
    return {
        ("GET", "/health"): Endpoint("health", health),
        ("GET", "/api/sign-in"): Endpoint("signIn", sign_in.where),
        ("GET", "/api/me"): Endpoint("whoAmI", sign_in.me),
        ("GET", "/api/audit"): Endpoint("listAudit", AuditRoutes(application).page, compress=True),
        ("GET", "/api/automation"): Endpoint("getAutomation", automation.state),
        ("PUT", "/api/automation"): Endpoint("switchAutomation", automation.switch),
        ("GET", "/api/incidents"): Endpoint("listIncidents", incidents.page, compress=True),
        ("GET", "/api/incidents/{incident_id}"): Endpoint(
            "getIncident", incidents.detail, errors=(NotFound,), compress=True
        ),
        ("GET", "/api/overview"): Endpoint("getOverview", incidents.overview),
        ("GET", "/api/incidents/{incident_id}/similar"): Endpoint(
            "listSimilarIncidents", incidents.similar, errors=(NotFound,)
        ),
        ("GET", "/api/incidents/{incident_id}/executions"): Endpoint(
            "listIncidentExecutions", remediation.of_incident, errors=(NotFound,), compress=True
        ),
        ("POST", "/api/incidents/ingest"): Endpoint("ingestAlerts", incidents.ingest, 201, taken),
        ("POST", "/api/incidents/{incident_id}/acknowledge"): Endpoint(
            "acknowledgeIncident", incidents.acknowledge, errors=moved
        ),
        ("POST", "/api/incidents/{incident_id}/resolve"): Endpoint(
            "resolveIncident", incidents.resolve, errors=moved
        ),
        ("POST", "/api/incidents/{incident_id}/reopen"): Endpoint(
            "reopenIncident", incidents.reopen, errors=moved
        ),
        ("POST", "/api/feedback"): Endpoint("vote", feedback.vote, errors=(NotFound, Conflict, TooLarge)),
        ("POST", "/api/suggestions/{suggestion_id}/outcome"): Endpoint(
            "reportOutcome", feedback.outcome, errors=moved
        ),
        ("GET", "/api/suggestions/{suggestion_id}/plan"): Endpoint(
            "planSuggestion", remediation.plan, errors=moved
        ),
        ("POST", "/api/suggestions/{suggestion_id}/approve"): Endpoint(
            "approveSuggestion", remediation.approve, errors=moved
        ),
        ("POST", "/api/suggestions/{suggestion_id}/reject"): Endpoint(
            "rejectSuggestion", remediation.reject, errors=moved
        ),
        ("POST", "/api/suggestions/{suggestion_id}/execute"): Endpoint(
            "executeSuggestion", remediation.execute, errors=moved
        ),
        ("GET", "/api/executions"): Endpoint("listExecutions", remediation.page, compress=True),
        ("GET", "/api/executions/{execution_id}"): Endpoint(
            "getExecution", remediation.execution, errors=(NotFound,)
        ),
        ("POST", "/api/executions/{execution_id}/cancel"): Endpoint(
            "cancelExecution", remediation.cancel, errors=moved
        ),
        ("GET", "/api/policies"): Endpoint("listPolicies", remediation.policies),
        ("PUT", "/api/policies"): Endpoint("keepPolicy", remediation.keep_policy, errors=(Conflict,)),
        ("GET", "/api/confidence"): Endpoint("listConfidence", confidence.known, compress=True),
        ("POST", "/api/confidence/recompute"): Endpoint("recompute", confidence.recompute),
        ("GET", "/api/silences"): Endpoint("listSilences", silences.page),
        ("POST", "/api/silences"): Endpoint("addSilence", silences.add, 201, (Conflict,)),
        ("DELETE", "/api/silences/{silence_id}"): Endpoint("endSilence", silences.end, errors=moved),
        ("GET", "/api/services"): Endpoint("listServices", inventory.services, compress=True),
        ("GET", "/api/services/{name}"): Endpoint(
            "getService", inventory.service, errors=(NotFound,), compress=True
        ),
        ("GET", "/api/topology"): Endpoint("getTopology", inventory.topology, compress=True),
        ("GET", "/api/catalog"): Endpoint("getCatalog", inventory.catalog, compress=True),
        ("PUT", "/api/catalog"): Endpoint("putCatalog", inventory.put_catalog, errors=(TooLarge,)),
        ("GET", "/api/changes"): Endpoint("listChanges", changes.page, compress=True),
        ("POST", "/api/changes"): Endpoint("tellChange", changes.tell, 201, (TooLarge,)),
        ("GET", "/api/sources"): Endpoint("listSources", sources.page),
        ("POST", "/api/sources/{name}/sync"): Endpoint("syncSource", sources.sync, errors=(NotFound,)),
        ("GET", "/api/quarantine"): Endpoint("listQuarantine", quarantine.page),
        ("POST", "/api/quarantine/{item_id}/replay"): Endpoint(
            "replayQuarantined", quarantine.replay, errors=(NotFound, Conflict, Unprocessable)
        ),
        ("DELETE", "/api/quarantine/{item_id}"): Endpoint(
            "removeQuarantined", quarantine.remove, 204, (NotFound,)
        ),
    }
