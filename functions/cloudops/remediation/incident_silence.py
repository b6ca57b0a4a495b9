"""Decides whether a silence covers an incident: then CloudOps does not act on it by itself."""

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from cloudops.alerts.alert import Alert
from cloudops.core.time import EpochMillis
from cloudops.incidents.incident import IncidentAlert
from cloudops.silences.matching import mute_reason
from cloudops.silences.silence import BY_PERSON, Silence


def covering_silence(alerts: Iterable[IncidentAlert], silences: Sequence[Silence], now: EpochMillis) -> str:
    """Returns the reason of the silence that covers the incident now, or "".

    A silence covers an incident if it matches one of its firing alerts, or if the source itself mutes one: a
    person knows about a part of the incident, and has asked not to be called for it. What counts is the
    silences that are active now, not those that were when the alert was received.

    Args:
        alerts: The alerts of the incident, in their latest state.
        silences: Every stored silence.
        now: The time of the decision.
    """
    for one in alerts:
        if one.alert.is_firing and (mute := mute_reason(_as_reported(one.alert), silences, now)):
            return mute.reason
    return ""


def _as_reported(alert: Alert) -> Alert:
    """Returns the alert without the mark of a silence that was active when it was received."""
    return replace(alert, muted="") if alert.muted.startswith(BY_PERSON) else alert
