"""Asks sources by name, whichever kind they are of: for their alerts, or for what runs where."""

from collections.abc import Sequence

from cloudops.domain.alert import Instant
from cloudops.domain.errors import BadInput
from cloudops.domain.sources import SOURCES, SourceKind, Synchronised
from cloudops.flows.discovery import Discover
from cloudops.flows.pull import Pull


class Synchronise:
    def __init__(self, pull: Pull, discover: Discover) -> None:
        self._pull = pull
        self._discover = discover

    def __call__(self, names: Sequence[str], now: Instant) -> Synchronised:
        """What there is to know comes first, so that the alerts are placed by it. BadInput names a source
        that there is not."""
        for name in names:
            if name not in SOURCES:
                raise BadInput(f"source {name!r}: there is none; there are {', '.join(SOURCES)}")
        surveyed = self._discover([name for name in names if SOURCES[name] is SourceKind.ESTATE], now)
        pulled = self._pull([name for name in names if SOURCES[name] is SourceKind.ALERTS], now)
        ids = dict.fromkeys(one for result in pulled for one in result.incident_ids)
        return Synchronised(
            health=(*(result.health for result in pulled), *surveyed),
            incident_ids=tuple(ids),
            accepted=sum(result.accepted for result in pulled),
        )
