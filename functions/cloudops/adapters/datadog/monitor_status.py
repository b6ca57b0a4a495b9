"""Alert status and severity by the transition, type and title of a Datadog message."""

import re
from typing import Final

from cloudops.adapters.parsing.severities import parse_severity
from cloudops.alerts.alert import AlertStatus, Severity

TRANSITION_STATUSES: Final = {
    spelling: status
    for status, names in {
        AlertStatus.FIRING: "Triggered,Re-Triggered,Retriggered,Alert,Warn,Warning,Re-Warn,Renotify,Muted",
        AlertStatus.NO_DATA: "No Data,No data,NoData,Re-No Data",
        AlertStatus.RESOLVED: "Recovered,Recovery,OK,Ok,Resolved",
    }.items()
    for name in names.split(",")
    for spelling in (name, name.lower())
}
"""Status by $ALERT_TRANSITION, transition.trans_name or states.dest_state."""

TYPE_STATUSES: Final = {
    "error": AlertStatus.FIRING,
    "warning": AlertStatus.FIRING,
    "info": AlertStatus.FIRING,
    "success": AlertStatus.RESOLVED,
}
"""Status by $ALERT_TYPE, if the message has no transition."""

_WARN: Final = frozenset({"warn", "re-warn", "warning"})
PRIORITY: Final = re.compile(r"[Pp]?[1-5]")
PREFIX: Final = re.compile(r"(?:\[P[1-5]\] )?\[((?:Re-)?[A-Za-z ]{2,12}?)(?: on \{([^{}]{1,1000})\})?\]\s*")
"""The prefix of a title, "[P2] [Triggered on {host:a}] ". The groups are the state and the scope."""


def transition_status(transition: str, alert_type: str, title: str) -> AlertStatus | None:
    """Returns the status by the transition, else by the type, else by the title; None if unknown.

    "Recovered from No Data" is a recovery, like every other transition that begins so."""
    if transition:
        word = transition.strip().lower()
        return AlertStatus.RESOLVED if word.startswith("recovered") else TRANSITION_STATUSES.get(word)
    if status := TYPE_STATUSES.get(alert_type.lower()):
        return status
    prefix = PREFIX.match(title[:1_100])
    return TRANSITION_STATUSES.get(prefix.group(1).lower()) if prefix else None


def unknown_status(transition: str) -> str:
    """Returns the reason for the quarantine if the status is unknown."""
    if transition:
        return f"alert_transition is {transition[:40]!r}, which is no transition of a monitor"
    return "alert_transition is missing, and neither alert_type nor the title shows the state"


def transition_severity(transition: str, alert_type: str, title: str) -> tuple[Severity | None, str]:
    """Returns severity and reason by the message, for a monitor that declares no severity."""
    if PRIORITY.fullmatch(title[1:3]) and title[3:4] == "]":
        return parse_severity(title[1:3]), f"title {title[:4]}"
    if transition.lower() in _WARN:
        return Severity.MEDIUM, f"transition {transition}"
    match alert_type.lower():
        case "warning":
            return Severity.MEDIUM, "alert_type warning"
        case "error":
            return Severity.HIGH, "alert_type error"
        case _:
            return None, ""
