"""Parses request bodies: a JSON object, in UTF-8, of bounded size and depth."""

from typing import Final

import msgspec

from cloudops.api.http_event import Event, body_of, header_of
from cloudops.core.errors import BadInput, TooLarge

MAX_BODY_BYTES: Final = 1_000_000
MAX_BODY_LEVELS: Final = 64
"""Levels of nesting; a real payload has under ten, and Python's parsers fail at some hundreds."""

_JSON: Final = "application/json"


def with_text_body(event: Event) -> dict[str, object]:
    """Returns the request with its body as text.

    Raises:
        BadInput: The body is not UTF-8 or not declared as JSON.
        TooLarge: The body exceeds MAX_BODY_BYTES.
    """
    body = body_of(event)
    if len(body) > MAX_BODY_BYTES:
        raise TooLarge(f"the body is larger than {MAX_BODY_BYTES} bytes", field="body")
    content_type = header_of(event, "content-type").partition(";")[0].strip().lower()
    if body and content_type not in ("", _JSON):
        raise BadInput(f"the body must be {_JSON}, not {content_type[:100]}", field="content-type")
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadInput(f"the body is not UTF-8 at byte {error.start}", field="body") from error
    headers = {**(event.get("headers") or {}), "content-type": _JSON}
    return {**event, "headers": headers, "body": text, "isBase64Encoded": False}


def parse_body(text: str) -> dict[str, object]:
    """Returns the object in the text. BadInput where the text is not JSON, or not an object."""
    try:
        value = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadInput(f"the body is not JSON: {error}", field="body") from error
    except RecursionError as error:
        raise BadInput(f"the body is nested deeper than {MAX_BODY_LEVELS} levels", field="body") from error
    if not isinstance(value, dict):
        raise BadInput("the body must be a JSON object", field="body")
    if _is_deeper(value, MAX_BODY_LEVELS):
        raise BadInput(f"the body is nested deeper than {MAX_BODY_LEVELS} levels", field="body")
    return value


def _is_deeper(value: object, levels: int) -> bool:
    level = [value]
    for _ in range(levels):
        level = [child for item in level for child in _children(item)]
        if not level:
            return False
    return True


def _children(value: object) -> list[object]:
    match value:
        case dict():
            return list(value.values())
        case list():
            return value
        case _:
            return []
