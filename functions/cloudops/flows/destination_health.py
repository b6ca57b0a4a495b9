"""Says how telling people does, beside the health of the sources: where it changed, not at each call."""

from cloudops.domain.alert import Instant
from cloudops.domain.errors import CloudOpsError
from cloudops.domain.estate_ports import SourceStore
from cloudops.domain.sources import SourceHealth, after_failure, after_success

SLACK = "slack"


class DestinationHealth:
    def __init__(self, store: SourceStore) -> None:
        self._store = store
        self._known: SourceHealth | None = None

    def __call__(self, error: CloudOpsError | None, now: Instant) -> bool:
        """Whether this is news: another state than was known."""
        if self._known is None:
            self._known = self._store.health().get(SLACK, SourceHealth(name=SLACK))
        before = self._known
        after = after_failure(before, now, error) if error else after_success(before, now, {})
        if after.state is before.state:
            return False
        self._store.keep_health(after)
        self._known = after
        return True
