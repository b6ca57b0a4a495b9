"""Whether automation may act: two switches, either of which stops it, as does one that cannot be read."""

from dataclasses import dataclass
from typing import Final, Protocol

import msgspec

from cloudops.core.errors import CloudOpsError
from cloudops.core.time import EpochMillis


class Setting(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What one switch says, since when, by whom and why."""

    enabled: bool
    by: str = ""
    at: EpochMillis = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class KillSwitchState:
    """What both switches together say; by whom, when and why, of the one that stops, else of the first."""

    stopped: bool
    by: str
    at: EpochMillis
    reason: str


NEVER_SWITCHED: Final = Setting(enabled=True)

ENABLED: Final = "enabled"
STOPPED: Final = "stopped"


def kill_switch(*switches: Setting) -> KillSwitchState:
    """Automation acts only where every switch lets it."""
    telling = next((one for one in switches if not one.enabled), switches[0])
    return KillSwitchState(not telling.enabled, telling.by, telling.at, telling.reason)


def unreadable(name: str, why: str, now: EpochMillis) -> Setting:
    """Nobody knows what this switch says, so it stops."""
    return Setting(enabled=False, by="", at=now, reason=f"{name} cannot be read: {why}")


def parse_setting(text: str, by: str, at: EpochMillis) -> Setting:
    """What the text of a switch says: `enabled`, `stopped` or `stopped: why`. Anything else stops."""
    word, _, reason = text.strip().partition(":")
    match word.strip().lower():
        case "enabled" if not reason.strip():
            return Setting(enabled=True, by=by, at=at)
        case "stopped":
            return Setting(enabled=False, by=by, at=at, reason=reason.strip())
        case _:
            return Setting(
                enabled=False, by=by, at=at, reason=f"{text[:100]!r} is neither {ENABLED} nor {STOPPED}"
            )


class Switch(Protocol):
    """Named in what people read."""

    name: str

    def read(self) -> Setting:
        """As it is now: nothing is remembered. CloudOpsError where it cannot be read."""
        ...


class SettableSwitch(Switch, Protocol):
    def write(self, setting: Setting) -> None: ...


@dataclass(frozen=True, slots=True)
class AutomationState:
    """What each switch says, and both together."""

    api: Setting
    parameter: Setting

    @property
    def kill_switch(self) -> KillSwitchState:
        return kill_switch(self.api, self.parameter)


class Automation:
    """`api` is the switch that PUT /api/automation moves, `parameter` the one that works without the API."""

    def __init__(self, api: SettableSwitch, parameter: Switch) -> None:
        self._api = api
        self._parameter = parameter

    def kill_switch(self, now: EpochMillis) -> KillSwitchState:
        """As it is at this moment, stopped where either switch says so or cannot be read."""
        return self.state(now).kill_switch

    def state(self, now: EpochMillis) -> AutomationState:
        return AutomationState(_read(self._api, now), _read(self._parameter, now))

    def switch(self, setting: Setting) -> AutomationState:
        """Moves the API's switch. Unavailable where that failed, so that nobody believes it moved."""
        self._api.write(setting)
        return self.state(setting.at)


def _read(switch: Switch, now: EpochMillis) -> Setting:
    try:
        return switch.read()
    except CloudOpsError as error:
        return unreadable(switch.name, error.message, now)
