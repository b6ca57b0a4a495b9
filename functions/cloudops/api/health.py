"""Route of health: that the function runs, and which version of it. Asks nothing of anything else."""

from typing import Literal

from cloudops import __version__
from cloudops.api.schemas import View


class HealthView(View):
    status: Literal["ok"] = "ok"
    version: str


def health() -> HealthView:
    return HealthView(version=__version__)
