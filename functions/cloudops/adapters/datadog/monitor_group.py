"""Where a Datadog alert is, and which group of its monitor: told alike by webhook and by partner bus."""

import re
from functools import lru_cache
from typing import Final, TypeAlias

import msgspec

from cloudops.adapters.parsing.fields import bounded
from cloudops.alerts.attribution import Attribution, attribute

Tags: TypeAlias = str | tuple[str, ...]
"""One text "k:v,k:v,flag", or the entries of a list."""

KEPT: Final = 2_048
"""Monitors and groups that a container keeps: some 5 MB of usual ones, 40 MB of the longest."""
LONGEST_QUERY: Final = 10_000
"""Characters of a query that are searched for what it groups by."""
MAX_PAIRS: Final = 200
"""Tags that are looked at; Datadog allows 100 on a monitor."""

_GROUPED_BY: Final = re.compile(r"\bby\s*\{([^{}]{0,400})\}|\.by\(([^()]{0,400})\)")


class MonitorGroup(msgspec.Struct, frozen=True):
    """What scope, tags and host tell."""

    scope: dict[str, str]
    tags: dict[str, str]
    labels: dict[str, str]
    identity: Attribution


def place_of(scope: Tags, tags: Tags, more_tags: Tags, host: str) -> MonitorGroup:
    """The scope counts before the tags, and both before the host."""
    scoped = pairs(scope)
    tagged = {**pairs(more_tags), **pairs(tags)} if more_tags else pairs(tags)
    labels = bounded({"host": host, **tagged, **scoped} if host else {**tagged, **scoped})
    return MonitorGroup(scoped, tagged, labels, attribute((("tag", labels),)))


kept_place_of: Final = lru_cache(maxsize=KEPT)(place_of)


def pairs(text: Tags) -> dict[str, str]:
    """The pairs of "k:v,k:v,flag" or of its entries, the last of equal keys; a flag is left out."""
    if not text:
        return {}
    entries = text.replace(", ", ",").split(",", MAX_PAIRS) if isinstance(text, str) else text
    return dict([entry.split(":", 1) for entry in entries[:MAX_PAIRS] if ":" in entry])


def group_of(place: MonitorGroup, is_scoped: bool, query: str, is_composite: bool) -> str | None:
    """The sorted "k:v" that tell one group of a monitor from another; None where nothing tells.

    The partner bus tells neither scope nor aggregation key, so the group has to follow from what both
    paths tell: the keys that the query groups by, with their values from scope or tags."""
    if query and (found := _GROUPED_BY.search(query[:LONGEST_QUERY])):
        keys = {key.strip(" \"'") for key in (found.group(1) or found.group(2) or "").split(",")}
        told = {**place.tags, **place.scope}
        if values := {key: told[key] for key in keys if key in told}:
            return _sorted(values)
    elif query and not is_composite:
        return ""
    return _sorted(place.scope) if is_scoped else None


def _sorted(entries: dict[str, str]) -> str:
    return ",".join(sorted([f"{key}:{value}" for key, value in entries.items()])).lower()
