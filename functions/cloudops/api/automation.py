"""Endpoints of automation: whether it may act, and the kill switch."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body
from pydantic import BaseModel, ConfigDict, Field

from cloudops.api.audit_words import AuditContext, Audited, fixed, in_body
from cloudops.api.context import Context
from cloudops.api.endpoint import Endpoint, Unrestricted, command, query
from cloudops.api.schemas import MAX_COMMENT, Timestamp, View
from cloudops.identity.access import Role
from cloudops.remediation.kill_switch import AutomationState, Setting
from cloudops.remediation.permissions import everything, require


class AutomationBody(BaseModel):
    """Whether automation may act from now on, and why."""

    model_config = ConfigDict(extra="forbid")

    enabled: Annotated[bool, Field(strict=True)]
    reason: Annotated[str, Field(min_length=1, max_length=MAX_COMMENT, examples=["the deploy goes wrong"])]


class AutomationSwitchView(View):
    """`at` and `by` are null while the switch has never been changed."""

    enabled: bool
    by: str | None
    at: Timestamp | None
    reason: str


class AutomationView(View):
    """Automation acts only while both switches are enabled. `parameter` is the switch in Systems Manager,
    which works without this API. A switch that cannot be read counts as stopped."""

    enabled: bool
    by: str | None
    at: Timestamp | None
    reason: str
    api: AutomationSwitchView
    parameter: AutomationSwitchView


def _enabled_or_stopped(context: AuditContext) -> str:
    return "enabled" if context.body["enabled"] else "stopped"


@query("/api/automation", Role.VIEWER)
def get_automation(context: Context) -> AutomationView:
    """Get the state of automation.

    Whether automation may act; if not, who stopped it, when and why.
    """
    return _automation_view(context.application.automation.state(context.now))


@command(
    "PUT",
    "/api/automation",
    Role.OPERATOR,
    audit=Audited(
        "switch automation", fixed("automation"), reason=in_body("reason"), result=_enabled_or_stopped
    ),
    restriction=Unrestricted("stopping is safe; the handler restricts enabling"),
)
def switch_automation(context: Context, body: Annotated[AutomationBody, Body()]) -> AutomationView:
    """Stop or enable automation.

    An operator may stop; only an admin may enable. Stopping takes effect at once. Enabling takes effect only
    while the parameter is enabled too.
    """
    if body.enabled:
        require(context.caller, Role.ADMIN, everything, "enabling automation")
    setting = Setting(enabled=body.enabled, by=context.person, at=context.now, reason=body.reason.strip())
    return _automation_view(context.application.automation.switch(setting))


def _automation_view(state: AutomationState) -> AutomationView:
    both = state.kill_switch
    return AutomationView(
        enabled=not both.stopped,
        by=both.by or None,
        at=both.at or None,
        reason=both.reason,
        api=_switch_view(state.api),
        parameter=_switch_view(state.parameter),
    )


def _switch_view(setting: Setting) -> AutomationSwitchView:
    return AutomationSwitchView(
        enabled=setting.enabled, by=setting.by or None, at=setting.at or None, reason=setting.reason
    )


ENDPOINTS: tuple[Endpoint, ...] = (get_automation, switch_automation)
