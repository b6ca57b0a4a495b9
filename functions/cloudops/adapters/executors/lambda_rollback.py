"""Points a Lambda function's alias back to the version before."""

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar, TypeAlias

from cloudops.adapters.aws.client import translate_aws_errors
from cloudops.adapters.executors.common import CHANGED_BY_OTHERS, UNDONE, UNTOUCHED
from cloudops.adapters.executors.lambda_alias import (
    LATEST,
    ON_FUNCTIONS,
    READ_ALIAS,
    READ_PROVISIONED,
    Alias,
    alias_of,
    provisioned_on,
    routing,
    version_before,
)
from cloudops.catalog.declaration import Limits, Target
from cloudops.core.errors import Conflict, Refused
from cloudops.core.ids import stable_id
from cloudops.core.time import EpochMillis
from cloudops.remediation.executor import Permissions, Progress, RollbackResult, RolloutStatus
from cloudops.remediation.plan import Call, Facts, Plan, PlannedChange, PlanRejected, TargetState

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient


Clients: TypeAlias = "Callable[[Target], LambdaClient]"
"""The client for a target's account and region."""


class LambdaRollback:
    """Where the alias sends a share of the calls to a newer version, a rollout is under way, and going back
    is to send it nothing; else it is the newest published version below the alias's own. The update names
    the alias's revision, so that nobody's change in between is overwritten."""

    permissions: ClassVar[Permissions] = {
        **READ_ALIAS,
        **READ_PROVISIONED,
        "lambda:ListVersionsByFunction": ON_FUNCTIONS,
        "lambda:UpdateAlias": ON_FUNCTIONS,
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
        if unknown := facts.get("unknown"):
            return PlanRejected(reason=str(unknown))
        if facts["version"] == LATEST:
            return PlanRejected(
                reason=f"the alias {facts['alias']} is {LATEST}, which has no version before it"
            )
        if not facts["previous"]:
            return PlanRejected(reason=f"version {facts['version']} is the oldest that is published")
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
            raise Conflict(f"{plan.target}: somebody else pointed the alias elsewhere")

    def look(self, plan: Plan, snapshot: TargetState, key: str, now: EpochMillis) -> RolloutStatus:
        alias = self._alias(plan)
        progress, provisioned = self._provisioned(plan.target, alias)
        seen = TargetState(at=now, mark=_mark(alias), facts=alias.facts)
        return RolloutStatus(
            progress=progress, reason=f"callers get version {alias.version}{provisioned}", observed=seen
        )

    def _provisioned(self, target: Target, alias: Alias) -> tuple[Progress, str]:
        """What is provisioned on the alias moves to the version after it. Should that fail, the callers have
        the version all the same, and pointing them back would take it from them. A role in another account
        may be older than this reading: then the alias alone tells."""
        try:
            found = provisioned_on(self._clients(target), target, alias)
        except Refused:
            return Progress.SETTLED, ", and what is provisioned on the alias may not be read"
        if found is None:
            return Progress.SETTLED, ""
        told = f": {found.reason}" if found.reason else ""
        ready = f", {found.available or 0} of {found.requested} provisioned executions ready{told}"
        return (Progress.MOVING if found.status == "IN_PROGRESS" else Progress.SETTLED), ready

    def undo(self, plan: Plan, snapshot: TargetState, key: str) -> RollbackResult:
        if self._alias(plan).facts == plan.draft.before:
            return UNTOUCHED
        return UNDONE if self._point(plan.target, plan.draft.after, plan.draft.before) else CHANGED_BY_OTHERS

    def _alias(self, plan: Plan) -> Alias:
        alias = alias_of(self._clients(plan.target), plan.target)
        if isinstance(alias, str):
            raise Refused(f"{plan.target}: {alias}")
        return alias

    def _point(self, target: Target, now: Facts, then: Facts) -> bool:
        """Whether the alias is as wanted: not where it was neither."""
        client = self._clients(target)
        alias = alias_of(client, target)
        if isinstance(alias, str) or alias.facts == then:
            return not isinstance(alias, str)
        if alias.facts != now:
            return False
        with translate_aws_errors(f"point {alias.name} of {target} to {then['version']}"):
            client.update_alias(
                FunctionName=target.name,
                Name=alias.name,
                FunctionVersion=str(then["version"]),
                RoutingConfig=routing(str(then.get("weights", ""))),
                RevisionId=alias.revision,
            )
        return True


def _mark(alias: Alias) -> str:
    return stable_id(alias.name, alias.version, alias.weights)


def _newer(weights: object) -> str:
    return ", ".join(one.partition("=")[0] for one in str(weights).split(","))
