"""A Lambda function behind the methods of its client: versions, aliases, concurrency, lagging answers."""

from typing import Any

from botocore.exceptions import ClientError


class LambdaFunction:
    """The function `pay` with versions up to `latest`, the newest behind its alias `live`.

    While `shown` is set, GetAlias answers with it, whatever changes. `provisioned` is what the alias
    requests, with how many are ready and the status; `reserved` what the function reserves.
    """

    def __init__(self, latest: int = 3) -> None:
        self.latest = latest
        self.aliases: dict[str, dict[str, Any]] = {}
        self.shown: dict[str, Any] | None = None
        self.provisioned: dict[str, Any] | None = None
        self.reserved: int | None = None
        self.lost_answers = 0
        self._revision = 0
        self.point("live", str(latest))

    def point(self, alias: str, version: str, weights: dict[str, float] | None = None) -> None:
        """A person, a pipeline or the executor points the alias to a version."""
        self._revision += 1
        routing = {"RoutingConfig": {"AdditionalVersionWeights": weights}} if weights else {}
        self.aliases[alias] = {
            "Name": alias,
            "FunctionVersion": version,
            "RevisionId": f"revision-{self._revision}",
            **routing,
        }

    def provision(self, count: int, ready: int, status: str = "IN_PROGRESS") -> None:
        self.provisioned = {
            "RequestedProvisionedConcurrentExecutions": count,
            "AvailableProvisionedConcurrentExecutions": ready,
            "Status": status,
        }

    def list_aliases(self, **_: Any) -> dict[str, Any]:
        return {"Aliases": list(self.aliases.values())}

    def get_alias(self, **request: Any) -> dict[str, Any]:
        if request["Name"] not in self.aliases:
            raise _error("ResourceNotFoundException", "GetAlias")
        return self.shown or self.aliases[request["Name"]]

    def list_versions_by_function(self, **_: Any) -> dict[str, Any]:
        versions = ["$LATEST", *(str(number) for number in range(1, self.latest + 1))]
        return {"Versions": [{"Version": version} for version in versions]}

    def update_alias(self, **request: Any) -> None:
        if request["RevisionId"] != self.aliases[request["Name"]]["RevisionId"]:
            raise _error("PreconditionFailedException", "UpdateAlias")
        self.point(
            request["Name"],
            request["FunctionVersion"],
            request["RoutingConfig"]["AdditionalVersionWeights"],
        )

    def get_provisioned_concurrency_config(self, **_: Any) -> dict[str, Any]:
        if self.provisioned is None:
            raise _error("ProvisionedConcurrencyConfigNotFoundException", "GetProvisionedConcurrencyConfig")
        return self.provisioned

    def put_provisioned_concurrency_config(self, **request: Any) -> None:
        self.provision(request["ProvisionedConcurrentExecutions"], 0)

    def get_function_concurrency(self, **_: Any) -> dict[str, Any]:
        return {} if self.reserved is None else {"ReservedConcurrentExecutions": self.reserved}

    def put_function_concurrency(self, **request: Any) -> None:
        self.reserved = request["ReservedConcurrentExecutions"]

    def get_account_settings(self) -> dict[str, Any]:
        return {"AccountLimit": {"UnreservedConcurrentExecutions": 900}}


def _error(code: str, operation: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": ""}}, operation)
