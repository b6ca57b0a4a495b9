"""Queries of a synthesized template."""

from dataclasses import dataclass
from typing import Any, TypeAlias

Resource: TypeAlias = dict[str, Any]
"""The properties of a resource, or a statement in them (Any: CloudFormation's JSON)."""


@dataclass(frozen=True, slots=True)
class Template:
    """A synthesized template of CloudFormation."""

    document: dict[str, Any]

    @property
    def resources(self) -> dict[str, Resource]:
        resources: dict[str, Resource] = self.document["Resources"]
        return resources

    def of_type(self, kind: str) -> dict[str, Resource]:
        """Returns logical id -> properties of every resource of the type; asserts that there are some."""
        found = {name: body["Properties"] for name, body in self.resources.items() if body["Type"] == kind}
        assert found, f"the template has no {kind}"
        return found

    def one(self, kind: str, prefix: str) -> Resource:
        """Returns the properties of the only resource of the type whose logical id has this prefix."""
        (found,) = [body for name, body in self.of_type(kind).items() if name.startswith(prefix)]
        return found
