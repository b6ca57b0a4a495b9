"""The context of a request: the application, the caller and the time, for the handler of an endpoint."""

from functools import cached_property
from typing import Annotated, Final

from aws_lambda_powertools.event_handler import Depends
from aws_lambda_powertools.event_handler.request import Request

from cloudops.api.application import Application, ApplicationFactory
from cloudops.api.authorization import caller_of
from cloudops.api.http_event import Event, header_of
from cloudops.core.time import EpochMillis
from cloudops.identity.access import Caller, bearer

CONTEXT: Final = "context"
"""The key of the request's context in the resolver."""


class RequestContext:
    def __init__(self, application: ApplicationFactory, event: Event) -> None:
        self._application = application
        self._event = event

    @cached_property
    def application(self) -> Application:
        return self._application()

    @cached_property
    def now(self) -> EpochMillis:
        """The time of the request, constant during the request."""
        return self.application.now()

    @cached_property
    def caller(self) -> Caller:
        """The caller. Raises as `caller_of`, which can happen in an open endpoint only."""
        return caller_of(self._event)

    @property
    def bearer(self) -> str:
        """The token of the request, or "" without one. It is not logged and not stored."""
        return bearer(header_of(self._event, "authorization"))

    @property
    def person(self) -> str:
        """The name of the caller, as it is stored with what they do."""
        return self.caller.name


def _of(request: Request) -> RequestContext:
    context: RequestContext = request.context[CONTEXT]
    return context


Context = Annotated[RequestContext, Depends(_of)]
