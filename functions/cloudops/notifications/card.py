"""The incident card: what a notification shows of an incident, as sanitized text of bounded length."""

import re
from typing import Final

import msgspec

from cloudops.alerts.alert import Severity
from cloudops.core.ids import IncidentId, SuggestionId
from cloudops.core.taxonomy import Action
from cloudops.core.text import clean_line
from cloudops.core.time import EpochMillis
from cloudops.correlation.state import Resolution
from cloudops.incidents.incident import Incident, IncidentStatus
from cloudops.incidents.suggestion import ActionSuggestion

TITLE_LENGTH: Final = 140
NAME_LENGTH: Final = 80
LINE_LENGTH: Final = 240
"""Characters of a title, a name, and any other line. A message with all of them stays below 12,000."""
MAX_CARD_EVIDENCE: Final = 3
MAX_SUGGESTIONS: Final = 3

ACTIONS: Final = {
    Action.RESTART_PODS: "Restart",
    Action.ROLLBACK: "Roll back",
    Action.SCALE_SERVICE: "Scale",
    Action.NOOP: "Do nothing",
}

"""Control characters, and invisible characters that reverse or hide the text beside them."""


class ProbableCause(msgspec.Struct, frozen=True):
    """The most likely root cause; `score` is from 0 to 1."""

    service: str
    score: float
    evidence: tuple[str, ...]


class SuggestionSummary(msgspec.Struct, frozen=True, kw_only=True):
    """A suggestion as text; `confidence` and `low`, its 10th percentile, are from 0 to 1.

    `executable` is False for `noop` and for an action without a service.
    """

    id: SuggestionId
    what: str
    confidence: float
    low: float | None
    votes: int
    outcomes: int
    why: str
    executable: bool


class IncidentCard(msgspec.Struct, frozen=True, kw_only=True):
    """An incident as a notification shows it.

    `state` is the status as text, with the person if known. `progress` is the latest timeline text of an
    execution, or empty. `source` is a link to the alert source, or empty. Times are in milliseconds
    since 1970."""

    incident_id: IncidentId
    severity: Severity
    status: IncidentStatus
    state: str
    title: str
    service: str
    environment: str
    place: str
    opened_at: EpochMillis
    over_at: EpochMillis | None
    alerts: int
    firing: int
    muted: int
    cause: ProbableCause | None
    suggestions: tuple[SuggestionSummary, ...]
    progress: str
    source: str


def incident_card(incident: Incident, progress: str = "") -> IncidentCard:
    """Returns the card of an incident, whose texts are sanitized and cut to their limits."""
    cause = incident.causes[0] if incident.causes else None
    service = cause.service if cause else next(iter(incident.services), "")
    evidence = (
        [sanitize_line(one, LINE_LENGTH) for one in cause.evidence[:MAX_CARD_EVIDENCE]] if cause else []
    )
    return IncidentCard(
        incident_id=incident.id,
        severity=incident.severity,
        status=incident.status,
        state=_state(incident),
        title=sanitize_line(incident.title, TITLE_LENGTH),
        service=sanitize_line(service, NAME_LENGTH),
        environment=sanitize_line(incident.scope.environment, NAME_LENGTH),
        place=sanitize_line(
            " ".join(filter(None, (incident.scope.account, incident.scope.region))), NAME_LENGTH
        ),
        opened_at=incident.opened_at,
        over_at=incident.resolved_at,
        alerts=incident.alert_count,
        firing=incident.firing_count,
        muted=incident.muted_count,
        cause=ProbableCause(sanitize_line(cause.service, NAME_LENGTH), cause.score, tuple(evidence))
        if cause
        else None,
        suggestions=tuple(_summary(one) for one in incident.suggestions[:MAX_SUGGESTIONS]),
        progress=sanitize_line(progress, LINE_LENGTH),
        source=incident.url if _LINK.fullmatch(incident.url) else "",
    )


_LINK: Final = re.compile(r"https?://[^\s<>|]{1,1900}")


def sanitize_line(text: str, limit: int) -> str:
    """Returns the text as one line of at most `limit` characters, without control or invisible characters."""
    line = " ".join(clean_line(text[: 4 * limit]).split())
    return line if len(line) <= limit else f"{line[: limit - 1].rstrip()}…"


_RESOLVED: Final = {
    Resolution.BY_SOURCE: "Resolved: every alert has resolved",
    Resolution.GONE: "Resolved: an alert no longer exists in its source",
    Resolution.MOVED: "Resolved: an alert fires in another incident",
    Resolution.BY_PERSON: "Resolved by a person",
}


def _state(incident: Incident) -> str:
    match incident.status:
        case IncidentStatus.ACKNOWLEDGED:
            return f"Acknowledged by {sanitize_line(incident.acknowledged_by, NAME_LENGTH)}"
        case IncidentStatus.RESOLVED if incident.resolved_by:
            return f"Resolved by {sanitize_line(incident.resolved_by, NAME_LENGTH)}"
        case IncidentStatus.RESOLVED if incident.resolution:
            return _RESOLVED[incident.resolution]
        case IncidentStatus.RESOLVED:
            return "Resolved"
        case IncidentStatus.MERGED:
            return f"Part of {incident.merged_into}"
        case _:
            return "Open: not acknowledged yet"


def _summary(suggestion: ActionSuggestion) -> SuggestionSummary:
    service = sanitize_line(suggestion.service, NAME_LENGTH)
    acts = suggestion.action is not Action.NOOP
    return SuggestionSummary(
        id=suggestion.id,
        what=f"{ACTIONS[suggestion.action]} {service}".strip() if acts else ACTIONS[suggestion.action],
        confidence=suggestion.confidence,
        low=suggestion.confidence_low,
        votes=suggestion.votes,
        outcomes=suggestion.outcomes,
        why=sanitize_line(suggestion.rationale or "; ".join(suggestion.evidence), LINE_LENGTH),
        executable=acts and bool(service),
    )
