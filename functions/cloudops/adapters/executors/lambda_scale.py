"""Gives a Lambda function more concurrency: provisioned where its alias has it, else reserved."""

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar, Final, TypeAlias

import msgspec

from cloudops.adapters.aws.client import translate_aws_errors
from cloudops.adapters.executors.common import CHANGED_BY_OTHERS, UNDONE, UNTOUCHED, next_count
from cloudops.adapters.executors.lambda_alias import (
    ON_FUNCTIONS,
    PROGRESS,
    READ_ALIAS,
    READ_PROVISIONED,
    Alias,
    alias_of,
    provisioned_on,
)
from cloudops.catalog.declaration import Limits, Target
from cloudops.core.errors import Conflict
from cloudops.core.ids import stable_id
from cloudops.core.time import EpochMillis
from cloudops.remediation.executor import Permissions, Progress, RollbackResult, RolloutStatus
from cloudops.remediation.plan import Call, Facts, Plan, PlannedChange, PlanRejected, TargetState

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient


Clients: TypeAlias = "Callable[[Target], LambdaClient]"
"""The client for a target's account and region."""

KEPT_FREE: Final = 100
"""Concurrent executions that Lambda keeps unreserved for the account's other functions."""
PROVISIONED: Final = "provisioned"
RESERVED: Final = "reserved"


class Concurrency(msgspec.Struct, frozen=True):
    """`kind` is provisioned, reserved, or empty where the function has the account's; `alias` is the one that
    it is provisioned on. Counted in concurrent executions."""

    kind: str
    count: int
    alias: str = ""
    available: int | None = None
    status: str = "READY"
    reason: str = ""


class LambdaScale:
    """A function without any concurrency of its own scales by itself up to the account's, which nobody raises
    in the middle of an incident."""

    permissions: ClassVar[Permissions] = {
        **READ_ALIAS,
        **READ_PROVISIONED,
        "lambda:PutProvisionedConcurrencyConfig": ON_FUNCTIONS,
        "lambda:GetFunctionConcurrency": ON_FUNCTIONS,
        "lambda:PutFunctionConcurrency": ON_FUNCTIONS,
        "lambda:GetAccountSettings": ("*",),
    }

    def __init__(self, clients: Clients) -> None:
        self._clients = clients

    def observe(self, target: Target, now: EpochMillis) -> TargetState:
        client = self._clients(target)
        found = _concurrency(client, target)
        facts: Facts = {"kind": found.kind, "count": found.count, "alias": found.alias}
        if found.kind == RESERVED:
            with translate_aws_errors("read the account's concurrency"):
                limit = client.get_account_settings()["AccountLimit"]
            facts = {**facts, "unreserved": limit["UnreservedConcurrentExecutions"]}
        return _observed(found, now, facts)

    def plan(self, target: Target, observed: TargetState, limits: Limits) -> PlannedChange | PlanRejected:
        kind, before = observed.facts["kind"], observed.desired
        if not kind or before is None:
            return PlanRejected(
                reason="it has no concurrency of its own: it scales up to the account's by itself"
            )
        after = next_count(before, limits)
        if isinstance(after, PlanRejected):
            return after
        free = observed.facts.get("unreserved")
        if isinstance(free, int) and free - (after - before) < KEPT_FREE:
            return PlanRejected(
                reason=f"{free} of the account are unreserved, and {KEPT_FREE} have to stay so"
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
            raise Conflict(f"{plan.target}: somebody else changed its concurrency")

    def look(self, plan: Plan, snapshot: TargetState, key: str, now: EpochMillis) -> RolloutStatus:
        found = _concurrency(self._clients(plan.target), plan.target)
        progress = PROGRESS.get(found.status, Progress.MOVING)
        ready = f", {found.available} ready" if found.available is not None else ""
        reason = found.reason or f"{found.kind or 'no'} concurrency of {found.count}{ready}"
        return RolloutStatus(progress=progress, reason=reason, observed=_observed(found, now, {}))

    def undo(self, plan: Plan, snapshot: TargetState, key: str) -> RollbackResult:
        found = _concurrency(self._clients(plan.target), plan.target)
        if (found.kind, found.count) == (snapshot.facts["kind"], plan.draft.count_before):
            return UNTOUCHED
        undone = self._set(plan, snapshot, plan.draft.count_after, plan.draft.count_before)
        return UNDONE if undone else CHANGED_BY_OTHERS

    def _set(self, plan: Plan, snapshot: TargetState, now: int | None, then: int | None) -> bool:
        """Whether the concurrency is as wanted: not where it was neither."""
        client, name = self._clients(plan.target), plan.target.name
        found = _concurrency(client, plan.target)
        if found.kind != snapshot.facts["kind"] or then is None:
            return False
        if found.count == then:
            return True
        if found.count != now:
            return False
        with translate_aws_errors(f"scale {plan.target}"):
            if found.kind == PROVISIONED:
                client.put_provisioned_concurrency_config(
                    FunctionName=name, Qualifier=found.alias, ProvisionedConcurrentExecutions=then
                )
            else:
                client.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=then)
        return True


def _concurrency(client: "LambdaClient", target: Target) -> Concurrency:
    alias = alias_of(client, target)
    if isinstance(alias, Alias) and (found := provisioned_on(client, target, alias)):
        return Concurrency(
            PROVISIONED, found.requested, alias.name, found.available, found.status, found.reason
        )
    with translate_aws_errors(f"read the concurrency of {target}"):
        reserved = client.get_function_concurrency(FunctionName=target.name)
    count = reserved.get("ReservedConcurrentExecutions")
    return Concurrency("", 0) if count is None else Concurrency(RESERVED, count)


def _observed(found: Concurrency, now: EpochMillis, facts: Facts) -> TargetState:
    return TargetState(
        at=now,
        mark=stable_id(found.kind, str(found.count), found.alias),
        desired=found.count if found.kind else None,
        settled=found.status == "READY",
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
