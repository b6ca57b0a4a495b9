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
    IncidentMessage,
    MessageContent,
    Messenger,
    NotificationState,
    Outbox,
    OutboxEntry,
    SendAttempt,
    StoredMessage,
    decide_first_notification,
    earliest_reply,
)
from cloudops.notifications.routing import Destination, Routing
from cloudops.notifications.thread import Note, is_shown, lines_of


class PublishResult(msgspec.Struct, frozen=True):
    """The result of one call of `publish`.

    `called` is True if the messenger was called, `again_at` the time of the next attempt or None, and
    `notified` False if the first notification was not sent.
    """

    called: bool
    again_at: EpochMillis | None = None
    notified: bool = True


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

    def publish(self, channel: str, entry: OutboxEntry, now: EpochMillis) -> PublishResult:
        """Makes the next call for the incident of an entry, or none. Raises what the messenger raises."""
        name = entry.incident_id
        incident = self._incidents.incidents([name]).get(name)
        stored = self._outbox.messages([name]).get(name)
        if incident is None or (stored and stored.message.gone):
            return PublishResult(called=False)
        destination = self._routing.destination(incident, self._teams(incident.services))
        if stored is None:
            inhibited = self._inhibited(incident)
            first = decide_first_notification(incident, destination, self._routing, inhibited, now)
            if first.reason is not NotificationState.NOW:
                return PublishResult(called=False, again_at=first.again_at, notified=False)
            mentions = destination.mentions
            unsent = IncidentMessage(incident_id=name, channel=channel, mentions=mentions)
            return self._post(StoredMessage(unsent, 0), incident, now)
        if stored.message.attempt:
            return self._verify(stored, stored.message.attempt, now)
        if not stored.message.ts:
            return self._post(stored, incident, now)
        return self._update(stored, incident, destination, now)

    def settles_at(self, entry: OutboxEntry, error: Unavailable) -> EpochMillis | None:
        """Returns when to search for a message that may have been sent, or None if none was."""
        stored = self._outbox.messages([entry.incident_id]).get(entry.incident_id)
        attempt = stored.message.attempt if stored else None
        if stored is None or attempt is None:
            return None
        if isinstance(error, Throttled | Refused):
            self._outbox.save_message(replace(stored.message, attempt=None), stored.version)
            return None
        return attempt.since + SETTLE_MS

    def _post(self, stored: StoredMessage, incident: Incident, now: EpochMillis) -> PublishResult:
        """Posts the message. The attempt is stored first, so that after a crash the next worker searches
        for it."""
        before = stored.message
        content = MessageContent(incident_card(incident, before.progress), before.mentions)
        attempt = SendAttempt(incident.id, now)
        claimed = self._outbox.save_message(replace(before, attempt=attempt), stored.version)
        ts = self._messenger.post(before.channel, content, attempt.key)
        after = replace(before, ts=ts, shown=content.digest, attempt=None)
        self._outbox.save_message(after, claimed.version)
        return PublishResult(called=True, again_at=now)

    def _verify(self, stored: StoredMessage, attempt: SendAttempt, now: EpochMillis) -> PublishResult:
        """Searches for the message of an attempt without a response. If it is not found, it is sent again."""
        if now < attempt.since + SETTLE_MS:
            return PublishResult(called=False, again_at=attempt.since + SETTLE_MS)
        before = stored.message
        thread = before.ts if attempt.notes else ""
        ts = self._messenger.find(before.channel, attempt.key, attempt.since, thread)
        after = replace(before, attempt=None)
        if ts and attempt.notes:
            self._outbox.mark_sent(before.incident_id, attempt.notes)
            after = replace(after, replied_at=attempt.since)
        elif ts:
            after = replace(after, ts=ts)
        self._outbox.save_message(after, stored.version)
        return PublishResult(called=True, again_at=now)

    def _update(
        self, stored: StoredMessage, incident: Incident, destination: Destination, now: EpochMillis
    ) -> PublishResult:
        notes = self._outbox.notes(incident.id)
        before = replace(stored.message, progress=_progress(notes) or stored.message.progress)
        content = MessageContent(incident_card(incident, before.progress), before.mentions)
        if content.digest != before.shown:
            try:
                self._messenger.update(before.channel, before.ts, content)
            except NotFound:
                return self._record_deletion(stored)
            self._outbox.save_message(replace(before, shown=content.digest), stored.version)
            return PublishResult(called=True, again_at=now if notes else None)
        return self._reply(stored, notes, destination, now)

    def _reply(
        self, stored: StoredMessage, notes: Sequence[Note], destination: Destination, now: EpochMillis
    ) -> PublishResult:
        before = stored.message
        lines = lines_of(notes, destination.thread)
        if not lines:
            self._outbox.mark_sent(before.incident_id, [one.entry.id for one in notes])
            return PublishResult(called=False)
        shown = [one for one in notes if is_shown(one, destination.thread)]
        due = earliest_reply(before, shown)
        if due > now:
            return PublishResult(called=False, again_at=due)
        mentions = _new_mentions(before, shown, destination)
        ids = tuple(one.entry.id for one in notes)
        attempt = SendAttempt(stable_id(before.incident_id, *ids), now, ids)
        claimed = self._outbox.save_message(replace(before, attempt=attempt), stored.version)
        try:
            self._messenger.reply(before.channel, before.ts, lines, mentions, attempt.key)
        except NotFound:
            return self._record_deletion(claimed)
        self._outbox.mark_sent(before.incident_id, ids)
        after = replace(before, attempt=None, replied_at=now, mentions=before.mentions or mentions)
        self._outbox.save_message(after, claimed.version)
        return PublishResult(called=True)

    def _record_deletion(self, stored: StoredMessage) -> PublishResult:
        """Records that a person deleted the message; posting it again would overrule them."""
        self._outbox.save_message(replace(stored.message, gone=True, attempt=None), stored.version)
        return PublishResult(called=True)


def _progress(notes: Sequence[Note]) -> str:
    """Returns the latest timeline text of an execution, or an empty string."""
    texts = [one.entry.text for one in notes if one.entry.kind is TimelineKind.EXECUTION]
    return texts[-1] if texts else ""


def _new_mentions(
    message: IncidentMessage, notes: Sequence[Note], destination: Destination
) -> tuple[str, ...]:
    """Returns whom the reply mentions: the destination's mentions, if the severity rose and the message
    has none."""
    severity_rose = any(one.entry.kind is TimelineKind.SEVERITY for one in notes)
    return destination.mentions if severity_rose and not message.mentions else ()
