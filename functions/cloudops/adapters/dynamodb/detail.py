"""One incident with everything on it: its partition, and those of the incidents that it absorbed."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from cloudops.adapters.dynamodb import keys
from cloudops.adapters.dynamodb.codec import unpack
from cloudops.adapters.dynamodb.commit import Log
from cloudops.adapters.dynamodb.errors import store_errors
from cloudops.adapters.dynamodb.feedback import Ballot
from cloudops.adapters.dynamodb.row import Row, Rows
from cloudops.domain.errors import NotFound
from cloudops.domain.incident import Incident, IncidentAlert, IncidentDetail, TimelineEntry
from cloudops.domain.listing import alert_page, latest_states
from cloudops.domain.suggestion import Feedback


@dataclass(slots=True)
class _Partition:
    """What was read so far; alerts and timeline by id, for an absorbed incident may tell of the same."""

    incident: Incident | None = None
    alerts: list[IncidentAlert] = field(default_factory=list)
    feedback: list[Feedback] = field(default_factory=list)
    timeline: dict[str, TimelineEntry] = field(default_factory=dict)

    def add(self, row: Row) -> None:
        if row.sk == keys.RECORD:
            self.incident = self.incident or unpack(Incident, row.body)
        elif row.sk.startswith(keys.LOG):
            log = unpack(Log, row.body)
            self.alerts.extend(log.alerts)
            self.timeline.update((entry.id, entry) for entry in log.timeline)
        elif row.sk.startswith(keys.TIMELINE):
            entry = unpack(TimelineEntry, row.body)
            self.timeline[entry.id] = entry
        elif row.sk.startswith(keys.VOTE):
            self.feedback.append(unpack(Ballot, row.body).feedback)


def read_detail(rows: Rows, incident_id: str, cursor: str | None, limit: int) -> IncidentDetail:
    """One query, and one for each incident that it absorbed."""
    read = _Partition()
    _read(rows, incident_id, read)
    incident = read.incident
    if incident is None:
        raise NotFound(f"incident {incident_id}: not found")
    for absorbed in incident.merged_from:
        _read(rows, absorbed, read)
    alerts, following = alert_page(latest_states(read.alerts), cursor, limit)
    return IncidentDetail(
        incident=incident,
        alerts=alerts,
        feedback=tuple(sorted(read.feedback, key=lambda one: (one.created_at, one.id))),
        timeline=tuple(sorted(read.timeline.values(), key=lambda one: (one.at, one.id))),
        cursor=following,
    )


def _read(rows: Rows, incident_id: str, into: _Partition) -> None:
    with store_errors(f"read incident {incident_id}"):
        found: Iterable[Row] = rows.query(keys.incident(incident_id).pk, consistent_read=True)
        for row in found:
            into.add(row)
