"""catalog.yaml: the service catalog as people write it; JSON is YAML too."""

from collections.abc import Hashable
from typing import Any, Final

import yaml

from cloudops.catalog.declaration import Catalog, parse_catalog
from cloudops.core.errors import BadInput

MAX_BYTES: Final = 1_000_000


def read_catalog(text: str) -> Catalog:
    """BadInput tells the line where it is no YAML, else the paths of what is wrong."""
    if len(text) > MAX_BYTES:
        raise BadInput(f"catalog: longer than {MAX_BYTES} characters", field="services")
    try:
        tree = yaml.load(text, _OnceOnly)  # noqa: S506 a SafeLoader
    except yaml.YAMLError as error:
        raise BadInput(f"catalog: {' '.join(str(error).split())}", field="services") from error
    return parse_catalog(tree)


class _OnceOnly(yaml.SafeLoader):
    """YAML lets the last of two equal keys win; here it is a mistake."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        """Any: whatever YAML knows."""
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"{key.value!r} is there twice", key.start_mark
                )
            seen.add(key.value)
        return super().construct_mapping(node, deep)
