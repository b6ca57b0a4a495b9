"""The application in memory: the real use cases, rules and parsers over fake stores, at a fixed time."""

from collections.abc import Sequence
from functools import partial

from cloudops.adapters.payloads.change_events import read_changes
from cloudops.adapters.payloads.parser import read
from cloudops.analysis.classifier import classify
from cloudops.analysis.rules import default_rules
from cloudops.api.application import Application
from cloudops.audit.trail import AuditTrail
from cloudops.catalog.declaration import Catalog, Platform
from cloudops.catalog.discovery import DiscoverServices, DiscoverySource
from cloudops.catalog.service import CachedInventory, CatalogService, Deployed
from cloudops.changes.service import ChangeService, RecentChanges, RecordChanges
from cloudops.core.errors import Unavailable
from cloudops.core.retry import TimeLeft
from cloudops.core.taxonomy import Action
from cloudops.core.time import EpochMillis
from cloudops.identity.access import SignIn
from cloudops.identity.people import PeopleDirectory
from cloudops.incidents.context import InventoryContext, changes_of
from cloudops.incidents.lifecycle import Lifecycle
from cloudops.incidents.queries import IncidentQueries, OverviewQuery
from cloudops.incidents.service_health import ServiceQueries
from cloudops.ingestion.demo_alerts import demo_alerts
from cloudops.ingestion.ingest import Classify, Ingest, Report
from cloudops.ingestion.polling import AlertSource, PollSources
from cloudops.ingestion.quarantine import Quarantine
from cloudops.ingestion.quarantine_review import QuarantineService
from cloudops.ingestion.reading import Received
from cloudops.ingestion.source_sync import SourceService, SyncSources
from cloudops.ingestion.submit import SubmitAlerts
from cloudops.learning.cached_levels import LearnedLevels
from cloudops.learning.feedback import RecordFeedback
from cloudops.learning.outcome_reporting import ReportOutcome
from cloudops.learning.queries import ConfidenceQueries
from cloudops.learning.recompute import Recompute
from cloudops.learning.rerank import Rerank
from cloudops.remediation.approvals import ApprovalService
from cloudops.remediation.autonomy import AutonomyPolicies
from cloudops.remediation.change_freeze import ChangeFreezes, Freeze
from cloudops.remediation.checks import GuardrailReader
from cloudops.remediation.history import IncidentHistory
from cloudops.remediation.kill_switch import Automation
from cloudops.remediation.permissions import Permissions
from cloudops.remediation.planner import Planner
from cloudops.silences.service import KnownSilences, SilenceService
from cloudops.sources.health import SourceKind, SyncResult, names_of
from tests.fakes.audit_trail import MemoryAuditStore, MemorySwitch
from tests.fakes.catalog import MemoryCatalogStore, MemoryChangeStore, MemorySourceStore
from tests.fakes.execution import MemoryExecutionStore, MemoryPolicyStore, MemoryWorkflows
from tests.fakes.executor import FakeExecutor
from tests.fakes.sources import EmptyDiscovery, EmptySource
from tests.fakes.store import MemoryIncidentStore, MemoryPeopleStore, MemoryQuarantine, MemorySilenceStore

NOW: EpochMillis = 1_767_225_600_000
"""2026-01-01T00:00:00Z"""
NOTHING = Catalog()


class Agent:
    """The application and its stores.

    `pauses` lists the attempts that waited; no call sleeps. `patience` is the number of pauses that a request
    has time for. `catalog` is the deployed one.
    """

    def __init__(
        self,
        store: MemoryIncidentStore | None = None,
        catalog: Catalog = NOTHING,
        mock_adapters: bool = False,
    ) -> None:
        self.now = NOW
        self.pauses: list[int] = []
        self.patience = 5
        self.store = store or MemoryIncidentStore()
        self.quarantined = MemoryQuarantine()
        self.read = read
        self.classify = partial(classify, rules=default_rules())
        self.audited = MemoryAuditStore()
        self.switch = MemorySwitch()
        self.parameter = MemorySwitch(name="parameter /CloudOps/automation")
        self.change_store = MemoryChangeStore()
        self.known = MemoryCatalogStore(self.change_store)
        self.health = MemorySourceStore()
        self.inventory = CachedInventory(self.known, Deployed(catalog, "deployed"), self.seconds)
        self.changes = RecentChanges(self.change_store, self.inventory, self.seconds)
        self.take_changes = RecordChanges(self.change_store, self.inventory, self.changes)
        self.sources: dict[str, AlertSource] = {}
        self.discovery_sources: dict[str, DiscoverySource] = {}
        self.context = InventoryContext(self.inventory.current, self.changes)
        self.levels = LearnedLevels(self.store.learning, self.seconds)
        self.silenced = MemorySilenceStore()
        self.people = MemoryPeopleStore()
        self.user_info: dict[str, str] = {}
        self.silences = KnownSilences(self.silenced, self.seconds)
        self.recompute = Recompute(self.store.learning, self.store, Rerank(self.store, self.pauses.append))
        self.ingestion = self.ingest_with()
        browse = IncidentQueries(self.store, self.context.topology, partial(changes_of, self.changes))
        trail = AuditTrail(self.audited, self.pauses.append)
        automation = Automation(self.switch, self.parameter)
        self.executions = MemoryExecutionStore()
        self.policies = MemoryPolicyStore()
        self.workflows = MemoryWorkflows()
        self.executor = FakeExecutor()
        self.freezes: list[Freeze] = []
        freezes = ChangeFreezes(self.freezes, lambda: self.inventory.current().inventory)
        approvals = ApprovalService(
            plans=Planner(
                inventory=lambda: self.inventory.current().inventory,
                executors={(Platform.ECS, Action.SCALE_SERVICE): self.executor},
                executions=self.executions,
                guardrails=GuardrailReader(
                    store=self.store,
                    inventory=lambda: self.inventory.current().inventory,
                    executions=self.executions,
                    policies=self.policies,
                    kill_switch=automation.kill_switch,
                    silences=self.silenced.all,
                    freezes=freezes,
                    levels=self.levels.current,
                ),
            ),
            incidents=self.store,
            executions=self.executions,
            workflows=self.workflows,
            trail=trail,
            pause=self.pauses.append,
        )
        submit = SubmitAlerts(
            self.ingestion,
            browse,
            demo_alerts if mock_adapters else None,
            self,
            start_timer=self.start_timer,
        )
        changes = ChangeService(self.change_store, self.take_changes)
        self.application = Application(
            incidents=browse,
            overview=OverviewQuery(self.store),
            history=IncidentHistory(self.store, self.executions),
            lifecycle=Lifecycle(self.store, self.pauses.append),
            feedback=RecordFeedback(self.store),
            submission=submit,
            quarantine=QuarantineService(self.quarantined, submit),
            silences=SilenceService(self.silenced),
            outcomes=ReportOutcome(self.store, self.store.learning),
            confidence=ConfidenceQueries(self.store.learning),
            recompute=self.recompute,
            sign_in=SignIn("https://issuer.example", "cloudops-dashboard", ("openid",)),
            people=PeopleDirectory(self.people),
            verified_email=self.verified_email,
            permissions=Permissions(
                inventory=lambda: self.inventory.current().inventory,
                incidents=self.store,
                executions=self.executions,
                silences=self.silenced,
            ),
            audit_trail=trail,
            automation=automation,
            approvals=approvals,
            executions=self.executions,
            autonomy_policies=AutonomyPolicies(self.policies, lambda: self.inventory.current().inventory),
            freezes=freezes,
            services=ServiceQueries(self.inventory, self.store, changes),
            catalog=CatalogService(self.known, self.inventory),
            changes=changes,
            sources=SourceService(self.health, self, self.inventory),
            now=lambda: self.now,
        )

    def verified_email(self, token: str, subject: str) -> str:
        """Reads the issuer's UserInfo endpoint; `user_info` has the addresses by token."""
        if token not in self.user_info:
            raise Unavailable("UserInfo does not accept the token")
        return self.user_info[token]

    def ingest(self, payloads: Sequence[Received]) -> Report:
        return self.ingestion.process(payloads, self.start_timer())

    def start_timer(self) -> TimeLeft:
        """Returns a time budget of `patience` seconds, of which each pause uses one."""
        end = len(self.pauses) + self.patience
        return lambda: end - len(self.pauses)

    def ingest_with(self, quarantine: Quarantine | None = None, classify: Classify | None = None) -> Ingest:
        return Ingest(
            read=read,
            read_changes=read_changes,
            record_changes=self.take_changes,
            quarantine=quarantine or self.quarantined,
            context=self.context,
            classify=classify or self.classify,
            store=self.store,
            pause=self.pauses.append,
            levels=self.levels.current,
            silences=self.silences.current,
        )

    def sync(self, names: Sequence[str], now: EpochMillis) -> SyncResult:
        """Runs a source sync over the sources of the test; the other sources list nothing."""
        polling = PollSources(
            [self.sources.get(name) or EmptySource(name) for name in names_of(SourceKind.ALERTS)],
            self.store,
            self.ingestion,
            self.quarantined,
            self.health,
            attribute=self.context.attribute,
            start_timer=self.start_timer,
        )
        discovery_sources = [
            self.discovery_sources.get(name) or EmptyDiscovery(name)
            for name in names_of(SourceKind.DISCOVERY)
        ]
        return SyncSources(polling, DiscoverServices(discovery_sources, self.known, self.health)).sync(
            names, now
        )

    def seconds(self) -> float:
        """Returns the time of the monotonic clock."""
        return self.now / 1000
