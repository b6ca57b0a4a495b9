"""Posts, updates and finds notifications in Slack."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from cloudops.adapters.slack.client import SlackClient
from cloudops.adapters.slack.errors import slack_errors
from cloudops.adapters.slack.message import message, reply
from cloudops.core.time import SECOND, EpochMillis
from cloudops.notifications.outbox import MessageContent
from cloudops.notifications.thread import Line

METADATA_EVENT: Final = "cloudops_message"
"""Event type of our metadata: invisible in the message, it holds the key of the attempt that sent it."""
CLOCK_SKEW_SECONDS: Final = 60
"""By how much Slack's clock and ours may differ."""
HISTORY_PAGE_SIZE: Final = 200
MAX_HISTORY_PAGES: Final = 5


class SlackMessenger:
    """Implements the port `Messenger`; `dashboard` is the address that messages link to, or empty."""

    def __init__(self, client: SlackClient, dashboard: str) -> None:
        self._client = client
        self._dashboard = dashboard

    def post(self, channel: str, content: MessageContent, key: str) -> str:
        with slack_errors(f"post {key} to {channel}"):
            response = self._client.open().chat_postMessage(
                channel=channel,
                metadata=_metadata(key),
                unfurl_links=False,
                unfurl_media=False,
                **message(content.card, self._dashboard, content.mentions),
            )
            return str(response["ts"])

    def update(self, channel: str, ts: str, content: MessageContent) -> None:
        """Replaces text and blocks; Slack preserves the metadata of the post."""
        with slack_errors(f"update {content.card.incident_id} in {channel}"):
            self._client.open().chat_update(
                channel=channel, ts=ts, **message(content.card, self._dashboard, content.mentions)
            )

    def reply(self, channel: str, ts: str, lines: Sequence[Line], mentions: Sequence[str], key: str) -> None:
        with slack_errors(f"reply to {ts} in {channel}"):
            self._client.open().chat_postMessage(
                channel=channel,
                thread_ts=ts,
                metadata=_metadata(key),
                unfurl_links=False,
                unfurl_media=False,
                **reply(lines, mentions),
            )

    def find(self, channel: str, key: str, since: EpochMillis, thread: str = "") -> str:
        with slack_errors(f"look for {key} in {channel}"):
            for posted in self._history(channel, since, thread):
                payload = _mapping(_mapping(posted.get("metadata")).get("event_payload"))
                if payload.get("key") == key and posted.get("user") in (None, self._client.bot):
                    return str(posted["ts"])
        return ""

    def _history(self, channel: str, since: EpochMillis, thread: str) -> Iterator[Mapping[str, Any]]:
        """Yields the messages of a channel or a thread since a time, with their metadata."""
        query: dict[str, Any] = {
            "channel": channel,
            "oldest": f"{since // SECOND - CLOCK_SKEW_SECONDS}",
            "limit": HISTORY_PAGE_SIZE,
            "include_all_metadata": True,
        }
        client = self._client.open()
        for _ in range(MAX_HISTORY_PAGES):
            if thread:
                page = client.conversations_replies(ts=thread, **query)
            else:
                page = client.conversations_history(**query)
            yield from page["messages"]
            cursor = _mapping(page.get("response_metadata")).get("next_cursor")
            if not cursor:
                return
            query["cursor"] = cursor


def _metadata(key: str) -> dict[str, Any]:
    return {"event_type": METADATA_EVENT, "event_payload": {"key": key}}


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
