"""Publishes one incident with at most one call: posts its message, updates it, or replies in its thread."""

from collections.abc import Callable, Sequence

import msgspec
from msgspec.structs import replace

from cloudops.core.errors import NotFound, Refused, Throttled, Unavailable
from cloudops.core.ids import stable_id
from cloudops.core.time import EpochMillis
from cloudops.incidents.incident import Incident, TimelineKind
from cloudops.incidents.store import IncidentStore
from cloudops.notifications.card import incident_card
from cloudops.notifications.outbox import (
    SETTLE_MS,
    Announcement,
    Attempt,
    MessageContent,
    Messenger,
    NotificationState,
    Outbox,
    OutboxEntry,
    StoredAnnouncement,
    decide_first_notification,
    waits_until,
)
from cloudops.notifications.routing import Destination, Routing
from cloudops.notifications.thread import Note, is_shown, lines_of


class PublishResult(msgspec.Struct, frozen=True):
    """The result of one call of `publish`.

    `called` is True if the messenger was called, `again_at` the time of the next attempt or None, and
    `announced` False if the first notification was not sent.
    """

    called: bool
    again_at: EpochMillis | None = None
    announced: bool = True


class PublishIncident:
    """Publishes incidents; `inhibited` decides whether a graver incident explains one, `teams` returns
    owners."""

    def __init__(
        self,
        *,
        incidents: IncidentStore,
        outbox: Outbox,
        messenger: Messenger,
        routing: Routing,
        teams: Callable[[Sequence[str]], Sequence[str]],
        inhibited: Callable[[Incident], bool],
    ) -> None:
        self._incidents = incidents
        self._outbox = outbox
        self._messenger = messenger
        self._routing = routing
        self._teams = teams
        self._inhibited = inhibited

    def publish(self, channel: str, mark: OutboxEntry, now: EpochMillis) -> PublishResult:
        """Makes the next call for the incident of an entry, or none. Raises what the messenger raises."""
        name = mark.incident_id
        incident = self._incidents.incidents([name]).get(name)
        kept = self._outbox.announcements([name]).get(name)
        if incident is None or (kept and kept.announcement.gone):
            return PublishResult(called=False)
        destination = self._routing.destination(incident, self._teams(incident.services))
        if kept is None:
            inhibited = self._inhibited(incident)
            first = decide_first_notification(incident, destination, self._routing, inhibited, now)
            if first.reason is not NotificationState.NOW:
                return PublishResult(called=False, again_at=first.again_at, announced=False)
            mentions = destination.mentions
            fresh = Announcement(incident_id=name, channel=channel, mentions=mentions)
            return self._post(StoredAnnouncement(fresh, 0), incident, now)
        if kept.announcement.attempt:
            return self._verify(kept, kept.announcement.attempt, now)
        if not kept.announcement.ts:
            return self._post(kept, incident, now)
        return self._bring_up_to_date(kept, incident, destination, now)

    def settles_at(self, mark: OutboxEntry, error: Unavailable) -> EpochMillis | None:
        """Returns when to search for a message that may have been sent, or None if none was."""
        kept = self._outbox.announcements([mark.incident_id]).get(mark.incident_id)
        attempt = kept.announcement.attempt if kept else None
        if kept is None or attempt is None:
            return None
        if isinstance(error, Throttled | Refused):
            self._outbox.keep(replace(kept.announcement, attempt=None), kept.version)
            return None
        return attempt.since + SETTLE_MS

    def _post(self, kept: StoredAnnouncement, incident: Incident, now: EpochMillis) -> PublishResult:
        """Posts the message. The attempt is stored first, so that after a crash the next worker searches
        for it."""
        before = kept.announcement
        content = MessageContent(incident_card(incident, before.progress), before.mentions)
        attempt = Attempt(incident.id, now)
        claimed = self._outbox.keep(replace(before, attempt=attempt), kept.version)
        ts = self._messenger.post(before.channel, content, attempt.key)
        after = replace(before, ts=ts, shown=content.mark, attempt=None)
        self._outbox.keep(after, claimed.version)
        return PublishResult(called=True, again_at=now)

    def _verify(self, kept: StoredAnnouncement, attempt: Attempt, now: EpochMillis) -> PublishResult:
        """Whether what nobody knows of was sent. What is found was sent; what is not is sent again."""
        if now < attempt.since + SETTLE_MS:
            return PublishResult(called=False, again_at=attempt.since + SETTLE_MS)
        before = kept.announcement
        thread = before.ts if attempt.notes else ""
        ts = self._messenger.find(before.channel, attempt.key, attempt.since, thread)
        after = replace(before, attempt=None)
        if ts and attempt.notes:
            self._outbox.mark_sent(before.incident_id, attempt.notes)
            after = replace(after, replied_at=attempt.since)
        elif ts:
            after = replace(after, ts=ts)
        self._outbox.keep(after, kept.version)
        return PublishResult(called=True, again_at=now)

    def _bring_up_to_date(
        self, kept: StoredAnnouncement, incident: Incident, destination: Destination, now: EpochMillis
    ) -> PublishResult:
        notes = self._outbox.notes(incident.id)
        before = replace(kept.announcement, progress=_progress(notes) or kept.announcement.progress)
        content = MessageContent(incident_card(incident, before.progress), before.mentions)
        if content.mark != before.shown:
            try:
                self._messenger.update(before.channel, before.ts, content)
            except NotFound:
                return self._gone(kept)
            self._outbox.keep(replace(before, shown=content.mark), kept.version)
            return PublishResult(called=True, again_at=now if notes else None)
        return self._reply(kept, notes, destination, now)

    def _reply(
        self, kept: StoredAnnouncement, notes: Sequence[Note], destination: Destination, now: EpochMillis
    ) -> PublishResult:
        before = kept.announcement
        lines = lines_of(notes, destination.thread)
        if not lines:
            self._outbox.mark_sent(before.incident_id, [one.entry.id for one in notes])
            return PublishResult(called=False)
        worth = [one for one in notes if is_shown(one, destination.thread)]
        due = waits_until(before, worth)
        if due > now:
            return PublishResult(called=False, again_at=due)
        called = _new_mentions(before, worth, destination)
        ids = tuple(one.entry.id for one in notes)
        attempt = Attempt(stable_id(before.incident_id, *ids), now, ids)
        claimed = self._outbox.keep(replace(before, attempt=attempt), kept.version)
        try:
            self._messenger.reply(before.channel, before.ts, lines, called, attempt.key)
        except NotFound:
            return self._gone(claimed)
        self._outbox.mark_sent(before.incident_id, ids)
        after = replace(before, attempt=None, replied_at=now, mentions=before.mentions or called)
        self._outbox.keep(after, claimed.version)
        return PublishResult(called=True)

    def _gone(self, kept: StoredAnnouncement) -> PublishResult:
        """Records that a person deleted the message; posting it again would overrule them."""
        self._outbox.keep(replace(kept.announcement, gone=True, attempt=None), kept.version)
        return PublishResult(called=True)


def _progress(notes: Sequence[Note]) -> str:
    """Returns the latest timeline text of an execution, or an empty string."""
    texts = [one.entry.text for one in notes if one.entry.kind is TimelineKind.EXECUTION]
    return texts[-1] if texts else ""


def _new_mentions(
    announcement: Announcement, notes: Sequence[Note], destination: Destination
) -> tuple[str, ...]:
    """Returns whom the reply mentions: the destination's mentions, if the severity rose and the message
    has none."""
    graver = any(one.entry.kind is TimelineKind.SEVERITY for one in notes)
    return destination.mentions if graver and not announcement.mentions else ()
