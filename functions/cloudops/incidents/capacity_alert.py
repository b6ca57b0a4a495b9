"""CloudOps' own alert about a scope with more open incidents than correlation holds."""

from typing import Final

from cloudops.alerts.alert import Alert, AlertStatus, Severity
from cloudops.analysis.classifier import no_action
from cloudops.analysis.model import Analysis
from cloudops.core.taxonomy import Symptom
from cloudops.core.time import EpochMillis
from cloudops.correlation.decision import ClassifiedAlert
from cloudops.correlation.incoming_alert import CLOUDOPS_COMPONENT
from cloudops.correlation.parking import capacity_fingerprint
from cloudops.correlation.state import ScopeState

SOURCE: Final = "cloudops"
_WHAT_TO_DO: Final = (
    "Parked incidents stay open, and their own alerts still reach them; new alerts do not join them. Resolve"
    " or silence what is known, and remove alarms that stay in ALARM for good."
)


def capacity_alert(state: ScopeState, now: EpochMillis) -> ClassifiedAlert | None:
    """Returns the alert that a scope has begun or ceased to park open incidents, or None if it has not.

    It becomes an incident like any other, so that people are notified once each time. An incident that a
    person resolves stays so until the scope has emptied and fills again.

    Args:
        state: The scope as stored.
        now: The time of receipt of the present batch.
    """
    count = state.parked.incidents
    if bool(count) == state.parked.reported:
        return None
    scope = state.scope
    title = f"CloudOps no longer correlates all open incidents of {scope}"
    alert = Alert(
        source=SOURCE,
        fingerprint=capacity_fingerprint(scope),
        status=AlertStatus.FIRING if count else AlertStatus.RESOLVED,
        occurred_at=now,
        received_at=now,
        title=title,
        message=f"{count} incidents are parked. {_WHAT_TO_DO}" if count else "No incident is parked.",
        account=scope.account,
        environment=scope.environment,
        region=scope.region,
        service=SOURCE,
        service_reason="raised by CloudOps itself",
        severity=Severity.HIGH,
    )
    analysis = Analysis(
        Symptom.OTHER, Severity.HIGH, title, no_action(_WHAT_TO_DO), component=CLOUDOPS_COMPONENT
    )
    return ClassifiedAlert(alert, analysis)
