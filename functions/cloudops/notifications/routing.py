"""Routing: the first matching route decides an incident's channel, mentions and quiet hours."""

from collections.abc import Callable, Sequence
from datetime import datetime, time, timedelta
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Annotated, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from cloudops.alerts.alert import Severity
from cloudops.alerts.environments import PRODUCTION, canonical_environment, is_production
from cloudops.catalog.names import CatalogNames
from cloudops.core.errors import BadInput
from cloudops.core.time import SECOND, EpochMillis
from cloudops.incidents.incident import Incident
from cloudops.notifications.thread import ThreadVerbosity

Channel = Annotated[str, msgspec.Meta(pattern=r"^([CG][A-Z0-9]{2,20})?$")]
"""A channel's id, from the channel details in Slack: a name can pass to another channel. Empty for none."""
Mention = Annotated[str, msgspec.Meta(pattern=r"^(@here|@channel|[US][A-Z0-9]{2,20})$")]
"""The active members, all members, or the id of a person or a user group."""
Pattern = Annotated[str, msgspec.Meta(min_length=1, max_length=255)]
"""A name, in which `*` matches any characters."""
Clock = Annotated[str, msgspec.Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]

MAX_ROUTES: Final = 500


class _Strict(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Rejects unknown keys: they are typing errors."""


class Weekday(StrEnum):
    MONDAY = "mon"
    TUESDAY = "tue"
    WEDNESDAY = "wed"
    THURSDAY = "thu"
    FRIDAY = "fri"
    SATURDAY = "sat"
    SUNDAY = "sun"


class QuietHours(_Strict, frozen=True, rename={"start": "from", "end": "until"}):
    """Hours from `start` until before `end`, past midnight if `end` is not later, on the days they begin.

    First notifications of incidents less severe than `below` wait until the end.
    """

    start: Clock
    end: Clock
    days: tuple[Weekday, ...] = tuple(Weekday)
    below: Severity = Severity.CRITICAL

    def until(self, now: datetime) -> datetime | None:
        """Returns the end of the quiet hours at `now`, or None outside of them."""
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


class ChannelRoute(_Strict, frozen=True):
    """A rule for incidents that match every given condition; settings left out are those of the file's
    head."""

    services: tuple[Pattern, ...] = ()
    teams: tuple[Pattern, ...] = ()
    severities: tuple[Severity, ...] = ()
    environments: tuple[Pattern, ...] = ()
    channel: Channel | UnsetType = UNSET
    mentions: tuple[Mention, ...] | UnsetType = UNSET
    thread: ThreadVerbosity | UnsetType = UNSET
    quiet: QuietHours | UnsetType = UNSET


class Destination(msgspec.Struct, frozen=True, kw_only=True):
    """The channel and settings of one incident's notifications; an empty channel means none."""

    channel: str
    mentions: tuple[str, ...] = ()
    thread: ThreadVerbosity = ThreadVerbosity.SUMMARY
    quiet: QuietHours | None = None


class Routing(_Strict, frozen=True):
    """The routing file; `mentions` apply to incidents of severity `mention_from` or higher."""

    channel: Channel = ""
    mentions: tuple[Mention, ...] = ("@here",)
    mention_from: Severity = Severity.CRITICAL
    thread: ThreadVerbosity = ThreadVerbosity.SUMMARY
    quiet: QuietHours | None = None
    timezone: str = "UTC"
    routes: tuple[ChannelRoute, ...] = ()

    @property
    def channels(self) -> frozenset[str]:
        """The channels that an incident may be sent to."""
        named = {self.channel, *(route.channel for route in self.routes if route.channel is not UNSET)}
        return frozenset(named - {""})

    def destination(self, incident: Incident, teams: Sequence[str]) -> Destination:
        """Returns the destination of an incident; `teams` own its services."""
        grave = incident.severity.rank >= self.mention_from.rank
        destination = Destination(
            channel=self.channel, mentions=self.mentions, thread=self.thread, quiet=self.quiet
        )
        for route in self.routes:
            if _matches(route, incident, teams):
                own = {name: getattr(route, name) for name in Destination.__struct_fields__}
                destination = replace(
                    destination, **{name: one for name, one in own.items() if one is not UNSET}
                )
                break
        return destination if grave else replace(destination, mentions=())

    def quiet_until(
        self, quiet: QuietHours | None, severity: Severity, now: EpochMillis
    ) -> EpochMillis | None:
        """Returns when quiet hours end for an incident of this severity, or None if it need not wait."""
        if quiet is None or severity.rank >= quiet.below.rank:
            return None
        end = quiet.until(datetime.fromtimestamp(now / SECOND, ZoneInfo(self.timezone)))
        return None if end is None else int(end.timestamp() * SECOND)


def parse_routing(text: str) -> Routing:
    """Returns the routing of a TOML text. Raises BadInput, which names the wrong key."""
    try:
        routing = msgspec.toml.decode(text, type=Routing)
    except msgspec.DecodeError as error:
        raise BadInput(f"routing: {error}", field="routing") from error
    return validated(routing)


def validated(routing: Routing) -> Routing:
    """Returns the routing with canonical names.

    Raises:
        BadInput: A time zone is unknown, there are too many routes, or one has no condition.
    """
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
    return canonical_names(routing, str.lower)


def canonical_names(routing: Routing, service: Callable[[str], str]) -> Routing:
    """Returns the routing with the canonical names of services and environments; patterns with `*` are
    compared in lower case."""
    return replace(
        routing,
        routes=tuple(
            replace(
                route,
                services=tuple(map(_name_or_pattern(service), route.services)),
                environments=tuple(map(_name_or_pattern(canonical_environment), route.environments)),
            )
            for route in routing.routes
        ),
    )


def with_known_route_names(routing: Routing, names: CatalogNames) -> Routing:
    """Returns the routing with canonical names.

    Raises:
        BadInput: A name without `*` is not known; names its field and the nearest known name.
    """
    for index, route in enumerate(routing.routes):
        for number, name in enumerate(route.services):
            if not _is_pattern(name):
                names.known_service(name, f"routes[{index}].services[{number}]")
        for number, name in enumerate(route.environments):
            if not _is_pattern(name):
                names.known_environment(name, f"routes[{index}].environments[{number}]")
    return canonical_names(routing, names.service)


def _name_or_pattern(canonical: Callable[[str], str]) -> Callable[[str], str]:
    return lambda name: name.strip().lower() if _is_pattern(name) else canonical(name)


def _is_pattern(name: str) -> bool:
    return any(character in name for character in "*?[")


def _matches(route: ChannelRoute, incident: Incident, teams: Sequence[str]) -> bool:
    environment = canonical_environment(incident.scope.environment)
    environments = [environment, PRODUCTION] if is_production(environment) else [environment]
    return (
        (not route.services or _any(incident.services, route.services))
        and (not route.teams or _any(teams, route.teams))
        and (not route.severities or incident.severity in route.severities)
        and (not route.environments or _any(environments, route.environments))
    )


def _any(names: Sequence[str], patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(name, pattern) for name in names for pattern in patterns)
