"""How bad one alert is: what its source says, else its symptom and environment."""

from cloudops.domain.alert import Severity
from cloudops.domain.rulefile import SeverityTable
from cloudops.domain.suggestion import Symptom

_BY_RANK = tuple(Severity)


def severity_of(
    symptom: Symptom, environment: str, hint: Severity | None, hint_reason: str, table: SeverityTable
) -> tuple[Severity, str]:
    """The severity and the reason for it; `hint` is what the source says."""
    if hint is not None:
        return hint, f"{hint}: {hint_reason or 'as the source says'}"
    base = table.symptom.get(symptom, Severity.MEDIUM)
    step = table.environment.get(environment, 0)
    found = _BY_RANK[min(max(base.rank + step, 0), len(_BY_RANK) - 1)]
    return found, f"{found}: {symptom}{f' in {environment}' if step else ''}"
