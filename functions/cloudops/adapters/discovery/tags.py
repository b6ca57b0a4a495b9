"""What the tags and names of a resource tell: its service, owner, tier, runbook and stack."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from cloudops.adapters.parsing.fields import web_link
from cloudops.alerts.attribution import attribute, environment_of_name
from cloudops.catalog.declaration import Target
from cloudops.catalog.discovered import DiscoveredResource

OWNER: Final = ("owner", "team", "squad", "serviceowner")
TIER: Final = ("tier", "servicetier", "criticality")
RUNBOOK: Final = ("runbook", "runbookurl")
STACK: Final = "aws:cloudformation:stack-name"

_PUNCTUATION: Final = re.compile(r"[^a-z0-9]+")
_ONE_TO_FIVE: Final = re.compile(r"(?:tier[ _-]?)?([1-5])", re.IGNORECASE)
MAX_OWNER: Final = 255


def resource(target: Target, names: Mapping[str, str], tags: Mapping[str, str]) -> DiscoveredResource | None:
    """What runs there, named as alerts about it are: by its tags, else by `names`, which are keys as
    CloudWatch dimensions have them. None where nothing names a service."""
    identity = attribute((("tag", tags), ("name", names)))
    if not identity.service:
        return None
    environment = identity.environment or environment_of_name(target.name)[0]
    plain = {_PUNCTUATION.sub("", key.lower()): value.strip() for key, value in tags.items()}
    found = _ONE_TO_FIVE.fullmatch(_told(plain, TIER))
    return DiscoveredResource(
        service=identity.service,
        service_reason=identity.service_reason,
        target=_in_environment(target, environment),
        owner=_told(plain, OWNER)[:MAX_OWNER],
        tier=int(found.group(1)) if found else None,
        runbook=web_link(_told(plain, RUNBOOK)),
        stack=tags.get(STACK, ""),
    )


def tags_of(listed: Iterable[Mapping[str, str]], key: str = "Key", value: str = "Value") -> dict[str, str]:
    """AWS's list of pairs as a mapping; some services write the keys in lower case."""
    return {str(pair.get(key, "")): str(pair.get(value, "")) for pair in listed}


def _told(plain: Mapping[str, str], keys: Iterable[str]) -> str:
    return next((plain[key] for key in keys if plain.get(key)), "")


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
