"""Reads the declared service catalog, catalog.yaml. JSON is YAML too."""

from collections.abc import Hashable
from typing import Any, Final

import yaml

from cloudops.catalog.declaration import Catalog, parse_catalog
from cloudops.core.errors import BadInput

MAX_CATALOG_CHARACTERS: Final = 1_000_000


def read_catalog(text: str) -> Catalog:
    """Returns the catalog.

    Raises:
        BadInput: The text is not YAML (the message names the line) or not a catalog (it names the paths).
    """
    if len(text) > MAX_CATALOG_CHARACTERS:
        raise BadInput(f"catalog: longer than {MAX_CATALOG_CHARACTERS} characters", field="services")
    try:
        tree = yaml.load(text, _UniqueKeyLoader)  # noqa: S506 a SafeLoader
    except yaml.YAMLError as error:
        raise BadInput(f"catalog: {' '.join(str(error).split())}", field="services") from error
    return parse_catalog(tree)


class _UniqueKeyLoader(yaml.SafeLoader):
    """Rejects equal keys in a mapping, of which plain YAML takes the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        """Returns the mapping (Any: every type of YAML). Raises ConstructorError for a repeated key."""
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"{key.value!r} is there twice", key.start_mark
                )
            seen.add(key.value)
        return super().construct_mapping(node, deep)
