"""Escapes control characters in what the commands print, whatever field they come from."""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from typing import Any, Final, TextIO, cast

from cloudops.core.text import CONTROL_CHARACTERS

_CHARACTER: Final = re.compile(f"[{CONTROL_CHARACTERS}]")


def escape_text(text: str) -> str:
    r"""Returns the text with each control character as an escape of Python.

    Example:
        `escape_text("\x1b[2J")` returns the seven characters `\x1b[2J`.
    """
    return _CHARACTER.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def escape_json(line: bytes) -> bytes:
    """Returns a line of JSON, in UTF-8, with each control character in the escape syntax of JSON. A
    parser reads the same value."""
    return _CHARACTER.sub(lambda found: f"\\u{ord(found[0]):04x}", line.decode()).encode()


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
