"""Endpoint of health: that the function runs, and in which version. Calls no other system."""

from typing import Literal

from cloudops import __version__
from cloudops.api.endpoint import Endpoint, query
from cloudops.api.route import Access
from cloudops.api.schemas import View


class HealthView(View):
    status: Literal["ok"] = "ok"
    version: str


@query("/health", Access.OPEN)
def health() -> HealthView:
    """Check health.

    Answers without calling any other system.
    """
    return HealthView(version=__version__)


ENDPOINTS: tuple[Endpoint, ...] = (health,)
