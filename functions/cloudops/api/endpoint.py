"""The declaration of an endpoint: everything about it in one place, above its handler function.

Authorization, the audit trail, the resolver, the OpenAPI document and the gateway's routes all read it.
Parameters, request body and response model are in the signature of the handler; the summary and the
description of the operation are its docstring, and the name of the operation is its name.
"""

import inspect
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any, Final, Literal

from cloudops.api.audit_words import READS_ONLY, AuditDecision
from cloudops.api.context import RequestContext
from cloudops.api.route import Access, Route
from cloudops.core.errors import CloudOpsError
from cloudops.identity.access import Role
from cloudops.remediation.permissions import EVERYTHING, Resource, require

Handler = Callable[..., Any]
"""The function behind an endpoint (Any: each has a signature of its own)."""
Errors = tuple[type[CloudOpsError], ...]
"""Errors besides those that every endpoint with the same access can answer."""

_SAFE: Final = "GET"


@dataclass(frozen=True, slots=True)
class Unrestricted:
    """A call that a narrowed grant allows everywhere, for this reason."""

    reason: str


Parameters = Mapping[str, Any]
"""The validated arguments of a handler, by name (Any: each handler has its own)."""
ResourcesOf = Callable[[RequestContext, Parameters], Collection[Resource]]
"""Returns what a call acts on."""
Restriction = ResourcesOf | Unrestricted


@dataclass(frozen=True, slots=True)
class Endpoint(Route):
    """A route with its handler. `status` is that of a success; `compress` allows a compressed response.
    `restriction` says what a call acts on, and is None for a GET.

    Raises:
        ValueError: A GET is audited or restricted, or another method claims to read only or has no
            restriction.
    """

    audit: AuditDecision
    handler: Handler
    status: int = 200
    errors: Errors = ()
    compress: bool = False
    restriction: Restriction | None = None

    def __post_init__(self) -> None:
        if (self.method == _SAFE) != (self.audit is READS_ONLY):
            raise ValueError(f"{self.method} {self.path}: the audit decision does not fit the method")
        if (self.method == _SAFE) != (self.restriction is None):
            raise ValueError(f"{self.method} {self.path}: the restriction does not fit the method")

    @property
    def operation(self) -> str:
        """The name of the handler in camel case, for clients that are generated."""
        return re.sub(r"_([a-z])", lambda match: match[1].upper(), self.handler.__name__)

    @property
    def summary(self) -> str:
        return self._documentation[0]

    @property
    def description(self) -> str:
        """The docstring after its first paragraph; "" if there is none."""
        return self._documentation[1]

    @property
    def _documentation(self) -> tuple[str, str]:
        summary, _, description = (inspect.getdoc(self.handler) or "").partition("\n\n")
        return " ".join(summary.split()).removesuffix("."), " ".join(description.split())


Declare = Callable[[Handler], Endpoint]


def query(
    path: str, access: Role | Literal[Access.OPEN], *, errors: Errors = (), compress: bool = False
) -> Declare:
    """Declares that the decorated function answers GET requests and changes nothing."""
    return lambda handler: Endpoint(
        _SAFE, path, access, READS_ONLY, handler, errors=errors, compress=compress
    )


def command(
    method: Literal["DELETE", "POST", "PUT"],
    path: str,
    role: Role,
    *,
    audit: AuditDecision,
    restriction: Restriction,
    status: int = 200,
    errors: Errors = (),
) -> Declare:
    """Declares that the decorated function changes something, on what, and how the audit trail records it."""

    def declare(handler: Handler) -> Endpoint:
        guarded = handler
        if not isinstance(restriction, Unrestricted):
            guarded = _guarded(handler, f"{method} {path}", role, restriction)
        return Endpoint(method, path, role, audit, guarded, status, errors, restriction=restriction)

    return declare


def _guarded(handler: Handler, what: str, role: Role, resources: ResourcesOf) -> Handler:
    """Returns the handler behind a check of the role for everything that the call acts on."""

    @wraps(handler)
    def guarded(**parameters: Any) -> Any:
        context: RequestContext = parameters["context"]
        require(context.caller, role, lambda: resources(context, parameters), what)
        return handler(**parameters)

    return guarded


def everything(context: RequestContext, parameters: Parameters) -> Collection[Resource]:
    """The call concerns every team, environment and account."""
    return EVERYTHING
