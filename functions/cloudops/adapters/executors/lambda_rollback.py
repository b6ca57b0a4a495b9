"""Rolls a Lambda function back: points its alias to the version before."""

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar, TypeAlias

from msgspec.structs import replace

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
    provisioning_limits,
    published_version,
    routing_config,
    versions_before,
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
)
from cloudops.remediation.plan import Call, Facts, Plan, PlannedChange, PlanRejected, TargetState, Version
from cloudops.remediation.versions import VersionHistory, choose_version

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient


Clients: TypeAlias = "Callable[[Target], LambdaClient]"
"""Returns the client for a target's account and region."""


class LambdaRollback:
    """Executor that updates the alias.

    If the alias sends a share of the calls to a newer version, a rollout is in progress, and the rollback
    removes that share. Otherwise the alias gets an earlier published version: by Lambda's order the newest
    below its own, none that an execution left. The update names the revision of the alias, so that it
    overwrites no concurrent change.
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
        facts: Facts = {
            "alias": alias.name,
            "version": alias.version,
            "weights": alias.weights,
            "revision": alias.revision,
            "provisioned": self._requested(target, alias),
        }
        version, earlier = _versions(client, target, alias)
        return TargetState(at=now, mark=_mark(alias), version=version, earlier=earlier, facts=facts)

    def plan(
        self, target: Target, observed: TargetState, limits: Limits, history: VersionHistory
    ) -> PlannedChange | PlanRejected:
        facts = observed.facts
        if ambiguity := facts.get("unknown"):
            return PlanRejected(reason=str(ambiguity))
        if facts["version"] == LATEST:
            return PlanRejected(
                reason=f"the alias {facts['alias']} is {LATEST}, which has no version before it"
            )
        chosen = choose_version(observed, history)
        if isinstance(chosen, PlanRejected):
            return chosen
        current, previous = chosen.current, chosen.previous
        before = {key: facts[key] for key in ("alias", "version", "weights") if facts[key]}
        after: Facts = {"alias": facts["alias"], "version": previous.id}
        call: Facts = {"FunctionName": target.name, "Name": facts["alias"], "FunctionVersion": previous.id}
        if facts["weights"]:
            call["RoutingConfig"] = "none"
            summary = (
                f"all calls to {previous.name}, none to {current.name} (stop the deployment that shifts the "
                "alias as well, or it shifts it again)"
            )
        else:
            summary = f"alias {facts['alias']} from {current.name} back to {previous.name}"
        return PlannedChange(
            summary=f"{summary}: {chosen.reason}",
            calls=(Call(operation="lambda:UpdateAlias", parameters=call),),
            before=before,
            after=after,
            disturbs=0,
            version_before=current.id,
            version_after=previous.id,
        )

    def act(self, plan: Plan, snapshot: TargetState, key: str) -> None:
        if not self._point(plan.target, plan.draft.before, plan.draft.after):
            raise Conflict(f"{plan.target}: the alias was changed after the plan")

    def rollout_status(self, plan: Plan, snapshot: TargetState, key: str, now: EpochMillis) -> RolloutStatus:
        """Reads the alias and its provisioned concurrency. It is superseded if the alias has other versions
        or weights than the plan: a person or CodeDeploy shifted it."""
        alias = self._alias(plan)
        progress, provisioned, ready = self._provisioned(plan.target, alias)
        reason = f"callers get {_served(alias)}{provisioned}"
        if alias.facts != plan.draft.after:
            progress, reason = Progress.SUPERSEDED, f"callers get {_served(alias)}, not {_wanted(plan)}"
            if alias.revision == snapshot.facts["revision"]:
                progress, reason = Progress.MOVING, "Lambda does not show the change yet"
        return RolloutStatus(
            progress=progress,
            reason=reason,
            observed=TargetState(at=now, mark=_mark(alias), facts=alias.facts),
            progress_mark=f"{alias.version}/{alias.weights}/{ready}",
        )

    def _provisioned(self, target: Target, alias: Alias) -> tuple[Progress, str, str]:
        """Returns the progress of the provisioned concurrency, a text for the reason, and its mark.

        It follows the alias to the new version. A failure counts as settled: callers already get the version,
        and pointing the alias back would withdraw it. An older role of another account may lack the
        permission to read it: then only the alias counts.
        """
        try:
            provisioned = provisioned_on(self._clients(target), target, alias)
        except Refused:
            return Progress.SETTLED, ", and the role may not read the provisioned concurrency", ""
        if provisioned is None:
            return Progress.SETTLED, "", ""
        cause = f": {provisioned.reason}" if provisioned.reason else ""
        ready = f"{provisioned.available or 0} of {provisioned.requested}"
        progress = Progress.MOVING if provisioned.status == "IN_PROGRESS" else Progress.SETTLED
        return progress, f", {ready} provisioned executions ready{cause}", ready

    def _requested(self, target: Target, alias: Alias) -> int:
        """Returns the provisioned executions that the alias requests; 0 if the role may not read them."""
        try:
            provisioned = provisioned_on(self._clients(target), target, alias)
        except Refused:
            return 0
        return provisioned.requested if provisioned else 0

    def rollout_limits(self, plan: Plan, snapshot: TargetState) -> RolloutLimits:
        return provisioning_limits(int(snapshot.facts["provisioned"] or 0))

    def roll_back(self, plan: Plan, snapshot: TargetState, key: str) -> RollbackResult:
        if self._alias(plan).facts == plan.draft.before:
            return UNTOUCHED
        return (
            ROLLED_BACK
            if self._point(plan.target, plan.draft.after, plan.draft.before)
            else CHANGED_BY_OTHERS
        )

    def _alias(self, plan: Plan) -> Alias:
        """Reads the alias of the plan, also if the function has several by now."""
        target = replace(plan.target, alias=str(plan.draft.after["alias"]))
        alias = alias_of(self._clients(target), target)
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


def _served(alias: Alias) -> str:
    """Returns the versions that callers get, for a reason."""
    return f"version {alias.version}" + (f" and {alias.weights}" if alias.weights else "")


def _wanted(plan: Plan) -> str:
    return f"version {plan.draft.after['version']} alone"


def _mark(alias: Alias) -> str:
    return stable_id(alias.name, alias.version, alias.weights)


def _versions(client: "LambdaClient", target: Target, alias: Alias) -> tuple[Version, tuple[Version, ...]]:
    """Returns the version that a rollback of the alias leaves, and those before it.

    While the alias sends a share of the calls to a newer version, that one is left, and the version that
    serves the other calls is the only one before it.
    """
    if alias.newer:
        return published_version(alias.newer), (published_version(alias.version),)
    if alias.version == LATEST:
        return published_version(LATEST), ()
    return published_version(alias.version), versions_before(client, target, alias.version)
