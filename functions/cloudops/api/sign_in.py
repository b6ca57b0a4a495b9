"""Routes of signing in: where people do so, and whom the API takes the caller for."""

from aws_lambda_powertools.event_handler.request import Request

from cloudops.api.application import ApplicationFactory
from cloudops.api.authorization import caller_of
from cloudops.api.schemas import View
from cloudops.identity.access import CallerKind, Role


class SignInView(View):
    """The OpenID Connect issuer, and as which public client a browser signs in there (docs/sign-in.md)."""

    issuer: str
    client_id: str
    scopes: tuple[str, ...]


class CallerView(View):
    name: str
    role: Role
    kind: CallerKind


class SignInRoutes:
    def __init__(self, application: ApplicationFactory) -> None:
        self._application = application

    def where(self) -> SignInView:
        """Open, since whoever asks has not signed in yet; all of it is public."""
        return SignInView.model_validate(self._application().sign_in)

    def me(self, request: Request) -> CallerView:
        """The name that stands on what the caller does, and the role that says what that may be."""
        return CallerView.model_validate(caller_of(request.resolved_event.raw_event))
