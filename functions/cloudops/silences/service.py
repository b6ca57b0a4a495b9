"""Creates, lists and ends silences, and gives ingestion a cached copy."""

from collections.abc import Callable, Sequence
from typing import Final, Protocol

from msgspec import structs
from msgspec.structs import replace

from cloudops.core.errors import BadInput, CloudOpsError, Conflict
from cloudops.core.ids import stable_id
from cloudops.core.time import DAY, EpochMillis
from cloudops.silences.matching import validate_silence
from cloudops.silences.silence import Silence


class SilenceStore(Protocol):
    def put(self, silence: Silence) -> None:
        """Creates or replaces the silence. An ended one expires a month after its end."""
        ...

    def get(self, silence_id: str) -> Silence:
        """Raises NotFound, which names the id."""
        ...

    def all(self) -> tuple[Silence, ...]:
        """Returns every stored silence, in no order; one request a megabyte (about 4,000 silences)."""
        ...


MAX_DURATION: Final = 90 * DAY
"""Milliseconds. What should stay muted for longer needs a changed rule or alarm."""
MAX_SILENCES: Final = 1_000
"""Active and future silences of one deployment: ingestion tries each one on each alert."""
SILENCES_MAX_AGE_SECONDS: Final = 15.0
"""Seconds for which ingestion caches the silences."""


class SilenceService:
    """Creates, lists and ends silences."""

    def __init__(self, store: SilenceStore) -> None:
        self._store = store

    def page(self, now: EpochMillis, *, ended: bool) -> tuple[Silence, ...]:
        """Returns active and future silences, the newest first; with `ended`, those that are over too."""
        found = [one for one in self._store.all() if ended or not one.is_over(now)]
        return tuple(sorted(found, key=lambda one: (-one.created_at, one.id)))

    def add(self, draft: Silence) -> Silence:
        """Stores a silence under an id derived from its content: repeating the request has no effect.

        Raises:
            BadInput: The silence is invalid, over already, or longer than 90 days; names the field.
            Conflict: There are MAX_SILENCES active and future silences.
        """
        now = draft.created_at
        silence = validate_silence(replace(draft, id="sil_" + stable_id(*map(str, structs.astuple(draft)))))
        if silence.ends_at - silence.starts_at > MAX_DURATION:
            raise BadInput("a silence lasts 90 days at most", field="endsAt")
        if silence.is_over(now):
            raise BadInput("the silence would be over before it begins", field="endsAt")
        if len(self.page(now, ended=False)) >= MAX_SILENCES:
            raise Conflict(f"there are {MAX_SILENCES} active and future silences; end some first")
        self._store.put(silence)
        return silence

    def end(self, silence_id: str, now: EpochMillis) -> Silence:
        """Ends the silence now.

        Raises:
            NotFound: There is no such silence.
            Conflict: The silence is over already.
        """
        silence = self._store.get(silence_id)
        if silence.is_over(now):
            raise Conflict(f"silence {silence_id}: it is over already")
        over = silence.ended(now)
        self._store.put(over)
        return over


class KnownSilences:
    """Caches the silences for ingestion. `seconds` is a monotonic clock, in seconds."""

    def __init__(self, store: SilenceStore, seconds: Callable[[], float]) -> None:
        self._store = store
        self._seconds = seconds
        self._until = float("-inf")
        self._known: tuple[Silence, ...] = ()

    def current(self) -> Sequence[Silence]:
        """Returns the silences as of at most SILENCES_MAX_AGE_SECONDS ago, or the last ones if the store
        cannot be read."""
        now = self._seconds()
        if now >= self._until:
            self._until = now + SILENCES_MAX_AGE_SECONDS
            try:
                self._known = self._store.all()
            except CloudOpsError:
                return self._known
        return self._known
