"""Plain alerts as raw payloads, for tests of what the flows make of them."""

import json

from cloudops.ingestion.reading import Received
from tests.fakes.application import NOW


def plain(service: str, at: str = "2026-01-01T00:00:00Z", **words: str) -> str:
    """A firing alert of the service in prod/eu-central-1."""
    alert = {
        "title": f"{service} is failing",
        "service": service,
        "env": "prod",
        "region": "eu-central-1",
        "account": "111122223333",
        "startsAt": at,
        **words,
    }
    return json.dumps(alert)


def received(*payloads: str | bytes) -> list[Received]:
    """Messages m0, m1, ... in this order."""
    return [Received(f"m{index}", payload, NOW) for index, payload in enumerate(payloads)]
