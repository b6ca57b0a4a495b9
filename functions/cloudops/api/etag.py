"""Adds the headers of caching and security to the answers of the API.

Dashboards poll every few seconds, so an answer that the caller already has is not sent again (ETag).
"""

from collections.abc import Mapping
from hashlib import blake2b

from cloudops.api.http_event import Event, header_of, method_of
from cloudops.api.http_response import SECURITY_HEADERS, Answer

_VALIDATED = {"cache-control": "private, no-cache", "vary": "accept-encoding"}


def conditional(event: Event, answer: Answer) -> Answer:
    """Adds an ETag to a successful answer to GET, and returns 304 where the caller sent that ETag. No other
    answer may be stored by a cache."""
    if method_of(event) != "GET" or answer["statusCode"] != 200:
        return _with(answer, {"cache-control": "no-store"})
    tag = f'"{blake2b(str(answer["body"]).encode(), digest_size=12).hexdigest()}"'
    tagged = _with(answer, {**_VALIDATED, "etag": tag})
    if tag not in header_of(event, "if-none-match"):
        return tagged
    return {**tagged, "statusCode": 304, "body": "", "isBase64Encoded": False}


def _with(answer: Answer, headers: Mapping[str, str]) -> Answer:
    return {**answer, "headers": {**answer["headers"], **SECURITY_HEADERS, **headers}}
