"""A Slack workspace on loopback: its Web API with its limits, and faults that a test chooses."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from tests.fakes.http_server import Answer, Asked, Vendor, vendor

TOKEN = "xoxb-loopback"
BOT = "U0BOT"
TEAM = "T0TEAM"
MAX_BLOCKS = 50
MAX_BLOCKS_SIZE = 13_000
"""Characters of all blocks as JSON; for more, Slack answers msg_blocks_too_long."""
MAX_TEXT = {"header": 150, "section": 3_000, "button": 75, "placeholder": 150, "context": 2_000}
MAX_ACTIONS = 25
HOOK = "respond"
"""The last part of a response URL, which accepts a reply to one person without a token."""
LATE = "late"
"""A trigger that Slack issued more than three seconds ago."""


class Fault(StrEnum):
    """The fault of one call, and whether the call takes effect."""

    RATE_LIMITED = "429"
    REFUSED = "no effect, and answered 503"
    EXPIRED = "no effect, and answered 404"
    LOST = "takes effect, and the connection breaks before the response"
    BROKEN = "takes effect, and answered 500"
    FATAL = "takes effect, and answered fatal_error"
    SILENT = "takes effect, and never answered"


@dataclass
class Call:
    """A call of the Web API; `at` is in milliseconds since 1970."""

    at: int
    method: str
    arguments: dict[str, Any]


@dataclass
class Workspace:
    """The state of a workspace.

    `messages` are by channel, oldest first; `homes` are by member id. `now` returns milliseconds since 1970.
    `members` has the fields in which a member differs from a full one with a confirmed address. If `strict`,
    a channel accepts one message a second, and a call above that limit is answered 429.
    """

    now: Callable[[], int]
    strict: bool = False
    channels: set[str] = field(default_factory=lambda: {"C0ALERTS", "C0PAY", "C0OPS"})
    messages: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    views: list[dict[str, Any]] = field(default_factory=list)
    homes: dict[str, dict[str, Any]] = field(default_factory=dict)
    ephemeral_replies: list[dict[str, Any]] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    faults: list[Fault | None] = field(default_factory=list)
    members: dict[str, dict[str, Any]] = field(default_factory=dict)
    before_answer: Callable[[Call], None] = lambda call: None
    _posted: int = 0

    def respond(self, asked: Asked) -> Answer:
        """Answers one call, with the next fault if there is one."""
        method = asked.path.rpartition("/")[2]
        call = Call(self.now(), method, {**asked.query, **_decoded(asked.body)})
        self.calls.append(call)
        fault = self.faults.pop(0) if self.faults else None
        if fault is Fault.RATE_LIMITED or (self.strict and self._is_too_early(call)):
            return Answer({"ok": False, "error": "ratelimited"}, 429, {"Retry-After": "3"})
        if fault is Fault.REFUSED:
            return Answer("<html>upstream</html>", 503)
        if fault is Fault.EXPIRED:
            return Answer("expired_url", 404)
        body = self._answered(call, asked.headers.get("authorization", ""))
        self.before_answer(call)
        return _RESPONSES[fault](body) if fault else Answer(body)

    def top(self, channel: str = "C0ALERTS") -> list[dict[str, Any]]:
        """Returns the messages of a channel that are in no thread."""
        return [one for one in self.messages.get(channel, []) if "thread_ts" not in one]

    def thread(self, ts: str, channel: str = "C0ALERTS") -> list[dict[str, Any]]:
        return [one for one in self.messages.get(channel, []) if one.get("thread_ts") == ts]

    def delete(self, channel: str, ts: str) -> None:
        self.messages[channel] = [one for one in self.messages[channel] if one["ts"] != ts]

    def _is_too_early(self, call: Call) -> bool:
        """Returns whether the channel got another message less than a second ago."""
        earlier = [
            one
            for one in self.calls[:-1]
            if one.method in ("chat.postMessage", "chat.update")
            and one.arguments.get("channel") == call.arguments.get("channel")
        ]
        return call.method.startswith("chat.") and bool(earlier) and call.at - earlier[-1].at < 1_000

    def _answered(self, call: Call, authorization: str) -> dict[str, Any]:
        if call.method != HOOK and authorization != f"Bearer {TOKEN}":
            return {"ok": False, "error": "invalid_auth"}
        answer = _METHODS[call.method](self, call.arguments)
        return answer if "error" in answer else {"ok": True, **answer}

    def post(self, arguments: dict[str, Any]) -> dict[str, Any]:
        if error := self._error_in(arguments):
            return {"error": error}
        self._posted += 1
        ts = f"{self.now() // 1000}.{self._posted:06d}"
        stored = {name: arguments[name] for name in _STORED_FIELDS if name in arguments}
        self.messages.setdefault(arguments["channel"], []).append({"ts": ts, "user": BOT, **stored})
        return {"ts": ts, "channel": arguments["channel"]}

    def update(self, arguments: dict[str, Any]) -> dict[str, Any]:
        if error := self._error_in(arguments):
            return {"error": error}
        for one in self.messages.get(arguments["channel"], []):
            if one["ts"] == arguments["ts"]:
                one.update({name: arguments[name] for name in ("text", "blocks")})
                return {"ts": one["ts"]}
        return {"error": "message_not_found"}

    def history(self, arguments: dict[str, Any]) -> dict[str, Any]:
        return self._page(self.top(arguments["channel"]), arguments)

    def replies(self, arguments: dict[str, Any]) -> dict[str, Any]:
        return self._page(self.thread(arguments["ts"], arguments["channel"]), arguments)

    def post_ephemeral(self, arguments: dict[str, Any]) -> dict[str, Any]:
        if error := blocks_error(arguments.get("blocks", []), MAX_BLOCKS):
            return {"error": error}
        self.ephemeral_replies.append(arguments)
        return {"message_ts": "1.0"}

    def open(self, arguments: dict[str, Any]) -> dict[str, Any]:
        if arguments["trigger_id"] == LATE:
            return {"error": "expired_trigger_id"}
        if error := blocks_error(arguments["view"]["blocks"], 100):
            return {"error": error}
        self.views.append(arguments["view"])
        return {"view": {"id": f"V{len(self.views)}"}}

    def replace(self, arguments: dict[str, Any]) -> dict[str, Any]:
        if error := blocks_error(arguments["view"]["blocks"], 100):
            return {"error": error}
        self.views[int(arguments["view_id"].removeprefix("V")) - 1] = arguments["view"]
        return {"view": {"id": arguments["view_id"]}}

    def publish(self, arguments: dict[str, Any]) -> dict[str, Any]:
        if error := blocks_error(arguments["view"]["blocks"], 100):
            return {"error": error}
        self.homes[arguments["user_id"]] = arguments["view"]
        return {"view": {"id": "VHOME"}}

    def user_info(self, arguments: dict[str, Any]) -> dict[str, Any]:
        user = arguments["user"]
        usual = {
            "id": user,
            "team_id": TEAM,
            "real_name": f"Member {user}",
            "is_email_confirmed": True,
            "profile": {"email": f"{user.removeprefix('U0').title()}@Example.com"},
        }
        different = self.members.get(user, {})
        return different if "error" in different else {"user": {**usual, **different}}

    def _error_in(self, arguments: dict[str, Any]) -> str:
        if arguments["channel"] not in self.channels and not arguments["channel"].startswith("U"):
            return "channel_not_found"
        if not arguments.get("text"):
            return "no_text"
        return blocks_error(arguments.get("blocks", []), MAX_BLOCKS)

    def _page(self, messages: list[dict[str, Any]], arguments: dict[str, Any]) -> dict[str, Any]:
        if arguments["channel"] not in self.channels:
            return {"error": "channel_not_found"}
        newer = [one for one in messages if float(one["ts"]) >= float(arguments["oldest"])]
        with_metadata = str(arguments.get("include_all_metadata")) in ("1", "True", "true")
        shown = [one if with_metadata else {k: v for k, v in one.items() if k != "metadata"} for one in newer]
        start = int(arguments.get("cursor") or 0)
        end = start + int(arguments["limit"])
        following = str(end) if end < len(shown) else ""
        return {"messages": shown[::-1][start:end], "response_metadata": {"next_cursor": following}}


_STORED_FIELDS = ("text", "blocks", "metadata", "thread_ts")
_RESPONSES: dict[Fault, Callable[[Any], Answer]] = {
    Fault.LOST: lambda body: Answer(body, half=True),
    Fault.BROKEN: lambda body: Answer("<html>oops</html>", 500),
    Fault.FATAL: lambda body: Answer({"ok": False, "error": "fatal_error"}),
    Fault.SILENT: lambda body: Answer(silent=True),
}
_METHODS: dict[str, Callable[[Workspace, dict[str, Any]], dict[str, Any]]] = {
    "auth.test": lambda workspace, _: {
        "team_id": TEAM,
        "user_id": BOT,
        "team": "Loopback",
        "user": "cloudops",
    },
    "chat.postMessage": Workspace.post,
    "chat.update": Workspace.update,
    "chat.postEphemeral": Workspace.post_ephemeral,
    "conversations.history": Workspace.history,
    "conversations.replies": Workspace.replies,
    "users.info": Workspace.user_info,
    HOOK: Workspace.post_ephemeral,
    "views.open": Workspace.open,
    "views.update": Workspace.replace,
    "views.publish": Workspace.publish,
}


@contextmanager
def slack(workspace: Workspace) -> Iterator[Vendor]:
    """Runs the workspace on a free port; its API is at `url` + "/api/"."""
    with vendor(workspace.respond) as running:
        yield running


def _decoded(body: dict[str, Any]) -> dict[str, Any]:
    """Decodes the values that slack-sdk sends as JSON inside a form."""
    return {
        name: json.loads(value)
        if isinstance(value, str) and name in ("blocks", "metadata", "view")
        else value
        for name, value in body.items()
    }


def blocks_error(blocks: list[dict[str, Any]], limit: int) -> str:
    """Returns Slack's error code for invalid blocks, or an empty string; `limit` is their number."""
    if len(blocks) > limit or len(json.dumps(blocks, ensure_ascii=False)) > MAX_BLOCKS_SIZE:
        return "msg_blocks_too_long"
    for block in blocks:
        texts = [block["text"]] if isinstance(block.get("text"), dict) else []
        if any(not 0 < len(one["text"]) <= MAX_TEXT[block["type"]] for one in texts):
            return "invalid_blocks"
        if block["type"] == "actions" and not _valid_actions(block["elements"]):
            return "invalid_blocks"
        if block["type"] == "rich_text" and not all(map(_valid_rich, block["elements"])):
            return "invalid_blocks"
    return ""


def _valid_actions(elements: list[dict[str, Any]]) -> bool:
    names = [one["action_id"] for one in elements]
    labels = [one["text"]["text"] for one in elements if "text" in one]
    return (
        0 < len(elements) <= MAX_ACTIONS
        and len(set(names)) == len(names)
        and all(0 < len(label) <= MAX_TEXT["button"] for label in labels)
        and all(len(one.get("value", "")) <= 2_000 for one in elements)
    )


def _valid_rich(element: dict[str, Any]) -> bool:
    if "elements" in element:
        return bool(element["elements"]) and all(map(_valid_rich, element["elements"]))
    return bool(element.get("text", "x"))
