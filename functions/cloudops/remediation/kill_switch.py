"""Decides whether the kill switch is on: two switches, each of which stops all executions.

A switch that cannot be read stops them as well (fail-safe).
"""

from dataclasses import dataclass
from typing import Final, Protocol

import msgspec

from cloudops.core.errors import CloudOpsError
from cloudops.core.time import EpochMillis


class Setting(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The state of one switch, with who set it, when and why. `enabled` means that executions may run."""

    enabled: bool
    by: str = ""
    at: EpochMillis = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class KillSwitchState:
    """The state of both switches together, with actor, time and reason of the one that stops, else of the
    first."""

    stopped: bool
    by: str
    at: EpochMillis
    reason: str


NEVER_SWITCHED: Final = Setting(enabled=True)
"""The setting of a switch that was never set."""

ENABLED_TEXT: Final = "enabled"
STOPPED_TEXT: Final = "stopped"
"""The values of the parameter."""


def kill_switch(*switches: Setting) -> KillSwitchState:
    """Returns the combined state: stopped if any switch is."""
    deciding = next((one for one in switches if not one.enabled), switches[0])
    return KillSwitchState(not deciding.enabled, deciding.by, deciding.at, deciding.reason)


def unreadable_switch(name: str, cause: str, now: EpochMillis) -> Setting:
    """Returns the setting of a switch that cannot be read: stopped."""
    return Setting(enabled=False, by="", at=now, reason=f"{name} cannot be read: {cause}")


def parse_setting(text: str, by: str, at: EpochMillis) -> Setting:
    """Parses the text of a switch: `enabled`, `stopped` or `stopped: REASON`. Any other text stops."""
    word, _, reason = text.strip().partition(":")
    match word.strip().lower():
        case "enabled" if not reason.strip():
            return Setting(enabled=True, by=by, at=at)
        case "stopped":
            return Setting(enabled=False, by=by, at=at, reason=reason.strip())
        case _:
            return Setting(
                enabled=False,
                by=by,
                at=at,
                reason=f"{text[:100]!r} is neither {ENABLED_TEXT} nor {STOPPED_TEXT}",
            )


class Switch(Protocol):
    """Port: a switch that can be read. `name` appears in messages."""

    name: str

    def read(self) -> Setting:
        """Reads the current setting, uncached; raises CloudOpsError if it cannot be read."""
        ...


class SettableSwitch(Switch, Protocol):
    """Port: a switch that can be set."""

    def write(self, setting: Setting) -> None:
        """Stores the setting; raises CloudOpsError if it cannot be stored."""
        ...


@dataclass(frozen=True, slots=True)
class AutomationState:
    """The setting of each switch."""

    api: Setting
    parameter: Setting

    @property
    def kill_switch(self) -> KillSwitchState:
        """The combined state of both switches."""
        return kill_switch(self.api, self.parameter)


class Automation:
    """Reads and sets the kill switch.

    `api` is the switch that PUT /api/automation sets. `parameter` is the SSM parameter, which works without
    the API.
    """

    def __init__(self, api: SettableSwitch, parameter: Switch) -> None:
        self._api = api
        self._parameter = parameter

    def kill_switch(self, now: EpochMillis) -> KillSwitchState:
        """Reads the combined state: stopped if either switch is, or cannot be read."""
        return self.state(now).kill_switch

    def state(self, now: EpochMillis) -> AutomationState:
        """Reads both switches; one that cannot be read is stopped."""
        return AutomationState(_read(self._api, now), _read(self._parameter, now))

    def switch(self, setting: Setting) -> AutomationState:
        """Sets the switch of the API and returns the new state.

        Raises:
            Unavailable: The setting could not be stored; the switch may be unchanged.
        """
        self._api.write(setting)
        return self.state(setting.at)


def _read(switch: Switch, now: EpochMillis) -> Setting:
    try:
        return switch.read()
    except CloudOpsError as error:
        return unreadable_switch(switch.name, error.message, now)
