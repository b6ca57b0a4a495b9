"""Lambda behind /health and /api/*."""

from functools import cache
from typing import Any

from cloudops.handlers.answers import Answer
from cloudops.handlers.http.app import Api
from cloudops.handlers.requests import Event
from cloudops.observability import logger
from cloudops.wiring.api import services


@cache
def api() -> Api:
    return Api(services)


@logger.inject_lambda_context(clear_state=True)
def handler(event: Event, context: Any) -> Answer:
    """`context` is Lambda's (Any: Powertools reads it, we do not)."""
    return api()(event, context)
