"""Rolls a Lambda function back: points its alias to the version before."""

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar, TypeAlias

from cloudops.adapters.aws.client import translate_aws_errors
from cloudops.adapters.executors.common import CHANGED_BY_OTHERS, ROLLED_BACK, UNTOUCHED
from cloudops.adapters.executors.lambda_alias import (
    FUNCTION_ARNS,
    LATEST,
    READ_ALIAS,
    READ_PROVISIONED,
    Alias,
    alias_of,
    provisioned_on,
    routing_config,
    version_before,
)
from cloudops.catalog.declaration import Limits, Target
from cloudops.core.errors import Conflict, Refused
from cloudops.core.ids import stable_id
from cloudops.core.time import EpochMillis
from cloudops.remediation.executor import (
    Permissions,
    Progress,
    RollbackResult,
    RolloutLimits,
    RolloutStatus,
    default_rollout_limits,
)
from cloudops.remediation.plan import Call, Facts, Plan, PlannedChange, PlanRejected, TargetState

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient


Clients: TypeAlias = "Callable[[Target], LambdaClient]"
"""Returns the client for a target's account and region."""


class LambdaRollback:
    """Executor that updates the alias.

    If the alias sends a share of the calls to a newer version, a rollout is in progress, and the rollback
    removes that share. Otherwise the alias gets the newest published version below its own. The update names
    the revision of the alias, so that it overwrites no concurrent change.
    """

    permissions: ClassVar[Permissions] = {
        **READ_ALIAS,
        **READ_PROVISIONED,
        "lambda:ListVersionsByFunction": FUNCTION_ARNS,
        "lambda:UpdateAlias": FUNCTION_ARNS,
    }

    def __init__(self, clients: Clients) -> None:
        self._clients = clients

    def observe(self, target: Target, now: EpochMillis) -> TargetState:
        client = self._clients(target)
        alias = alias_of(client, target)
        if isinstance(alias, str):
            return TargetState(at=now, mark=stable_id(alias), facts={"unknown": alias})
        previous = alias.version if alias.weights else ""
        if not previous and alias.version != LATEST:
            previous = version_before(client, target, alias.version)
        facts: Facts = {"alias": alias.name, "version": alias.version, "previous": previous}
        return TargetState(at=now, mark=_mark(alias), facts={**facts, "weights": alias.weights})

    def plan(self, target: Target, observed: TargetState, limits: Limits) -> PlannedChange | PlanRejected:
        facts = observed.facts
        if ambiguity := facts.get("unknown"):
            return PlanRejected(reason=str(ambiguity))
        if facts["version"] == LATEST:
            return PlanRejected(
                reason=f"the alias {facts['alias']} is {LATEST}, which has no version before it"
            )
        if not facts["previous"]:
            return PlanRejected(reason=f"version {facts['version']} is the oldest published version")
        before = {key: facts[key] for key in ("alias", "version", "weights") if facts[key]}
        after: Facts = {"alias": facts["alias"], "version": facts["previous"]}
        call = {"FunctionName": target.name, "Name": facts["alias"], "FunctionVersion": facts["previous"]}
        if facts["weights"]:
            call["RoutingConfig"] = "none"
            summary = f"all calls to version {facts['version']}, none to {_newer(facts['weights'])}"
        else:
            summary = f"alias {facts['alias']} from version {facts['version']} back to {facts['previous']}"
        return PlannedChange(
            summary=summary,
            calls=(Call(operation="lambda:UpdateAlias", parameters=call),),
            before=before,
            after=after,
            disturbs=0,
        )

    def act(self, plan: Plan, snapshot: TargetState, key: str) -> None:
        if not self._point(plan.target, plan.draft.before, plan.draft.after):
            raise Conflict(f"{plan.target}: the alias was changed after the plan")

    def rollout_status(self, plan: Plan, snapshot: TargetState, key: str, now: EpochMillis) -> RolloutStatus:
        alias = self._alias(plan)
        progress, provisioned = self._provisioned(plan.target, alias)
        state = TargetState(at=now, mark=_mark(alias), facts=alias.facts)
        return RolloutStatus(
            progress=progress, reason=f"callers get version {alias.version}{provisioned}", observed=state
        )

    def _provisioned(self, target: Target, alias: Alias) -> tuple[Progress, str]:
        """Returns the progress of the provisioned concurrency, and a text for the reason.

        It follows the alias to the new version. A failure counts as settled: callers already get the version,
        and pointing the alias back would withdraw it. An older role of another account may lack the
        permission to read it: then only the alias counts.
        """
        try:
            provisioned = provisioned_on(self._clients(target), target, alias)
        except Refused:
            return Progress.SETTLED, ", and the role may not read the provisioned concurrency"
        if provisioned is None:
            return Progress.SETTLED, ""
        cause = f": {provisioned.reason}" if provisioned.reason else ""
        ready = (
            f", {provisioned.available or 0} of {provisioned.requested} provisioned executions ready{cause}"
        )
        return (Progress.MOVING if provisioned.status == "IN_PROGRESS" else Progress.SETTLED), ready

    def rollout_limits(self, plan: Plan, snapshot: TargetState) -> RolloutLimits:
        return default_rollout_limits(plan, snapshot)

    def roll_back(self, plan: Plan, snapshot: TargetState, key: str) -> RollbackResult:
        if self._alias(plan).facts == plan.draft.before:
            return UNTOUCHED
        return (
            ROLLED_BACK
            if self._point(plan.target, plan.draft.after, plan.draft.before)
            else CHANGED_BY_OTHERS
        )

    def _alias(self, plan: Plan) -> Alias:
        alias = alias_of(self._clients(plan.target), plan.target)
        if isinstance(alias, str):
            raise Refused(f"{plan.target}: {alias}")
        return alias

    def _point(self, target: Target, current: Facts, requested: Facts) -> bool:
        """Updates the alias from `current` to `requested`.

        Returns:
            Whether it is `requested` now. False, without a change, if it was neither.
        """
        client = self._clients(target)
        alias = alias_of(client, target)
        if isinstance(alias, str) or alias.facts == requested:
            return not isinstance(alias, str)
        if alias.facts != current:
            return False
        with translate_aws_errors(f"point {alias.name} of {target} to {requested['version']}"):
            client.update_alias(
                FunctionName=target.name,
                Name=alias.name,
                FunctionVersion=str(requested["version"]),
                RoutingConfig=routing_config(str(requested.get("weights", ""))),
                RevisionId=alias.revision,
            )
        return True


def _mark(alias: Alias) -> str:
    return stable_id(alias.name, alias.version, alias.weights)


def _newer(weights: object) -> str:
    return ", ".join(one.partition("=")[0] for one in str(weights).split(","))
