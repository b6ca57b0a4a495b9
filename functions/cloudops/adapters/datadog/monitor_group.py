"""Attribution of a Datadog alert and the group of its monitor, equal by webhook and by partner event bus."""

import re
from functools import lru_cache
from typing import Final, TypeAlias

import msgspec

from cloudops.adapters.parsing.fields import bound_labels
from cloudops.alerts.attribution import Attribution, attribute

Tags: TypeAlias = str | tuple[str, ...]
"""One text "k:v,k:v,flag", or the entries of a list."""

MAX_CACHED_MONITORS: Final = 2_048
"""Monitors, and groups, in the cache of a container: 5 MB of usual ones, 40 MB of the longest."""
MAX_SEARCHED_QUERY: Final = 10_000
"""Characters of a query in which its `by` clause is searched."""
MAX_TAGS: Final = 200
"""Tags that are read; Datadog allows 100 on a monitor."""

_GROUPED_BY: Final = re.compile(r"\bby\s*\{([^{}]{0,400})\}|\.by\(([^()]{0,400})\)")


class MonitorGroup(msgspec.Struct, frozen=True):
    """Scope, tags, their union as labels, and the attribution that follows from the labels."""

    scope: dict[str, str]
    tags: dict[str, str]
    labels: dict[str, str]
    attribution: Attribution


def resolve_group(scope: Tags, tags: Tags, more_tags: Tags, host: str) -> MonitorGroup:
    """Returns the group and its attribution. The scope overrides the tags, and both override the host."""
    scoped = pairs(scope)
    tagged = {**pairs(more_tags), **pairs(tags)} if more_tags else pairs(tags)
    labels = bound_labels({"host": host, **tagged, **scoped} if host else {**tagged, **scoped})
    return MonitorGroup(scoped, tagged, labels, attribute((("tag", labels),)))


cached_resolve_group: Final = lru_cache(maxsize=MAX_CACHED_MONITORS)(resolve_group)


def pairs(text: Tags) -> dict[str, str]:
    """Returns the pairs of "k:v,k:v,flag" or of its entries, without flags. The last of equal keys wins."""
    if not text:
        return {}
    entries = text.replace(", ", ",").split(",", MAX_TAGS) if isinstance(text, str) else text
    return dict([entry.split(":", 1) for entry in entries[:MAX_TAGS] if ":" in entry])


def group_key(group: MonitorGroup, is_scoped: bool, query: str, is_composite: bool) -> str | None:
    """Returns the sorted "k:v" that identify one group of a monitor.

    A partner event holds neither scope nor aggregation key. The key therefore follows from what both paths
    hold: the keys that the query groups by, with their values from scope or tags.

    Returns:
        "" if the monitor has no groups; None if neither query nor scope identifies the group.
    """
    if query and (grouping := _GROUPED_BY.search(query[:MAX_SEARCHED_QUERY])):
        keys = {key.strip(" \"'") for key in (grouping.group(1) or grouping.group(2) or "").split(",")}
        values = {**group.tags, **group.scope}
        if grouped_values := {key: values[key] for key in keys if key in values}:
            return _sorted(grouped_values)
    elif query and not is_composite:
        return ""
    return _sorted(group.scope) if is_scoped else None


def _sorted(entries: dict[str, str]) -> str:
    return ",".join(sorted([f"{key}:{value}" for key, value in entries.items()])).lower()
