"""Replies to one person in Slack: ephemeral messages, dialogs, and the Home tab."""

from collections.abc import Callable, Sequence
from typing import Final
from urllib.parse import urlsplit

from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View
from slack_sdk.webhook import WebhookClient

from cloudops.adapters.slack.client import API_URL, TIMEOUT_SECONDS, SlackClient
from cloudops.adapters.slack.errors import slack_errors
from cloudops.adapters.slack.home_view import home_view, lines, listing, no_role_view
from cloudops.adapters.slack.message import headline, message
from cloudops.adapters.slack.modals import input_dialog, loading_dialog, plan_dialog, refusal_dialog
from cloudops.adapters.slack.request_parser import DialogMetadata
from cloudops.adapters.slack.rich_text import escaped
from cloudops.chatops.ports import Home
from cloudops.chatops.requests import ButtonClick, Form, PlanRead, SlackUser
from cloudops.core.errors import Unavailable
from cloudops.notifications.card import IncidentCard
from cloudops.remediation.planner import PlanReview

RESPONSE_URL: Final = "https://hooks.slack.com/"
"""The start of every response_url of Slack."""


class SlackChat:
    """Implements the port `ChatResponder`.

    Args:
        client: The Web API.
        base_url: The address of the Web API, or empty for Slack's own. Replies go to this host alone, or to
            Slack's response URLs.
        dashboard: The address that messages link to, or empty.
        no_role: Returns the text for a person without a role.
    """

    def __init__(
        self,
        client: SlackClient,
        base_url: str,
        dashboard: str,
        no_role: Callable[[SlackUser], Sequence[str]],
    ) -> None:
        self._client = client
        self._response_url = RESPONSE_URL if base_url in ("", API_URL) else _origin(base_url)
        self._dashboard = dashboard
        self._no_role = no_role

    def reply(self, user: SlackUser, texts: Sequence[str]) -> None:
        self._send(user, texts[0], lines(texts))

    def show_incident(self, user: SlackUser, card: IncidentCard, note: str) -> None:
        rendered = message(card, self._dashboard)
        note_blocks = lines([note]) if note else []
        self._send(user, note or headline(card), [*note_blocks, *rendered["blocks"]])

    def list_incidents(self, user: SlackUser, cards: Sequence[IncidentCard], title: str) -> None:
        self._send(user, title, listing(cards, title, self._dashboard))

    def open_form(self, click: ButtonClick, form: Form) -> None:
        self._open(click, input_dialog(form, DialogMetadata(click.value, click.user.reply_to)))

    def open_loading(self, click: ButtonClick) -> str:
        return self._open(click, loading_dialog())

    def show_plan(self, click: ButtonClick, dialog: str, review: PlanReview, read: PlanRead) -> None:
        self._replace(dialog, plan_dialog(review, read, click.user.reply_to))

    def show_refusal(self, dialog: str, reason: str) -> None:
        self._replace(dialog, refusal_dialog(reason))

    def publish_home(self, user: SlackUser, home: Home) -> None:
        self._publish(user, home_view(home, self._dashboard))

    def publish_no_role(self, user: SlackUser) -> None:
        self._publish(user, no_role_view(self._no_role(user)))

    def _send(self, user: SlackUser, summary: str, blocks: Sequence[Block]) -> None:
        """Sends an ephemeral reply to the response URL, or else a direct message.

        The direct message is sent if the request has no response URL, if the URL is not of Slack, or if Slack
        does not accept it any more.
        """
        if user.reply_to.startswith(self._response_url) and self._respond(user, summary, blocks):
            return
        with slack_errors(f"write to {user.id}"):
            self._client.open().chat_postMessage(channel=user.id, text=escaped(summary), blocks=blocks)

    def _respond(self, user: SlackUser, summary: str, blocks: Sequence[Block]) -> bool:
        """Returns False if the response URL is used up: it takes five replies within half an hour."""
        with slack_errors(f"reply to {user.id}"):
            hook = WebhookClient(user.reply_to, timeout=TIMEOUT_SECONDS, retry_handlers=[])
            response = hook.send(
                text=escaped(summary), blocks=blocks, response_type="ephemeral", replace_original=False
            )
        if response.status_code >= 500:
            raise Unavailable(f"reply to {user.id}: {response.status_code}")
        return response.status_code == 200

    def _open(self, click: ButtonClick, view: View) -> str:
        with slack_errors(f"open a dialog for {click.user.id}"):
            response = self._client.open().views_open(trigger_id=click.trigger, view=view)
            return str(response["view"]["id"])

    def _replace(self, dialog: str, view: View) -> None:
        with slack_errors(f"fill the dialog {dialog}"):
            self._client.open().views_update(view_id=dialog, view=view)

    def _publish(self, user: SlackUser, view: View) -> None:
        with slack_errors(f"publish the Home tab of {user.id}"):
            self._client.open().views_publish(user_id=user.id, view=view)


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/"
