"""Whether automation may act: two switches, either of which stops it, as does one that cannot be read."""

from dataclasses import dataclass
from typing import Final, Protocol

import msgspec

from cloudops.domain.alert import Instant


class Setting(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What one switch says, since when, by whom and why."""

    enabled: bool
    by: str = ""
    at: Instant = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class KillSwitch:
    """What both switches together say; by whom, when and why, of the one that stops, else of the first."""

    stopped: bool
    by: str
    at: Instant
    reason: str


NEVER_SWITCHED: Final = Setting(enabled=True)

ENABLED: Final = "enabled"
STOPPED: Final = "stopped"


def kill_switch(*switches: Setting) -> KillSwitch:
    """Automation acts only where every switch lets it."""
    telling = next((one for one in switches if not one.enabled), switches[0])
    return KillSwitch(not telling.enabled, telling.by, telling.at, telling.reason)


def unreadable(name: str, why: str, now: Instant) -> Setting:
    """Nobody knows what this switch says, so it stops."""
    return Setting(enabled=False, by="", at=now, reason=f"{name} cannot be read: {why}")


def setting_in(text: str, by: str, at: Instant) -> Setting:
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
