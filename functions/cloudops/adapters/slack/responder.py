"""Answers one person in Slack: whispers, dialogs, and their own page."""

from collections.abc import Callable, Sequence
from typing import Final
from urllib.parse import urlsplit

from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View
from slack_sdk.webhook import WebhookClient

from cloudops.adapters.slack.client import SLACK, TIMEOUT_SECONDS, SlackClient
from cloudops.adapters.slack.errors import slack_errors
from cloudops.adapters.slack.home_view import home_view, lines, listing, strangers_view
from cloudops.adapters.slack.message import headline, message
from cloudops.adapters.slack.modals import plan_dialog, refusal_dialog, waiting_dialog, words_dialog
from cloudops.adapters.slack.request_parser import Kept
from cloudops.adapters.slack.rich_text import escaped
from cloudops.chatops.ports import Home
from cloudops.chatops.requests import ButtonClick, Form, PlanRead, SlackUser
from cloudops.core.errors import Unavailable
from cloudops.notifications.card import IncidentCard
from cloudops.remediation.planner import PlanReview

HOOKS: Final = "https://hooks.slack.com/"


class SlackChat:
    """`base_url` is where Slack's API is; only there, or at Slack's own hooks, is anybody answered."""

    def __init__(
        self,
        client: SlackClient,
        base_url: str,
        dashboard: str,
        stranger: Callable[[SlackUser], Sequence[str]],
    ) -> None:
        self._client = client
        self._hooks = HOOKS if base_url in ("", SLACK) else _origin(base_url)
        self._dashboard = dashboard
        self._stranger = stranger

    def whisper(self, asker: SlackUser, said: Sequence[str]) -> None:
        self._answer(asker, said[0], lines(said))

    def show(self, asker: SlackUser, bulletin: IncidentCard, note: str) -> None:
        whole = message(bulletin, self._dashboard)
        noted = lines([note]) if note else []
        self._answer(asker, note or headline(bulletin), [*noted, *whole["blocks"]])

    def enumerate(self, asker: SlackUser, bulletins: Sequence[IncidentCard], head: str) -> None:
        self._answer(asker, head, listing(bulletins, head, self._dashboard))

    def ask(self, click: ButtonClick, form: Form) -> None:
        self._open(click, words_dialog(form, Kept(click.value, click.asker.reply_to)))

    def wait(self, click: ButtonClick) -> str:
        return self._open(click, waiting_dialog())

    def show_plan(self, click: ButtonClick, dialog: str, proposed: PlanReview, read: PlanRead) -> None:
        self._replace(dialog, plan_dialog(proposed, read, click.asker.reply_to))

    def say_no(self, dialog: str, why: str) -> None:
        self._replace(dialog, refusal_dialog(why))

    def home(self, asker: SlackUser, home: Home) -> None:
        self._publish(asker, home_view(home, self._dashboard))

    def strangers_home(self, asker: SlackUser) -> None:
        self._publish(asker, strangers_view(self._stranger(asker)))

    def _answer(self, asker: SlackUser, words: str, blocks: Sequence[Block]) -> None:
        """Where the asker asked, to them alone; where Slack gives no address for it, or takes it no more, in
        their messages with the app. An address that is not Slack's is none."""
        if asker.reply_to.startswith(self._hooks) and self._answered(asker, words, blocks):
            return
        with slack_errors(f"write to {asker.user}"):
            self._client.open().chat_postMessage(channel=asker.user, text=escaped(words), blocks=blocks)

    def _answered(self, asker: SlackUser, words: str, blocks: Sequence[Block]) -> bool:
        """False where the address is used up: Slack takes five answers in half an hour."""
        with slack_errors(f"answer {asker.user}"):
            hook = WebhookClient(asker.reply_to, timeout=TIMEOUT_SECONDS, retry_handlers=[])
            answer = hook.send(
                text=escaped(words), blocks=blocks, response_type="ephemeral", replace_original=False
            )
        if answer.status_code >= 500:
            raise Unavailable(f"answer {asker.user}: {answer.status_code}")
        return answer.status_code == 200

    def _open(self, click: ButtonClick, view: View) -> str:
        with slack_errors(f"open a dialog for {click.asker.user}"):
            answer = self._client.open().views_open(trigger_id=click.trigger, view=view)
            return str(answer["view"]["id"])

    def _replace(self, dialog: str, view: View) -> None:
        with slack_errors(f"fill the dialog {dialog}"):
            self._client.open().views_update(view_id=dialog, view=view)

    def _publish(self, asker: SlackUser, view: View) -> None:
        with slack_errors(f"show {asker.user} their page"):
            self._client.open().views_publish(user_id=asker.user, view=view)


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/"
