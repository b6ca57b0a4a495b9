"""AWS STS: opens clients under the role of one executor, in the account and region of its target."""

import time
from collections.abc import Mapping
from typing import Any, Final

import botocore.session
from botocore.config import Config
from botocore.exceptions import ClientError

from cloudops.adapters.aws.client import (
    REQUEST_TIMEOUTS,
    open_client,
    reject_partial_responses,
    translate_aws_errors,
)
from cloudops.catalog.declaration import Platform, Target
from cloudops.core.errors import KeyMissing
from cloudops.core.taxonomy import Action

SESSION_SECONDS: Final = 900
"""Seconds of a session, the shortest that STS allows."""
SPARE_SECONDS: Final = 120
"""Seconds before its end at which a session is renewed."""


class AssumedRoleClients:
    """Caches one client for each service, account and region.

    `role` is the ARN of the executor's role in the account of CloudOps. In any other account the role has the
    same name.
    """

    permissions = ("sts:AssumeRole",)

    def __init__(self, role: str, platform: Platform, action: Action) -> None:
        self._role = role
        self._session = f"cloudops-{platform}-{action}".replace("_", "-")
        self._clients: dict[tuple[str, str, str], tuple[float, Any]] = {}

    def client(self, service: str, target: Target) -> Any:
        """Returns a botocore client (Any: its methods exist only at run time).

        Raises:
            KeyMissing: The function has no role for this executor.
        """
        if not self._role:
            raise KeyMissing(f"{self._session}: the function has no role for this executor")
        key = (service, target.account, target.region)
        until, client = self._clients.get(key, (0.0, None))
        if time.monotonic() >= until:
            client = self._open(service, target)
            self._clients[key] = (time.monotonic() + SESSION_SECONDS - SPARE_SECONDS, client)
        return client

    def _open(self, service: str, target: Target) -> Any:
        role = role_in(self._role, target.account)
        with translate_aws_errors(f"assume the role {role}"):
            response = open_client("sts", target.region).assume_role(
                RoleArn=role, RoleSessionName=self._session, DurationSeconds=SESSION_SECONDS
            )
        credentials: Mapping[str, str] = response["Credentials"]
        with translate_aws_errors(f"open {service}"):
            client = botocore.session.get_session().create_client(
                service,
                region_name=target.region,
                aws_access_key_id=credentials["AccessKeyId"],
                aws_secret_access_key=credentials["SecretAccessKey"],
                aws_session_token=credentials["SessionToken"],
                config=Config(
                    connect_timeout=REQUEST_TIMEOUTS.connect,
                    read_timeout=REQUEST_TIMEOUTS.read * 2,
                    retries={"total_max_attempts": REQUEST_TIMEOUTS.attempts, "mode": "standard"},
                ),
            )
        reject_partial_responses(client)
        never_repeat_changes(client)
        return client


_READS: Final = ("Describe", "Get", "List")
"""Prefixes of the operations that change nothing, in every service that executors call."""


def never_repeat_changes(client: Any) -> None:
    """Makes a client (Any, as above) fail where botocore would repeat a change that may have taken effect.

    botocore repeats a request whose answer is lost or is an error of the server. A second UpdateService
    with `forceNewDeployment` restarts a service twice. The workflow repeats the step instead, and the
    executor looks for the effect first. Reads, and changes that AWS throttled, are repeated as usual.
    """

    def refuse(operation: Any, response: Any = None, caught_exception: Any = None, **_: object) -> None:
        if operation.name.startswith(_READS):
            return
        if caught_exception is not None:
            raise caught_exception
        if response is not None and response[0].status_code >= 500:
            raise ClientError(response[1], operation.name)

    client.meta.events.register_first("needs-retry", refuse)


def role_in(role: str, account: str) -> str:
    """Returns the ARN of the role with the same name in an account; unchanged if `account` is ""."""
    parts = role.split(":")
    if account:
        parts[4] = account
    return ":".join(parts)
