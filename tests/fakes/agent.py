"""The whole agent in memory: the real flows, rules and parsers over the store's fake, at a fixed time."""

from functools import partial

from cloudops.adapters.payload import read
from cloudops.domain.access import SignIn
from cloudops.domain.alert import Instant
from cloudops.domain.analysis import analyse
from cloudops.domain.rules import default_rules
from cloudops.domain.topology import Topology
from cloudops.flows.audit_trail import AuditTrail
from cloudops.flows.automation import Automation
from cloudops.flows.browse import Browse
from cloudops.flows.confidence import ShowConfidence
from cloudops.flows.demo import demonstration
from cloudops.flows.feedback import TakeFeedback
from cloudops.flows.ingest import Ingest
from cloudops.flows.learned import LearnedLevels
from cloudops.flows.lifecycle import Lifecycle
from cloudops.flows.outcome import TakeOutcome
from cloudops.flows.placement import Placement
from cloudops.flows.quarantine import QuarantineDesk
from cloudops.flows.recompute import Recompute
from cloudops.flows.rerank import Rerank
from cloudops.flows.services import Services
from cloudops.flows.silences import KnownSilences, SilenceDesk
from cloudops.flows.submit import Submit
from tests.fakes.store import MemoryIncidentStore, MemoryQuarantine, MemorySilenceStore
from tests.fakes.trail import MemoryAuditStore, MemorySwitch

NOW: Instant = 1_767_225_600_000
"""2026-01-01T00:00:00Z"""


class Agent:
    """`pauses` are the attempts that waited; nothing sleeps."""

    def __init__(
        self, store: MemoryIncidentStore | None = None, topology: str = "{}", mock_adapters: bool = False
    ) -> None:
        self.now = NOW
        self.pauses: list[int] = []
        self.store = store or MemoryIncidentStore()
        self.quarantined = MemoryQuarantine()
        self.read = read
        self.analyse = partial(analyse, rules=default_rules())
        graph = Topology.parse(topology)
        self.levels = LearnedLevels(self.store.learning, lambda: self.now / 1000)
        self.audited = MemoryAuditStore()
        self.switch = MemorySwitch()
        self.parameter = MemorySwitch(name="parameter /CloudOps/automation")
        self.silenced = MemorySilenceStore()
        silences = KnownSilences(self.silenced, lambda: self.now / 1000)
        self.placement = Placement(
            self.analyse, graph, self.store, self.pauses.append, levels=self.levels, silences=silences
        )
        self.recompute = Recompute(self.store.learning, self.store, Rerank(self.store, self.pauses.append))
        self.ingest = Ingest(read, self.placement, self.quarantined)
        browse = Browse(self.store, graph)
        submit = Submit(self.ingest, browse, demonstration if mock_adapters else None)
        self.services = Services(
            browse=browse,
            lifecycle=Lifecycle(self.store, self.pauses.append),
            feedback=TakeFeedback(self.store),
            submit=submit,
            quarantine=QuarantineDesk(self.quarantined, submit),
            silences=SilenceDesk(self.silenced),
            outcome=TakeOutcome(self.store, self.store.learning),
            confidence=ShowConfidence(self.store.learning),
            recompute=self.recompute,
            sign_in=SignIn("https://issuer.example", "cloudops-dashboard", ("openid",)),
            trail=AuditTrail(self.audited, self.pauses.append),
            automation=Automation(self.switch, self.parameter),
            now=lambda: self.now,
        )
