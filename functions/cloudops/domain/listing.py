"""Which incidents a list shows, and which of an incident's alerts a page of its detail shows."""

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from msgspec.structs import replace

from cloudops.domain.cursor import cursor_at, position_of
from cloudops.domain.incident import Incident, IncidentAlert, IncidentStatus
from cloudops.domain.ports import IncidentQuery

AlertPosition: TypeAlias = tuple[int, str, str]
"""When it changed, its fingerprint and its episode."""


def matches(query: IncidentQuery, incident: Incident) -> bool:
    """Whether the query asks for this incident; text is found whatever its case."""
    text = query.text.casefold()
    return (
        incident.status is not IncidentStatus.MERGED
        and query.status in (None, incident.status)
        and query.severity in (None, incident.severity)
        and query.environment in ("", incident.scope.environment)
        and (not query.service or query.service in incident.services)
        and any(text in words.casefold() for words in (incident.title, *incident.services))
    )


def latest_states(rows: Iterable[IncidentAlert]) -> list[IncidentAlert]:
    """The latest state of each firing, newest first, counting its states; `rows` come as stored."""
    latest: dict[tuple[str, str], IncidentAlert] = {}
    for row in rows:
        firing = (row.alert.fingerprint, row.alert.episode)
        known = latest.get(firing)
        if known is None:
            latest[firing] = row
        else:
            newer = row if row.alert.occurred_at >= known.alert.occurred_at else known
            latest[firing] = replace(newer, count=known.count + 1)
    return sorted(latest.values(), key=_position, reverse=True)


def alert_page(
    alerts: Sequence[IncidentAlert], cursor: str | None, limit: int
) -> tuple[tuple[IncidentAlert, ...], str | None]:
    """At most `limit` of the alerts, newest first, that come after the cursor; and the next cursor."""
    if cursor is not None:
        last = position_of(cursor, tuple[int, str, str])
        alerts = [one for one in alerts if _position(one) < last]
    page = tuple(alerts[:limit])
    return page, cursor_at(_position(page[-1])) if len(alerts) > limit else None


def _position(row: IncidentAlert) -> AlertPosition:
    return row.alert.occurred_at, row.alert.fingerprint, row.alert.episode
