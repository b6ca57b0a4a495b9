"""The routes of the HTTP API, as the functions behind it declare them."""

from typing import Final

from cloudops.api.endpoints import ENDPOINTS
from cloudops.api.route import Route
from cloudops.handlers import slack_webhook, webhook

ROUTES: Final[tuple[Route, ...]] = (*ENDPOINTS, *webhook.WEBHOOK_ROUTES, *slack_webhook.SLACK_ROUTES)

ANYTHING_ELSE: Final = "/api/{proxy+}"
ANY_METHOD: Final = ("DELETE", "GET", "PATCH", "POST", "PUT")
"""Unknown paths and methods go to the API too, so that their answer has the shape of every other error.
OPTIONS is left out: the gateway answers a preflight only where no route with an authorizer takes it."""
