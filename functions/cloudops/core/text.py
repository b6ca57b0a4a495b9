"""Characters that control a display instead of being displayed."""

import re
from typing import Final

CONTROL_CHARACTERS: Final = "\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff"
"""A class of characters for a regular expression: control characters except tab and line feed (ESC
starts colors,
titles and OSC 52, which sets a terminal's clipboard; CR overwrites a line), and characters that hide text or
change its direction (Unicode Technical Report 36, section 2.11)."""

_CONTROL: Final = re.compile(f"[{CONTROL_CHARACTERS}]+")
_CONTROL_IN_LINE: Final = re.compile(f"[{CONTROL_CHARACTERS}\t\n]+")


def clean_text(text: str) -> str:
    """Returns the text with a space for each run of control characters; tabs and line feeds stay."""
    return text if text.isprintable() else _CONTROL.sub(" ", text)


def clean_line(text: str) -> str:
    """Returns the text as one line, with a space for each run of control characters, and none at its ends."""
    return text if text.isprintable() else _CONTROL_IN_LINE.sub(" ", text).strip()
