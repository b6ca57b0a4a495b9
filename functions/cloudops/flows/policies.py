"""Lets owners say how far the agent may go by itself."""

from msgspec.structs import replace

from cloudops.domain.autonomy import Policy, checked
from cloudops.domain.remediation_ports import PolicyStore


class PolicyDesk:
    def __init__(self, store: PolicyStore) -> None:
        self._store = store

    def all(self) -> tuple[Policy, ...]:
        """By service, action and environment."""
        return tuple(one for _, one in sorted(self._store.policies().items()))

    def keep(self, policy: Policy) -> Policy:
        """In the place of the one before, with no demotion. BadInput names the field that asks for too
        little, Conflict where somebody else changed it meanwhile."""
        held = self._store.policies().get(policy.key)
        kept = replace(checked(policy), version=held.version + 1 if held else 1)
        self._store.keep_policy(kept)
        return kept
