"""Unwraps a payload from its envelopes: lists, queue records, SNS notifications, webhook events."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from cloudops.adapters.parsing.lenient_json import NotJson, as_text, untyped

MAX_ENVELOPES: Final = 8
"""The deepest known nesting is seven: queue batch, notification, webhook event, list of alerts."""

MAX_ENTRIES: Final = 10_000
"""Entries of one list that are read. An SQS message of 1 MB holds far fewer alerts."""

WEBHOOK_SOURCE: Final = "cloudops.webhook"
"""The event source under which the webhook handler stores a payload."""

NOT_ALERTS: Final = ("SubscriptionConfirmation", "UnsubscribeConfirmation")
TEST_EVENTS: Final = ("s3:TestEvent", "autoscaling:TEST_NOTIFICATION")

ALARM_MESSAGE_KEYS: Final = frozenset({"NewStateValue", "AlarmName"})
ALERTMANAGER_KEYS: Final = frozenset({"groupLabels", "commonLabels", "groupKey", "receiver", "externalURL"})
"""Keys that distinguish an Alertmanager notification from other objects with a list of alerts."""


SUBJECT: Final = "Subject"
"""The key of an SNS notification's subject, which often says more than a message that is not JSON."""


class UnwrapError(NamedTuple):
    """A part that holds no readable object. `reason` names the field; `part` goes to the quarantine."""

    reason: str
    part: object


def unwrap_envelopes(
    value: object, path: str = "the payload", envelopes_left: int = MAX_ENVELOPES
) -> Iterator[dict[str, Any] | UnwrapError]:
    """Yields the innermost objects of a payload, in order; nothing for a payload without alerts by design."""
    if envelopes_left == 0:
        yield UnwrapError(f"{path} is wrapped more than {MAX_ENVELOPES} times", value)
    elif isinstance(value, list):
        yield from _entries(value, "" if path == "the payload" else path, envelopes_left)
    elif not isinstance(value, dict):
        yield UnwrapError(f"{path} is not a JSON object", value)
    elif isinstance(records := value.get("Records"), list):
        yield from _entries(records, "Records", envelopes_left)
    elif isinstance(notification := value.get("Sns"), dict):
        yield from _notification(notification, envelopes_left)
    elif "Type" in value and ("Message" in value or "TopicArn" in value):
        yield from _notification(value, envelopes_left)
    elif "body" in value and ("eventSource" in value or "receiptHandle" in value):
        yield from _json_text(value["body"], "body", value, envelopes_left)
    elif value.get("source") == WEBHOOK_SOURCE:
        detail = value.get("detail")
        yield from _json_text(
            detail.get("body") if isinstance(detail, dict) else None, "detail.body", value, envelopes_left
        )
    elif isinstance(alerts := value.get("alerts"), list) and not value.keys() & ALERTMANAGER_KEYS:
        yield from _entries(alerts, "alerts", envelopes_left)
    elif value.get("Event") not in TEST_EVENTS:
        yield value


def _entries(entries: list[Any], path: str, envelopes_left: int) -> Iterator[dict[str, Any] | UnwrapError]:
    for index, entry in enumerate(entries[:MAX_ENTRIES]):
        yield from unwrap_envelopes(entry, f"{path}[{index}]", envelopes_left - 1)
    if len(entries) > MAX_ENTRIES:
        yield UnwrapError(
            f"{path} has {len(entries)} entries, of which {MAX_ENTRIES} were read", entries[MAX_ENTRIES:]
        )


def _notification(
    notification: dict[str, Any], envelopes_left: int
) -> Iterator[dict[str, Any] | UnwrapError]:
    if notification.get("Type") in NOT_ALERTS:
        return
    subject = as_text(notification.get(SUBJECT)) or ""
    for part in _json_text(notification.get("Message"), "Message", notification, envelopes_left):
        if isinstance(part, dict) and part.keys() & ALARM_MESSAGE_KEYS:
            metadata = {
                key: text for key in ("TopicArn", "Timestamp") if (text := as_text(notification.get(key)))
            }
            yield {**metadata, **part}
        elif isinstance(part, UnwrapError) and subject:
            yield part._replace(reason=f"{part.reason}; the notification's subject is {subject[:200]!r}")
        elif isinstance(part, dict) and subject:
            yield {SUBJECT: subject, **part}
        else:
            yield part


def _json_text(
    text: object, path: str, envelope: Mapping[str, Any], envelopes_left: int
) -> Iterator[dict[str, Any] | UnwrapError]:
    """Yields the parts of a string that holds JSON. Some senders send an object instead of a string."""
    if isinstance(text, dict):
        yield from unwrap_envelopes(text, path, envelopes_left - 1)
        return
    if not isinstance(text, str):
        yield UnwrapError(f"{path} is missing or not a string", envelope)
        return
    try:
        value = untyped(text.encode("utf-8", "replace"))
    except NotJson as error:
        yield UnwrapError(f"{path} is {error}", envelope)
        return
    yield from unwrap_envelopes(value, path, envelopes_left - 1)
