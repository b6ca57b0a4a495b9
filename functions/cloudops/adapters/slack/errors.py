"""Translates Slack's errors to ours. The decisive question is whether the call may have taken effect."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException
from typing import Final

from slack_sdk.errors import SlackApiError, SlackClientError

from cloudops.core.errors import BadInput, Conflict, NotFound, Refused, Throttled, Unavailable

DEFAULT_WAIT_SECONDS: Final = 30.0
"""Wait before the next call if Slack names no time."""

_REFUSED: Final = frozenset(
    {
        "access_denied",
        "account_inactive",
        "channel_not_found",
        "ekm_access_denied",
        "enterprise_is_restricted",
        "invalid_auth",
        "is_archived",
        "missing_scope",
        "no_permission",
        "not_allowed_token_type",
        "not_authed",
        "not_in_channel",
        "org_login_required",
        "restricted_action",
        "restricted_action_read_only_channel",
        "team_access_not_granted",
        "team_added_to_org",
        "token_expired",
        "token_revoked",
    }
)
"""Errors that an admin has to correct: the token, its scopes, the app's membership in the channel."""
_GONE: Final = frozenset(
    {"message_not_found", "thread_not_found", "cant_update_message", "edit_window_closed"}
)
_THROTTLED: Final = frozenset({"rate_limited", "ratelimited", "message_limit_exceeded"})
_UNCERTAIN: Final = frozenset(
    {"fatal_error", "internal_error", "request_timeout", "service_unavailable", "team_not_found"}
)
"""According to Slack's documentation, the call may have taken effect in part."""
_LATE: Final = frozenset({"expired_trigger_id", "exchanged_trigger_id", "invalid_trigger_id"})
"""A dialog can be opened once, within three seconds of the click."""


@contextmanager
def slack_errors(doing: str) -> Iterator[None]:
    """Translates the errors of one call; `doing` names the call in the message.

    Raises:
        Unavailable: It is not known whether the call took effect.
        Throttled, Refused, NotFound, Conflict, BadInput: The call did not take effect.
    """
    try:
        yield
    except SlackApiError as error:
        raise _translated(doing, error) from error
    except (SlackClientError, OSError, HTTPException, ValueError) as error:
        raise Unavailable(f"{doing}: {type(error).__name__}") from error


def _translated(doing: str, error: SlackApiError) -> Exception:
    response = error.response
    code = str(response.get("error", "")) if isinstance(response.data, dict) else ""
    what = f"{doing}: {code or response.status_code}"
    if response.status_code == 429 or code in _THROTTLED:
        return Throttled(what, retry_after=_seconds(response.headers.get("Retry-After", "")))
    if response.status_code >= 500 or not code or code in _UNCERTAIN:
        return Unavailable(what)
    if code in _LATE:
        return Conflict(
            "The dialog did not open within the three seconds that Slack allows: press the button again"
        )
    if code in _REFUSED:
        return Refused(what)
    return NotFound(what) if code in _GONE else BadInput(what)


def _seconds(header: str) -> float:
    return float(header) if header.isdigit() else DEFAULT_WAIT_SECONDS
