"""Reads the change in a CloudWatch Alarm Configuration Change event."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from cloudops.adapters.cloudwatch.events import read_state_change
from cloudops.adapters.parsing.lenient_json import as_text
from cloudops.alerts.alert import Alert
from cloudops.changes.change import ChangeKind, ChangeState
from cloudops.core.ids import stable_id
from cloudops.core.time import EpochMillis

OPERATIONS: Final = frozenset({"create", "update"})
"""A deleted alarm no longer fires, so that its deletion explains no alert."""

COMPARED_FIELDS: Final = (
    "threshold",
    "comparisonOperator",
    "evaluationPeriods",
    "datapointsToAlarm",
    "treatMissingData",
    "alarmRule",
)
"""Fields of the configuration that decide when the alarm fires."""


def change_fields(event: Mapping[str, Any], received_at: EpochMillis) -> dict[str, Any] | None:
    """Returns the fields of a Change (Any: as Change has them), or None if the event reports no change.

    The reader of alerts reads the alarm, so that service and fingerprint equal those of its alerts.
    """
    detail = event.get("detail")
    if not isinstance(detail, Mapping) or detail.get("operation") not in OPERATIONS:
        return None
    firing_event = {
        **event,
        "detail-type": "CloudWatch Alarm State Change",
        "detail": {**detail, "state": {"value": "ALARM"}},
    }
    alert = read_state_change(msgspec.json.encode(firing_event), received_at)
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
    pairs = ((key, as_text(before.get(key)), as_text(after.get(key))) for key in COMPARED_FIELDS)
    return ", ".join(f"{key} {old or 'none'} to {new or 'none'}" for key, old, new in pairs if old != new)
