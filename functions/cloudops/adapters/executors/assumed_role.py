"""Opens AWS clients with the role of one executor, in the account and region of its target."""

import time
from collections.abc import Mapping
from typing import Any, Final

import botocore.session
from botocore.config import Config

from cloudops.adapters.aws.client import IN_A_REQUEST, open_client, translate_aws_errors
from cloudops.catalog.declaration import Platform, Target
from cloudops.core.errors import KeyMissing
from cloudops.core.taxonomy import Action

SESSION_SECONDS: Final = 900
"""Seconds of a session, the least that STS gives."""
SPARE_SECONDS: Final = 120
"""Seconds before its end from which a session is not used any more."""


class AssumedRoleClients:
    """`role` is the ARN of the executor's role in our account; in another account it has the same name."""

    permissions = ("sts:AssumeRole",)

    def __init__(self, role: str, platform: Platform, action: Action) -> None:
        self._role = role
        self._session = f"cloudops-{platform}-{action}".replace("_", "-")
        self._clients: dict[tuple[str, str, str], tuple[float, Any]] = {}

    def client(self, service: str, target: Target) -> Any:
        """A botocore client (Any: its methods exist only at run time); KeyMissing where there is no role."""
        if not self._role:
            raise KeyMissing(f"{self._session}: this function was given no role for it")
        place = (service, target.account, target.region)
        until, client = self._clients.get(place, (0.0, None))
        if time.monotonic() >= until:
            client = self._opened(service, target)
            self._clients[place] = (time.monotonic() + SESSION_SECONDS - SPARE_SECONDS, client)
        return client

    def _opened(self, service: str, target: Target) -> Any:
        role = role_in(self._role, target.account)
        with translate_aws_errors(f"take the role {role}"):
            answer = open_client("sts", target.region).assume_role(
                RoleArn=role, RoleSessionName=self._session, DurationSeconds=SESSION_SECONDS
            )
        given: Mapping[str, str] = answer["Credentials"]
        with translate_aws_errors(f"open {service}"):
            return botocore.session.get_session().create_client(
                service,
                region_name=target.region,
                aws_access_key_id=given["AccessKeyId"],
                aws_secret_access_key=given["SecretAccessKey"],
                aws_session_token=given["SessionToken"],
                config=Config(
                    connect_timeout=IN_A_REQUEST.connect,
                    read_timeout=IN_A_REQUEST.read * 2,
                    retries={"total_max_attempts": IN_A_REQUEST.tries, "mode": "standard"},
                ),
            )


def role_in(role: str, account: str) -> str:
    """The role of the same name in an account: arn:aws:iam::<account>:role/<name>."""
    parts = role.split(":")
    if account:
        parts[4] = account
    return ":".join(parts)
