"""The deployed stack, with the calls that tests make."""

import json
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from local import stack
from local.aws_events import send_as_aws
from local.emulator import Emulator

PATIENCE = 60.0
"""Seconds to wait for a condition; two or three are usual."""
CALL_TIMEOUT = 60.0
"""Seconds to wait for a response. API Gateway allows a function 30. The emulator adds the start of each
process, and processes of a burst share a few cores."""

T = TypeVar("T")


def eventually(read: Callable[[], T], is_expected: Callable[[T], bool] = bool) -> T:
    """Calls `read` until its value is expected, and returns it; fails with the last value."""
    deadline = time.monotonic() + PATIENCE
    while not is_expected(value := read()):
        assert time.monotonic() < deadline, f"not within {PATIENCE} s, last value: {value!r}"
        time.sleep(0.1)
    return value


@dataclass(frozen=True, slots=True)
class Answer:
    """A response; `body` is its JSON (Any: each test reads what it expects)."""

    status: int
    body: Any
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class StackUnderTest:
    """`tokens` are bearer tokens by role; `webhook_secret` is the current one."""

    emulator: Emulator
    outputs: Mapping[str, str]
    url: str
    tokens: Mapping[str, str]
    webhook_secret: str

    def call(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        role: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        sent = {"content-type": "application/json", **(headers or {})}
        if role:
            sent["authorization"] = f"Bearer {self.tokens[role]}"
        data = None if body is None else json.dumps(body).encode()
        return self._send(method, path, data, sent)

    def from_slack(self, endpoint: str, body: str, headers: Mapping[str, str]) -> Answer:
        """Posts a request of Slack: JSON for an event, else a form."""
        kind = "application/json" if endpoint == "events" else "application/x-www-form-urlencoded"
        return self._send("POST", f"/slack/{endpoint}", body.encode(), {"content-type": kind, **headers})

    def _send(self, method: str, path: str, data: bytes | None, sent: Mapping[str, str]) -> Answer:
        request = urllib.request.Request(self.url + path, data=data, headers=dict(sent), method=method)
        try:
            with urllib.request.urlopen(request, timeout=CALL_TIMEOUT, context=self._trust()) as answer:
                return Answer(answer.status, _json(answer.read()), dict(answer.headers))
        except urllib.error.HTTPError as refused:
            with refused:
                return Answer(refused.code, _json(refused.read()), dict(refused.headers))

    def webhook(self, path: str, payload: object) -> Answer:
        return self.call("POST", path, payload, headers={"x-cloudops-secret": self.webhook_secret})

    def put_event(self, event: Mapping[str, Any], bus: str = "default") -> None:
        """Sends the event as the AWS service that it names."""
        send_as_aws(self.emulator, event, bus)

    def queue_up(self, bodies: Sequence[str]) -> None:
        """Puts messages into the alert queue, as EventBridge does."""
        sqs = self.emulator.client("sqs")
        for start in range(0, len(bodies), 10):
            entries = [
                {"Id": str(index), "MessageBody": body}
                for index, body in enumerate(bodies[start : start + 10])
            ]
            sent = sqs.send_message_batch(QueueUrl=self.outputs["AlertQueueUrl"], Entries=entries)
            assert not sent.get("Failed")

    def pause_schedules(self) -> None:
        """Leaves only the watchdog. The others run when no test expects it: a poll of CloudWatch resolves the
        incidents of alarms that exist as events only, and a recompute learns from a vote first."""
        schedules = self.emulator.client("scheduler")
        for one in schedules.list_schedules()["Schedules"]:
            if "WatchSchedule" not in one["Name"]:
                found = schedules.get_schedule(Name=one["Name"])
                kept = ("FlexibleTimeWindow", "Name", "ScheduleExpression", "Target")
                schedules.update_schedule(**{name: found[name] for name in kept}, State="DISABLED")

    def invoke(self, function: str, event: Mapping[str, Any]) -> None:
        """Invokes the function whose name contains `function`, and waits for its end."""
        functions = self.emulator.client("lambda")
        names = [one["FunctionName"] for one in functions.list_functions()["Functions"]]
        (name,) = [one for one in names if function in one]
        answer = functions.invoke(FunctionName=name, Payload=json.dumps(event))
        assert "FunctionError" not in answer, answer["Payload"].read()

    def messages_in(self, queue: str) -> int:
        return stack.messages_in(self.emulator.client("sqs"), queue)

    def incidents(self, **filters: str) -> list[dict[str, Any]]:
        query = "&".join(f"{name}={value}" for name, value in filters.items())
        answer = self.call("GET", f"/api/incidents?limit=100&{query}", role="viewer")
        assert answer.status == 200, answer
        found: list[dict[str, Any]] = answer.body["incidents"]
        return found

    def _trust(self) -> ssl.SSLContext | None:
        certificate = self.emulator.options.certificate
        return ssl.create_default_context(cafile=certificate.certificate) if certificate else None


def _json(raw: bytes) -> Any:
    return json.loads(raw) if raw else None
