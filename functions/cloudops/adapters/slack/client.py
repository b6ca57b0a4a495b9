"""Slack's Web API through slack-sdk: each call is made once, within seconds, with the current bot token."""

from collections.abc import Callable
from typing import Final

from slack_sdk import WebClient

from cloudops.adapters.slack.credentials import Credentials
from cloudops.adapters.slack.errors import slack_errors
from cloudops.chatops.requests import Connection

TIMEOUT_SECONDS: Final = 5
"""Limit for connecting, and again for reading. Slack answers in half a second."""

API_URL: Final = "https://slack.com/api/"


class SlackClient:
    """Opens clients for the Web API. `credentials` are read at each use: a new token holds within a
    minute."""

    def __init__(self, credentials: Callable[[], Credentials], base_url: str) -> None:
        self._credentials = credentials
        self._base_url = base_url or API_URL
        self._cached: tuple[Credentials, WebClient] | None = None

    def open(self) -> WebClient:
        """Returns a client with the current bot token. Raises KeyMissing if Slack is not connected.

        Retries of slack-sdk are off: after a broken connection it would send a message twice.
        """
        credentials = self._credentials()
        if self._cached is None or self._cached[0] != credentials:
            client = WebClient(
                credentials.bot_token, base_url=self._base_url, timeout=TIMEOUT_SECONDS, retry_handlers=[]
            )
            self._cached = credentials, client
        return self._cached[1]

    @property
    def bot(self) -> str:
        """The member id of the app's own user."""
        return self._credentials().bot


def auth_test(token: str, base_url: str) -> Connection:
    """Returns the workspace and the bot user of a token. Raises Refused if Slack does not accept it."""
    with slack_errors("ask Slack for the workspace of the token"):
        client = WebClient(token, base_url=base_url or API_URL, timeout=TIMEOUT_SECONDS, retry_handlers=[])
        response = client.auth_test()
        return Connection(str(response["team_id"]), str(response["user_id"]), str(response["team"]))
