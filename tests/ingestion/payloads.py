"""Alerts in the generic format as raw payloads, for tests of ingestion."""

import json

from cloudops.core.time import EpochMillis
from cloudops.ingestion.reading import Received
from tests.fakes.application import NOW


def plain(service: str, at: str = "2026-01-01T00:00:00Z", **fields: str) -> str:
    """Returns a firing alert of the service in prod, eu-central-1, each service in a namespace of its own."""
    alert = {
        "title": f"{service} is failing",
        "service": service,
        "env": "prod",
        "region": "eu-central-1",
        "account": "111122223333",
        "startsAt": at,
        "labels": {"namespace": service},
        **fields,
    }
    return json.dumps(alert)


def received(*payloads: str | bytes, at: EpochMillis = NOW) -> list[Received]:
    """Returns messages m0, m1, ... in this order, received at `at`."""
    return [Received(f"m{index}", payload, at) for index, payload in enumerate(payloads)]
