"""What a deployment may choose, read from the CDK context (`-c name=value`, or cdk.json)."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

import msgspec
from constructs import Node

from cloudops.adapters.catalog_yaml import read_catalog
from cloudops.catalog.declaration import Catalog
from cloudops.catalog.inventory import ServiceInventory
from cloudops.catalog.names import CatalogNames
from cloudops.core.errors import BadInput
from cloudops.core.time import SECOND
from cloudops.notifications.routing import parse_routing, with_known_route_names
from cloudops.remediation.change_freeze import parse_freezes, with_known_names
from cloudops.remediation.verification import SOAK_TIME


@dataclass(frozen=True, slots=True)
class Oidc:
    """An OpenID Connect issuer of the deployment's own choice (docs/sign-in.md)."""

    issuer: str
    audience: str
    client_id: str
    scopes: str
    roles_claim: str
    name_claim: str
    origins: tuple[str, ...] = ()
    """Of the issuer and its endpoints: what a browser asks to sign in."""

    @classmethod
    def chosen(cls, text: Callable[[str], str]) -> Self | None:
        """None where no issuer is named: then the stack brings its own. ValueError names the key."""
        issuer, audience = text("oidcIssuer"), text("oidcAudience")
        if not issuer:
            return None
        if not issuer.startswith(("https://", *_LOOPBACK)):
            raise ValueError(f"context oidcIssuer: {issuer!r} is not an https:// address")
        if not audience:
            raise ValueError("context oidcAudience: whom the issuer's tokens are meant for")
        return cls(
            issuer=issuer,
            audience=audience,
            client_id=text("oidcClientId") or audience,
            scopes=text("oidcScopes") or "openid",
            roles_claim=text("oidcRolesClaim") or "roles",
            name_claim=text("oidcNameClaim") or "sub",
            origins=("/".join(issuer.split("/")[:3]), *text("oidcOrigins").split()),
        )


_LOOPBACK: Final = ("http://localhost:", "http://127.0.0.1:")
"""A development issuer on this machine; its packets do not leave the machine."""


EMULATOR: Final = "http://localhost:4566"

DEFAULT_STACK: Final = "CloudOps"
_STACK: Final = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,39}")
"""A stack's name is part of names of AWS that hold 64 to 128 characters."""


def stack_name(text: str) -> str:
    """Returns the name of the stack, `DEFAULT_STACK` if the text is empty.

    Several stacks live side by side in one account, one for each stage: the name is part of every name
    that is unique in an account or a region.

    Raises:
        ValueError: The text is no name of a stack, or longer than 40 characters.
    """
    name = text.strip() or DEFAULT_STACK
    if not _STACK.fullmatch(name):
        raise ValueError(
            f"stack name {name!r}: a letter, then letters, digits and hyphens, at most 40 characters"
        )
    return name


@dataclass(frozen=True, slots=True)
class Options:
    """`local` is true on the emulator, whose address is `emulator`: there the code is built for this
    machine, and CloudFront reaches the API on loopback. Nothing else is different.
    `catalog` and `slack_routing` are the checked files as JSON, or empty where none is given; `freezes` the
    checked list of change freezes."""

    local: bool = False
    emulator: str = EMULATOR
    cors_origins: tuple[str, ...] = ()
    alarm_accounts: tuple[str, ...] = ()
    datadog_event_source: str = ""
    datadog_environments: tuple[str, ...] = ()
    operations_email: str = ""
    catalog: str = ""
    freezes: str = "[]"
    soak_seconds: int = SOAK_TIME // SECOND
    slack_routing: str = ""
    slack_api_url: str = ""
    dashboard_url: str = ""
    use_mock_adapters: bool = False
    oidc: Oidc | None = None

    @classmethod
    def from_context(cls, node: Node) -> Self:
        """ValueError names the key where a value has not the form that it needs."""

        def text(key: str) -> str:
            value = node.try_get_context(key)
            return "" if value is None else str(value).strip()

        def texts(key: str) -> tuple[str, ...]:
            value = node.try_get_context(key)
            items = value if isinstance(value, list) else text(key).split(",")
            return tuple(item.strip() for item in items if item.strip())

        def flag(key: str) -> bool:
            match text(key).lower():
                case "true":
                    return True
                case "false" | "":
                    return False
                case other:
                    raise ValueError(f"context {key} must be true or false, not {other!r}")

        catalog = _catalog(text("catalog"))
        names = _names_of(catalog)
        return cls(
            local=flag("local"),
            emulator=text("emulator") or EMULATOR,
            cors_origins=_exact_origins(texts("corsOrigins")),
            alarm_accounts=texts("alarmAccounts"),
            datadog_event_source=text("datadogEventSource"),
            datadog_environments=texts("datadogEnvironments"),
            operations_email=text("operationsEmail"),
            catalog=catalog,
            freezes=_freezes(text("freezes"), names),
            soak_seconds=_soak_seconds(text("soakSeconds")),
            slack_routing=_routing(text("slackRouting"), names),
            slack_api_url=_slack_api(text("slackApiUrl")),
            dashboard_url=text("dashboardUrl").rstrip("/"),
            use_mock_adapters=flag("useMockAdapters"),
            oidc=Oidc.chosen(text),
        )


def _exact_origins(origins: tuple[str, ...]) -> tuple[str, ...]:
    for origin in origins:
        if "*" in origin or not origin.startswith(("https://", "http://localhost")) or origin.endswith("/"):
            raise ValueError(
                f"context corsOrigins: {origin!r} is not an exact origin such as https://a.example"
            )
    return origins


def _names_of(catalog: str) -> CatalogNames | None:
    """The names of a deployed catalog, which settings may use; None without one."""
    if not catalog:
        return None
    return CatalogNames(ServiceInventory(msgspec.json.decode(catalog, type=Catalog)))


def _freezes(path: str, names: CatalogNames | None) -> str:
    """The file's change freezes, checked too; the functions get them in their environment. Their names are
    checked against the catalog that is deployed with them."""
    if not path:
        return "[]"
    try:
        freezes = parse_freezes(Path(path).read_text())
        freezes = freezes if names is None else with_known_names(freezes, names)
    except (BadInput, OSError, UnicodeDecodeError) as error:
        raise ValueError(f"context freezes, file {path}: {error}") from error
    return msgspec.json.encode(freezes, order="deterministic").decode()


LONGEST_SOAK: Final = 3_600
"""Seconds; an alarm that evaluates less often than once an hour says nothing about an action."""


def _soak_seconds(text: str) -> int:
    """The seconds for which alerts have to stay resolved before an action counts as helpful."""
    if not text:
        return SOAK_TIME // SECOND
    if not text.isdecimal() or not 0 < int(text) <= LONGEST_SOAK:
        raise ValueError(f"context soakSeconds: {text!r} is not a number of seconds from 1 to {LONGEST_SOAK}")
    return int(text)


def _catalog(path: str) -> str:
    """The file's catalog, checked before anything is deployed with it."""
    if not path:
        return ""
    try:
        catalog = read_catalog(Path(path).read_text())
    except (BadInput, OSError, UnicodeDecodeError) as error:
        raise ValueError(f"context catalog, file {path}: {error}") from error
    return msgspec.json.encode(catalog, order="deterministic").decode()


def _routing(path: str, names: CatalogNames | None) -> str:
    """The file's routing, checked before anything is deployed with it: its names against the catalog that is
    deployed as well."""
    if not path:
        return ""
    try:
        routing = parse_routing(Path(path).read_text())
        routing = routing if names is None else with_known_route_names(routing, names)
    except (BadInput, OSError, UnicodeDecodeError) as error:
        raise ValueError(f"context slackRouting, file {path}: {error}") from error
    return msgspec.json.encode(routing, order="deterministic").decode()


def _slack_api(url: str) -> str:
    """Slack's own where it is empty: any other is a stand-in on this machine."""
    if url and not url.startswith(_LOOPBACK):
        raise ValueError(f"context slackApiUrl: {url!r} is not on this machine")
    return url
