"""Output for terminals: control characters are written as escapes, whatever field they
come from."""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from typing import Any, Final, TextIO, cast

from cloudops.core.text import CONTROL_CHARACTERS

_CHARACTER: Final = re.compile(f"[{CONTROL_CHARACTERS}]")
_ENCODED: Final = re.compile(
    rb"\x7f|\xc2[\x80-\x9f]|\xd8\x9c|\xe2\x80[\x8b-\x8f\xa8-\xae]|\xe2\x81[\xa0-\xa9]|\xef\xbb\xbf"
)
"""These characters in UTF-8, without those that JSON escapes by itself."""


def escape_text(text: str) -> str:
    r"""Returns the text with each control character as an escape of Python.

    Example:
        `escape_text("\x1b[2J")` returns the seven characters `\x1b[2J`.
    """
    return _CHARACTER.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def escape_json(line: bytes) -> bytes:
    r"""Returns JSON in UTF-8 with each control character as `\uXXXX`, which a JSON parser reads as the same
    value."""
    return _ENCODED.sub(lambda found: b"\\u%04x" % ord(found[0].decode()), line)


class _EscapedStream:
    """Passes escaped text on to a stream; every other attribute is that of the stream."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        return self._stream.write(escape_text(text))

    def __getattr__(self, name: str) -> Any:
        """Returns an attribute of the stream (Any: it has many)."""
        return getattr(self._stream, name)


@contextmanager
def escaped_output() -> Iterator[None]:
    """Escapes what the block writes to `sys.stdout` and `sys.stderr`. Bytes that it writes to their buffers
    pass unchanged: `escape_json` is for these."""
    stdout, stderr = (cast(TextIO, _EscapedStream(stream)) for stream in (sys.stdout, sys.stderr))
    with redirect_stdout(stdout), redirect_stderr(stderr):
        yield
