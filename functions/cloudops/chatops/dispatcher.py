"""Authorizes a Slack request, executes it at most once, and replies to the person alone."""

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
from cloudops.core.errors import CloudOpsError, Forbidden, Unavailable
from cloudops.core.time import SECOND, EpochMillis
from cloudops.identity.access import Caller, Role, require_role

REPLAY_WINDOW_MS: Final = 2 * MAX_SKEW_SECONDS * SECOND
"""A signature is stored this long: twice as long as a request with it may be accepted."""


class RequestResult(StrEnum):
    """The result of a request."""

    SERVED = "served"
    REFUSED = "refused"
    NO_ROLE = "no role"
    REPLAYED = "replayed"
    OTHER_WORKSPACE = "another workspace"


Record = Callable[[Caller, ActionResult, EpochMillis], None]
"""Writes the audit entry of an action; called before the reply."""


class ChatDispatcher:
    """The use case: handles one request of Slack."""

    def __init__(
        self,
        *,
        responder: ChatResponder,
        directory: ChatDirectory,
        idempotency: IdempotencyGuard,
        actions: ChatActions,
        queries: ChatQueries,
    ) -> None:
        self._responder = responder
        self._directory = directory
        self._idempotency = idempotency
        self._actions = actions
        self._queries = queries

    def dispatch(
        self, request: ChatRequest, signature: str, holder: str, record: Record, now: EpochMillis
    ) -> RequestResult:
        """Handles a request, and returns the result.

        Args:
            request: The parsed request.
            signature: Slack's signature, the idempotency key.
            holder: The id of the queue's message. A redelivery has the same id, and continues; any other
                message with the same signature is a replay, and has no effect.
            record: Writes the audit entry.
            now: The time of the request, in milliseconds since 1970.

        Raises:
            Unavailable: A retry may help.
        """
        if request.user.team != self._directory.team:
            return RequestResult.OTHER_WORKSPACE
        if not self._idempotency.take(signature, holder, now + REPLAY_WINDOW_MS):
            return RequestResult.REPLAYED
        caller = self._directory.caller(request.user.id)
        try:
            if caller is None:
                return self._serve_unlinked(request, now)
            done = self._execute(request, caller, now)
        except Unavailable:
            raise
        except CloudOpsError as error:
            self._responder.reply(request.user, [error.message])
            return RequestResult.REFUSED
        if done:
            record(caller, done, now)
            if done.reply:
                self._responder.reply(request.user, [done.reply])
        return RequestResult.SERVED

    def _serve_unlinked(self, request: ChatRequest, now: EpochMillis) -> RequestResult:
        """Answers a member who is not linked to a person: a full member of the workspace may read."""
        reader = self._directory.reader(request.user.id)
        if reader is None:
            self._refuse(request)
            return RequestResult.NO_ROLE
        try:
            self._execute(request, reader, now, tuple(no_role(request.user)))
        except Forbidden:
            self._refuse(request)
            return RequestResult.NO_ROLE
        return RequestResult.SERVED

    def _execute(
        self, request: ChatRequest, caller: Caller, now: EpochMillis, home_note: tuple[str, ...] = ()
    ) -> ActionResult | None:
        match request:
            case HomeOpened():
                self._responder.publish_home(request.user, self._queries.home(caller, home_note))
                return None
            case Command():
                return self._queries.command(request, caller, now)
            case ButtonClick():
                require_role(caller, Role.OPERATOR, request.button)
                return self._click(request, caller, now)
            case DialogSubmission():
                require_role(caller, Role.OPERATOR, request.form)
                return self._actions.submit(request, caller, now)

    def _click(self, click: ButtonClick, caller: Caller, now: EpochMillis) -> ActionResult | None:
        dialogs: dict[Button, Callable[[], None]] = {
            Button.UNHELPFUL: partial(self._responder.open_form, click, Form.UNHELPFUL),
            Button.REJECT: partial(self._responder.open_form, click, Form.REJECT),
            Button.APPROVE: partial(self._actions.read_plan, click, now),
        }
        if click.button in dialogs:
            dialogs[click.button]()
            return None
        return self._actions.click(click, caller, now)

    def _refuse(self, request: ChatRequest) -> None:
        """Replies that the person has no role, and how to get one."""
        if isinstance(request, HomeOpened):
            self._responder.publish_no_role(request.user)
            return
        self._responder.reply(request.user, no_role(request.user))


def no_role(user: SlackUser) -> list[str]:
    """Returns the reply to a member who is not linked to a person."""
    return [
        "You are not linked to a person who signs in to CloudOps, so you cannot act. An admin can link you:",
        f"cloudops slack link {user.id} --role operator",
    ]
