"""Where an incident is announced, who is called, and at which hours: the first route that fits decides."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Annotated, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from cloudops.alerts.alert import Severity
from cloudops.core.errors import BadInput
from cloudops.core.time import SECOND, EpochMillis
from cloudops.incidents.incident import Incident
from cloudops.notifications.thread import ThreadVerbosity

Channel = Annotated[str, msgspec.Meta(pattern=r"^([CG][A-Z0-9]{2,20})?$")]
"""A channel's id, as Slack shows below a channel's details; names change hands. Empty: nowhere."""
Mention = Annotated[str, msgspec.Meta(pattern=r"^(@here|@channel|[US][A-Z0-9]{2,20})$")]
"""Everybody who is there, everybody, a person's id, or a user group's."""
Pattern = Annotated[str, msgspec.Meta(min_length=1, max_length=255)]
"""A name, in which `*` stands for anything."""
Clock = Annotated[str, msgspec.Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]

MAX_ROUTES: Final = 500


class _Strict(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An unknown key is a mistake, not a wish."""


class Weekday(StrEnum):
    MONDAY = "mon"
    TUESDAY = "tue"
    WEDNESDAY = "wed"
    THURSDAY = "thu"
    FRIDAY = "fri"
    SATURDAY = "sat"
    SUNDAY = "sun"


class QuietHours(_Strict, frozen=True, rename={"start": "from", "end": "until"}):
    """From `start` until before `end`, past midnight where `end` is not later, on the days on which they
    begin. Meanwhile what is less grave than `below` waits for their end."""

    start: Clock
    end: Clock
    days: tuple[Weekday, ...] = tuple(Weekday)
    below: Severity = Severity.CRITICAL

    def until(self, now: datetime) -> datetime | None:
        """When those that hold now end; None where none hold."""
        begin, over = time.fromisoformat(self.start), time.fromisoformat(self.end)
        for ago in (0, 1):
            day = now.date() - timedelta(days=ago)
            if tuple(Weekday)[day.weekday()] not in self.days:
                continue
            first = datetime.combine(day, begin, now.tzinfo)
            last = datetime.combine(day + timedelta(days=over <= begin), over, now.tzinfo)
            if first <= now < last:
                return last
        return None


class Route(_Strict, frozen=True):
    """For incidents that fit every condition given. What is not said here is as in the file's head."""

    services: tuple[Pattern, ...] = ()
    teams: tuple[Pattern, ...] = ()
    severities: tuple[Severity, ...] = ()
    environments: tuple[Pattern, ...] = ()
    channel: Channel | UnsetType = UNSET
    mentions: tuple[Mention, ...] | UnsetType = UNSET
    thread: ThreadVerbosity | UnsetType = UNSET
    quiet: QuietHours | UnsetType = UNSET


class Destination(msgspec.Struct, frozen=True, kw_only=True):
    """Where one incident goes, and how: an empty channel is nowhere."""

    channel: str
    mentions: tuple[str, ...] = ()
    thread: ThreadVerbosity = ThreadVerbosity.SUMMARY
    quiet: QuietHours | None = None


class Routing(_Strict, frozen=True):
    """The whole file. `mentions` are called for what is as grave as `mention_from`."""

    channel: Channel = ""
    mentions: tuple[Mention, ...] = ("@here",)
    mention_from: Severity = Severity.CRITICAL
    thread: ThreadVerbosity = ThreadVerbosity.SUMMARY
    quiet: QuietHours | None = None
    timezone: str = "UTC"
    routes: tuple[Route, ...] = ()

    def destination(self, incident: Incident, teams: Sequence[str]) -> Destination:
        """`teams` own the incident's services."""
        grave = incident.severity.rank >= self.mention_from.rank
        found = Destination(
            channel=self.channel, mentions=self.mentions, thread=self.thread, quiet=self.quiet
        )
        for route in self.routes:
            if _fits(route, incident, teams):
                own = {name: getattr(route, name) for name in Destination.__struct_fields__}
                found = replace(found, **{name: one for name, one in own.items() if one is not UNSET})
                break
        return found if grave else replace(found, mentions=())

    def quiet_until(
        self, quiet: QuietHours | None, severity: Severity, now: EpochMillis
    ) -> EpochMillis | None:
        """When an incident of this severity may be announced, where it has to wait."""
        if quiet is None or severity.rank >= quiet.below.rank:
            return None
        end = quiet.until(datetime.fromtimestamp(now / SECOND, ZoneInfo(self.timezone)))
        return None if end is None else int(end.timestamp() * SECOND)


def parse_routing(text: str) -> Routing:
    """Of TOML. BadInput names the key that is wrong."""
    try:
        routing = msgspec.toml.decode(text, type=Routing)
    except msgspec.DecodeError as error:
        raise BadInput(f"routing: {error}", field="routing") from error
    return checked(routing)


def checked(routing: Routing) -> Routing:
    try:
        ZoneInfo(routing.timezone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise BadInput(f"routing: timezone {routing.timezone!r} is not known", field="timezone") from error
    if len(routing.routes) > MAX_ROUTES:
        raise BadInput(f"routing: more than {MAX_ROUTES} routes", field="routes")
    for number, route in enumerate(routing.routes):
        if not (route.services or route.teams or route.severities or route.environments):
            raise BadInput(
                f"routing: $.routes[{number}] has no condition: put it in the head", field="routes"
            )
    return routing


def _fits(route: Route, incident: Incident, teams: Sequence[str]) -> bool:
    return (
        (not route.services or _any(incident.services, route.services))
        and (not route.teams or _any(teams, route.teams))
        and (not route.severities or incident.severity in route.severities)
        and (not route.environments or _any([incident.scope.environment], route.environments))
    )


def _any(names: Sequence[str], patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(name, pattern) for name in names for pattern in patterns)
