"""Scales a Lambda function: raises the provisioned concurrency of its alias, or else its reserved
concurrency."""

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar, Final, TypeAlias

import msgspec

from cloudops.adapters.aws.client import translate_aws_errors
from cloudops.adapters.executors.common import (
    CHANGED_BY_OTHERS,
    ROLLED_BACK,
    SHOWN_WITHIN,
    UNTOUCHED,
    next_count,
)
from cloudops.adapters.executors.lambda_alias import (
    FUNCTION_ARNS,
    PROGRESS,
    READ_ALIAS,
    READ_PROVISIONED,
    Alias,
    alias_of,
    provisioned_on,
    provisioning_limits,
    published_version,
)
from cloudops.catalog.declaration import Limits, Target
from cloudops.core.errors import Conflict
from cloudops.core.ids import stable_id
from cloudops.core.time import EpochMillis
from cloudops.remediation.executor import (
    Permissions,
    Progress,
    RollbackResult,
    RolloutLimits,
    RolloutStatus,
)
from cloudops.remediation.plan import Call, Facts, Plan, PlannedChange, PlanRejected, TargetState, Version
from cloudops.remediation.versions import VersionHistory

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient


Clients: TypeAlias = "Callable[[Target], LambdaClient]"
"""Returns the client for a target's account and region."""

MIN_UNRESERVED: Final = 100
"""Concurrent executions that Lambda requires to stay unreserved in an account."""
PROVISIONED: Final = "provisioned"
RESERVED: Final = "reserved"


class Concurrency(msgspec.Struct, frozen=True):
    """The concurrency of a function.

    Attributes:
        kind: `PROVISIONED`, `RESERVED`, or "" if the function shares that of the account.
        count: Concurrent executions requested.
        alias: The alias with the provisioned concurrency, or "".
        available: Provisioned executions that are ready, or None.
        status: Status of the provisioned concurrency, as AWS names it.
        reason: Why it failed, or "".
        version: The version of the alias, or "".
    """

    kind: str
    count: int
    alias: str = ""
    available: int | None = None
    status: str = "READY"
    reason: str = ""
    version: str = ""


class LambdaScale:
    """Executor that raises the concurrency of a function.

    A function without a setting of its own scales by itself to the limit of the account, which AWS does not
    raise during an incident.
    """

    permissions: ClassVar[Permissions] = {
        **READ_ALIAS,
        **READ_PROVISIONED,
        "lambda:PutProvisionedConcurrencyConfig": FUNCTION_ARNS,
        "lambda:GetFunctionConcurrency": FUNCTION_ARNS,
        "lambda:PutFunctionConcurrency": FUNCTION_ARNS,
        "lambda:GetAccountSettings": ("*",),
    }

    def __init__(self, clients: Clients) -> None:
        self._clients = clients

    def observe(self, target: Target, now: EpochMillis) -> TargetState:
        client = self._clients(target)
        concurrency = _concurrency(client, target)
        facts: Facts = {"kind": concurrency.kind, "count": concurrency.count, "alias": concurrency.alias}
        if concurrency.kind == RESERVED:
            with translate_aws_errors("read the account's concurrency"):
                limit = client.get_account_settings()["AccountLimit"]
            facts = {**facts, "unreserved": limit["UnreservedConcurrentExecutions"]}
        return _observed(concurrency, now, facts)

    def plan(
        self, target: Target, observed: TargetState, limits: Limits, history: VersionHistory
    ) -> PlannedChange | PlanRejected:
        kind, before = observed.facts["kind"], observed.desired
        if not kind or before is None:
            return PlanRejected(
                reason="the function has no concurrency setting: it scales by itself to the account's limit"
            )
        after = next_count(before, limits)
        if isinstance(after, PlanRejected):
            return after
        free = observed.facts.get("unreserved")
        if isinstance(free, int) and free - (after - before) < MIN_UNRESERVED:
            return PlanRejected(
                reason=f"{free} executions of the account are unreserved, and {MIN_UNRESERVED} must stay so"
            )
        name = f"{kind}Concurrency"
        return PlannedChange(
            summary=f"{kind} concurrency from {before} to {after}",
            calls=(_call(target, observed.facts, after),),
            before={name: before},
            after={name: after},
            disturbs=0,
            count_before=before,
            count_after=after,
        )

    def act(self, plan: Plan, snapshot: TargetState, key: str) -> None:
        if not self._set(plan, snapshot, plan.draft.count_before, plan.draft.count_after):
            raise Conflict(f"{plan.target}: its concurrency was changed after the plan")

    def rollout_status(self, plan: Plan, snapshot: TargetState, key: str, now: EpochMillis) -> RolloutStatus:
        """Reads the concurrency. It is superseded if it is of another kind or count than that of the plan, or
        if the alias has another version, since that may be what helped."""
        concurrency = _concurrency(self._clients(plan.target), plan.target)
        kind, before, after = snapshot.facts["kind"], plan.draft.count_before, plan.draft.count_after
        ready = f", {concurrency.available} ready" if concurrency.available is not None else ""
        has = f"{concurrency.kind or 'no'} concurrency of {concurrency.count}"
        progress = PROGRESS.get(concurrency.status, Progress.MOVING)
        reason = concurrency.reason or f"{has}{ready}"
        state = _observed(concurrency, now, {})
        if snapshot.version != state.version:
            progress, reason = Progress.SUPERSEDED, f"the alias has {_named(state.version)} now"
        elif (concurrency.kind, concurrency.count) == (kind, before) and now - snapshot.at < SHOWN_WITHIN:
            progress, reason = Progress.MOVING, "Lambda does not show the change yet"
        elif (concurrency.kind, concurrency.count) != (kind, after):
            progress, reason = Progress.SUPERSEDED, f"it has {has}, not {kind} concurrency of {after}"
        return RolloutStatus(
            progress=progress,
            reason=reason,
            observed=state,
            progress_mark=f"{concurrency.count}/{concurrency.available}/{concurrency.status}",
        )

    def rollout_limits(self, plan: Plan, snapshot: TargetState) -> RolloutLimits:
        return provisioning_limits(plan.draft.count_after or 0)

    def roll_back(self, plan: Plan, snapshot: TargetState, key: str) -> RollbackResult:
        concurrency = _concurrency(self._clients(plan.target), plan.target)
        if (concurrency.kind, concurrency.count) == (snapshot.facts["kind"], plan.draft.count_before):
            return UNTOUCHED
        rolled_back = self._set(plan, snapshot, plan.draft.count_after, plan.draft.count_before)
        return ROLLED_BACK if rolled_back else CHANGED_BY_OTHERS

    def _set(self, plan: Plan, snapshot: TargetState, current: int | None, requested: int | None) -> bool:
        """Sets the concurrency from `current` to `requested`.

        Returns:
            Whether it is `requested` now. False, without a change, if it was neither or of another kind.
        """
        client, name = self._clients(plan.target), plan.target.name
        concurrency = _concurrency(client, plan.target)
        if concurrency.kind != snapshot.facts["kind"] or requested is None:
            return False
        if concurrency.count == requested:
            return True
        if concurrency.count != current:
            return False
        with translate_aws_errors(f"scale {plan.target}"):
            if concurrency.kind == PROVISIONED:
                client.put_provisioned_concurrency_config(
                    FunctionName=name, Qualifier=concurrency.alias, ProvisionedConcurrentExecutions=requested
                )
            else:
                client.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=requested)
        return True


def _concurrency(client: "LambdaClient", target: Target) -> Concurrency:
    alias = alias_of(client, target)
    if isinstance(alias, Alias) and (provisioned := provisioned_on(client, target, alias)):
        return Concurrency(
            PROVISIONED,
            provisioned.requested,
            alias.name,
            provisioned.available,
            provisioned.status,
            provisioned.reason,
            alias.version,
        )
    with translate_aws_errors(f"read the concurrency of {target}"):
        reserved = client.get_function_concurrency(FunctionName=target.name)
    count, version = reserved.get("ReservedConcurrentExecutions"), _version_of(alias)
    if count is None:
        return Concurrency("", 0, version=version)
    return Concurrency(RESERVED, count, version=version)


def _named(version: Version | None) -> str:
    return version.name if version else "no version"


def _version_of(alias: Alias | str) -> str:
    return alias.version if isinstance(alias, Alias) else ""


def _observed(concurrency: Concurrency, now: EpochMillis, facts: Facts) -> TargetState:
    return TargetState(
        at=now,
        mark=stable_id(concurrency.kind, str(concurrency.count), concurrency.alias),
        desired=concurrency.count if concurrency.kind else None,
        settled=concurrency.status == "READY",
        version=published_version(concurrency.version) if concurrency.version else None,
        facts=facts,
    )


def _call(target: Target, facts: Facts, count: int) -> Call:
    if facts["kind"] == PROVISIONED:
        return Call(
            operation="lambda:PutProvisionedConcurrencyConfig",
            parameters={
                "FunctionName": target.name,
                "Qualifier": facts["alias"],
                "ProvisionedConcurrentExecutions": count,
            },
        )
    return Call(
        operation="lambda:PutFunctionConcurrency",
        parameters={"FunctionName": target.name, "ReservedConcurrentExecutions": count},
    )
