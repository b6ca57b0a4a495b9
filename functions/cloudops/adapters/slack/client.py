"""Slack's Web API through slack-sdk: each call once, within seconds, with the token as it is now."""

from collections.abc import Callable
from typing import Final

from slack_sdk import WebClient

from cloudops.adapters.slack.credentials import Credentials
from cloudops.adapters.slack.errors import slack_errors
from cloudops.chatops.requests import Connection

TIMEOUT_SECONDS: Final = 5
"""Seconds to connect, and to read. Slack answers in half a second."""

SLACK: Final = "https://slack.com/api/"


class SlackClient:
    """`credentials` are asked at each use, so that a new token holds within a minute."""

    def __init__(self, credentials: Callable[[], Credentials], base_url: str) -> None:
        self._credentials = credentials
        self._base_url = base_url or SLACK
        self._known: tuple[Credentials, WebClient] | None = None

    def open(self) -> WebClient:
        """KeyMissing where Slack is not connected. Retries are ours: slack-sdk's own would send a message a
        second time when the connection broke after the first."""
        credentials = self._credentials()
        if self._known is None or self._known[0] != credentials:
            client = WebClient(
                credentials.bot_token, base_url=self._base_url, timeout=TIMEOUT_SECONDS, retry_handlers=[]
            )
            self._known = credentials, client
        return self._known[1]

    @property
    def bot(self) -> str:
        return self._credentials().bot


def auth_test(token: str, base_url: str) -> Connection:
    """Refused where Slack does not take the token."""
    with slack_errors("ask Slack whose token it is"):
        client = WebClient(token, base_url=base_url or SLACK, timeout=TIMEOUT_SECONDS, retry_handlers=[])
        told = client.auth_test()
        return Connection(str(told["team_id"]), str(told["user_id"]), str(told["team"]))
