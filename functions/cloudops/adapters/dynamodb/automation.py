"""Stores the autonomy policies and the kill switch that operators change through the API."""

from cloudops.adapters.dynamodb import keys
from cloudops.adapters.dynamodb.codec import pack, unpack
from cloudops.adapters.dynamodb.errors import store_errors
from cloudops.adapters.dynamodb.row import Row, Rows
from cloudops.remediation.autonomy import Policy, PolicyKey
from cloudops.remediation.kill_switch import NEVER_SWITCHED, Setting


class DynamoPolicyStore:
    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def policies(self) -> dict[PolicyKey, Policy]:
        with store_errors("read the autonomy policies"):
            rows = self._rows.query(keys.POLICIES, consistent_read=True)
            policies = [unpack(Policy, row.body) for row in rows]
        return {policy.key: policy for policy in policies}

    def keep_policy(self, policy: Policy) -> None:
        unchanged = Row.version == policy.version - 1 if policy.version > 1 else Row.pk.does_not_exist()
        row = self._rows(*keys.policy(policy.key), body=pack(policy), version=policy.version)
        with store_errors(f"save policy {policy.key.id}"):
            row.save(condition=unchanged)


class DynamoSwitch:
    name = "the switch of the API"

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def read(self) -> Setting:
        with store_errors("read the kill switch"):
            row = self._rows.find(keys.automation())
        return unpack(Setting, row.body) if row else NEVER_SWITCHED

    def write(self, setting: Setting) -> None:
        with store_errors("set the kill switch"):
            self._rows(*keys.automation(), body=pack(setting)).save()
