"""Lambda behind /health and /api/*: the HTTP API."""

from functools import cache
from typing import Any

from cloudops.api.app import Api
from cloudops.api.http_event import Event
from cloudops.api.http_response import Answer
from cloudops.bootstrap.api import application
from cloudops.observability import logger


@cache
def api() -> Api:
    return Api(application)


@logger.inject_lambda_context(clear_state=True)
def handler(event: Event, context: Any) -> Answer:
    """`context` is Lambda's (Any: Powertools reads it, we do not)."""
    return api()(event, context)
