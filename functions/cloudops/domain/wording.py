"""The words of an alert, bounded and evened out so that one set of patterns reads every source."""

import re
from functools import lru_cache
from typing import Final

from cloudops.domain.alert import Alert

MAX_TITLE: Final = 300
MAX_QUERY: Final = 600
MAX_LEAD: Final = 240
MAX_MESSAGE: Final = 3_000
"""Characters read of each field: what follows is for people, and may be megabytes."""

_GROUP = re.compile(
    r"\[(?:re-?)?(?:triggered|recovered|warn|no data|renotify|firing|resolved|alert)[^\]]{0,400}\]", re.I
)
_FIRING_COUNT = re.compile(r"\[(?:FIRING|RESOLVED):\d{1,6}\]")
_UNEXPANDED = re.compile(r"\{\{[^{}]{0,200}\}\}|\$\{?[A-Z_]{2,40}\}?|%%%")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\ufeff]+")
_SPACES = re.compile(r"\s{2,}")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z0-9])(?=[A-Z][a-z])")
_JOINTS = str.maketrans("_.-/:|", "      ")
_SENTENCE_END = re.compile(r"[.!?。!?]\s|\n\s*\n|\\n")


@lru_cache(maxsize=4096)
def clean_title(title: str) -> str:
    """The title as a person would say it: no state prefix, no unexpanded variable, no control character."""
    text = _CONTROL.sub(" ", title[:MAX_TITLE])
    text = _UNEXPANDED.sub("", _FIRING_COUNT.sub("", _GROUP.sub("", text)))
    return _SPACES.sub(" ", text).strip(" -:|,") or "Untitled alert"


@lru_cache(maxsize=4096)
def words(name: str) -> str:
    """A name as lower-case words: "KubePodOOMKilled" and "kube_pod.oom-killed" are "kube pod oom killed"."""
    return _HUMP.sub(" ", name[:MAX_QUERY]).translate(_JOINTS).lower()


def lead_and_message(alert: Alert) -> tuple[str, str]:
    """The first sentence of the message, which tells what is wrong, and the rest, which often guesses why."""
    text = alert.message[:MAX_MESSAGE].lstrip(" %\n\\n").replace("_", " ")
    end = _SENTENCE_END.search(text, 0, MAX_LEAD)
    cut = end.end() if end else MAX_LEAD
    return text[:cut], text[cut:]
