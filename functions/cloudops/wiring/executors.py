"""The executors, each with the role of its own."""

import json
from collections.abc import Mapping
from functools import cache, partial

from cloudops.adapters.executors.assumed import ExecutorRole
from cloudops.adapters.executors.registry import EXECUTORS
from cloudops.flows.remediate import Executors
from cloudops.wiring.table import settings


@cache
def executors() -> Executors:
    """By platform and action, with the roles that the deployment names."""
    roles: Mapping[str, str] = json.loads(settings().executor_roles)
    built = {}
    for (platform, action), entry in EXECUTORS.items():
        role = ExecutorRole(roles.get(f"{platform}/{action}", ""), platform, action)
        openers = (partial(role.client, service) for service in entry.services)
        built[platform, action] = entry.build(*openers)
    return built
