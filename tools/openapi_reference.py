"""Sphinx extension: renders an OpenAPI document as static text, with a section for each endpoint and schema.

A page holds the directive

    ```{openapi} openapi.json
    ```

The path is relative to the page. The text is part of the page, so the site's search finds it, and
no script is loaded.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar, Final

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

Json = Mapping[str, Any]
"""A part of the document (Any: JSON)."""

METHODS: Final = ("get", "post", "put", "patch", "delete")


def render(document: Json) -> str:
    """Returns the reference as Markdown: endpoints grouped by resource, then schemas by name."""
    return "\n".join(
        [*_endpoints(document["paths"]), "## Schemas", "", *_schemas(document["components"]["schemas"])]
    )


def _endpoints(paths: Json) -> Iterator[str]:
    resources: dict[str, list[tuple[str, str, Json]]] = defaultdict(list)
    for path, operations in paths.items():
        for method in METHODS:
            if method in operations:
                resources[_resource(path)].append((path, method.upper(), operations[method]))
    for resource in sorted(resources):
        yield f"## {resource.replace('-', ' ').capitalize()}\n"
        for path, method, operation in sorted(resources[resource], key=lambda one: one[:2]):
            yield from _endpoint(path, method, operation)


def _resource(path: str) -> str:
    parts = [part for part in path.split("/") if part not in {"", "api"}]
    return parts[0]


def _endpoint(path: str, method: str, operation: Json) -> Iterator[str]:
    yield f"### `{method} {path}`\n"
    yield f"{operation['summary']}\n"
    if operation.get("description", "") not in {"", operation["summary"]}:
        yield f"{operation['description']}\n"
    role = operation.get("x-role")
    yield f"Role: {role}.\n" if role else "No token is needed.\n"
    if parameters := operation.get("parameters"):
        yield "| parameter | in | type | required | description |"
        yield "|---|---|---|---|---|"
        for one in parameters:
            required = "yes" if one.get("required") else "no"
            text = _cell(one.get("description", ""))
            yield f"| `{one['name']}` | {one['in']} | {_type(one['schema'])} | {required} | {text} |"
        yield ""
    if body := operation.get("requestBody"):
        yield f"Body: {_content(body)}.\n"
    yield "| status | description | body |"
    yield "|---|---|---|"
    for status, answer in operation["responses"].items():
        yield f"| {status} | {_cell(answer.get('description', ''))} | {_content(answer)} |"
    yield ""


def _content(holder: Json) -> str:
    types = [_type(one["schema"]) for one in holder.get("content", {}).values() if "schema" in one]
    return ", ".join(types) or "none"


def _schemas(schemas: Json) -> Iterator[str]:
    for name in sorted(schemas):
        schema = schemas[name]
        yield f"(schema-{name.lower()})=\n### {name}\n"
        if "description" in schema:
            yield f"{schema['description']}\n"
        if "enum" in schema:
            yield "One of " + ", ".join(f"`{value}`" for value in schema["enum"]) + ".\n"
        if properties := schema.get("properties"):
            required = set(schema.get("required", ()))
            yield "| field | type | required | description |"
            yield "|---|---|---|---|"
            for field, value in properties.items():
                needed = "yes" if field in required else "no"
                yield f"| `{field}` | {_type(value)} | {needed} | {_cell(value.get('description', ''))} |"
            yield ""


def _type(schema: Json) -> str:
    """Returns a schema in a few words, with a link to a named one."""
    match schema:
        case {"$ref": str(reference)}:
            name = reference.rsplit("/", 1)[-1]
            words = f"[{name}](#schema-{name.lower()})"
        case {"anyOf": list(choices)} | {"oneOf": list(choices)} | {"allOf": list(choices)}:
            words = " or ".join(_type(one) for one in choices)
        case {"type": "array", "items": items}:
            words = f"list of {_type(items)}"
        case {"type": "object", "additionalProperties": dict(inner)}:
            words = f"map to {_type(inner)}"
        case {"enum": list(values)}:
            words = ", ".join(f"`{value}`" for value in values)
        case {"const": value}:
            words = f"`{json.dumps(value)}`"
        case {"type": str(name), "format": str(form)}:
            words = f"{name} ({form})"
        case _:
            words = str(schema.get("type", "any"))
    return words


def _cell(text: str) -> str:
    """Returns text that keeps a table row on one line."""
    return " ".join(text.split()).replace("|", "\\|")


class OpenApiDirective(SphinxDirective):
    """`{openapi} PATH`."""

    required_arguments: ClassVar = 1
    has_content: ClassVar = False

    def run(self) -> list[nodes.Node]:
        relative, absolute = self.env.relfn2path(self.arguments[0])
        self.env.note_dependency(relative)
        document = json.loads(Path(absolute).read_text(encoding="utf-8"))
        return self.parse_text_to_nodes(render(document), allow_section_headings=True)


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("openapi", OpenApiDirective)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
