"""Polls the alert sources, ingests the alerts that push delivery missed, and records source health."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple, Protocol

from cloudops.alerts.alert import Alert, Scope, UnparsablePayload
from cloudops.core.errors import CloudOpsError, Unavailable
from cloudops.core.ids import IncidentId
from cloudops.core.retry import StartTimer
from cloudops.core.time import EpochMillis
from cloudops.correlation.decision import Decision
from cloudops.incidents.incident import IncidentStatus
from cloudops.incidents.scope_memory import ScopeMemory
from cloudops.incidents.store import IncidentQuery, IncidentStore
from cloudops.ingestion.ingest import Ingest
from cloudops.ingestion.quarantine import Quarantine, quarantine_item
from cloudops.ingestion.reading import Received
from cloudops.ingestion.reconciliation import Known, Listing, MissedReason, find_missed, known_alerts
from cloudops.sources.health import SourceHealth, SourceStore, after_failure, after_success


class PollResult(NamedTuple):
    """A listing, its unparsable parts, and the error that ended it early, or None."""

    listing: Listing
    unreadable: tuple[UnparsablePayload, ...] = ()
    error: CloudOpsError | None = None


class AlertSource(Protocol):
    """A source that lists its alerts."""

    @property
    def name(self) -> str: ...

    def listing(self, now: EpochMillis) -> PollResult:
        """Returns all alerts of the source. An error of the source is part of the result, with a partial
        list."""
        ...


INCIDENT_PAGE_SIZE: Final = 200
LIVE_STATUSES: Final = (IncidentStatus.OPEN, IncidentStatus.ACKNOWLEDGED)
"""Statuses of incidents whose alerts may have resolved unseen."""

Attribute = Callable[[Alert], Alert]
"""Returns the alert with the service, environment, region and account that the catalog assigns."""


@dataclass(frozen=True, slots=True)
class SourceResult:
    """The health of a source, the incidents of its firing and missed alerts, and their number."""

    health: SourceHealth
    incident_ids: tuple[IncidentId, ...] = ()
    accepted: int = 0


@dataclass(slots=True)
class _Taken:
    decisions: list[Decision] = field(default_factory=list)
    standing: list[IncidentId] = field(default_factory=list)
    failure: CloudOpsError | None = None


class PollSources:
    """Polls sources by name; `attribute` attributes an alert by the catalog, as for pushed alerts."""

    def __init__(
        self,
        sources: Sequence[AlertSource],
        store: IncidentStore,
        ingest: Ingest,
        quarantine: Quarantine,
        health: SourceStore,
        *,
        attribute: Attribute,
        start_timer: StartTimer,
    ) -> None:
        self._sources: Mapping[str, AlertSource] = {source.name: source for source in sources}
        self._store = store
        self._memory = ScopeMemory(store)
        self._ingest = ingest
        self._quarantine = quarantine
        self._health = health
        self._attribute = attribute
        self._start_timer = start_timer

    def parked_incidents(self) -> int:
        """Returns how many open incidents are parked in all scopes together."""
        return sum(one.parked_incidents for one in self._store.parked_counts())

    def poll(self, names: Sequence[str], now: EpochMillis) -> list[SourceResult]:
        """Returns one result for each source, in order; a failure of one does not affect the others."""
        if not names:
            return []
        before = self._health.health()
        return [
            self._pull(self._sources[name], before.get(name, SourceHealth(name=name)), now) for name in names
        ]

    def _pull(self, source: AlertSource, before: SourceHealth, now: EpochMillis) -> SourceResult:
        pulled = source.listing(now)
        taken, counts = self._take(pulled)
        error = pulled.error or taken.failure
        health = after_success(before, now, counts) if error is None else after_failure(before, now, error)
        self._health.keep_health(health)
        ids = [one.incident_id for one in taken.decisions if one.incident_id is not None]
        standing = dict.fromkeys([*ids, *taken.standing])
        return SourceResult(health, tuple(standing), len(taken.decisions) + len(taken.standing))

    def _take(self, pulled: PollResult) -> tuple[_Taken, dict[str, int]]:
        listing = pulled.listing
        named = tuple(self._attribute(alert) for alert in listing.alerts)
        known = self._known()
        found = find_missed(listing._replace(alerts=named), known)
        taken = self._place([one.alert for one in found])
        missed = {one.alert.fingerprint for one in found}
        taken.standing = [
            known[alert.fingerprint].incident_id
            for alert in named
            if alert.is_firing and alert.fingerprint in known.keys() - missed
        ]
        if pulled.unreadable:
            try:
                self._quarantine.put([quarantine_item(one) for one in pulled.unreadable])
            except CloudOpsError as error:
                taken.failure = taken.failure or error
        reasons = [one.reason for one in found]
        counts = {
            "listed": len(listing.alerts),
            "firing": sum(alert.is_firing for alert in listing.alerts),
            "missed": len(found),
            "closed": reasons.count(MissedReason.RESOLVED) + reasons.count(MissedReason.GONE),
            "unreadable": len(pulled.unreadable),
        }
        return taken, counts

    def _place(self, alerts: Sequence[Alert]) -> _Taken:
        if not alerts:
            return _Taken()
        received = [Received(alert.fingerprint, alert, alert.received_at) for alert in alerts]
        report = self._ingest.process(received, self._start_timer())
        taken = _Taken([decision for outcome in report.outcomes for decision in outcome.decisions])
        if report.failed:
            first = report.failed[0].errors[0]
            taken.failure = Unavailable(f"{len(report.failed)} alerts could not be stored: {first}")
        return taken

    def _known(self) -> dict[str, Known]:
        """Returns the known alerts of all scopes with live incidents, with those that are parked."""
        return known_alerts(self._memory.load_all(scope) for scope in self._scopes())

    def _scopes(self) -> Iterator[Scope]:
        seen: set[Scope] = set()
        for status in LIVE_STATUSES:
            cursor = None
            while True:
                page = self._store.browse(
                    IncidentQuery(status=status, limit=INCIDENT_PAGE_SIZE, cursor=cursor)
                )
                new = {incident.scope for incident in page.incidents} - seen
                seen |= new
                yield from sorted(new)
                cursor = page.cursor
                if cursor is None:
                    break
