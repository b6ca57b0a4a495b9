"""Polls Datadog's monitor search, and reads each monitor as the alert that its webhook would be."""

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
"""One object of Datadog's API (Any: each field is checked where it is used)."""

DATADOG: Final = "datadog"
MAX_MONITOR_PAGES: Final = 1_000
NO_GROUP: Final = "*"
"""The group of a monitor that has no groups."""

STATE_TRANSITIONS: Final = {
    "alert": ("Triggered", "error"),
    "warn": ("Warn", "warning"),
    "no data": ("No Data", "error"),
    "ok": ("Recovered", "success"),
}
"""State of a monitor or group -> transition and alert type of its webhook. The other states (ignored,
skipped, unknown) are not an alert."""

_EVENT_TYPES: Final = {
    "metric alert": "query_alert_monitor",
    "query alert": "query_alert_monitor",
    "composite": "composite_monitor",
    "trace-analytics alert": "trace_analytics_alert",
    "error-tracking alert": "error_tracking_alert",
}
_NON_WORD: Final = re.compile(r"[^a-z0-9]+")


class MonitorPages(Protocol):
    """Port: one organization's monitors, page by page. Pages count from 0."""

    @property
    def site(self) -> str:
        """Returns the site, such as datadoghq.eu."""
        ...

    def monitors(self, page: int) -> Json:
        """Returns a page: `monitors` and `metadata`. Raises CloudOpsError."""
        ...

    def groups(self, page: int) -> Json:
        """Returns a page: `groups` and `metadata`. Raises CloudOpsError."""
        ...


class DatadogMonitors:
    """Alert source: all monitors of one organization. Each group of a monitor is an alert of its own."""

    name: ClassVar = DATADOG

    def __init__(self, pages: MonitorPages) -> None:
        self._pages = pages

    def listing(self, now: EpochMillis) -> PollResult:
        """Returns the alerts that can be listed, and the error that ended the listing early, if any.

        The listing names no places. An alert whose template lacks the query has a fingerprint that only the
        webhook knows; reconciliation would take it for deleted.
        """
        monitors: dict[str, Json] = {}
        groups: dict[str, dict[str, Json]] = {}
        error = None
        try:
            for monitor in _all_pages("list monitors", self._pages.monitors, "monitors", _monitor_id):
                monitors[_monitor_id(monitor)] = monitor
            for group in _all_pages("list groups of monitors", self._pages.groups, "groups", _group_id):
                groups.setdefault(str(group.get("monitor_id")), {})[str(group.get("group"))] = group
        except CloudOpsError as raised:
            error = raised
        alerts: dict[str, Alert] = {}
        unreadable = []
        for name, monitor in monitors.items():
            if error is not None and name not in groups and _is_grouped(monitor):
                continue
            for payload in webhook_payloads(monitor, groups.get(name, {}), self._site(), now):
                raw = msgspec.json.encode(payload)
                match read_webhook(raw, now):
                    case Alert() as alert:
                        alerts[alert.fingerprint] = alert
                    case reason:
                        unreadable.append(
                            UnparsablePayload(
                                source=DATADOG, reason=reason, payload=raw.decode(), received_at=now
                            )
                        )
        complete = error is None and not unreadable
        listing = Listing(DATADOG, now, tuple(alerts.values()), complete)
        return PollResult(listing, tuple(unreadable), error)

    def _site(self) -> str:
        try:
            return self._pages.site
        except CloudOpsError:
            return ""


def webhook_payloads(
    monitor: Json, groups: Mapping[str, Json], site: str, now: EpochMillis
) -> Iterator[dict[str, Any]]:
    """Yields the webhook payload for the state of a monitor, or for each of its groups."""
    grouped = [group for name, group in groups.items() if name != NO_GROUP]
    for state in grouped or [{**monitor, "group": NO_GROUP}]:
        transition = STATE_TRANSITIONS.get(str(state.get("status", "")).lower())
        if transition is None:
            continue
        name, alert_type = transition
        group = "" if state["group"] == NO_GROUP else str(state["group"])
        prefix = f"{name} on {{{group}}}" if group else name
        yield {
            "event_type": _event_type(monitor),
            "alert_type": alert_type,
            "alert_transition": name,
            "title": f"[{prefix}] {monitor.get('name') or ''}",
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


def _all_pages(
    operation: str, page_of: Callable[[int], Json], field: str, id_of: Callable[[Json], str]
) -> Iterator[Json]:
    """Yields every entry once.

    Raises:
        Unavailable: The list changed during the reading, so that an entry is missing.
    """
    seen: set[str] = set()
    total = 0
    for number in range(MAX_MONITOR_PAGES):
        page = page_of(number)
        entries = page.get(field) or ()
        for entry in entries:
            if id_of(entry) not in seen:
                seen.add(id_of(entry))
                yield entry
        metadata = page.get("metadata") or {}
        total = int(metadata.get("total_count") or 0)
        count = metadata.get("page_count")
        if not entries or (count is not None and number + 1 >= int(count)):
            break
    if len(seen) < total:
        raise Unavailable(
            f"{operation}: {len(seen)} of {total} were read; the list changed during the reading"
        )


def _monitor_id(monitor: Json) -> str:
    return str(monitor.get("id"))


def _group_id(group: Json) -> str:
    return f"{group.get('monitor_id')} {group.get('group')}"


def _is_grouped(monitor: Json) -> bool:
    """Returns whether the monitor's state may summarize several groups."""
    return " by " in str(monitor.get("query")) or ".by(" in str(monitor.get("query"))


def _event_type(monitor: Json) -> str:
    kind = str(monitor.get("type") or "").lower()
    return _EVENT_TYPES.get(kind) or _NON_WORD.sub("_", kind)


def _since(state: Json, transition: str, now: EpochMillis) -> str:
    """Returns when the state began. Datadog does not report when a monitor recovered: `now` stands for it."""
    at = None
    if transition == "No Data":
        at = state.get("last_nodata_ts")
    elif transition != "Recovered":
        at = state.get("last_triggered_ts")
    return str(at or now)
