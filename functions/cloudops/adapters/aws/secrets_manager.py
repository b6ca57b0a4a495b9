"""Reads and changes one JSON document in AWS Secrets Manager, and caches it for a minute."""

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Final
from uuid import uuid4

from botocore.exceptions import ClientError

from cloudops.adapters.aws.client import translate_aws_errors
from cloudops.core.errors import Unavailable, WriteConflict
from cloudops.core.retry import at_once, retry_on_conflict

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient


SECRET_MAX_AGE_SECONDS = 60.0
"""A revoked token or a changed secret stays valid for at most this time."""

SECRET_MIN_AGE_SECONDS = 5.0
"""Time between two reads that callers with unknown credentials can cause."""

MAX_CHANGE_ATTEMPTS: Final = 10
"""Attempts of a change that concurrent changes may overtake."""

CURRENT: Final = "AWSCURRENT"

Change = Callable[[Mapping[str, Any]], Mapping[str, Any]]
"""Returns the changed document; called again if a concurrent change came first."""


class SecretDocument:
    """The JSON object in a secret (Any: the caller parses its fields). `seconds` is a monotonic clock.

    Raises:
        NotFound: From any method, if the secret does not exist.
        Unavailable: From any method, if the secret cannot be read or is not a JSON object.
    """

    permissions: ClassVar = ("secretsmanager:GetSecretValue",)
    write_permissions: ClassVar = ("secretsmanager:PutSecretValue", "secretsmanager:UpdateSecretVersionStage")

    def __init__(self, client: "SecretsManagerClient", secret_id: str, seconds: Callable[[], float]) -> None:
        self._client = client
        self._secret_id = secret_id
        self._seconds = seconds
        self._document: dict[str, Any] | None = None
        self._read_at = 0.0

    def read(self) -> Mapping[str, Any]:
        """Returns the document, at most SECRET_MAX_AGE_SECONDS old."""
        return self._not_older_than(SECRET_MAX_AGE_SECONDS)

    def reread(self) -> Mapping[str, Any]:
        """Returns the document, at most SECRET_MIN_AGE_SECONDS old, for unknown credentials."""
        return self._not_older_than(SECRET_MIN_AGE_SECONDS)

    def change(self, change: Change) -> None:
        """Changes the document; concurrent changes are all kept.

        A new version is first stored under a label of its own. It becomes current only in place of the
        version that it was made from.

        Raises:
            Conflict: MAX_CHANGE_ATTEMPTS concurrent changes came first.
        """

        def attempt() -> None:
            version, document = self._fetch()
            self._replace(version, change(document))

        retry_on_conflict(
            attempt, at_once, what=f"write secret {self._secret_id}", attempts=MAX_CHANGE_ATTEMPTS
        )
        self._document = None

    def _replace(self, version: str, document: Mapping[str, Any]) -> None:
        """Makes a new version current. Raises WriteConflict if `version` is no longer current."""
        pending_label = f"cloudops-{uuid4()}"
        with translate_aws_errors(f"write secret {self._secret_id}"):
            put = self._client.put_secret_value(
                SecretId=self._secret_id, SecretString=json.dumps(document), VersionStages=[pending_label]
            )
            try:
                self._client.update_secret_version_stage(
                    SecretId=self._secret_id,
                    VersionStage=CURRENT,
                    MoveToVersionId=put["VersionId"],
                    RemoveFromVersionId=version,
                )
            except ClientError as error:
                if error.response["Error"]["Code"] != "InvalidParameterException":
                    raise
                raise WriteConflict(f"write secret {self._secret_id}: another version is current") from error
            finally:
                # AWS deletes a version without labels in time.
                self._client.update_secret_version_stage(
                    SecretId=self._secret_id, VersionStage=pending_label, RemoveFromVersionId=put["VersionId"]
                )

    def _not_older_than(self, max_age: float) -> Mapping[str, Any]:
        now = self._seconds()
        if self._document is None or now - self._read_at >= max_age:
            _, self._document = self._fetch()
            self._read_at = now
        return self._document

    def _fetch(self) -> tuple[str, dict[str, Any]]:
        """Returns the id of the current version and its document."""
        with translate_aws_errors(f"read secret {self._secret_id}"):
            response = self._client.get_secret_value(SecretId=self._secret_id, VersionStage=CURRENT)
        try:
            document = json.loads(response.get("SecretString", ""))
        except ValueError as error:
            raise Unavailable(f"read secret {self._secret_id}: not JSON") from error
        if not isinstance(document, dict):
            raise Unavailable(f"read secret {self._secret_id}: not a JSON object")
        return response["VersionId"], document
