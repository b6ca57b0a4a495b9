"""Lambda function behind /health and /api/*: the HTTP API."""

from functools import cache
from typing import Any

from cloudops.api.app import Api
from cloudops.api.http_event import Event
from cloudops.api.http_response import Answer
from cloudops.bootstrap.api import application
from cloudops.observability import logger


@cache
def api() -> Api:
    """Returns the API, built at the first request of this execution environment."""
    return Api(application)


@logger.inject_lambda_context(clear_state=True)
def handler(event: Event, context: Any) -> Answer:
    """Answers one HTTP request. `context` is Lambda's (Any: only Powertools reads it)."""
    return api()(event, context)
