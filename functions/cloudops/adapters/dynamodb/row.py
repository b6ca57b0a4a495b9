"""Defines the PynamoDB model of every item in the table; the keys identify the kind of item."""

from typing import Self

from pynamodb.attributes import (
    BinaryAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UnicodeSetAttribute,
)
from pynamodb.indexes import GlobalSecondaryIndex, IncludeProjection
from pynamodb.models import Model
from pynamodb.transactions import TransactWrite

from cloudops.adapters.dynamodb import table
from cloudops.adapters.dynamodb.keys import Key

CONNECT_TIMEOUT_SECONDS = 2
READ_TIMEOUT_SECONDS = 5
"""A normal response takes 5 ms; the first attempt and two retries fit the 29 s of an API call."""
RETRIES = 2


class FeedIndex(GlobalSecondaryIndex["Row"]):  # type: ignore[no-untyped-call] # PynamoDB types no hook
    class Meta:
        index_name = table.FEED_INDEX.name
        projection = IncludeProjection([*table.FEED_INDEX.projected])

    feed = UnicodeAttribute(hash_key=True, attr_name=table.FEED)
    opened = UnicodeAttribute(range_key=True, attr_name=table.OPENED)


class LiveIndex(GlobalSecondaryIndex["Row"]):  # type: ignore[no-untyped-call] # PynamoDB types no hook
    class Meta:
        index_name = table.LIVE_INDEX.name
        projection = IncludeProjection([*table.LIVE_INDEX.projected])

    live = UnicodeAttribute(hash_key=True, attr_name=table.LIVE)
    opened = UnicodeAttribute(range_key=True, attr_name=table.OPENED)


class Row(Model):
    """An item of the table.

    `body` is a record that `codec.pack` converted; the other attributes are those that DynamoDB compares,
    adds to or indexes. `version` is the condition of an update, `write` identifies the write that stored the
    row, `suggestions` are the ids of an incident's suggestions, and `feed`, `live` and `opened` are the keys
    of the indexes. The numbers are a learning cell's sums; `changed` is the time of their last update.
    """

    pk = UnicodeAttribute(hash_key=True, attr_name=table.PARTITION_KEY)
    sk = UnicodeAttribute(range_key=True, attr_name=table.SORT_KEY)
    body = BinaryAttribute(attr_name=table.BODY, legacy_encoding=False)
    version = NumberAttribute(attr_name=table.VERSION, null=True)
    write = UnicodeAttribute(attr_name=table.WRITE, null=True)
    suggestions = UnicodeSetAttribute(attr_name=table.SUGGESTIONS, null=True)
    feed = UnicodeAttribute(attr_name=table.FEED, null=True)
    live = UnicodeAttribute(attr_name=table.LIVE, null=True)
    opened = UnicodeAttribute(attr_name=table.OPENED, null=True)
    expires = NumberAttribute(attr_name=table.EXPIRY, null=True)
    changed = NumberAttribute(attr_name=table.CHANGED, null=True)
    votes_count = NumberAttribute(attr_name="v_count", null=True)
    votes_good = NumberAttribute(attr_name="v_good", null=True)
    votes_weight = NumberAttribute(attr_name="v_weight", null=True)
    votes_squares = NumberAttribute(attr_name="v_squares", null=True)
    votes_positive = NumberAttribute(attr_name="v_positive", null=True)
    votes_expected = NumberAttribute(attr_name="v_expected", null=True)
    outcomes_count = NumberAttribute(attr_name="o_count", null=True)
    outcomes_good = NumberAttribute(attr_name="o_good", null=True)
    outcomes_weight = NumberAttribute(attr_name="o_weight", null=True)
    outcomes_squares = NumberAttribute(attr_name="o_squares", null=True)
    outcomes_positive = NumberAttribute(attr_name="o_positive", null=True)
    outcomes_expected = NumberAttribute(attr_name="o_expected", null=True)

    feed_index = FeedIndex()
    live_index = LiveIndex()

    @classmethod
    def find(cls, key: Key) -> Self | None:
        """Returns the row by a consistent read, or None."""
        try:
            return cls.get(*key, consistent_read=True)
        except cls.DoesNotExist:
            return None

    @classmethod
    def transaction(cls, token: str | None = None) -> TransactWrite:
        """Returns a context that writes everything saved inside `with`, or nothing.

        `token` makes it idempotent: DynamoDB executes a transaction with the same token once.
        """
        return TransactWrite(connection=cls._get_connection().connection, client_request_token=token)


Rows = type[Row]
"""The model bound to a table; it owns the client that all stores of the process share."""


def bind(name: str, aws_region: str) -> Rows:
    """Returns the model of one table. Builds no client and sends nothing before the first call."""

    class Bound(Row):
        class Meta:
            table_name = name
            region = aws_region or None
            connect_timeout_seconds = CONNECT_TIMEOUT_SECONDS
            read_timeout_seconds = READ_TIMEOUT_SECONDS
            max_retry_attempts = RETRIES

    return Bound
