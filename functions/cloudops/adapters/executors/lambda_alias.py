"""Reads a Lambda function's alias: the version that its callers get, and the one before it."""

from typing import TYPE_CHECKING, Any, Final

import msgspec

from cloudops.adapters.aws import aws_errors, pages
from cloudops.domain.catalogue import Target
from cloudops.domain.remediation import Facts, Permissions

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
    """The alias that the catalogue names, else the function's only one; or why it cannot be told. Raises
    NotFound where there is no such function or alias."""
    if target.alias:
        with aws_errors(f"read the alias {target.alias} of {target}"):
            return _alias(client.get_alias(FunctionName=target.name, Name=target.alias))
    request = {"FunctionName": target.name}
    listed = pages(
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
    return f"it has several aliases ({names}): the catalogue's target has to name one"


def version_before(client: "LambdaClient", target: Target, version: str) -> str:
    """The newest published version that is older than this one, or ""."""
    listed = pages(
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
