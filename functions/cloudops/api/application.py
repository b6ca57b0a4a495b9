"""The use cases and stores behind the HTTP API, as bootstrap builds them."""

from collections.abc import Callable
from dataclasses import dataclass

from cloudops.audit.trail import AuditTrail
from cloudops.catalog.service import CatalogService
from cloudops.changes.service import ChangeService
from cloudops.core.time import EpochMillis
from cloudops.identity.access import SignIn
from cloudops.identity.people import PeopleDirectory
from cloudops.incidents.lifecycle import Lifecycle
from cloudops.incidents.queries import IncidentQueries, OverviewQuery
from cloudops.incidents.service_health import ServiceQueries
from cloudops.ingestion.quarantine_review import QuarantineService
from cloudops.ingestion.source_sync import SourceService
from cloudops.ingestion.submit import SubmitAlerts
from cloudops.learning.feedback import RecordFeedback
from cloudops.learning.outcome_reporting import ReportOutcome
from cloudops.learning.queries import ConfidenceQueries
from cloudops.learning.recompute import Recompute
from cloudops.remediation.approvals import ApprovalService
from cloudops.remediation.autonomy import AutonomyPolicies
from cloudops.remediation.change_freeze import ChangeFreezes
from cloudops.remediation.history import IncidentHistory
from cloudops.remediation.kill_switch import Automation
from cloudops.remediation.permissions import Permissions
from cloudops.remediation.store import ExecutionStore
from cloudops.silences.service import SilenceService


@dataclass(frozen=True, slots=True)
class Application:
    """What the handlers of endpoints call; a container builds it once."""

    incidents: IncidentQueries
    overview: OverviewQuery
    history: IncidentHistory
    lifecycle: Lifecycle
    feedback: RecordFeedback
    submission: SubmitAlerts
    quarantine: QuarantineService
    silences: SilenceService
    outcomes: ReportOutcome
    confidence: ConfidenceQueries
    recompute: Recompute
    sign_in: SignIn
    people: PeopleDirectory
    verified_email: Callable[[str, str], str]
    audit_trail: AuditTrail
    automation: Automation
    approvals: ApprovalService
    executions: ExecutionStore
    permissions: Permissions
    autonomy_policies: AutonomyPolicies
    freezes: ChangeFreezes
    services: ServiceQueries
    catalog: CatalogService
    changes: ChangeService
    sources: SourceService
    now: Callable[[], EpochMillis]


ApplicationFactory = Callable[[], Application]
"""Called per request, not at import: rendering the OpenAPI document needs no application."""
