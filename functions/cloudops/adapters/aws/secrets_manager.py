"""Reads and changes one JSON document in AWS Secrets Manager, and remembers it for a minute."""

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


MAX_AGE_SECONDS = 60.0
"""Seconds that a document is believed: so long may a revoked token or a changed secret live on."""

MIN_AGE_SECONDS = 5.0
"""Seconds between two reads that callers with unknown credentials can bring about."""

ATTEMPTS: Final = 10
"""Changes that may be made anew because somebody else's came first."""

CURRENT: Final = "AWSCURRENT"

Change = Callable[[Mapping[str, Any]], Mapping[str, Any]]
"""From the document as it is to what it shall be; may be asked more than once."""


class SecretDocument:
    """The JSON object that a secret holds (Any: whoever asks parses what they need of it).

    `seconds` is a monotonic clock. Unavailable where it cannot be read or is not a JSON object.
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
        """The document, at most MAX_AGE_SECONDS old."""
        return self._not_older_than(MAX_AGE_SECONDS)

    def reread(self) -> Mapping[str, Any]:
        """The document, MIN_AGE_SECONDS old at most: for credentials that the held one does not know."""
        return self._not_older_than(MIN_AGE_SECONDS)

    def change(self, change: Change) -> None:
        """Of two who change it at once neither is lost: a version is first put aside, and becomes current
        only in place of the one that it was made from. Conflict after many attempts."""

        def attempt() -> None:
            version, document = self._fetch()
            self._replace(version, change(document))

        retry_on_conflict(attempt, at_once, what=f"write secret {self._secret_id}", attempts=ATTEMPTS)
        self._document = None

    def _replace(self, version: str, document: Mapping[str, Any]) -> None:
        """WriteConflict where another version has become the current one meanwhile."""
        aside = f"cloudops-{uuid4()}"
        with translate_aws_errors(f"write secret {self._secret_id}"):
            put = self._client.put_secret_value(
                SecretId=self._secret_id, SecretString=json.dumps(document), VersionStages=[aside]
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
                # Without a label a version is forgotten in time.
                self._client.update_secret_version_stage(
                    SecretId=self._secret_id, VersionStage=aside, RemoveFromVersionId=put["VersionId"]
                )

    def _not_older_than(self, age: float) -> Mapping[str, Any]:
        now = self._seconds()
        if self._document is None or now - self._read_at >= age:
            _, self._document = self._fetch()
            self._read_at = now
        return self._document

    def _fetch(self) -> tuple[str, dict[str, Any]]:
        """The id of the current version, and what it says."""
        with translate_aws_errors(f"read secret {self._secret_id}"):
            answer = self._client.get_secret_value(SecretId=self._secret_id, VersionStage=CURRENT)
        try:
            document = json.loads(answer.get("SecretString", ""))
        except ValueError as error:
            raise Unavailable(f"read secret {self._secret_id}: not JSON") from error
        if not isinstance(document, dict):
            raise Unavailable(f"read secret {self._secret_id}: not a JSON object")
        return answer["VersionId"], document
