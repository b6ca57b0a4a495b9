"""Datadog monitors as monitor search lists them, into the alerts that their webhooks would have become."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar, Final, Protocol, TypeAlias

import msgspec

from cloudops.adapters.datadog.webhook import read_webhook
from cloudops.alerts.alert import Alert, UnparsablePayload
from cloudops.core.errors import CloudOpsError, Unavailable
from cloudops.core.time import EpochMillis
from cloudops.ingestion.polling import PollResult
from cloudops.ingestion.reconciliation import Listing

Json: TypeAlias = Mapping[str, Any]
"""One object of Datadog's (Any: fields come and go, and each is looked at where it is used)."""

NAME: Final = "datadog"
MAX_PAGES: Final = 1_000
EVERYTHING: Final = "*"
"""The group of a monitor that has no groups."""

TRANSITIONS: Final = {
    "alert": ("Triggered", "error"),
    "warn": ("Warn", "warning"),
    "no data": ("No Data", "error"),
    "ok": ("Recovered", "success"),
}
"""State of a monitor or group -> transition and alert type of the webhook that told of it. The other
states (ignored, skipped, unknown) tell nothing."""

_EVENT_TYPES: Final = {
    "metric alert": "query_alert_monitor",
    "query alert": "query_alert_monitor",
    "composite": "composite_monitor",
    "trace-analytics alert": "trace_analytics_alert",
    "error-tracking alert": "error_tracking_alert",
}
_NO_WORD: Final = re.compile(r"[^a-z0-9]+")


class MonitorPages(Protocol):
    """Pages count from 0."""

    @property
    def site(self) -> str:
        """Such as datadoghq.eu."""
        ...

    def monitors(self, page: int) -> Json:
        """`monitors` and `metadata`; raises CloudOpsError."""
        ...

    def groups(self, page: int) -> Json:
        """`groups` and `metadata`; raises CloudOpsError."""
        ...


class DatadogMonitors:
    """All monitors of one organisation, each group of a monitor an alert of its own."""

    name: ClassVar = NAME

    def __init__(self, pages: MonitorPages) -> None:
        self._pages = pages

    def listing(self, now: EpochMillis) -> PollResult:
        """What can be listed, and the error that ended it early, if one did.

        It names no places: an alert whose template does not tell the query goes by a name that only the
        webhook knows, and would look as if it no longer existed."""
        monitors: dict[str, Json] = {}
        groups: dict[str, dict[str, Json]] = {}
        error = None
        try:
            for one in _listed("list monitors", self._pages.monitors, "monitors", _id):
                monitors[_id(one)] = one
            for group in _listed("list groups of monitors", self._pages.groups, "groups", _group):
                groups.setdefault(str(group.get("monitor_id")), {})[str(group.get("group"))] = group
        except CloudOpsError as raised:
            error = raised
        alerts: dict[str, Alert] = {}
        unreadable = []
        for name, monitor in monitors.items():
            if error is not None and name not in groups and _is_grouped(monitor):
                continue
            for payload in webhooks(monitor, groups.get(name, {}), self._site(), now):
                raw = msgspec.json.encode(payload)
                match read_webhook(raw, now):
                    case Alert() as alert:
                        alerts[alert.fingerprint] = alert
                    case reason:
                        unreadable.append(
                            UnparsablePayload(
                                source=NAME, reason=reason, payload=raw.decode(), received_at=now
                            )
                        )
        listing = Listing(NAME, now, tuple(alerts.values()), error is None)
        return PollResult(listing, tuple(unreadable), error)

    def _site(self) -> str:
        try:
            return self._pages.site
        except CloudOpsError:
            return ""


def webhooks(
    monitor: Json, groups: Mapping[str, Json], site: str, now: EpochMillis
) -> Iterator[dict[str, Any]]:
    """What our webhook template would have told of the monitor's present state, or of each of its groups."""
    grouped = [group for name, group in groups.items() if name != EVERYTHING]
    for state in grouped or [{**monitor, "group": EVERYTHING}]:
        transition = TRANSITIONS.get(str(state.get("status", "")).lower())
        if transition is None:
            continue
        name, alert_type = transition
        group = "" if state["group"] == EVERYTHING else str(state["group"])
        told_of = f"{name} on {{{group}}}" if group else name
        yield {
            "event_type": _event_type(monitor),
            "alert_type": alert_type,
            "alert_transition": name,
            "title": f"[{told_of}] {monitor.get('name') or ''}",
            "alert_query": monitor.get("query"),
            "alert_metric": next(iter(monitor.get("metrics") or ()), None),
            "alert_scope": group,
            "alert_id": monitor.get("id"),
            "alert_priority": f"P{monitor['priority']}" if monitor.get("priority") else "",
            "tags": [
                *(monitor.get("tags") or ()),
                *(monitor.get("scopes") or ()),
                *(state.get("group_tags") or ()),
            ],
            "last_updated": _since(state, name, now),
            "org": {"id": monitor.get("org_id") or ""},
            "link": f"https://app.{site}/monitors/{monitor.get('id')}" if site else "",
        }


def _listed(
    doing: str, page_of: Callable[[int], Json], field: str, identity: Callable[[Json], str]
) -> Iterator[Json]:
    """Every entry once. Unavailable where pages shifted under the reading, so that an entry was not seen."""
    seen: set[str] = set()
    total = 0
    for number in range(MAX_PAGES):
        page = page_of(number)
        entries = page.get(field) or ()
        for entry in entries:
            if identity(entry) not in seen:
                seen.add(identity(entry))
                yield entry
        metadata = page.get("metadata") or {}
        total = int(metadata.get("total_count") or 0)
        count = metadata.get("page_count")
        if not entries or (count is not None and number + 1 >= int(count)):
            break
    if len(seen) < total:
        raise Unavailable(f"{doing}: {len(seen)} of {total} were seen; the list changed while it was read")


def _id(monitor: Json) -> str:
    return str(monitor.get("id"))


def _group(group: Json) -> str:
    return f"{group.get('monitor_id')} {group.get('group')}"


def _is_grouped(monitor: Json) -> bool:
    """Whether its own state may be the sum of several groups', which are not known."""
    return " by " in str(monitor.get("query")) or ".by(" in str(monitor.get("query"))


def _event_type(monitor: Json) -> str:
    kind = str(monitor.get("type") or "").lower()
    return _EVENT_TYPES.get(kind) or _NO_WORD.sub("_", kind)


def _since(state: Json, transition: str, now: EpochMillis) -> str:
    """When the state began; nothing tells since when a monitor is well, so that it is now."""
    at = None
    if transition == "No Data":
        at = state.get("last_nodata_ts")
    elif transition != "Recovered":
        at = state.get("last_triggered_ts")
    return str(at or now)
