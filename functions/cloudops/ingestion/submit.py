"""Synchronous ingestion: ingests alerts while the caller waits, and returns their incidents."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cloudops.core.errors import Unavailable, Unprocessable
from cloudops.core.retry import StartTimer
from cloudops.core.time import EpochMillis
from cloudops.incidents.incident import Incident
from cloudops.incidents.queries import IncidentQueries
from cloudops.ingestion.ingest import Ingest, Report
from cloudops.ingestion.quarantine import QuarantineItem
from cloudops.ingestion.reading import Received
from cloudops.sources.health import SourceKind, SourceSync, names_of

Demonstration = Callable[[EpochMillis], Sequence[bytes]]
"""Returns demo payloads at a time, for use without a connected source."""


@dataclass(frozen=True, slots=True)
class RejectedAlert:
    """An unparsable payload: its index in the request, and its quarantine item."""

    index: int
    item: QuarantineItem


@dataclass(frozen=True, slots=True)
class Submitted:
    """The result of a submission; `accepted` counts stored alerts, duplicates included."""

    incidents: tuple[Incident, ...]
    accepted: int
    refused: tuple[RejectedAlert, ...]
    report: Report


class SubmitAlerts:
    """Use case: synchronous ingestion."""

    def __init__(
        self,
        ingest: Ingest,
        browse: IncidentQueries,
        demonstration: Demonstration | None,
        sync: SourceSync,
        *,
        start_timer: StartTimer,
    ) -> None:
        """`start_timer` starts the time that a request may spend on scopes that others change concurrently.

        `demonstration` is None if a source is connected; `sync` polls the sources.
        """
        self._ingest = ingest
        self._browse = browse
        self._demonstration = demonstration
        self._sync = sync
        self._start_timer = start_timer

    def submit(self, payloads: Sequence[bytes], now: EpochMillis) -> Submitted:
        """Ingests payloads; without any, demo alerts, or the polled alerts if a source is connected.

        Raises:
            Unprocessable: No payload holds an alert.
            CloudOpsError: A part could not be stored; the caller may retry.
        """
        if not payloads:
            if self._demonstration is None:
                return self._poll(now)
            payloads = self._demonstration(now)
        return self.ingest([Received(f"alerts[{index}]", raw, now) for index, raw in enumerate(payloads)])

    def _poll(self, now: EpochMillis) -> Submitted:
        result = self._sync.sync(names_of(SourceKind.ALERTS), now)
        if result is None:
            raise Unavailable("source sync: the sources take longer than a request can wait")
        incidents = self._browse.standing(result.incident_ids)
        return Submitted(tuple(incidents), result.accepted, (), Report(()))

    def ingest(self, received: Sequence[Received]) -> Submitted:
        """Ingests at least one payload; an error names the `ref` of its payload."""
        report = self._ingest.process(received, self._start_timer())
        for outcome in report.failed:
            raise outcome.errors[0]
        refused = tuple(
            RejectedAlert(index, item)
            for index, outcome in enumerate(report.outcomes)
            for item in outcome.quarantined
        )
        if not report.alerts:
            reason = refused[0].item.unreadable.reason if refused else "it carries no alert"
            field = received[refused[0].index if refused else 0].ref
            raise Unprocessable(f"no alert could be read: {reason}", field=field)
        incidents = self._browse.standing(report.incident_ids)
        return Submitted(tuple(incidents), report.alerts, refused, report)
