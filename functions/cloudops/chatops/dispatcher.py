"""Does what a person asks for in a chat, if their role lets them, once, and answers them alone."""

from collections.abc import Callable
from enum import StrEnum
from functools import partial
from typing import Final

from cloudops.chatops.actions import ActionResult, ChatActions
from cloudops.chatops.ports import ChatDirectory, ChatResponder, IdempotencyGuard
from cloudops.chatops.queries import ChatQueries
from cloudops.chatops.requests import (
    MAX_SKEW_SECONDS,
    Button,
    ButtonClick,
    ChatRequest,
    Command,
    DialogSubmission,
    Form,
    HomeOpened,
    SlackUser,
)
from cloudops.core.errors import CloudOpsError, Unavailable
from cloudops.core.time import SECOND, EpochMillis
from cloudops.identity.access import Caller, Role, require_role

KEPT: Final = 2 * MAX_SKEW_SECONDS * SECOND
"""Milliseconds for which a request is remembered: twice as long as its time may pass for fresh."""


class Outcome(StrEnum):
    """What became of a request."""

    SERVED = "served"
    REFUSED = "refused, and told why"
    NO_ROLE = "no role"
    REPLAYED = "replayed"
    STRANGE_WORKSPACE = "another workspace"


Record = Callable[[Caller, ActionResult, EpochMillis], None]
"""Writes down what a person did, before they are told that it is done."""


class ChatDispatcher:
    def __init__(
        self,
        *,
        chat: ChatResponder,
        people: ChatDirectory,
        once: IdempotencyGuard,
        acts: ChatActions,
        answers: ChatQueries,
    ) -> None:
        self._chat = chat
        self._people = people
        self._once = once
        self._acts = acts
        self._answers = answers

    def dispatch(
        self, asked: ChatRequest, signature: str, holder: str, record: Record, now: EpochMillis
    ) -> Outcome:
        """`holder` names the delivery: the same one, delivered again, may go on where it died; another with
        the same signature is a replay, and does nothing. Unavailable where a retry may help."""
        if asked.asker.team != self._people.team:
            return Outcome.STRANGE_WORKSPACE
        if not self._once.take(signature, holder, now + KEPT):
            return Outcome.REPLAYED
        caller = self._people.caller(asked.asker.user)
        if caller is None:
            self._refuse(asked)
            return Outcome.NO_ROLE
        try:
            done = self._done(asked, caller, now)
        except Unavailable:
            raise
        except CloudOpsError as error:
            self._chat.whisper(asked.asker, [error.message])
            return Outcome.REFUSED
        if done:
            record(caller, done, now)
            if done.told:
                self._chat.whisper(asked.asker, [done.told])
        return Outcome.SERVED

    def _done(self, asked: ChatRequest, caller: Caller, now: EpochMillis) -> ActionResult | None:
        match asked:
            case HomeOpened():
                self._chat.home(asked.asker, self._answers.home(caller))
                return None
            case Command():
                return self._answers.command(asked, caller, now)
            case ButtonClick():
                require_role(caller, Role.OPERATOR, asked.button)
                return self._clicked(asked, caller, now)
            case DialogSubmission():
                require_role(caller, Role.OPERATOR, asked.form)
                return self._acts.send(asked, caller, now)

    def _clicked(self, click: ButtonClick, caller: Caller, now: EpochMillis) -> ActionResult | None:
        opens: dict[Button, Callable[[], None]] = {
            Button.UNHELPFUL: partial(self._chat.ask, click, Form.UNHELPFUL),
            Button.REJECT: partial(self._chat.ask, click, Form.REJECT),
            Button.APPROVE: partial(self._acts.read_plan, click, now),
        }
        if click.button in opens:
            opens[click.button]()
            return None
        return self._acts.click(click, caller, now)

    def _refuse(self, asked: ChatRequest) -> None:
        if isinstance(asked, HomeOpened):
            self._chat.strangers_home(asked.asker)
            return
        self._chat.whisper(asked.asker, no_role(asked.asker))


def no_role(asker: SlackUser) -> list[str]:
    return [
        "You have no role here, so nothing was done. An admin gives you one:",
        f'cloudops slack link {asker.user} "Your Name" --role operator',
    ]
