"""The words of an alert, bounded and evened out so that one set of patterns reads every source."""

import re
from functools import lru_cache
from typing import Final

MAX_TITLE: Final = 300
MAX_QUERY: Final = 600
MAX_LEAD: Final = 240
MAX_MESSAGE: Final = 2_000
"""Characters read of each field: what follows is for people, and may be megabytes."""

_STATE = re.compile(
    r"\[(?:re-?)?(?:triggered|recovered|warn|no data|renotify|firing|resolved|alert)[^\]]{0,400}\]", re.I
)
_UNEXPANDED = re.compile(r"\{\{[^{}]{0,200}\}\}|\$\{?[A-Z_]{2,40}\}?|%%%")
_HOSTNAME = re.compile(r"\S{0,80}\.(?:internal|local|compute|amazonaws)\b\S*|\bip(?:-\d{1,3}){4}\S*")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\ufeff]+")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z0-9])(?=[A-Z][a-z])")
_JOINTS = str.maketrans("_.-/:|", "      ")
_SENTENCE_END = re.compile(r"[.!?]\s|[。!?\n]|\\n")
_LINK = re.compile(r"https?://\S+")
_FOOTER: Final = "The monitor was last triggered at"
"""Datadog's own closing words, with links under them."""


def clean_title(title: str) -> str:
    """The title as a person would say it: no state prefix, no unexpanded variable, no control character."""
    text = _CONTROL.sub(" ", title[:MAX_TITLE])
    if "[" in text:
        text = _STATE.sub("", text)
    if "{{" in text or "$" in text or "%%%" in text:
        text = _UNEXPANDED.sub("", text)
    return " ".join(text.split()).strip(" -:|,") or "Untitled alert"


def tokenize(name: str) -> str:
    """A name as lower-case words: "KubePodOOMKilled" and "kube_pod.oom-killed" are "kube pod oom killed".

    Host names are left out: their "ec2" and "internal" tell nothing of what alarms."""
    text = name[:MAX_QUERY]
    if "ip-" in text or "." in text:
        text = _HOSTNAME.sub(" ", text)
    return _HUMP.sub(" ", text).translate(_JOINTS).lower()


@lru_cache(maxsize=8192)
def normalize_name(name: str) -> str:
    """A name without case and joints, as vendors spell one metric in several ways."""
    return "".join(filter(str.isalnum, name[:MAX_TITLE])).lower()


def lead_and_message(text: str) -> tuple[str, str]:
    """The first sentence of a message, which tells what is wrong, and the rest, which often guesses why."""
    text = text[:MAX_MESSAGE].partition(_FOOTER)[0].lstrip("% \n").removeprefix("\\n").replace("_", " ")
    if "http" in text:
        text = _LINK.sub(" ", text)
    end = _SENTENCE_END.search(text, 0, MAX_LEAD)
    cut = end.end() if end else MAX_LEAD
    return text[:cut], text[cut:]
