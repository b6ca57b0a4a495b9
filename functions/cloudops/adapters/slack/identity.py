"""Asks Slack whose a bot token is."""

from slack_sdk import WebClient

from cloudops.adapters.slack.client import SLACK, TIMEOUT
from cloudops.adapters.slack.errors import slack_errors
from cloudops.domain.chat import Connection


def whose(token: str, base_url: str) -> Connection:
    """Refused where Slack does not take the token."""
    with slack_errors("ask Slack whose token it is"):
        client = WebClient(token, base_url=base_url or SLACK, timeout=TIMEOUT, retry_handlers=[])
        told = client.auth_test()
        return Connection(str(told["team_id"]), str(told["user_id"]), str(told["team"]))
