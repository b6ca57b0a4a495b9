"""A caller of the API: JSON in, JSON out, over the standard library."""

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from infra.cli_errors import CommandFailure


@dataclass(frozen=True, slots=True)
class Http:
    """`headers` go with every call, beside the content type."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict)

    def get(self, path: str) -> Any:
        return self._call(urllib.request.Request(self.url + path, headers=dict(self.headers)))

    def post(self, path: str, body: object) -> Any:
        headers = {"content-type": "application/json", **self.headers}
        data = json.dumps(body).encode()
        return self._call(urllib.request.Request(self.url + path, data=data, headers=headers))

    def _call(self, request: urllib.request.Request) -> Any:
        """The answer's JSON (Any: callers know its fields); CommandFailure quotes a refusal."""
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            said = error.read().decode(errors="replace")[:500]
            raise CommandFailure(
                f"{request.get_method()} {request.full_url} answered {error.code}: {said}",
                "the functions' logs are in the emulator's log below .local/run",
            ) from error
        except OSError as error:
            raise CommandFailure(
                f"{request.full_url} does not answer: {error}", "look at the logs below .local/run"
            ) from error
