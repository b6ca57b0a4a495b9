"""Puts one event on our own EventBridge bus."""

from typing import TYPE_CHECKING, ClassVar

from cloudops.adapters.aws import aws_errors
from cloudops.domain.errors import Unavailable

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient


class EventBus:
    permissions: ClassVar = ("events:PutEvents",)

    def __init__(self, client: "EventBridgeClient", name: str) -> None:
        self._client = client
        self._name = name

    def put(self, source: str, detail_type: str, detail: str) -> None:
        """Returns when the bus has it; Unavailable otherwise. PutEvents answers 200 for an entry that it
        did not take, so the entry's own answer is read too."""
        entry = {"Source": source, "DetailType": detail_type, "Detail": detail, "EventBusName": self._name}
        with aws_errors(f"put {detail_type!r} on bus {self._name}"):
            answer = self._client.put_events(Entries=[entry])  # type: ignore[list-item]
        if answer["FailedEntryCount"]:
            code = answer["Entries"][0].get("ErrorCode", "unknown")
            raise Unavailable(f"put {detail_type!r} on bus {self._name}: {code}")
