"""Routes of automation: whether it may act, and the switch that stops it all at once."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body
from aws_lambda_powertools.event_handler.request import Request
from pydantic import BaseModel, ConfigDict, Field

from cloudops.api.application import ApplicationFactory
from cloudops.api.authorization import caller_of
from cloudops.api.schemas import MAX_COMMENT, Timestamp, View
from cloudops.remediation.kill_switch import AutomationState, Setting


class AutomationBody(BaseModel):
    """Whether automation may act from now on, and why."""

    model_config = ConfigDict(extra="forbid")

    enabled: Annotated[bool, Field(strict=True)]
    reason: Annotated[str, Field(min_length=1, max_length=MAX_COMMENT, examples=["the deploy goes wrong"])]


class SwitchView(View):
    """`at` and `by` are null where nobody ever moved it."""

    enabled: bool
    by: str | None
    at: Timestamp | None
    reason: str


class AutomationView(View):
    """Automation acts where both switches let it. `parameter` is the one in Systems Manager, which works when
    this API does not; a switch that cannot be read stops."""

    enabled: bool
    by: str | None
    at: Timestamp | None
    reason: str
    api: SwitchView
    parameter: SwitchView


class AutomationRoutes:
    def __init__(self, application: ApplicationFactory) -> None:
        self._application = application

    def state(self) -> AutomationView:
        """Whether automation may act, and if not, by whom it was stopped and why."""
        application = self._application()
        return _seen(application.automation.state(application.now()))

    def switch(self, body: Annotated[AutomationBody, Body()], request: Request) -> AutomationView:
        """Stops all automation at once, or lets it act again as far as the parameter does."""
        application, person = self._application(), caller_of(request.resolved_event.raw_event).name
        setting = Setting(enabled=body.enabled, by=person, at=application.now(), reason=body.reason.strip())
        return _seen(application.automation.switch(setting))


def _seen(state: AutomationState) -> AutomationView:
    both = state.kill_switch
    return AutomationView(
        enabled=not both.stopped,
        by=both.by or None,
        at=both.at or None,
        reason=both.reason,
        api=_switch(state.api),
        parameter=_switch(state.parameter),
    )


def _switch(setting: Setting) -> SwitchView:
    return SwitchView(
        enabled=setting.enabled, by=setting.by or None, at=setting.at or None, reason=setting.reason
    )
