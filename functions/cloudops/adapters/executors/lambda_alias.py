"""Reads a Lambda function's alias: the version that its callers get, and the one before it."""

from typing import TYPE_CHECKING, Any, Final

import msgspec
from botocore.exceptions import ClientError

from cloudops.adapters.aws.client import paginate, translate_aws_errors
from cloudops.catalog.declaration import Target
from cloudops.remediation.executor import Permissions, Progress
from cloudops.remediation.plan import Facts

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_lambda.type_defs import AliasRoutingConfigurationTypeDef


ON_FUNCTIONS: Final = ("lambda:*:{account}:function:*",)
READ_ALIAS: Final[Permissions] = {"lambda:GetAlias": ON_FUNCTIONS, "lambda:ListAliases": ON_FUNCTIONS}
LATEST: Final = "$LATEST"


class Alias(msgspec.Struct, frozen=True):
    """`weights` is the share of calls that go to another version, as `7=0.1`, empty where none do.
    `revision` is what an update has to name, so that of two at once one is refused."""

    name: str
    version: str
    weights: str
    revision: str

    @property
    def facts(self) -> Facts:
        """What a person compares."""
        weights: Facts = {"weights": self.weights} if self.weights else {}
        return {"alias": self.name, "version": self.version, **weights}


def alias_of(client: "LambdaClient", target: Target) -> Alias | str:
    """The alias that the catalog names, else the function's only one; or why it cannot be told. Raises
    NotFound where there is no such function or alias."""
    if target.alias:
        with translate_aws_errors(f"read the alias {target.alias} of {target}"):
            return _alias(client.get_alias(FunctionName=target.name, Name=target.alias))
    request = {"FunctionName": target.name}
    listed = paginate(
        f"list the aliases of {target}",
        client.list_aliases,
        request,
        token="Marker",  # noqa: S106 the name of a parameter
        following="NextMarker",
    )
    found = [_alias(one) for page in listed for one in page["Aliases"]]
    if len(found) == 1:
        return found[0]
    if not found:
        return "it has no alias, so that its callers get whatever was uploaded last"
    names = ", ".join(sorted(one.name for one in found))
    return f"it has several aliases ({names}): the catalog's target has to name one"


def version_before(client: "LambdaClient", target: Target, version: str) -> str:
    """The newest published version that is older than this one, or ""."""
    listed = paginate(
        f"list the versions of {target}",
        client.list_versions_by_function,
        {"FunctionName": target.name},
        token="Marker",  # noqa: S106 the name of a parameter
        following="NextMarker",
    )
    published = (one["Version"] for page in listed for one in page["Versions"])
    older = [int(one) for one in published if one.isdigit() and int(one) < int(version)]
    return str(max(older)) if older else ""


def routing(weights: str) -> "AliasRoutingConfigurationTypeDef":
    """As the API takes it; {} takes all weights away."""
    shares = (one.partition("=") for one in weights.split(",") if one)
    return {"AdditionalVersionWeights": {version: float(share) for version, _, share in shares}}


def _alias(found: Any) -> Alias:
    """From an answer of AWS (Any: its shape is the service model's)."""
    weights = (found.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or {}
    return Alias(
        name=found["Name"],
        version=found["FunctionVersion"],
        weights=",".join(f"{version}={share:g}" for version, share in sorted(weights.items())),
        revision=found["RevisionId"],
    )


READ_PROVISIONED: Final[Permissions] = {"lambda:GetProvisionedConcurrencyConfig": ON_FUNCTIONS}
PROGRESS: Final = {
    "IN_PROGRESS": Progress.MOVING,
    "READY": Progress.SETTLED,
    "FAILED": Progress.FAILED,
}
"""By what AWS calls the status of an allocation."""
_NO_CONFIG: Final = "ProvisionedConcurrencyConfigNotFoundException"


class Provisioned(msgspec.Struct, frozen=True):
    """Counted in concurrent executions: what was asked for, and how many of them are ready."""

    requested: int
    available: int | None
    status: str
    reason: str


def provisioned_on(client: "LambdaClient", target: Target, alias: Alias) -> Provisioned | None:
    """What is provisioned on the alias; None where nothing is."""
    with translate_aws_errors(f"read the provisioned concurrency of {target}"):
        try:
            found = client.get_provisioned_concurrency_config(FunctionName=target.name, Qualifier=alias.name)
        except ClientError as error:
            if error.response["Error"]["Code"] == _NO_CONFIG:
                return None
            raise
    return Provisioned(
        found["RequestedProvisionedConcurrentExecutions"],
        found.get("AvailableProvisionedConcurrentExecutions"),
        found["Status"],
        found.get("StatusReason", ""),
    )
