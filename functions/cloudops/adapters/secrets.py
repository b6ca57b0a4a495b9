"""Reads and writes one JSON document in AWS Secrets Manager, and remembers it for a minute."""

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from cloudops.adapters.aws import aws_errors
from cloudops.domain.errors import Unavailable

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

MAX_AGE = 60.0
"""Seconds that a document is believed: so long may a revoked token or a changed secret live on."""

MIN_AGE = 5.0
"""Seconds between two reads that callers with unknown credentials can bring about."""


class SecretDocument:
    """The JSON object that a secret holds (Any: whoever asks parses what they need of it).

    `seconds` is a monotonic clock. Unavailable where it cannot be read or is not a JSON object.
    """

    permissions: ClassVar = ("secretsmanager:GetSecretValue",)
    write_permissions: ClassVar = ("secretsmanager:PutSecretValue",)

    def __init__(self, client: "SecretsManagerClient", secret_id: str, seconds: Callable[[], float]) -> None:
        self._client = client
        self._secret_id = secret_id
        self._seconds = seconds
        self._document: dict[str, Any] | None = None
        self._read_at = 0.0

    def read(self) -> Mapping[str, Any]:
        """The document, at most MAX_AGE old."""
        return self._not_older_than(MAX_AGE)

    def reread(self) -> Mapping[str, Any]:
        """The document, at most MIN_AGE old: for credentials that the remembered one does not know."""
        return self._not_older_than(MIN_AGE)

    def write(self, document: Mapping[str, Any]) -> None:
        with aws_errors(f"write secret {self._secret_id}"):
            self._client.put_secret_value(SecretId=self._secret_id, SecretString=json.dumps(document))
        self._document = None

    def _not_older_than(self, age: float) -> Mapping[str, Any]:
        now = self._seconds()
        if self._document is None or now - self._read_at >= age:
            self._document = self._fetch()
            self._read_at = now
        return self._document

    def _fetch(self) -> dict[str, Any]:
        with aws_errors(f"read secret {self._secret_id}"):
            answer = self._client.get_secret_value(SecretId=self._secret_id)
        try:
            document = json.loads(answer.get("SecretString", ""))
        except ValueError as error:
            raise Unavailable(f"read secret {self._secret_id}: not JSON") from error
        if not isinstance(document, dict):
            raise Unavailable(f"read secret {self._secret_id}: not a JSON object")
        return document
