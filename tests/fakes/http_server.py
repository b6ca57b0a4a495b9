"""A server on loopback for the API of a vendor: it gives scripted answers and records the requests."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Asked:
    """A request, with its query and its decoded body."""

    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def operation(self) -> str:
        """The AWS operation, from the header, the form or the path."""
        target = self.headers.get("x-amz-target", "")
        return target.rpartition(".")[2] or str(self.body.get("Action") or self.path.rpartition("/")[2])


@dataclass(frozen=True)
class Answer:
    """A response; `half` closes the connection in the middle of the body, `silent` never responds."""

    body: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    half: bool = False
    silent: bool = False


@dataclass
class Vendor:
    """A running server; `asked` lists the requests in order of arrival."""

    url: str
    asked: list[Asked] = field(default_factory=list)


@contextmanager
def vendor(respond: Callable[[Asked], Answer]) -> Iterator[Vendor]:
    """Runs a server that answers with `respond`, on a free port of loopback."""
    over = threading.Event()
    running = Vendor("")

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # else a body waits 40 ms for the acknowledgment of its head

        def do_GET(self) -> None:
            self._answer()

        do_POST = do_GET  # noqa: N815

        def log_message(self, *_: Any) -> None:
            return

        def _answer(self) -> None:
            asked = _asked(self)
            running.asked.append(asked)
            answer = respond(asked)
            if answer.silent:
                over.wait()
                return
            content_type, body = _encoded(answer.body)
            self.send_response(answer.status)
            headers = {"content-type": content_type, "content-length": str(len(body)), **answer.headers}
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body[: len(body) // 2] if answer.half else body)
            self.close_connection = answer.half

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    running.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield running
    finally:
        over.set()
        server.shutdown()
        server.server_close()
        thread.join()


def _asked(handler: BaseHTTPRequestHandler) -> Asked:
    parts = urlsplit(handler.path)
    headers = {name.lower(): value for name, value in handler.headers.items()}
    raw = handler.rfile.read(int(headers.get("content-length", 0)))
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    return Asked(parts.path, query, headers, _decoded(headers.get("content-type", ""), raw))


def _decoded(content_type: str, raw: bytes) -> dict[str, Any]:
    if not raw:
        return {}
    if "json" in content_type:
        return dict(json.loads(raw))
    return {name: values[0] for name, values in parse_qs(raw.decode()).items()}


def _encoded(body: Any) -> tuple[str, bytes]:
    """Returns content type and bytes: text is XML, any other body is JSON with times as seconds since
    1970."""
    if isinstance(body, str):
        return "text/xml", body.encode()
    return "application/json", json.dumps(body, default=datetime.timestamp).encode()
