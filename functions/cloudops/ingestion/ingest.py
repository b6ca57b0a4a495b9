"""Takes raw payloads in: alerts go into incidents, changes to the changes, the unreadable to quarantine."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from cloudops.alerts.alert import Alert, UnparsablePayload
from cloudops.changes.change import Change
from cloudops.changes.service import RecordChanges
from cloudops.core.errors import CloudOpsError, WriteConflict
from cloudops.core.ids import IncidentId
from cloudops.core.retry import TimeLeft
from cloudops.core.time import EpochMillis
from cloudops.correlation.decision import Decision, DecisionKind
from cloudops.incidents.alert_processor import AlertProcessor
from cloudops.ingestion.quarantine import Quarantine, QuarantineItem, quarantine_item

Reader = Callable[[bytes | str, EpochMillis], list[Alert | UnparsablePayload]]
"""Never raises: what it cannot read comes back as Unreadable."""
ChangeReader = Callable[[bytes | str, EpochMillis], list[Change]]
"""Never raises: what is no change is none."""


@dataclass(frozen=True, slots=True)
class Received:
    """A payload as it came; `ref` is the caller's name for it, such as a message id."""

    ref: str
    raw: bytes | str
    received_at: EpochMillis


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one payload: a decision an alert, an item an unreadable one, or changes. `errors` say
    why part of it is not stored, so that the payload must come again."""

    ref: str
    decisions: tuple[Decision, ...] = ()
    quarantined: tuple[QuarantineItem, ...] = ()
    changes: tuple[Change, ...] = ()
    errors: tuple[Exception, ...] = ()

    @property
    def lost_race(self) -> bool:
        """Whether it failed only because others changed its scope first: nothing is wrong with it."""
        return bool(self.errors) and all(isinstance(error, WriteConflict) for error in self.errors)


@dataclass(frozen=True, slots=True)
class Report:
    """One outcome a payload, in the order of the payloads; `conflicts` counts lost races for a scope."""

    outcomes: tuple[Outcome, ...]
    conflicts: int = 0

    def count(self, kind: DecisionKind) -> int:
        return sum(decision.kind is kind for outcome in self.outcomes for decision in outcome.decisions)

    @property
    def alerts(self) -> int:
        return sum(len(outcome.decisions) for outcome in self.outcomes)

    @property
    def quarantined(self) -> int:
        return sum(len(outcome.quarantined) for outcome in self.outcomes)

    @property
    def changes(self) -> int:
        return sum(len(outcome.changes) for outcome in self.outcomes)

    @property
    def failed(self) -> tuple[Outcome, ...]:
        return tuple(outcome for outcome in self.outcomes if outcome.errors)

    @property
    def incident_ids(self) -> tuple[IncidentId, ...]:
        """The incidents that the alerts went to, each once, in the order of the alerts."""
        ids = (decision.incident_id for outcome in self.outcomes for decision in outcome.decisions)
        return tuple(dict.fromkeys(one for one in ids if one is not None))


class Ingest:
    def __init__(
        self,
        read: Reader,
        placement: AlertProcessor,
        quarantine: Quarantine,
        *,
        read_changes: ChangeReader,
        take_changes: RecordChanges,
    ) -> None:
        self._read = read
        self._placement = placement
        self._quarantine = quarantine
        self._read_changes = read_changes
        self._take_changes = take_changes

    def process(self, payloads: Sequence[Received], time_left: TimeLeft) -> Report:
        """One outcome a payload, in order. Raises nothing that concerns one payload alone; taking the
        same payload again changes nothing that is stored already. A scope that others change meanwhile
        is tried again until no time is left."""
        readings = [self._read(payload.raw, payload.received_at) for payload in payloads]
        changes = [() if some else self._changes(one) for some, one in zip(readings, payloads, strict=True)]
        items = [
            tuple(quarantine_item(one) for one in some if isinstance(one, UnparsablePayload))
            for some in readings
        ]
        alerts = [(at, one) for at, some in enumerate(readings) for one in some if isinstance(one, Alert)]
        # Changes first: an alert of the same batch may be the effect of one of them.
        untold = _error(lambda: self._take_changes.record([one for some in changes for one in some]))
        placements = self._placement.process([alert for _, alert in alerts], time_left)
        refused = self._keep({item.id: item for some in items for item in some}.values())
        decisions: list[list[Decision]] = [[] for _ in payloads]
        errors: list[list[Exception]] = [
            [one for one in (refused if some else None, untold if told else None) if one]
            for some, told in zip(items, changes, strict=True)
        ]
        for position, (at, _) in enumerate(alerts):
            if position in placements.decisions:
                decisions[at].append(placements.decisions[position])
            else:
                errors[at].append(placements.failures[position])
        outcomes = tuple(
            Outcome(payload.ref, tuple(decisions[at]), items[at], changes[at], tuple(errors[at]))
            for at, payload in enumerate(payloads)
        )
        return Report(outcomes, placements.conflicts)

    def _changes(self, payload: Received) -> tuple[Change, ...]:
        """Asked only where a payload carries no alert by design."""
        return tuple(self._read_changes(payload.raw, payload.received_at))

    def _keep(self, items: Collection[QuarantineItem]) -> CloudOpsError | None:
        """Why the items are not kept, or None when they are."""
        return _error(lambda: self._quarantine.put(tuple(items))) if items else None


def _error(act: Callable[[], object]) -> CloudOpsError | None:
    """What the store raises, or None where it is done."""
    try:
        act()
    except CloudOpsError as error:
        return error
    return None
