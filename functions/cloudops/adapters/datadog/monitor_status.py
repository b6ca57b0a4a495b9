"""What the words of a Datadog message say of a monitor's state, and how bad it is."""

import re
from typing import Final

from cloudops.adapters.parsing.severities import severity_of
from cloudops.alerts.alert import AlertStatus, Severity

STATUSES: Final = {
    spelling: status
    for status, names in {
        AlertStatus.FIRING: "Triggered,Re-Triggered,Retriggered,Alert,Warn,Warning,Re-Warn,Renotify,Muted",
        AlertStatus.NO_DATA: "No Data,No data,NoData,Re-No Data",
        AlertStatus.RESOLVED: "Recovered,Recovery,OK,Ok,Resolved",
    }.items()
    for name in names.split(",")
    for spelling in (name, name.lower())
}
"""$ALERT_TRANSITION, transition.trans_name and states.dest_state."""

TYPE_STATUSES: Final = {
    "error": AlertStatus.FIRING,
    "warning": AlertStatus.FIRING,
    "info": AlertStatus.FIRING,
    "success": AlertStatus.RESOLVED,
}
"""$ALERT_TYPE, where no transition is told."""

_WARN: Final = frozenset({"warn", "re-warn", "warning"})
PRIORITY: Final = re.compile(r"[Pp]?[1-5]")
PREFIX: Final = re.compile(r"(?:\[P[1-5]\] )?\[((?:Re-)?[A-Za-z ]{2,12}?)(?: on \{([^{}]{1,1000})\})?\]\s*")
"""How Datadog begins a title: "[P2] [Triggered on {host:a}] "; the groups are the state and the scope."""


def told_status(transition: str, alert_type: str, title: str) -> AlertStatus | None:
    """The status, however it is told; the title only where neither transition nor type is there."""
    if transition:
        return STATUSES.get(transition.strip().lower())
    if status := TYPE_STATUSES.get(alert_type.lower()):
        return status
    prefix = PREFIX.match(title[:1_100])
    return STATUSES.get(prefix.group(1).lower()) if prefix else None


def unknown_status(transition: str) -> str:
    """Why there is no status, for the quarantine."""
    if transition:
        return f"alert_transition is {transition[:40]!r}, which is no transition of a monitor"
    return "alert_transition is missing, and neither alert_type nor the title tells the state"


def told_severity(transition: str, alert_type: str, title: str) -> tuple[Severity | None, str]:
    """The severity and what told it, for a monitor that declares none."""
    if PRIORITY.fullmatch(title[1:3]) and title[3:4] == "]":
        return severity_of(title[1:3]), f"title {title[:4]}"
    if transition.lower() in _WARN:
        return Severity.MEDIUM, f"transition {transition}"
    match alert_type.lower():
        case "warning":
            return Severity.MEDIUM, "alert_type warning"
        case "error":
            return Severity.HIGH, "alert_type error"
        case _:
            return None, ""
