"""How bad one alert is: what its source says, else its symptom and environment."""

from cloudops.domain.alert import Alert, Severity
from cloudops.domain.rulefile import SeverityTable
from cloudops.domain.suggestion import Symptom

_BY_RANK = tuple(Severity)


def severity_of(alert: Alert, symptom: Symptom, table: SeverityTable) -> tuple[Severity, str]:
    """The severity and the reason for it."""
    if alert.informational:
        return Severity.LOW, "low: informational"
    if alert.severity is not None:
        return alert.severity, f"{alert.severity}: {alert.severity_reason or 'as the source says'}"
    base = table.symptom.get(symptom, Severity.MEDIUM)
    step = table.environment.get(alert.environment, 0)
    found = _BY_RANK[min(max(base.rank + step, 0), len(_BY_RANK) - 1)]
    place = f" in {alert.environment}" if step else ""
    return found, f"{found}: {symptom}{place}"
