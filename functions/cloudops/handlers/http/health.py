"""Route of health: that the function runs, and which version of it. Asks nothing of anything else."""

from cloudops import __version__
from cloudops.handlers.http.intake_views import HealthView


def health() -> HealthView:
    return HealthView(version=__version__)
