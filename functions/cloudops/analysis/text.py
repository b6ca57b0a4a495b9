"""Normalizes the text of an alert, so that one set of patterns reads every source."""

import re
from functools import lru_cache
from typing import Final

from cloudops.alerts.alert import UNTITLED
from cloudops.core.text import clean_line

MAX_READ_TITLE: Final = 300
MAX_READ_QUERY: Final = 600
MAX_READ_LEAD: Final = 240
MAX_READ_MESSAGE: Final = 2_000
"""Characters that are read of each field; the rest may be megabytes."""

_STATE = re.compile(
    r"\[(?:re-?)?(?:triggered|recovered|warn|no data|renotify|firing|resolved|alert)[^\]]{0,400}\]", re.I
)
_UNEXPANDED = re.compile(r"\{\{[^{}]{0,200}\}\}|\$\{?[A-Z_]{2,40}\}?|%%%")
_HOSTNAME = re.compile(r"\S{0,80}\.(?:internal|local|compute|amazonaws)\b\S*|\bip(?:-\d{1,3}){4}\S*")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z0-9])(?=[A-Z][a-z])")
_JOINTS = str.maketrans("_.-/:|", "      ")
_SENTENCE_END = re.compile(r"[.!?]\s|[。!?\n]|\\n")
_LINK = re.compile(r"https?://\S+")
_FOOTER: Final = "The monitor was last triggered at"
"""Datadog's closing line, with links below it."""


def clean_title(title: str) -> str:
    """Removes state prefixes, unexpanded variables and control characters from a title."""
    text = clean_line(title[:MAX_READ_TITLE])
    if "[" in text:
        text = _STATE.sub("", text)
    if "{{" in text or "$" in text or "%%%" in text:
        text = _UNEXPANDED.sub("", text)
    return " ".join(text.split()).strip(" -:|,") or UNTITLED


def tokenize(name: str) -> str:
    """Returns a name as lower-case words: KubePodOOMKilled and kube_pod.oom-killed give "kube pod oom
    killed".

    Host names are left out: their "ec2" and "internal" do not describe what alarms.
    """
    text = name[:MAX_READ_QUERY]
    if "ip-" in text or "." in text:
        text = _HOSTNAME.sub(" ", text)
    return _HUMP.sub(" ", text).translate(_JOINTS).lower()


@lru_cache(maxsize=8192)
def normalize_name(name: str) -> str:
    """Returns a name without case and separators: vendors spell one metric in several ways."""
    return "".join(filter(str.isalnum, name[:MAX_READ_TITLE])).lower()


def lead_and_message(text: str) -> tuple[str, str]:
    """Splits a message into its first sentence, which states the problem, and the rest, which may guess
    at causes."""
    text = text[:MAX_READ_MESSAGE].partition(_FOOTER)[0].lstrip("% \n").removeprefix("\\n").replace("_", " ")
    if "http" in text:
        text = _LINK.sub(" ", text)
    end = _SENTENCE_END.search(text, 0, MAX_READ_LEAD)
    cut = end.end() if end else MAX_READ_LEAD
    return text[:cut], text[cut:]
