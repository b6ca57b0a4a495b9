"""The pull function, asked by functions that carry no client of Datadog: one call of AWS Lambda."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

import msgspec
from botocore.exceptions import ReadTimeoutError

from cloudops.adapters.aws import Patience, aws_errors
from cloudops.domain.alert import Instant
from cloudops.domain.errors import Unavailable
from cloudops.domain.sources import Synchronised

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

AS_LONG_AS_A_REQUEST = Patience(connect=1, read=15, tries=1)
"""Of the 20 s that the API has. One try: a second one would pull twice at once."""


class PullFunction:
    permissions: ClassVar = ("lambda:InvokeFunction",)

    def __init__(self, client: "LambdaClient", name: str) -> None:
        self._client = client
        self._name = name

    def __call__(self, names: Sequence[str], now: Instant) -> Synchronised | None:
        """None where it goes on longer than a request can wait. The function has its own clock."""
        del now
        doing = f"ask {', '.join(names)} by {self._name}"
        try:
            with aws_errors(doing):
                answer = self._client.invoke(
                    FunctionName=self._name, Payload=msgspec.json.encode({"sources": names})
                )
                body = answer["Payload"].read()
        except Unavailable as error:
            if isinstance(error.__cause__, ReadTimeoutError):
                return None
            raise
        if "FunctionError" in answer:
            raise Unavailable(f"{doing}: {answer['FunctionError']}")
        return msgspec.json.decode(body, type=Synchronised)
