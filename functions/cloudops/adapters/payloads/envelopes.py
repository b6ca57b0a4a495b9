"""Takes the wrapping off a payload: lists, queue records, SNS notifications, our own webhook events."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from cloudops.adapters.parsing.lenient_json import NotJson, as_text, untyped

MAX_WRAPPINGS: Final = 8
"""A queue's batch around a notification around our event around a webhook's list of alerts is seven."""

MAX_ENTRIES: Final = 10_000
"""Entries of one list that are read: an SQS message of 1 MB holds far fewer alerts."""

WEBHOOK_SOURCE: Final = "cloudops.webhook"
"""The event source under which the webhook handler stores what it received."""

NOT_ALERTS: Final = ("SubscriptionConfirmation", "UnsubscribeConfirmation")
TEST_EVENTS: Final = ("s3:TestEvent", "autoscaling:TEST_NOTIFICATION")

ALARM_MESSAGE: Final = frozenset({"NewStateValue", "AlarmName"})
NOTIFICATION: Final = frozenset({"groupLabels", "commonLabels", "groupKey", "receiver", "externalURL"})
"""Keys that tell an Alertmanager notification from any other object with a list of alerts."""


class UnwrapError(NamedTuple):
    """A part that holds no readable object: the reason, which names the field, and the part itself."""

    reason: str
    part: object


def unwrap_envelopes(
    value: object, path: str = "the payload", wrappings: int = MAX_WRAPPINGS
) -> Iterator[dict[str, Any] | UnwrapError]:
    """The innermost objects of a payload, in order; nothing for what carries no alert by design."""
    if wrappings == 0:
        yield UnwrapError(f"{path} is wrapped more than {MAX_WRAPPINGS} times", value)
    elif isinstance(value, list):
        yield from _listed(value, "" if path == "the payload" else path, wrappings)
    elif not isinstance(value, dict):
        yield UnwrapError(f"{path} is no JSON object", value)
    elif isinstance(records := value.get("Records"), list):
        yield from _listed(records, "Records", wrappings)
    elif isinstance(notice := value.get("Sns"), dict):
        yield from _notice(notice, wrappings)
    elif "Type" in value and ("Message" in value or "TopicArn" in value):
        yield from _notice(value, wrappings)
    elif "body" in value and ("eventSource" in value or "receiptHandle" in value):
        yield from _text(value["body"], "body", value, wrappings)
    elif value.get("source") == WEBHOOK_SOURCE:
        detail = value.get("detail")
        yield from _text(
            detail.get("body") if isinstance(detail, dict) else None, "detail.body", value, wrappings
        )
    elif isinstance(alerts := value.get("alerts"), list) and not value.keys() & NOTIFICATION:
        yield from _listed(alerts, "alerts", wrappings)
    elif value.get("Event") not in TEST_EVENTS:
        yield value


def _listed(entries: list[Any], path: str, wrappings: int) -> Iterator[dict[str, Any] | UnwrapError]:
    for index, entry in enumerate(entries[:MAX_ENTRIES]):
        yield from unwrap_envelopes(entry, f"{path}[{index}]", wrappings - 1)
    if len(entries) > MAX_ENTRIES:
        yield UnwrapError(
            f"{path} has {len(entries)} entries, of which {MAX_ENTRIES} were read", entries[MAX_ENTRIES:]
        )


def _notice(notice: dict[str, Any], wrappings: int) -> Iterator[dict[str, Any] | UnwrapError]:
    if notice.get("Type") in NOT_ALERTS:
        return
    for part in _text(notice.get("Message"), "Message", notice, wrappings):
        if isinstance(part, dict) and part.keys() & ALARM_MESSAGE:
            sent = {key: text for key in ("TopicArn", "Timestamp") if (text := as_text(notice.get(key)))}
            yield {**sent, **part}
        else:
            yield part


def _text(
    text: object, path: str, whole: Mapping[str, Any], wrappings: int
) -> Iterator[dict[str, Any] | UnwrapError]:
    """What is inside a string that holds JSON; some senders leave it an object."""
    if isinstance(text, dict):
        yield from unwrap_envelopes(text, path, wrappings - 1)
        return
    if not isinstance(text, str):
        yield UnwrapError(f"{path} is missing or no string", whole)
        return
    try:
        value = untyped(text.encode("utf-8", "replace"))
    except NotJson as error:
        yield UnwrapError(f"{path} is {error}", whole)
        return
    yield from unwrap_envelopes(value, path, wrappings - 1)
