"""Looks around: asks each surveyor what runs where and who calls whom, and remembers it."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from cloudops.catalog.discovered import DiscoverySnapshot, merge_snapshot
from cloudops.catalog.store import EstateStore
from cloudops.core.errors import CloudOpsError
from cloudops.core.time import EpochMillis
from cloudops.sources.health import SourceHealth, SourceStore, after_failure, after_success


class DiscoverySource(Protocol):
    @property
    def name(self) -> str: ...

    def survey(self, now: EpochMillis) -> DiscoverySnapshot:
        """Raises CloudOpsError where it cannot look at the whole."""
        ...


class DiscoverServices:
    def __init__(
        self, surveyors: Sequence[DiscoverySource], estate: EstateStore, health: SourceStore
    ) -> None:
        self._surveyors: Mapping[str, DiscoverySource] = {surveyor.name: surveyor for surveyor in surveyors}
        self._estate = estate
        self._health = health

    def __call__(self, names: Sequence[str], now: EpochMillis) -> list[SourceHealth]:
        """How each surveyor does, in order; what one that fails has found before stays."""
        if not names:
            return []
        before, held = self._health.health(), {one.place: one for one in self._estate.load().surveys}
        return [
            self._look(self._surveyors[name], before.get(name, SourceHealth(name=name)), held, now)
            for name in names
        ]

    def _look(
        self,
        surveyor: DiscoverySource,
        before: SourceHealth,
        held: Mapping[tuple[str, str, str], DiscoverySnapshot],
        now: EpochMillis,
    ) -> SourceHealth:
        try:
            found = surveyor.survey(now)
            self._estate.keep_survey(merge_snapshot(held.get(found.place), found))
        except CloudOpsError as error:
            health = after_failure(before, now, error)
        else:
            counts = {"targets": len(found.sightings), "calls": len(found.calls)}
            health = after_success(before, now, counts)
        self._health.keep_health(health)
        return health
