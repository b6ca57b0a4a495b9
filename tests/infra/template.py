"""A synthesized template, as tests ask about it."""

from dataclasses import dataclass
from typing import Any, TypeAlias

Resource: TypeAlias = dict[str, Any]
"""A resource's properties, or a statement in them (Any: CloudFormation's JSON)."""


@dataclass(frozen=True, slots=True)
class Template:
    """A synthesized template, as CloudFormation reads it."""

    document: dict[str, Any]

    @property
    def resources(self) -> dict[str, Resource]:
        resources: dict[str, Resource] = self.document["Resources"]
        return resources

    def of_type(self, kind: str) -> dict[str, Resource]:
        """Logical id -> properties of every resource of the type; a test must find some."""
        found = {name: body["Properties"] for name, body in self.resources.items() if body["Type"] == kind}
        assert found, f"the template has no {kind}"
        return found

    def one(self, kind: str, prefix: str) -> Resource:
        """The properties of the one resource of the type whose logical id starts so."""
        (found,) = [body for name, body in self.of_type(kind).items() if name.startswith(prefix)]
        return found
