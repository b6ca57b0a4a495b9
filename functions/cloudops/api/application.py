"""The flows that people reach over HTTP, together."""

from collections.abc import Callable
from dataclasses import dataclass

from cloudops.audit.trail import AuditTrail
from cloudops.catalog.service import CatalogueDesk
from cloudops.changes.service import ChangeDesk
from cloudops.core.time import Instant
from cloudops.identity.access import SignIn
from cloudops.incidents.lifecycle import Lifecycle
from cloudops.incidents.queries import Browse, ShowOverview
from cloudops.incidents.service_health import EstateDesk
from cloudops.ingestion.quarantine_review import QuarantineDesk
from cloudops.ingestion.source_sync import SourceDesk
from cloudops.ingestion.submit import Submit
from cloudops.learning.feedback import TakeFeedback
from cloudops.learning.outcome_reporting import TakeOutcome
from cloudops.learning.queries import ShowConfidence
from cloudops.learning.recompute import Recompute
from cloudops.remediation.approvals import Approvals
from cloudops.remediation.autonomy import PolicyDesk
from cloudops.remediation.history import Past
from cloudops.remediation.kill_switch import Automation
from cloudops.remediation.store import ExecutionStore
from cloudops.silences.service import SilenceDesk


@dataclass(frozen=True, slots=True)
class Services:
    browse: Browse
    overview: ShowOverview
    past: Past
    lifecycle: Lifecycle
    feedback: TakeFeedback
    submit: Submit
    quarantine: QuarantineDesk
    silences: SilenceDesk
    outcome: TakeOutcome
    confidence: ShowConfidence
    recompute: Recompute
    sign_in: SignIn
    trail: AuditTrail
    automation: Automation
    approvals: Approvals
    executions: ExecutionStore
    policies: PolicyDesk
    estate: EstateDesk
    catalogue: CatalogueDesk
    changes: ChangeDesk
    sources: SourceDesk
    now: Callable[[], Instant]


ServicesOf = Callable[[], Services]
"""Asked at each request and not before: the OpenAPI document needs routes, but nothing behind them."""
