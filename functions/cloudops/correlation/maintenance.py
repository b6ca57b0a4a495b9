"""Reads the maintenance window of an alert, and the machine that it is about."""

from functools import lru_cache
from typing import Final

from cloudops.alerts.alert import Alert
from cloudops.silences.silence import BY_PERSON

WINDOW_KEYS: Final = frozenset(
    {"maintenance", "maintenancewindow", "maintenanceid", "maintenancewindowid", "plannedmaintenance",
     "downtime", "downtimeid", "changewindow", "changeid", "changerequest", "changeticket"}
)  # fmt: skip
"""Labels that mark an alert as an effect of planned work, lower case and without punctuation."""
NOT_PLANNED: Final = frozenset({"", "false", "no", "none", "0", "off", "n/a"})
"""Values of such a label that deny planned work."""
MACHINES: Final = ("node:", "instance:", "host:")
"""Kinds of machines, the one that people drain or patch first. `host:` is last: it may name the pod
itself."""


def maintenance_window(alert: Alert) -> str:
    """Returns "maintenance:NAME" if a label or a named mute rule of the source marks the alert, else
    ""."""
    for key, value in alert.labels.items():
        if _is_window_label(key) and value.strip().lower() not in NOT_PLANNED:
            return f"maintenance:{value.strip()[:64]}"
    return f"maintenance:{_mute_rule(alert.muted)}" if _is_muted_by_rule(alert.muted) else ""


def _is_muted_by_rule(muted: str) -> bool:
    """Returns whether a rule of the source mutes the alert; a person's comment may hold an ARN too."""
    return "arn:" in muted and not muted.startswith(BY_PERSON)


def _mute_rule(muted: str) -> str:
    return next(word for word in muted.split() if "arn:" in word)[:256]


def machine_of(alert: Alert) -> str:
    """Returns the machine that the alert is about, as "kind:name", or ""."""
    machines = [resource for resource in alert.resources if resource.startswith(MACHINES)]
    return min(machines, key=_rank) if machines else ""


def _rank(machine: str) -> int:
    return MACHINES.index(machine[: machine.index(":") + 1])


@lru_cache(maxsize=4096)
def _is_window_label(key: str) -> bool:
    return "".join(filter(str.isalnum, key[:64])).lower() in WINDOW_KEYS
