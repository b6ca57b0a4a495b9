"""The one boundary at which what Slack answers becomes ours: above all, whether it did what was asked."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException
from typing import Final

from slack_sdk.errors import SlackApiError, SlackClientError

from cloudops.core.errors import BadInput, Conflict, NotFound, Refused, Throttled, Unavailable

DEFAULT_WAIT_SECONDS: Final = 30.0
"""Seconds to wait where Slack does not say how long."""

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
"""What somebody has to set right: the token, its scopes, the app's membership in the channel."""
_GONE: Final = frozenset(
    {"message_not_found", "thread_not_found", "cant_update_message", "edit_window_closed"}
)
_THROTTLED: Final = frozenset({"rate_limited", "ratelimited", "message_limit_exceeded"})
_UNCERTAIN: Final = frozenset(
    {"fatal_error", "internal_error", "request_timeout", "service_unavailable", "team_not_found"}
)
"""Slack says of these that part of what was asked may have been done."""


_LATE: Final = frozenset({"expired_trigger_id", "exchanged_trigger_id", "invalid_trigger_id"})
"""Slack lets a dialog be opened for three seconds after a click, once."""


@contextmanager
def slack_errors(doing: str) -> Iterator[None]:
    """Throttled, Refused, NotFound, Conflict and BadInput where it was not done, Unavailable where nobody
    knows."""
    try:
        yield
    except SlackApiError as error:
        raise _told(doing, error) from error
    except (SlackClientError, OSError, HTTPException, ValueError) as error:
        raise Unavailable(f"{doing}: {type(error).__name__}") from error


def _told(doing: str, error: SlackApiError) -> Exception:
    response = error.response
    code = str(response.get("error", "")) if isinstance(response.data, dict) else ""
    what = f"{doing}: {code or response.status_code}"
    if response.status_code == 429 or code in _THROTTLED:
        return Throttled(what, retry_after=_seconds(response.headers.get("Retry-After", "")))
    if response.status_code >= 500 or not code or code in _UNCERTAIN:
        return Unavailable(what)
    if code in _LATE:
        return Conflict("Slack waits three seconds for a dialog, and it took longer: press the button again")
    if code in _REFUSED:
        return Refused(what)
    return NotFound(what) if code in _GONE else BadInput(what)


def _seconds(told: str) -> float:
    return float(told) if told.isdigit() else DEFAULT_WAIT_SECONDS
