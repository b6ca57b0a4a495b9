"""Reads an alias of a Lambda function: the version that callers get, the one before, provisioned
concurrency."""

from math import ceil
from typing import TYPE_CHECKING, Any, Final

import msgspec
from botocore.exceptions import ClientError

from cloudops.adapters.aws.client import paginate, translate_aws_errors
from cloudops.catalog.declaration import Target
from cloudops.remediation.executor import Permissions, Progress, RolloutLimits, limits_by_batches
from cloudops.remediation.plan import Facts, Version
from cloudops.remediation.versions import MAX_EARLIER

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_lambda.type_defs import AliasRoutingConfigurationTypeDef


FUNCTION_ARNS: Final = ("lambda:*:{account}:function:*",)
READ_ALIAS: Final[Permissions] = {"lambda:GetAlias": FUNCTION_ARNS, "lambda:ListAliases": FUNCTION_ARNS}
LATEST: Final = "$LATEST"
"""The version that holds the latest upload; it is not published."""


class Alias(msgspec.Struct, frozen=True):
    """An alias.

    Attributes:
        version: The version that receives all calls without a weight.
        weights: Versions that receive a share of the calls, as `7=0.1`, or "".
        revision: An update names it, so that AWS refuses the second of two concurrent updates.
    """

    name: str
    version: str
    weights: str
    revision: str

    @property
    def newer(self) -> str:
        """The version that receives a share of the calls beside `version`, or "". Lambda allows one
        (https://docs.aws.amazon.com/lambda/latest/dg/configuring-alias-routing.html)."""
        return self.weights.partition("=")[0]

    @property
    def facts(self) -> Facts:
        """The values that people compare in a plan."""
        weights: Facts = {"weights": self.weights} if self.weights else {}
        return {"alias": self.name, "version": self.version, **weights}


def alias_of(client: "LambdaClient", target: Target) -> Alias | str:
    """Reads the alias that the catalog names, else the function's only one.

    Returns:
        The alias, or why it is ambiguous or missing.

    Raises:
        NotFound: There is no such function or named alias.
    """
    if target.alias:
        with translate_aws_errors(f"read the alias {target.alias} of {target}"):
            return _alias(client.get_alias(FunctionName=target.name, Name=target.alias))
    request = {"FunctionName": target.name}
    listed = paginate(
        f"list the aliases of {target}",
        client.list_aliases,
        request,
        token="Marker",  # noqa: S106 the name of a parameter
        next_field="NextMarker",
    )
    aliases = [_alias(one) for page in listed for one in page["Aliases"]]
    if len(aliases) == 1:
        return aliases[0]
    if not aliases:
        return "the function has no alias, so callers get the latest upload"
    names = ", ".join(sorted(one.name for one in aliases))
    return f"the function has several aliases ({names}): name one in the target of the catalog"


def versions_before(client: "LambdaClient", target: Target, version: str) -> tuple[Version, ...]:
    """Returns the published versions that are older than this one, the newest first, at most
    `MAX_EARLIER`."""
    listed = paginate(
        f"list the versions of {target}",
        client.list_versions_by_function,
        {"FunctionName": target.name},
        token="Marker",  # noqa: S106 the name of a parameter
        next_field="NextMarker",
    )
    published = (one["Version"] for page in listed for one in page["Versions"])
    older = sorted(int(one) for one in published if one.isdigit() and int(one) < int(version))
    return tuple(published_version(str(number)) for number in older[::-1][:MAX_EARLIER])


def published_version(number: str) -> Version:
    """Returns a published version of a function."""
    return Version(id=number, name=f"version {number}")


def routing_config(weights: str) -> "AliasRoutingConfigurationTypeDef":
    """Returns the routing configuration of UpdateAlias; empty weights remove all shares."""
    shares = (one.partition("=") for one in weights.split(",") if one)
    return {"AdditionalVersionWeights": {version: float(share) for version, _, share in shares}}


def _alias(response: Any) -> Alias:
    """Parses an alias (Any: the service model defines its shape)."""
    weights = (response.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or {}
    return Alias(
        name=response["Name"],
        version=response["FunctionVersion"],
        weights=",".join(f"{version}={share:g}" for version, share in sorted(weights.items())),
        revision=response["RevisionId"],
    )


PROVISION_SECONDS: Final = 600
"""Seconds for provisioned concurrency to show progress: the new environments start and run the function's
initialization, two to four minutes usually."""
PROVISIONED_A_MINUTE: Final = 500
"""Executions that are provisioned in a minute at least; Lambda starts more of a function in its usual
scaling (https://docs.aws.amazon.com/lambda/latest/dg/scaling-behavior.html)."""


def provisioning_limits(count: int) -> RolloutLimits:
    """Returns the limits of a change after which `count` executions are provisioned. An alias and a reserved
    concurrency take effect at once."""
    return limits_by_batches(
        stall_seconds=PROVISION_SECONDS, batches=ceil(count / PROVISIONED_A_MINUTE), batch_seconds=60
    )


READ_PROVISIONED: Final[Permissions] = {"lambda:GetProvisionedConcurrencyConfig": FUNCTION_ARNS}
PROGRESS: Final = {
    "IN_PROGRESS": Progress.MOVING,
    "READY": Progress.SETTLED,
    "FAILED": Progress.FAILED,
}
"""Progress by the status of the provisioned concurrency."""
_NO_CONFIG: Final = "ProvisionedConcurrencyConfigNotFoundException"


class ProvisionedConcurrency(msgspec.Struct, frozen=True):
    """Provisioned concurrency in concurrent executions: requested, and available (None if AWS does not
    say)."""

    requested: int
    available: int | None
    status: str
    reason: str


def provisioned_on(client: "LambdaClient", target: Target, alias: Alias) -> ProvisionedConcurrency | None:
    """Reads the provisioned concurrency of the alias, or None if it has none."""
    with translate_aws_errors(f"read the provisioned concurrency of {target}"):
        try:
            config = client.get_provisioned_concurrency_config(FunctionName=target.name, Qualifier=alias.name)
        except ClientError as error:
            if error.response["Error"]["Code"] == _NO_CONFIG:
                return None
            raise
    return ProvisionedConcurrency(
        config["RequestedProvisionedConcurrentExecutions"],
        config.get("AvailableProvisionedConcurrentExecutions"),
        config["Status"],
        config.get("StatusReason", ""),
    )
