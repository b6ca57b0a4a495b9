"""What a batch adds to an incident's timeline."""

from collections.abc import Sequence

from cloudops.domain.alert import digest
from cloudops.domain.decision import DecisionKind, Placed
from cloudops.domain.incident import Incident, TimelineEntry, TimelineKind


def entries_of(before: Incident | None, after: Incident, items: Sequence[Placed]) -> list[TimelineEntry]:
    """At most a handful a batch, however many alerts it brought."""
    entries = []
    if before is None:
        text = f"Opened by {items[0][0].analysis.title}"
        entries.append(entry(after.id, TimelineKind.OPENED, after.opened_at, text))
    joined = [(item, one) for item, one in items if one.kind is DecisionKind.JOINED]
    if joined:
        head, decision = joined[0]
        text = f"{head.analysis.title} joined: {'; '.join(decision.evidence) or decision.reason}"
        if len(joined) > 1:
            text = f"{len(joined)} alerts joined, first {text}"
        entries.append(entry(after.id, TimelineKind.ALERT, head.alert.occurred_at, text))
    for item, decision in items:
        if decision.kind is DecisionKind.REOPENED:
            entries.append(
                entry(
                    after.id,
                    TimelineKind.REOPENED,
                    item.alert.occurred_at,
                    f"{item.analysis.title} fires again",
                )
            )
        entries.extend(
            entry(after.id, TimelineKind.MERGED, item.alert.occurred_at, f"Absorbed {name}")
            for name in decision.absorbed
        )
    if before is not None and after.severity.rank > before.severity.rank:
        text = f"Severity raised from {before.severity} to {after.severity}"
        entries.append(entry(after.id, TimelineKind.SEVERITY, after.updated_at, text))
    if after.resolved_at is not None and (before is None or before.resolved_at != after.resolved_at):
        entries.append(entry(after.id, TimelineKind.RESOLVED, after.resolved_at, "Every alert has cleared"))
    return entries


def entry(incident: str, kind: TimelineKind, at: int, text: str) -> TimelineEntry:
    return TimelineEntry(
        id="tl_" + digest(incident, kind, str(at), text), incident_id=incident, at=at, kind=kind, text=text
    )
