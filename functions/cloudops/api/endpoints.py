"""All endpoints of the HTTP API. An endpoint that is not listed here is not served."""

from typing import Final

from cloudops.api import (
    audit,
    automation,
    changes,
    confidence,
    feedback,
    freezes,
    health,
    incidents,
    quarantine,
    remediation,
    services,
    sign_in,
    silences,
    sources,
)
from cloudops.api.endpoint import Endpoint

ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    *health.ENDPOINTS,
    *sign_in.ENDPOINTS,
    *audit.ENDPOINTS,
    *automation.ENDPOINTS,
    *incidents.ENDPOINTS,
    *feedback.ENDPOINTS,
    *remediation.ENDPOINTS,
    *confidence.ENDPOINTS,
    *freezes.ENDPOINTS,
    *silences.ENDPOINTS,
    *services.ENDPOINTS,
    *changes.ENDPOINTS,
    *sources.ENDPOINTS,
    *quarantine.ENDPOINTS,
)
