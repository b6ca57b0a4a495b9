"""Posts, updates and finds messages in Slack."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from cloudops.adapters.slack.client import SlackClient
from cloudops.adapters.slack.errors import slack_errors
from cloudops.adapters.slack.message import message, reply
from cloudops.core.time import SECOND, EpochMillis
from cloudops.notifications.outbox import MessageContent
from cloudops.notifications.thread import Line

EVENT: Final = "cloudops_message"
"""Names our metadata, which goes with a message unseen and says which attempt it came of."""
CLOCK_SKEW_SECONDS: Final = 60
"""Seconds by which Slack's clock and ours may differ."""
PAGE: Final = 200
MOST_PAGES: Final = 5


class SlackMessenger:
    """`dashboard` is the address that messages link to, or empty."""

    def __init__(self, client: SlackClient, dashboard: str) -> None:
        self._client = client
        self._dashboard = dashboard

    def post(self, channel: str, told: MessageContent, key: str) -> str:
        with slack_errors(f"post {key} to {channel}"):
            answer = self._client.open().chat_postMessage(
                channel=channel,
                metadata=_metadata(key),
                unfurl_links=False,
                unfurl_media=False,
                **message(told.bulletin, self._dashboard, told.mentions),
            )
            return str(answer["ts"])

    def update(self, channel: str, ts: str, told: MessageContent) -> None:
        """The metadata stays as it was posted."""
        with slack_errors(f"update {told.bulletin.incident_id} in {channel}"):
            self._client.open().chat_update(
                channel=channel, ts=ts, **message(told.bulletin, self._dashboard, told.mentions)
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
            for said in self._said(channel, since, thread):
                payload = _mapping(_mapping(said.get("metadata")).get("event_payload"))
                if payload.get("key") == key and said.get("user") in (None, self._client.bot):
                    return str(said["ts"])
        return ""

    def _said(self, channel: str, since: EpochMillis, thread: str) -> Iterator[Mapping[str, Any]]:
        """What was said in the channel or in a thread since then, with its metadata."""
        asked: dict[str, Any] = {
            "channel": channel,
            "oldest": f"{since // SECOND - CLOCK_SKEW_SECONDS}",
            "limit": PAGE,
            "include_all_metadata": True,
        }
        client = self._client.open()
        for _ in range(MOST_PAGES):
            if thread:
                page = client.conversations_replies(ts=thread, **asked)
            else:
                page = client.conversations_history(**asked)
            yield from page["messages"]
            cursor = _mapping(page.get("response_metadata")).get("next_cursor")
            if not cursor:
                return
            asked["cursor"] = cursor


def _metadata(key: str) -> dict[str, Any]:
    return {"event_type": EVENT, "event_payload": {"key": key}}


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
