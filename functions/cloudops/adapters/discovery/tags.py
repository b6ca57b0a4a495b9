"""Builds a discovered resource from its tags and names: service, owner, tier, runbook and stack."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from cloudops.adapters.parsing.fields import web_link
from cloudops.alerts.attribution import attribute, environment_of_name
from cloudops.catalog.declaration import Target
from cloudops.catalog.discovered import DiscoveredResource

OWNER_TAGS: Final = ("owner", "team", "squad", "serviceowner")
TIER_TAGS: Final = ("tier", "servicetier", "criticality")
RUNBOOK_TAGS: Final = ("runbook", "runbookurl")
STACK_TAG: Final = "aws:cloudformation:stack-name"

_PUNCTUATION: Final = re.compile(r"[^a-z0-9]+")
_ONE_TO_FIVE: Final = re.compile(r"(?:tier[ _-]?)?([1-5])", re.IGNORECASE)
MAX_OWNER: Final = 255
"""Characters of an owner."""


def discovered_resource(
    target: Target, names: Mapping[str, str], tags: Mapping[str, str]
) -> DiscoveredResource | None:
    """Returns the resource at a target, attributed like its alerts; None if no tag or name shows a service.

    Args:
        names: Names of the resource by keys of CloudWatch dimensions; used where tags are missing.
    """
    attribution = attribute((("tag", tags), ("name", names)))
    if not attribution.service:
        return None
    environment = attribution.environment or environment_of_name(target.name)[0]
    normalized = {_PUNCTUATION.sub("", key.lower()): value.strip() for key, value in tags.items()}
    tier = _ONE_TO_FIVE.fullmatch(_first_value(normalized, TIER_TAGS))
    return DiscoveredResource(
        service=attribution.service,
        service_reason=attribution.service_reason,
        target=_in_environment(target, environment),
        owner=_first_value(normalized, OWNER_TAGS)[:MAX_OWNER],
        tier=int(tier.group(1)) if tier else None,
        runbook=web_link(_first_value(normalized, RUNBOOK_TAGS)),
        stack=tags.get(STACK_TAG, ""),
    )


def tags_of(pairs: Iterable[Mapping[str, str]], key: str = "Key", value: str = "Value") -> dict[str, str]:
    """Returns a list of pairs of AWS as a mapping. Some services write the keys in lower case."""
    return {str(pair.get(key, "")): str(pair.get(value, "")) for pair in pairs}


def _first_value(normalized: Mapping[str, str], keys: Iterable[str]) -> str:
    return next((normalized[key] for key in keys if normalized.get(key)), "")


def _in_environment(target: Target, environment: str) -> Target:
    return Target(
        platform=target.platform,
        name=target.name,
        account=target.account,
        region=target.region,
        environment=environment,
        cluster=target.cluster,
        namespace=target.namespace,
    )
