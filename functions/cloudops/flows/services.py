"""The flows that people reach over HTTP, together."""

from collections.abc import Callable
from dataclasses import dataclass

from cloudops.domain.access import SignIn
from cloudops.domain.alert import Instant
from cloudops.domain.remediation_ports import ExecutionStore
from cloudops.flows.approvals import Approvals
from cloudops.flows.audit_trail import AuditTrail
from cloudops.flows.automation import Automation
from cloudops.flows.browse import Browse
from cloudops.flows.catalogue import CatalogueDesk
from cloudops.flows.changes import ChangeDesk
from cloudops.flows.confidence import ShowConfidence
from cloudops.flows.estate_desk import EstateDesk
from cloudops.flows.feedback import TakeFeedback
from cloudops.flows.lifecycle import Lifecycle
from cloudops.flows.outcome import TakeOutcome
from cloudops.flows.overview import ShowOverview
from cloudops.flows.past import Past
from cloudops.flows.policies import PolicyDesk
from cloudops.flows.quarantine import QuarantineDesk
from cloudops.flows.recompute import Recompute
from cloudops.flows.silences import SilenceDesk
from cloudops.flows.sources import SourceDesk
from cloudops.flows.submit import Submit


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
