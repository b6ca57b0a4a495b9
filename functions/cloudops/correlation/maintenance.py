"""Planned work: the window that an alert says it happens in, and the machine that is worked on."""

from functools import lru_cache
from typing import Final

from cloudops.alerts.alert import Alert
from cloudops.silences.silence import BY_PERSON

WINDOW_KEYS: Final = frozenset(
    {"maintenance", "maintenancewindow", "maintenanceid", "maintenancewindowid", "plannedmaintenance",
     "downtime", "downtimeid", "changewindow", "changeid", "changerequest", "changeticket"}
)  # fmt: skip
"""Labels by which people mark what a planned change brings about."""
NOT_PLANNED: Final = frozenset({"", "false", "no", "none", "0", "off", "n/a"})
MACHINES: Final = ("node:", "instance:", "host:")
"""Kinds of machines, the one that is drained or patched first; a pod's host name may be the pod's own."""


def maintenance_window(alert: Alert) -> str:
    """ "maintenance:NAME" where the alert is marked as part of planned work, or muted by a named rule of
    its source; else empty."""
    for key, value in alert.labels.items():
        if _marks_work(key) and value.strip().lower() not in NOT_PLANNED:
            return f"maintenance:{value.strip()[:64]}"
    return f"maintenance:{_rule_of(alert.muted)}" if _by_rule(alert.muted) else ""


def _by_rule(muted: str) -> bool:
    """Whether a rule of the source mutes it, and not a person whose words happen to hold an ARN."""
    return "arn:" in muted and not muted.startswith(BY_PERSON)


def _rule_of(muted: str) -> str:
    return next(word for word in muted.split() if "arn:" in word)[:256]


def machine_of(alert: Alert) -> str:
    """The machine that the alert is about, as "kind:name", or empty."""
    named = [resource for resource in alert.resources if resource.startswith(MACHINES)]
    return min(named, key=_rank) if named else ""


def _rank(machine: str) -> int:
    return MACHINES.index(machine[: machine.index(":") + 1])


@lru_cache(maxsize=4096)
def _marks_work(key: str) -> bool:
    return "".join(filter(str.isalnum, key[:64])).lower() in WINDOW_KEYS
