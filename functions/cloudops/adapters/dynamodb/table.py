"""Defines the table: key names, indexes, expiry and stream. Imports no other module, since infra imports
it."""

from dataclasses import dataclass
from typing import Final

PARTITION_KEY: Final = "pk"
SORT_KEY: Final = "sk"
EXPIRY: Final = "expires"
"""Seconds since 1970, the TTL attribute."""
STREAM_VIEW: Final = "NEW_AND_OLD_IMAGES"

INCIDENT: Final = "INC#"
"""Prefix of an incident's partition key; the stream's filter passes changes of these partitions."""

BODY: Final = "body"
VERSION: Final = "version"
WRITE: Final = "write"
SUGGESTIONS: Final = "suggestions"
CHANGED: Final = "changed"

FEED: Final = "feed"
LIVE: Final = "live"
OPENED: Final = "opened"


@dataclass(frozen=True, slots=True)
class Index:
    """A global secondary index on two string keys; `projected` travels with them."""

    name: str
    partition_key: str
    sort_key: str
    projected: tuple[str, ...]


FEED_INDEX: Final = Index("feed-by-opened", FEED, OPENED, (BODY,))
"""Incidents that were not merged, items of the quarantine and other lists, by time."""

LIVE_INDEX: Final = Index("live-by-opened", LIVE, OPENED, (BODY,))
"""Incidents that are neither resolved nor merged. Sparse, so that listing them costs no more with age."""

AUDIT: Final = "AUDIT"
"""The partition of the audit trail, to which entries are only appended."""

INDEXES: Final = (FEED_INDEX, LIVE_INDEX)

PERMISSIONS: Final = (
    "dynamodb:BatchGetItem",
    "dynamodb:BatchWriteItem",
    "dynamodb:ConditionCheckItem",
    "dynamodb:DeleteItem",
    "dynamodb:GetItem",
    "dynamodb:PutItem",
    "dynamodb:Query",
    "dynamodb:UpdateItem",
)
"""The adapter's permissions on the table and its indexes; a transaction needs those of its parts."""
