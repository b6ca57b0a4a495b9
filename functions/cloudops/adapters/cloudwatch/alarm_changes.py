"""What a CloudWatch Alarm Configuration Change tells: who changed what the alarm rings at."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from cloudops.adapters.cloudwatch.events import read_event
from cloudops.adapters.parsing.lenient_json import as_text
from cloudops.alerts.alert import Alert
from cloudops.changes.change import ChangeKind, ChangeState
from cloudops.core.ids import stable_id
from cloudops.core.time import EpochMillis

DETAIL_TYPE: Final = "CloudWatch Alarm Configuration Change"
OPERATIONS: Final = frozenset({"create", "update"})
"""An alarm that is deleted rings no more."""

WATCHED: Final = (
    "threshold",
    "comparisonOperator",
    "evaluationPeriods",
    "datapointsToAlarm",
    "treatMissingData",
    "alarmRule",
)
"""Of the configuration: what decides when the alarm rings."""


def told(event: Mapping[str, Any], received_at: EpochMillis) -> dict[str, Any] | None:
    """The fields of a Change that the event gives (Any: as Change has them); None where it says nothing.

    The alarm is read as its own alerts are, so that service and fingerprint are the same."""
    detail = event.get("detail")
    if not isinstance(detail, Mapping) or detail.get("operation") not in OPERATIONS:
        return None
    ringing = {
        **event,
        "detail-type": "CloudWatch Alarm State Change",
        "detail": {**detail, "state": {"value": "ALARM"}},
    }
    alert = read_event(msgspec.json.encode(ringing), received_at)
    if not isinstance(alert, Alert):
        return None
    return {
        "id": stable_id("alarm", str(event.get("id")), alert.fingerprint),
        "kind": ChangeKind.ALARM,
        "state": ChangeState.SUCCEEDED,
        "title": f"Alarm {alert.title} {detail['operation']}d",
        "service": alert.service,
        "service_reason": alert.service_reason,
        "environment": alert.environment,
        "resources": alert.resources,
        "detail": _difference(detail),
        "fingerprint": alert.fingerprint,
    }


def _difference(detail: Mapping[str, Any]) -> str:
    """ "threshold 25.0 to 50.0"; empty for a new alarm."""
    before, after = detail.get("previousConfiguration"), detail.get("configuration")
    if not isinstance(before, Mapping) or not isinstance(after, Mapping):
        return ""
    pairs = ((key, as_text(before.get(key)), as_text(after.get(key))) for key in WATCHED)
    return ", ".join(f"{key} {old or 'none'} to {new or 'none'}" for key, old, new in pairs if old != new)
