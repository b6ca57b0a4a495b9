"""Stops and starts automation, and tells the guardrails whether it may act."""

from dataclasses import dataclass

from cloudops.domain.alert import Instant
from cloudops.domain.automation import KillSwitch, SettableSwitch, Setting, Switch, kill_switch, unreadable
from cloudops.domain.errors import CloudOpsError


@dataclass(frozen=True, slots=True)
class AutomationState:
    """What each switch says, and both together."""

    api: Setting
    parameter: Setting

    @property
    def kill_switch(self) -> KillSwitch:
        return kill_switch(self.api, self.parameter)


class Automation:
    """`api` is the switch that PUT /api/automation moves, `parameter` the one that works without the API."""

    def __init__(self, api: SettableSwitch, parameter: Switch) -> None:
        self._api = api
        self._parameter = parameter

    def kill_switch(self, now: Instant) -> KillSwitch:
        """As it is at this moment, stopped where either switch says so or cannot be read."""
        return self.state(now).kill_switch

    def state(self, now: Instant) -> AutomationState:
        return AutomationState(_read(self._api, now), _read(self._parameter, now))

    def switch(self, setting: Setting) -> AutomationState:
        """Moves the API's switch. Unavailable where that failed, so that nobody believes it moved."""
        self._api.write(setting)
        return self.state(setting.at)


def _read(switch: Switch, now: Instant) -> Setting:
    try:
        return switch.read()
    except CloudOpsError as error:
        return unreadable(switch.name, error.message, now)
