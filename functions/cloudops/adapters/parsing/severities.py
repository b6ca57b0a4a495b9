"""Maps the severity words of alert sources to Severity."""

from collections.abc import Mapping
from typing import Final

from cloudops.alerts.alert import Severity

SEVERITY_WORDS: Final[dict[str, Severity]] = {
    word: severity
    for severity, words in {
        Severity.CRITICAL: "critical crit p1 p0 sev0 sev1 1 page emergency emerg fatal disaster alert",
        Severity.HIGH: "high error err p2 sev2 2 major urgent severe",
        Severity.MEDIUM: "medium warning warn p3 sev3 3 minor moderate average",
        Severity.LOW: "low info informational information notice p4 p5 sev4 sev5 4 5 none debug ok",
    }.items()
    for word in words.split()
}

SEVERITY_KEYS: Final = (
    "severity",
    "Severity",
    "priority",
    "Priority",
    "alert_severity",
    "criticality",
    "level",
)
"""Tags and labels that hold a severity; the first that is present wins."""


def parse_severity(word: str) -> Severity | None:
    """Returns the severity for a word of a source, or None if the word is unknown."""
    return SEVERITY_WORDS.get(word[:32].strip().lower().replace("-", ""))


def labeled_severity(labels: Mapping[str, str]) -> tuple[Severity | None, str]:
    """Returns the severity in tags or labels and the key that holds it; None and "" if none does."""
    for key in SEVERITY_KEYS:
        if (word := labels.get(key)) and (severity := parse_severity(word)):
            return severity, key
    return None, ""
