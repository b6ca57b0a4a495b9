"""Records the calls that a client sends to AWS, and crashes before or after one of them."""

from typing import Any

from tests.fakes.executor import Crash


class Wire:
    """`calls` are the operations that were sent, `crash_at` the point at which the process ends: point 2n is
    before the nth call, point 2n + 1 after its answer."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.crash_at = -1
        self._points = 0

    def watch(self, client: Any) -> Any:
        """Returns the client with its calls recorded (Any: botocore creates its methods at run time)."""
        client.meta.events.register("before-call", self._before)
        client.meta.events.register("after-call", self._after)
        return client

    def _before(self, model: Any, **_: object) -> None:
        self.send(f"{model.service_model.signing_name}:{model.name}")

    def _after(self, **_: object) -> None:
        self.answered()

    def clear(self, crash_at: int = -1) -> None:
        """Forgets the recorded calls."""
        self.calls, self.crash_at, self._points = [], crash_at, 0

    def send(self, operation: str) -> None:
        """Records a call before it is sent."""
        self.answered()
        self.calls.append(operation)

    def answered(self) -> None:
        """Crashes if this point is `crash_at`."""
        self._points += 1
        if self._points - 1 == self.crash_at:
            raise Crash
