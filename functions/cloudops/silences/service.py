"""Lets people say which alerts nobody is to be told of, and tells ingest what they said."""

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
        """Keeps it, or changes it; one that is over is forgotten a month after its end."""
        ...

    def get(self, silence_id: str) -> Silence:
        """NotFound names the id."""
        ...

    def all(self) -> tuple[Silence, ...]:
        """Every one that is still kept, in no order. One request where they fit a megabyte, some 4,000."""
        ...


MAX_DURATION: Final = 90 * DAY
"""Milliseconds. What should be quiet for longer is a rule or an alarm to be changed."""
MOST: Final = 1_000
"""Silences that hold or will, in one deployment: ingest tries each on each alert."""
MAX_AGE_SECONDS: Final = 15.0
"""Seconds that ingest remembers the silences."""


class SilenceDesk:
    def __init__(self, store: SilenceStore) -> None:
        self._store = store

    def page(self, now: EpochMillis, *, ended: bool) -> tuple[Silence, ...]:
        """Those that hold or will, the newest first; with `ended` those too that are over."""
        found = [one for one in self._store.all() if ended or not one.is_over(now)]
        return tuple(sorted(found, key=lambda one: (-one.created_at, one.id)))

    def add(self, draft: Silence) -> Silence:
        """Keeps a silence under an id that its own words make, so that asking again changes nothing. BadInput
        names the field; Conflict where there are too many."""
        now = draft.created_at
        silence = validate_silence(replace(draft, id="sil_" + stable_id(*map(str, structs.astuple(draft)))))
        if silence.ends_at - silence.starts_at > MAX_DURATION:
            raise BadInput("a silence lasts 90 days at most", field="endsAt")
        if silence.is_over(now):
            raise BadInput("it would be over before it begins", field="endsAt")
        if len(self.page(now, ended=False)) >= MOST:
            raise Conflict(f"there are {MOST} silences that hold or will; end some first")
        self._store.put(silence)
        return silence

    def end(self, silence_id: str, now: EpochMillis) -> Silence:
        """From now on it mutes nothing. NotFound names the id; Conflict where it is over already."""
        silence = self._store.get(silence_id)
        if silence.is_over(now):
            raise Conflict(f"silence {silence_id}: it is over already")
        over = silence.ended(now)
        self._store.put(over)
        return over


class KnownSilences:
    """What ingest goes by. `seconds` is a clock that only runs forward."""

    def __init__(self, store: SilenceStore, seconds: Callable[[], float]) -> None:
        self._store = store
        self._seconds = seconds
        self._until = float("-inf")
        self._known: tuple[Silence, ...] = ()

    def __call__(self) -> Sequence[Silence]:
        """Those that are kept, as of 15 seconds ago at most, or as before where they cannot be read: an alert
        does not wait for them."""
        now = self._seconds()
        if now >= self._until:
            self._until = now + MAX_AGE_SECONDS
            try:
                self._known = self._store.all()
            except CloudOpsError:
                return self._known
        return self._known
